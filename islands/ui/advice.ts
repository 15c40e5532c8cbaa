/**
 * What a broadcaster should change, from the numbers of the stream. Pure: measurements and the
 * clock go in, advice comes out; what was said before is carried along, so that a figure that
 * swings around its limit does not make the page flicker.
 *
 * @module
 */
import type { StreamFigures } from "./room_data.ts";

/** A closed catalogue; the words stand in the language tables. */
export type Advice =
  /** Nothing arrives; the publisher dropped and may come back. */
  | { readonly kind: "notLive" | "waiting" }
  | { readonly kind: "noVideo" | "noAudio" | "outputs" }
  /** Media arrives late; `kbps` is what the line should carry, null: it is little already. */
  | { readonly kind: "upload"; readonly lagMs: number; readonly kbps: number | null }
  /** Left out by the encoder in the last 30 s. */
  | { readonly kind: "dropped"; readonly frames: number }
  | { readonly kind: "frameRate"; readonly fps: number }
  | { readonly kind: "reconnects"; readonly count: number }
  | { readonly kind: "keyFrames"; readonly seconds: number }
  | { readonly kind: "bFrames"; readonly delayMs: number }
  | { readonly kind: "bitrate"; readonly kbps: number };

/** What advice is about. */
export type AdviceKind = Advice["kind"];

/** How the stream is, in one word. */
export type Verdict = "offline" | "reconnecting" | "care" | "good";

/** More at once would not be read. */
export const MAX_ADVICE = 3;
/** Before this, nothing of a young stream has been measured for long enough. */
const SETTLING_MS = 8_000;
/** A figure that is shown stays for so long, unless it becomes worse. */
const FIGURE_MS = 10_000;
/** After so long without another one, reconnects are history. */
const RECONNECTS_MS = 10 * 60_000;

/** Between `bad` and `good` lies the band in which what was said before is kept. */
const LIMITS = {
  uploadLagMs: { bad: 500, good: 250 },
  droppedFrames: { bad: 10, good: 3 },
  fps: { bad: 20, good: 22 },
  keyFrameIntervalMs: { bad: 4_500, good: 4_000 },
  bFrameDelayMs: { bad: 30, good: 15 },
  bitrateKbps: { bad: 8_000, good: 7_000 },
  reconnects: { bad: 2, good: 1 },
} as const;

/** What a shaky line is left with of what it carries now. */
const UPLOAD_SHARE = 0.7;
/** Below this a picture is not worth lowering further, kbit/s. */
const LOWEST_KBPS = 500;

/** What was said so far of one running broadcast. */
export interface AdviceMemory {
  /** The broadcast; another one starts anew. */
  readonly startedAtMs: number | null;
  readonly traces: Readonly<Partial<Record<AdviceKind, Trace>>>;
  readonly reconnects: { readonly count: number; readonly atMs: number };
}

interface Trace {
  /** What is said now; null: nothing. */
  readonly shown: Advice | null;
  /** When the figure was last renewed. */
  readonly figureAtMs: number;
  /** Since when the measurement says the opposite; null: it does not. */
  readonly turnedAtMs: number | null;
}

/** Nothing was said yet. */
export const NO_MEMORY: AdviceMemory = {
  startedAtMs: null,
  traces: {},
  reconnects: { count: 0, atMs: 0 },
};

/** Advice and what has to be remembered for the next look. */
export interface Advised {
  /** The most important first, at most {@linkcode MAX_ADVICE}. */
  readonly advice: readonly Advice[];
  readonly memory: AdviceMemory;
}

interface Look {
  readonly stream: StreamFigures;
  readonly nowMs: number;
  /** When the count of reconnects was last seen rising. */
  readonly reconnectedAtMs: number;
}

interface Rule {
  /** Bad for so long before it is said. */
  readonly appearMs: number;
  /** Good for so long before it is taken back. */
  readonly vanishMs: number;
  /** The advice when it is bad; `keep` in the band between. */
  readonly judge: (look: Look) => Advice | "keep" | "good";
}

/** Streams by this protocol come from browsers. */
const BY_BROWSER = "whip";

/** In the order of weight. */
const RULES: readonly (readonly [AdviceKind, Rule])[] = [
  ["noVideo", {
    appearMs: 0,
    vanishMs: 0,
    judge: ({ stream }) => stream.video === null ? { kind: "noVideo" } : "good",
  }],
  ["noAudio", {
    appearMs: 0,
    vanishMs: 0,
    judge: ({ stream }) => stream.audio === null ? { kind: "noAudio" } : "good",
  }],
  ["upload", {
    appearMs: 3_000,
    vanishMs: 15_000,
    judge: ({ stream: { uploadLagMs: lagMs, bitrateKbps } }) =>
      above(lagMs, LIMITS.uploadLagMs, () => ({
        kind: "upload",
        lagMs,
        kbps: lowerBitrate(bitrateKbps),
      })),
  }],
  ["dropped", {
    appearMs: 0,
    vanishMs: 4_000,
    judge: ({ stream: { droppedFramesRecently: frames } }) =>
      above(frames, LIMITS.droppedFrames, () => ({ kind: "dropped", frames })),
  }],
  ["outputs", {
    appearMs: 0,
    vanishMs: 0,
    // What comes by WebRTC is made to fit every player here.
    judge: ({ stream: { playsEverywhere, protocol } }) =>
      playsEverywhere || protocol === BY_BROWSER ? "good" : { kind: "outputs" },
  }],
  ["frameRate", {
    appearMs: 5_000,
    vanishMs: 10_000,
    judge: ({ stream: { video, protocol } }) => {
      // A browser's own figures say more of it, and know what was asked for.
      if (protocol === BY_BROWSER) return "good";
      if (video === null || video.fps <= 0 || video.fps >= LIMITS.fps.good) return "good";
      return video.fps < LIMITS.fps.bad ? { kind: "frameRate", fps: video.fps } : "keep";
    },
  }],
  ["reconnects", {
    appearMs: 0,
    vanishMs: 0,
    judge: ({ stream: { reconnects: count }, nowMs, reconnectedAtMs }) =>
      nowMs - reconnectedAtMs > RECONNECTS_MS
        ? "good"
        : above(count, LIMITS.reconnects, () => ({ kind: "reconnects", count })),
  }],
  ["keyFrames", {
    appearMs: 0,
    // A picture with many cuts has short intervals between the long ones.
    vanishMs: 30_000,
    judge: ({ stream: { video } }) =>
      above(
        video?.keyFrameIntervalMs ?? 0,
        LIMITS.keyFrameIntervalMs,
        (intervalMs) => ({ kind: "keyFrames", seconds: intervalMs / 1000 }),
      ),
  }],
  ["bFrames", {
    appearMs: 0,
    vanishMs: 10_000,
    judge: ({ stream: { video } }) =>
      above(
        video?.bFrameDelayMs ?? 0,
        LIMITS.bFrameDelayMs,
        (delayMs) => ({ kind: "bFrames", delayMs }),
      ),
  }],
  ["bitrate", {
    appearMs: 5_000,
    vanishMs: 10_000,
    judge: ({ stream: { bitrateKbps } }) =>
      above(bitrateKbps, LIMITS.bitrateKbps, (kbps) => ({ kind: "bitrate", kbps })),
  }],
];

/** What could be better, while nothing is wrong. */
const TIPS: ReadonlySet<AdviceKind> = new Set(["keyFrames", "bFrames", "bitrate"]);

/** Whether viewers notice nothing of it: a tip, no trouble. */
export function isTip(advice: Advice): boolean {
  return TIPS.has(advice.kind);
}

/** One look at the stream; the first look at a running broadcast says at once what it sees. */
export function advise(
  memory: AdviceMemory,
  { stream, nowMs }: { readonly stream: StreamFigures | null; readonly nowMs: number },
): Advised {
  if (stream === null) return { advice: [{ kind: "notLive" }], memory: NO_MEMORY };
  if (stream.state === "waiting") return { advice: [{ kind: "waiting" }], memory };
  if (nowMs - stream.startedAtMs <= SETTLING_MS) {
    return { advice: [], memory: { ...NO_MEMORY, startedAtMs: stream.startedAtMs } };
  }
  const first = memory.startedAtMs !== stream.startedAtMs;
  const before = first ? NO_MEMORY : memory;
  const reconnects = stream.reconnects > before.reconnects.count
    ? { count: stream.reconnects, atMs: nowMs }
    : before.reconnects;
  const look = { stream, nowMs, reconnectedAtMs: reconnects.atMs };
  const traces: Partial<Record<AdviceKind, Trace>> = {};
  const advice: Advice[] = [];
  for (const [kind, rule] of RULES) {
    const trace = follow(before.traces[kind], {
      judged: rule.judge(look),
      nowMs,
      appearMs: first ? 0 : rule.appearMs,
      vanishMs: rule.vanishMs,
    });
    traces[kind] = trace;
    if (trace.shown !== null) advice.push(trace.shown);
  }
  return {
    advice: advice.slice(0, MAX_ADVICE),
    memory: { startedAtMs: stream.startedAtMs, traces, reconnects },
  };
}

/** The stream in one word. */
export function verdictOn(stream: StreamFigures | null, advice: readonly Advice[]): Verdict {
  if (stream === null) return "offline";
  if (stream.state === "waiting") return "reconnecting";
  return advice.some((item) => !isTip(item)) ? "care" : "good";
}

function follow(
  trace: Trace = { shown: null, figureAtMs: 0, turnedAtMs: null },
  { judged, nowMs, appearMs, vanishMs }: {
    readonly judged: Advice | "keep" | "good";
    readonly nowMs: number;
    readonly appearMs: number;
    readonly vanishMs: number;
  },
): Trace {
  const { shown } = trace;
  const agrees = shown === null ? typeof judged === "string" : judged !== "good";
  if (!agrees) {
    const turnedAtMs = trace.turnedAtMs ?? nowMs;
    const longEnough = nowMs - turnedAtMs >= (shown === null ? appearMs : vanishMs);
    if (!longEnough) return { ...trace, turnedAtMs };
    return {
      shown: typeof judged === "string" ? null : judged,
      figureAtMs: nowMs,
      turnedAtMs: null,
    };
  }
  if (shown === null || typeof judged === "string") return { ...trace, turnedAtMs: null };
  const renewed = weight(judged) > weight(shown) || nowMs - trace.figureAtMs >= FIGURE_MS;
  return renewed
    ? { shown: judged, figureAtMs: nowMs, turnedAtMs: null }
    : { ...trace, turnedAtMs: null };
}

/** How bad it is, for comparison with advice of the same kind. */
function weight(advice: Advice): number {
  switch (advice.kind) {
    case "upload":
      return advice.lagMs;
    case "dropped":
      return advice.frames;
    case "frameRate":
      return -advice.fps;
    case "reconnects":
      return advice.count;
    case "keyFrames":
      return advice.seconds;
    case "bFrames":
      return advice.delayMs;
    case "bitrate":
      return advice.kbps;
    default:
      return 0;
  }
}

function above(
  figure: number,
  limit: { readonly bad: number; readonly good: number },
  advice: (figure: number) => Advice,
): Advice | "keep" | "good" {
  if (figure >= limit.bad) return advice(figure);
  return figure > limit.good ? "keep" : "good";
}

/** What a line that stutters at this bitrate may carry; whole hundreds of kbit/s. */
function lowerBitrate(measuredKbps: number): number | null {
  const kbps = Math.floor(measuredKbps * UPLOAD_SHARE / 100) * 100;
  return kbps >= LOWEST_KBPS ? kbps : null;
}
