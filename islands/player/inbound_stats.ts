/**
 * What arrives by WebRTC, from the connection's own statistics (W3C webrtc-stats). Pure: two
 * reports go in, the figures between them come out.
 *
 * @module
 */
import type { NetworkFacts } from "./source.ts";

/** Figures of an incoming connection. */
export interface InboundFigures extends NetworkFacts {
  readonly kbps: number | null;
  /** RFC 6381 where it is known (`avc1.42E01F`), else the codec's name; video first. */
  readonly codecs: readonly string[];
  /** What the jitter buffer holds back, milliseconds; null before the first frame. */
  readonly holdMs: number | null;
}

/** Counters that the next report is compared with. */
export interface InboundTotals {
  readonly atMs: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  readonly framesDecoded: number;
  /** Of everything that came, reports of the other side among it. */
  readonly heardBytes: number;
  readonly holdS: number;
  readonly held: number;
}

type Entry = Readonly<Record<string, unknown>>;

/** Reads a report; `before` is what this function gave for the one before. */
export function readInbound(
  report: Iterable<unknown>,
  { before, nowMs }: { readonly before: InboundTotals | null; readonly nowMs: number },
): { readonly figures: InboundFigures; readonly totals: InboundTotals } {
  const entries = [...report].filter((entry): entry is Entry =>
    typeof entry === "object" && entry !== null
  );
  const inbound = entries.filter(({ type }) => type === "inbound-rtp")
    // The picture first.
    .sort((a, b) => String(b.kind).localeCompare(String(a.kind)));
  const pair = entries.find(({ type, nominated, state }) =>
    type === "candidate-pair" && nominated === true && state === "succeeded"
  );
  const main = inbound[0];
  const total = (name: string) =>
    inbound.reduce((sum, entry) => sum + (number(entry[name]) ?? 0), 0);
  const totals: InboundTotals = {
    atMs: nowMs,
    bytes: total("bytesReceived"),
    packets: total("packetsReceived"),
    lost: Math.max(0, total("packetsLost")),
    framesDecoded: total("framesDecoded"),
    heardBytes: number(pair?.bytesReceived) ?? 0,
    holdS: number(main?.jitterBufferDelay) ?? 0,
    held: number(main?.jitterBufferEmittedCount) ?? 0,
  };
  const spanMs = before === null ? 0 : nowMs - before.atMs;
  const lost = before === null ? 0 : Math.max(0, totals.lost - before.lost);
  const came = before === null ? 0 : Math.max(0, totals.packets - before.packets);
  const held = before === null ? 0 : totals.held - before.held;
  const roundTripS = number(pair?.currentRoundTripTime);
  const jitterS = number(main?.jitter);
  return {
    totals,
    figures: {
      kbps: spanMs > 0 && before !== null
        ? Math.max(0, Math.round((totals.bytes - before.bytes) * 8 / spanMs))
        : null,
      codecs: inbound.flatMap(({ codecId }) => {
        const codec = entries.find(({ id }) => id !== undefined && id === codecId);
        return typeof codec?.mimeType === "string" ? [codecName(codec)] : [];
      }),
      holdMs: held > 0 && before !== null
        ? Math.round((totals.holdS - before.holdS) * 1000 / held)
        : null,
      roundTripMs: roundTripS === null ? null : Math.round(roundTripS * 1000),
      jitterMs: jitterS === null ? null : Math.round(jitterS * 1000),
      loss: lost + came > 0 ? lost / (lost + came) : null,
      packetsLost: totals.lost,
      freezes: number(main?.freezeCount) ?? 0,
    },
  };
}

function codecName(codec: Entry): string {
  const name = String(codec.mimeType).replace(/^\w+\//, "").toLowerCase();
  const profile = /profile-level-id=([0-9a-f]{6})/i.exec(String(codec.sdpFmtpLine ?? ""))?.[1];
  return name === "h264" && profile !== undefined ? `avc1.${profile.toUpperCase()}` : name;
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
