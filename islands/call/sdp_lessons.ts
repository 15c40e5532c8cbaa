/**
 * Lines of a session description (RFC 8866, RFC 9429) with what they mean, for those who learn. Pure.
 *
 * @module
 */

/** What can be explained. */
export type SdpLesson =
  | "origin"
  | "session"
  | "timing"
  | "bundle"
  | "msidSemantic"
  | "audio"
  | "video"
  | "data"
  | "connection"
  | "rtcp"
  | "iceUfrag"
  | "icePwd"
  | "iceOptions"
  | "fingerprint"
  | "setup"
  | "mid"
  | "extmap"
  | "direction"
  | "msid"
  | "rtcpMux"
  | "rtpmap"
  | "rtx"
  | "red"
  | "fmtp"
  | "feedback"
  | "ssrc"
  | "candidate"
  | "sctp";

/** A line with what it is about; null: nothing to say that the line does not say itself. */
export interface SdpLine {
  readonly text: string;
  readonly lesson: SdpLesson | null;
}

/** A part of a description: what is common, or one medium. */
export interface SdpSection {
  /** `session`, or the kind of the medium. */
  readonly kind: string;
  readonly mid: string | null;
  readonly lines: readonly SdpLine[];
}

const LESSONS: readonly (readonly [start: RegExp, lesson: SdpLesson])[] = [
  [/^o=/, "origin"],
  [/^s=/, "session"],
  [/^t=/, "timing"],
  [/^a=group:BUNDLE/, "bundle"],
  [/^a=msid-semantic/, "msidSemantic"],
  [/^m=audio/, "audio"],
  [/^m=video/, "video"],
  [/^m=application/, "data"],
  [/^c=/, "connection"],
  [/^a=rtcp:/, "rtcp"],
  [/^a=ice-ufrag/, "iceUfrag"],
  [/^a=ice-pwd/, "icePwd"],
  [/^a=ice-options/, "iceOptions"],
  [/^a=fingerprint/, "fingerprint"],
  [/^a=setup/, "setup"],
  [/^a=mid/, "mid"],
  [/^a=extmap/, "extmap"],
  [/^a=(?:sendrecv|sendonly|recvonly|inactive)$/, "direction"],
  [/^a=msid:/, "msid"],
  [/^a=rtcp-(?:mux|rsize)/, "rtcpMux"],
  [/^a=rtpmap:\d+ rtx\//i, "rtx"],
  [/^a=rtpmap:\d+ (?:red|ulpfec|flexfec)/i, "red"],
  [/^a=rtpmap/, "rtpmap"],
  [/^a=fmtp/, "fmtp"],
  [/^a=rtcp-fb/, "feedback"],
  [/^a=ssrc/, "ssrc"],
  [/^a=(?:candidate|end-of-candidates)/, "candidate"],
  [/^a=(?:sctp|max-message-size)/, "sctp"],
];

/** What a line is about. */
export function lessonOf(line: string): SdpLesson | null {
  return LESSONS.find(([start]) => start.test(line))?.[1] ?? null;
}

/** A description in its parts. */
export function readSections(sdp: string): readonly SdpSection[] {
  const sections: { kind: string; mid: string | null; lines: SdpLine[] }[] = [
    { kind: "session", mid: null, lines: [] },
  ];
  for (const text of sdp.split(/\r?\n/)) {
    if (text === "") continue;
    const medium = /^m=(\S+)/.exec(text);
    if (medium !== null) sections.push({ kind: medium[1]!, mid: null, lines: [] });
    const section = sections.at(-1)!;
    section.mid ??= /^a=mid:(\S+)/.exec(text)?.[1] ?? null;
    section.lines.push({ text, lesson: lessonOf(text) });
  }
  return sections;
}
