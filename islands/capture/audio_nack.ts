/**
 * Asks for lost sound again: browsers offer that for pictures alone (RFC 4585 §6.2.1). On ways of
 * less than a tenth of a second the repeated packet is there before it is missed.
 *
 * @module
 */

/** The offer with `a=rtcp-fb:<format> nack` for each Opus format that lacks it. */
export function withAudioNack(sdp: string): string {
  const lines = sdp.split("\r\n");
  const has = new Set(lines);
  return lines.flatMap((line) => {
    const [, format] = /^a=rtpmap:(\d{1,3}) opus\/48000\/2$/i.exec(line) ?? [];
    const wish = `a=rtcp-fb:${format} nack`;
    return format === undefined || has.has(wish) ? [line] : [line, wish];
  }).join("\r\n");
}
