/**
 * Trickled candidates over HTTP: bodies of type `application/trickle-ice-sdpfrag` (RFC 8840 §9,
 * RFC 9725 §4.3.2).
 *
 * @module
 */
import { type IceCandidate, parseCandidate, writeCandidate } from "./candidate.ts";
import { SdpError } from "./errors.ts";
import { parseAttribute, type SdpLimits, sdpLines } from "./session.ts";
import { isIcePwd, isIceUfrag } from "./transport.ts";

/** Media type of a fragment. */
export const FRAGMENT_TYPE = "application/trickle-ice-sdpfrag";

/** New information about one end of an ICE session. */
export interface IceFragment {
  /** Of the session the candidates belong to; a new pair asks for an ICE restart. */
  readonly iceUfrag: string | null;
  readonly icePwd: string | null;
  readonly candidates: readonly FragmentCandidate[];
  /** Nothing more will come. */
  readonly endOfCandidates: boolean;
}

/** A candidate and the section it stands in. */
export interface FragmentCandidate {
  /** null at session level. */
  readonly mid: string | null;
  readonly candidate: IceCandidate;
}

const LIMITS: SdpLimits = { maxLength: 16 * 1024, maxLines: 256, maxSections: 0 };
const MAX_CANDIDATES = 64;

/**
 * Parses a fragment. Candidates that are not understood and unknown attributes are passed over.
 *
 * @throws {SdpError} `too_large`, `malformed`, or `no_ice` when credentials break their grammar or
 * only one of them is there.
 */
export function parseFragment(text: string): IceFragment {
  let iceUfrag: string | null = null;
  let icePwd: string | null = null;
  let mid: string | null = null;
  let endOfCandidates = false;
  const candidates: FragmentCandidate[] = [];
  const lines = sdpLines(text, LIMITS);
  lines.forEach((line, index) => {
    const number = index + 1;
    if (line.startsWith("m=")) {
      // RFC 8840 §9.1: a pseudo m= line begins the part of one section.
      mid = null;
      return;
    }
    if (!line.startsWith("a=")) {
      throw new SdpError("malformed", `Cannot parse fragment: line ${number} is unknown.`, number);
    }
    const { name, value } = parseAttribute(line.slice(2), number);
    switch (name) {
      case "ice-ufrag":
        iceUfrag ??= value?.trim() ?? "";
        break;
      case "ice-pwd":
        icePwd ??= value?.trim() ?? "";
        break;
      case "mid":
        mid = value?.trim() ?? "";
        break;
      case "end-of-candidates":
        endOfCandidates = true;
        break;
      case "candidate": {
        if (candidates.length === MAX_CANDIDATES) {
          throw new SdpError(
            "too_large",
            `Cannot parse fragment: more than ${MAX_CANDIDATES} candidates.`,
            number,
          );
        }
        const candidate = parseCandidate(value ?? "");
        if (candidate !== null) candidates.push({ mid, candidate });
        break;
      }
    }
  });
  if (
    (iceUfrag === null) !== (icePwd === null) ||
    (iceUfrag !== null && (!isIceUfrag(iceUfrag) || !isIcePwd(icePwd ?? "")))
  ) {
    throw new SdpError("no_ice", "Cannot parse fragment: a=ice-ufrag and a=ice-pwd do not fit.");
  }
  return { iceUfrag, icePwd, candidates, endOfCandidates };
}

/** The text of a fragment, candidates grouped by section. */
export function writeFragment(fragment: IceFragment): string {
  const lines: string[] = [];
  if (fragment.iceUfrag !== null) lines.push(`a=ice-ufrag:${fragment.iceUfrag}`);
  if (fragment.icePwd !== null) lines.push(`a=ice-pwd:${fragment.icePwd}`);
  const sections = new Map<string | null, IceCandidate[]>();
  for (const { mid, candidate } of fragment.candidates) {
    const list = sections.get(mid);
    if (list === undefined) sections.set(mid, [candidate]);
    else list.push(candidate);
  }
  const write = (candidate: IceCandidate) =>
    void lines.push(`a=candidate:${writeCandidate(candidate)}`);
  sections.get(null)?.forEach(write);
  for (const [mid, list] of sections) {
    if (mid === null) continue;
    lines.push("m=audio 9 UDP/TLS/RTP/SAVPF 0", `a=mid:${mid}`);
    list.forEach(write);
  }
  if (fragment.endOfCandidates) lines.push("a=end-of-candidates");
  return lines.join("\r\n") + "\r\n";
}
