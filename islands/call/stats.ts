/**
 * What the statistics of a connection (Identifiers for WebRTC's Statistics API) say to people. Pure:
 * reports in, figures out.
 *
 * @module
 */

/** One entry of a report. */
export type StatsEntry = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly type: string;
};
/** A report as `getStats()` gives it, or a part of it. */
export type StatsLike = ReadonlyMap<string, StatsEntry>;

/** One end of the way that the media takes. */
export interface PairEnd {
  /** `host`, `srflx`, `prflx`, `relay`. */
  readonly type: string;
  readonly protocol: string;
  readonly address: string;
  /** How a TURN server is reached; null: no relay. */
  readonly relayProtocol: string | null;
}

/** The way that was chosen. */
export interface ChosenPair {
  readonly local: PairEnd;
  readonly remote: PairEnd;
  /** Milliseconds; null: not measured yet. */
  readonly roundTripMs: number | null;
  /** What the browser believes it may send, bits per second. */
  readonly availableBps: number | null;
}

/** One direction of one kind. */
export interface FlowFigures {
  readonly key: string;
  readonly direction: "out" | "in";
  readonly kind: "audio" | "video";
  /** `VP8`, `opus`. */
  readonly codec: string;
  readonly bitsPerSecond: number | null;
  /** Part of the packets of the last interval that was lost, 0 to 1; null: not known. */
  readonly loss: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly framesPerSecond: number | null;
  /** Milliseconds. */
  readonly jitterMs: number | null;
  /** Why an encoder gives less than it could: `none`, `cpu`, `bandwidth`, `other`. */
  readonly limitedBy: string | null;
}

/** Everything of one connection at one moment. */
export interface LinkFigures {
  readonly atMs: number;
  readonly pair: ChosenPair | null;
  readonly flows: readonly FlowFigures[];
  /** Fingerprints of both certificates, SHA-256. */
  readonly fingerprints: { readonly local: string | null; readonly remote: string | null };
}

/** Figures of a report; rates need the one before. */
export function readFigures(report: StatsLike, before: StatsLike | null): LinkFigures {
  const flows: FlowFigures[] = [];
  let atMs = 0;
  for (const entry of report.values()) {
    atMs = Math.max(atMs, number(entry.timestamp) ?? 0);
    if (entry.type === "outbound-rtp" || entry.type === "inbound-rtp") {
      const flow = flowOf(entry, { report, before });
      if (flow !== null) flows.push(flow);
    }
  }
  const transport = [...report.values()].find(({ type }) => type === "transport");
  const order = (flow: FlowFigures) =>
    (flow.direction === "out" ? 0 : 2) + (flow.kind === "video" ? 0 : 1);
  return {
    atMs,
    pair: pairOf(report, transport),
    flows: flows.sort((a, b) => order(a) - order(b)),
    fingerprints: {
      local: fingerprint(report, transport?.localCertificateId),
      remote: fingerprint(report, transport?.remoteCertificateId),
    },
  };
}

function flowOf(
  entry: StatsEntry,
  { report, before }: { readonly report: StatsLike; readonly before: StatsLike | null },
): FlowFigures | null {
  const { kind } = entry;
  if (kind !== "audio" && kind !== "video") return null;
  const isOut = entry.type === "outbound-rtp";
  // A place that nothing was ever sent to says nothing.
  const packets = number(isOut ? entry.packetsSent : entry.packetsReceived) ?? 0;
  if (packets === 0) return null;
  const last = before?.get(entry.id);
  const codec = report.get(text(entry.codecId) ?? "");
  const mime = text(codec?.mimeType) ?? "";
  const bytes = isOut ? "bytesSent" : "bytesReceived";
  // What the other side lost of ours stands in its reports.
  const lossEntry = isOut ? report.get(text(entry.remoteId) ?? "") : entry;
  const lossBefore = lossEntry === undefined ? undefined : before?.get(lossEntry.id);
  const jitterS = number(lossEntry?.jitter);
  return {
    key: entry.id,
    direction: isOut ? "out" : "in",
    kind,
    codec: mime.split("/")[1] ?? "",
    bitsPerSecond: rate(entry, last, bytes, 8),
    loss: isOut ? number(lossEntry?.fractionLost) : lossOf(entry, lossBefore),
    width: number(entry.frameWidth),
    height: number(entry.frameHeight),
    framesPerSecond: kind === "video" ? number(entry.framesPerSecond) : null,
    jitterMs: jitterS === null ? null : jitterS * 1000,
    limitedBy: kind === "video" && isOut ? text(entry.qualityLimitationReason) : null,
  };
}

function lossOf(entry: StatsEntry, last: StatsEntry | undefined): number | null {
  if (last === undefined) return null;
  const lost = (number(entry.packetsLost) ?? 0) - (number(last.packetsLost) ?? 0);
  const got = (number(entry.packetsReceived) ?? 0) - (number(last.packetsReceived) ?? 0);
  const all = Math.max(0, lost) + Math.max(0, got);
  return all === 0 ? null : Math.max(0, lost) / all;
}

function rate(
  entry: StatsEntry,
  last: StatsEntry | undefined,
  field: string,
  factor: number,
): number | null {
  const elapsedMs = (number(entry.timestamp) ?? 0) - (number(last?.timestamp) ?? 0);
  const now = number(entry[field]);
  const then = number(last?.[field]);
  if (last === undefined || now === null || then === null || elapsedMs <= 0) return null;
  return Math.max(0, (now - then) * factor * 1000 / elapsedMs);
}

function pairOf(report: StatsLike, transport: StatsEntry | undefined): ChosenPair | null {
  const entries = [...report.values()];
  const pair = report.get(text(transport?.selectedCandidatePairId) ?? "") ??
    // Firefox marks the pair itself.
    entries.find((entry) => entry.type === "candidate-pair" && entry.selected === true) ??
    entries.find((entry) =>
      entry.type === "candidate-pair" && entry.nominated === true && entry.state === "succeeded"
    );
  if (pair === undefined) return null;
  const local = report.get(text(pair.localCandidateId) ?? "");
  const remote = report.get(text(pair.remoteCandidateId) ?? "");
  if (local === undefined || remote === undefined) return null;
  const roundTripS = number(pair.currentRoundTripTime);
  return {
    local: endOf(local),
    remote: endOf(remote),
    roundTripMs: roundTripS === null ? null : roundTripS * 1000,
    availableBps: number(pair.availableOutgoingBitrate),
  };
}

function endOf(entry: StatsEntry): PairEnd {
  const address = text(entry.address) ?? text(entry.ip) ?? "";
  const port = number(entry.port);
  return {
    type: text(entry.candidateType) ?? "",
    protocol: text(entry.protocol) ?? "",
    address: `${address.includes(":") ? `[${address}]` : address}${
      port === null ? "" : `:${port}`
    }`,
    relayProtocol: text(entry.relayProtocol),
  };
}

function fingerprint(report: StatsLike, id: unknown): string | null {
  return text(report.get(text(id) ?? "")?.fingerprint);
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** How good a connection is to those who talk over it. */
export type LinkQuality = "good" | "fair" | "poor";

/** By loss and round trip: what people begin to hear, and what they cannot talk over. */
export function qualityOf({ pair, flows }: Pick<LinkFigures, "pair" | "flows">): LinkQuality {
  const loss = Math.max(0, ...flows.map((flow) => flow.loss ?? 0));
  const roundTripMs = pair?.roundTripMs ?? 0;
  if (loss > 0.08 || roundTripMs > 500) return "poor";
  return loss > 0.02 || roundTripMs > 250 ? "fair" : "good";
}
