/**
 * ICE candidates as people can read them (RFC 8839 §5.1).
 *
 * @module
 */

/** Where a candidate comes from. */
export type CandidateType = "host" | "srflx" | "prflx" | "relay";

/** One candidate. */
export interface GatheredCandidate {
  readonly type: CandidateType;
  /** `udp` or `tcp`. */
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
}

const LINE =
  /^(?:a=)?candidate:\S+ \d+ (udp|tcp) \d+ (\S{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)(?: |$)/i;

/** Reads a candidate's line; null: the end of candidates, or none of what we know. */
export function candidateOf(line: string): GatheredCandidate | null {
  const [, protocol, address, port, type] = LINE.exec(line) ?? [];
  if (protocol === undefined || address === undefined || type === undefined) return null;
  return {
    type: type.toLowerCase() as CandidateType,
    protocol: protocol.toLowerCase(),
    address,
    port: Number(port),
  };
}

/** How many there are of each type, in the order in which they are preferred. */
export function countTypes(
  candidates: readonly GatheredCandidate[],
): Readonly<Record<CandidateType, number>> {
  const counts = { host: 0, prflx: 0, srflx: 0, relay: 0 };
  for (const { type } of candidates) counts[type]++;
  return counts;
}
