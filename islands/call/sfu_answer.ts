/**
 * What an answer of `rtc` says about who is to be seen where. Browsers name streams when a section
 * begins to receive, and not when it is given to somebody else: the text itself always tells. Pure.
 *
 * @module
 */

/** A section that receives. */
export interface ReceivedPlace {
  readonly mid: string;
  /** Seat of whom it is (`a=msid`). */
  readonly seat: string;
}

/** The sections of an answer in which somebody is sent to us. */
export function receivedPlaces(answer: string): readonly ReceivedPlace[] {
  return answer.split(/\r?\n(?=m=)/).slice(1).flatMap((section) => {
    const lines = section.split(/\r?\n/);
    const valueOf = (name: string) =>
      lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3) ?? null;
    const mid = valueOf("mid");
    const seat = valueOf("msid")?.split(" ")[0] ?? null;
    const isSent = lines.includes("a=sendonly");
    return mid !== null && seat !== null && isSent ? [{ mid, seat }] : [];
  });
}

/** Lines of the candidates of a description. */
export function candidateLines(sdp: string): readonly string[] {
  return [...new Set(sdp.match(/^a=candidate:.*$/gm) ?? [])].map((line) => line.slice(2).trim());
}

/** An offer whose sound does not count for who speaks: that of a screen (RFC 6464). */
export function withoutAudioLevel(offer: string): string {
  return offer.replace(/^a=extmap:.*urn:ietf:params:rtp-hdrext:ssrc-audio-level\b.*\r\n/gm, "");
}
