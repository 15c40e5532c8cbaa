/**
 * What of the picture the uplink carries, as a pure function: the browser's own figures go in with
 * the clock, a rung of the ladder comes out.
 *
 * The browser follows the uplink by itself within the size of a picture, and lets frames or
 * sharpness go. This policy changes the size: early down, when the picture has suffered for a
 * while, late up again, and later each time that going up proved wrong.
 *
 * @module
 */

/** What the broadcaster asked for. */
export interface VideoGoal {
  /** Lines of the picture. */
  readonly height: number;
  readonly fps: number;
  /** Kilobits a second at full size. */
  readonly kbps: number;
}

/** What one look at the outgoing stream says; null where the browser does not. */
export interface UplinkSample {
  readonly limitation: "none" | "cpu" | "bandwidth" | "other";
  readonly fps: number | null;
  /** What the browser believes the line carries, kilobits a second. */
  readonly availableKbps: number | null;
  /** 0 to 1, of the last seconds. */
  readonly loss: number | null;
  readonly roundTripMs: number | null;
}

/** What the encoder is told. */
export interface EncoderLimits {
  readonly maxBitrateKbps: number;
  /** At least 1. */
  readonly scaleDownBy: number;
  readonly maxFps: number;
}

/** What the policy remembers. */
export interface UplinkState {
  /** 0: as the broadcaster asked. */
  readonly rung: number;
  /** Since when the picture suffers; null: it does not. */
  readonly badSinceMs: number | null;
  readonly goodSinceMs: number | null;
  /** When the last step was made. */
  readonly steppedAtMs: number;
  /** Quiet that is needed before the next step up, milliseconds. */
  readonly patienceMs: number;
  /** The last step went up: if it was wrong, the next one takes longer. */
  readonly climbed: boolean;
}

/** Shares of size and bitrate, the best first. */
const RUNGS = [
  { scale: 1, share: 1 },
  { scale: 1.5, share: 0.55 },
  { scale: 2, share: 0.35 },
  { scale: 3, share: 0.18 },
] as const;
const LEAST_HEIGHT = 180;
/** What a step changes needs this long to show, milliseconds. */
const SETTLE_MS = 4_000;
const DOWN_AFTER_MS = 3_000;
const FIRST_PATIENCE_MS = 12_000;
const MAX_PATIENCE_MS = 3 * 60_000;
/** Lines that queue this much are full. */
const SLOW_ROUND_TRIP_MS = 800;

/** Nothing has been seen yet. */
export function initialUplink(nowMs: number): UplinkState {
  return {
    rung: 0,
    badSinceMs: null,
    goodSinceMs: null,
    steppedAtMs: nowMs,
    patienceMs: FIRST_PATIENCE_MS,
    climbed: false,
  };
}

/** The rungs that make sense for a picture of this size. */
export function rungsOf(goal: VideoGoal): number {
  const found = RUNGS.findIndex(({ scale }) => goal.height / scale < LEAST_HEIGHT);
  return Math.max(1, found === -1 ? RUNGS.length : found);
}

/** What the encoder is told on a rung. */
export function limitsOf(goal: VideoGoal, rung: number): EncoderLimits {
  const { scale, share } = RUNGS[Math.min(rung, rungsOf(goal) - 1)]!;
  return {
    maxBitrateKbps: Math.round(goal.kbps * share),
    scaleDownBy: scale,
    maxFps: goal.fps,
  };
}

/** One look. */
export function followUplink(
  state: UplinkState,
  { sample, goal, nowMs }: {
    readonly sample: UplinkSample;
    readonly goal: VideoGoal;
    readonly nowMs: number;
  },
): UplinkState {
  const verdict = judge(sample, { goal, rung: state.rung });
  const badSinceMs = verdict === "bad" ? state.badSinceMs ?? nowMs : null;
  const goodSinceMs = verdict === "good" ? state.goodSinceMs ?? nowMs : null;
  const seen = { ...state, badSinceMs, goodSinceMs };
  if (nowMs - state.steppedAtMs < SETTLE_MS) return seen;
  if (
    badSinceMs !== null && nowMs - badSinceMs >= DOWN_AFTER_MS && state.rung < rungsOf(goal) - 1
  ) {
    return {
      rung: state.rung + 1,
      badSinceMs: null,
      goodSinceMs: null,
      steppedAtMs: nowMs,
      patienceMs: state.climbed
        ? Math.min(state.patienceMs * 2, MAX_PATIENCE_MS)
        : state.patienceMs,
      climbed: false,
    };
  }
  if (goodSinceMs !== null && nowMs - goodSinceMs >= state.patienceMs && state.rung > 0) {
    return {
      ...seen,
      rung: state.rung - 1,
      goodSinceMs: null,
      steppedAtMs: nowMs,
      climbed: true,
    };
  }
  return seen;
}

function judge(
  sample: UplinkSample,
  { goal, rung }: { readonly goal: VideoGoal; readonly rung: number },
): "good" | "bad" | "middling" {
  const { limitation, fps, availableKbps, loss, roundTripMs } = sample;
  const limits = limitsOf(goal, rung);
  const slow = fps !== null && fps < goal.fps * 0.66;
  const starved = availableKbps !== null && availableKbps < limits.maxBitrateKbps * 0.5;
  const suffers = limitation === "bandwidth" && (starved || slow) ||
    limitation === "cpu" && slow ||
    loss !== null && loss > 0.1 ||
    roundTripMs !== null && roundTripMs > SLOW_ROUND_TRIP_MS;
  if (suffers) return "bad";
  if (rung === 0) return "good";
  const next = limitsOf(goal, rung - 1);
  // While the encoder is capped the browser has no reason to look for more than it sends.
  const room = availableKbps === null || availableKbps >= Math.min(
        next.maxBitrateKbps * 0.8,
        limits.maxBitrateKbps * 1.05,
      );
  return limitation === "none" && room && (loss ?? 0) < 0.02 ? "good" : "middling";
}
