/**
 * How the browser shall encode sound: a sender does what the other side's description says it
 * likes (RFC 7587 §7), so the answer is where it is written.
 *
 * @module
 */

/** What is asked of the Opus encoder. */
export interface OpusWishes {
  readonly stereo: boolean;
  /** Sends nothing while nobody speaks: good for talk, wrong for music. */
  readonly dtx: boolean;
  /** Bits a second. */
  readonly maxAverageBitrate: number;
}

/** The session description with the wishes in the parameters of each of its Opus formats. */
export function withOpusWishes(sdp: string, wishes: OpusWishes): string {
  const lines = sdp.split(/\r?\n/);
  const formats = lines.flatMap((line) => {
    const found = /^a=rtpmap:(\d{1,3}) opus\/48000\/2$/i.exec(line);
    return found === null ? [] : [found[1]!];
  });
  const wanted = {
    stereo: wishes.stereo ? "1" : "0",
    "sprop-stereo": wishes.stereo ? "1" : "0",
    usedtx: wishes.dtx ? "1" : "0",
    maxaveragebitrate: String(wishes.maxAverageBitrate),
  };
  for (const format of formats) {
    const prefix = `a=fmtp:${format} `;
    const at = lines.findIndex((line) => line.startsWith(prefix));
    const given = at === -1 ? [] : lines[at]!.slice(prefix.length).split(";")
      .map((parameter) => parameter.trim())
      .filter((parameter) => parameter !== "" && !(parameter.split("=")[0]! in wanted));
    const line = prefix +
      [...given, ...Object.entries(wanted).map(([name, value]) => `${name}=${value}`)].join(";");
    if (at !== -1) lines[at] = line;
    else lines.splice(lines.findIndex((l) => l.startsWith(`a=rtpmap:${format} `)) + 1, 0, line);
  }
  return lines.join("\r\n");
}
