/**
 * What leaves the browser, from the connection's own statistics (W3C webrtc-stats). Pure: two
 * reports go in, the figures between them come out.
 *
 * @module
 */
import type { UplinkSample } from "./uplink.ts";

/** Figures of an outgoing connection; null where the browser does not say. */
export interface OutboundFigures extends UplinkSample {
  readonly videoKbps: number;
  readonly audioKbps: number;
  /** Of the largest layer that is sent; 0 before the first frame. */
  readonly width: number;
  readonly height: number;
  /** How many layers of the picture leave the browser. */
  readonly layers: number;
  readonly jitterMs: number | null;
  /** Such as `H264` and `opus`. */
  readonly codecs: readonly string[];
  /** Such as `OpenH264` or the name of a chip's encoder. */
  readonly encoder: string | null;
  readonly framesSent: number;
  readonly packetsResent: number;
  /** Times the other side asked for a whole picture. */
  readonly keyFramesAsked: number;
  /** `host`, `srflx`, `prflx`, `relay`: the way this side goes. */
  readonly route: string | null;
  /** Bytes that ever came in: reports of the other side among them. */
  readonly bytesReceived: number;
}

/** What of a report is needed for the next one. */
export interface OutboundTotals {
  readonly atMs: number;
  readonly videoBytes: number;
  readonly audioBytes: number;
  readonly frames: number;
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads a report; `before` is what this function gave for the one before. */
export function readOutbound(
  report: Iterable<unknown>,
  { before, nowMs }: { readonly before: OutboundTotals | null; readonly nowMs: number },
): { readonly figures: OutboundFigures; readonly totals: OutboundTotals } {
  const entries = [...report].filter((entry): entry is Entry =>
    typeof entry === "object" && entry !== null
  );
  const of = (type: string) => entries.filter((entry) => entry.type === type);
  const outbound = of("outbound-rtp");
  const video = outbound.filter(({ kind, active }) => kind === "video" && active !== false)
    .sort((a, b) => (number(b.frameHeight) ?? 0) - (number(a.frameHeight) ?? 0));
  const audio = outbound.filter(({ kind }) => kind === "audio");
  const [main] = video;
  const remote = of("remote-inbound-rtp");
  const remoteVideo = remote.filter(({ kind }) => kind === "video");
  const pair = pairOf(entries);
  const local = entries.find(({ id }) => id !== undefined && id === pair?.localCandidateId);
  const codecs = [main, audio[0]].flatMap((entry) => {
    const codec = entries.find(({ id }) => id !== undefined && id === entry?.codecId);
    return typeof codec?.mimeType === "string" ? [codec.mimeType.replace(/^\w+\//, "")] : [];
  });
  const totals: OutboundTotals = {
    atMs: nowMs,
    videoBytes: sum(video, "bytesSent"),
    audioBytes: sum(audio, "bytesSent"),
    frames: number(main?.framesSent) ?? 0,
  };
  const spanMs = before === null ? 0 : nowMs - before.atMs;
  const kbps = (now: number, then: number | undefined) =>
    spanMs > 0 && then !== undefined ? Math.max(0, Math.round((now - then) * 8 / spanMs)) : 0;
  const roundTripS = number(pair?.currentRoundTripTime) ?? least(remote, "roundTripTime");
  const jitterS = least(remoteVideo, "jitter");
  const availableBps = number(pair?.availableOutgoingBitrate);
  const frames = spanMs > 0 && before !== null && totals.frames >= before.frames
    ? (totals.frames - before.frames) * 1000 / spanMs
    : null;
  return {
    totals,
    figures: {
      videoKbps: kbps(totals.videoBytes, before?.videoBytes),
      audioKbps: kbps(totals.audioBytes, before?.audioBytes),
      width: number(main?.frameWidth) ?? 0,
      height: number(main?.frameHeight) ?? 0,
      layers: video.filter((entry) => (number(entry.bytesSent) ?? 0) > 0).length,
      fps: frames === null ? null : Math.round(frames * 10) / 10,
      limitation: limitationOf(main?.qualityLimitationReason),
      availableKbps: availableBps === null ? null : Math.round(availableBps / 1000),
      loss: most(remoteVideo, "fractionLost"),
      roundTripMs: roundTripS === null ? null : Math.round(roundTripS * 1000),
      jitterMs: jitterS === null ? null : Math.round(jitterS * 1000),
      codecs,
      encoder: typeof main?.encoderImplementation === "string" ? main.encoderImplementation : null,
      framesSent: totals.frames,
      packetsResent: sum(video, "retransmittedPacketsSent"),
      keyFramesAsked: sum(video, "pliCount") + sum(video, "firCount"),
      route: typeof local?.candidateType === "string" ? local.candidateType : null,
      bytesReceived: number(pair?.bytesReceived) ?? 0,
    },
  };
}

/** The pair that carries the media: named by the transport, or else the nominated one. */
function pairOf(entries: readonly Entry[]): Entry | undefined {
  const chosen = entries.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  return entries.find(({ type, id, nominated, state }) =>
    type === "candidate-pair" &&
    (chosen === undefined ? nominated === true && state === "succeeded" : id === chosen)
  );
}

function limitationOf(reason: unknown): OutboundFigures["limitation"] {
  return reason === "cpu" || reason === "bandwidth" || reason === "other" ? reason : "none";
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function sum(entries: readonly Entry[], name: string): number {
  return entries.reduce((total, entry) => total + (number(entry[name]) ?? 0), 0);
}

function least(entries: readonly Entry[], name: string): number | null {
  const values = entries.map((entry) => number(entry[name])).filter((value) => value !== null);
  return values.length === 0 ? null : Math.min(...values);
}

function most(entries: readonly Entry[], name: string): number | null {
  const values = entries.map((entry) => number(entry[name])).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}
