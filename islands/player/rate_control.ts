/**
 * Holds the distance to live by gentle changes of the playback rate, as a pure function: the caller
 * gives the measurements several times a second and applies the answer.
 *
 * The control has hysteresis: it starts to hurry only when latency is {@linkcode START_ABOVE_S} over
 * the target and stops when it is {@linkcode STOP_ABOVE_S} over it, so that the rate does not flap.
 * It never hurries into an empty buffer. Each time the picture had to wait, the target is raised for
 * a while: a network that cannot keep the promise is not asked for it again at once.
 *
 * @module
 */
import type { LatencyMode, Protocol } from "./protocol.ts";

/** Slowest and fastest playback rate; inaudible with pitch correction. */
export const MIN_RATE = 0.95;
/** See {@linkcode MIN_RATE}. */
export const MAX_RATE = 1.1;
/** Hurrying starts this many seconds above the target. */
export const START_ABOVE_S = 0.15;
/** Hurrying stops this many seconds above the target. */
export const STOP_ABOVE_S = 0.03;
/** Farther behind the target than this, the player jumps instead of hurrying. */
export const JUMP_BEHIND_S = 6;
/** The same while a source starts: a long GOP in the cache is skipped, not watched. */
export const START_JUMP_BEHIND_S = 0.7;

const STALL_RAISE_S = 0.25;
const MAX_RAISE_S = 1.5;
/** A raised target sinks back by this many seconds per second of undisturbed play. */
const RAISE_SINK_S_PER_S = 0.005;

/**
 * Reachable targets in seconds. LL-HLS starts at PART-HOLD-BACK (1.05 s) plus about one part (0.33 s)
 * and can be brought a little closer, since parts arrive as they are made; FLV is bounded by the
 * batches of the edge; HLS needs two whole segments. What the encoder and the way to the server
 * take comes on top and is not seen here.
 */
const TARGETS_S: Readonly<Record<Protocol, Readonly<Record<LatencyMode, number>>>> = {
  "ws-flv": { lowest: 0.45, balanced: 0.7, stable: 2 },
  flv: { lowest: 0.45, balanced: 0.7, stable: 2 },
  llhls: { lowest: 1.05, balanced: 1.15, stable: 3 },
  hls: { lowest: 4, balanced: 4.2, stable: 7 },
  // The browser's own jitter buffer decides; this is what to expect of it.
  whep: { lowest: 0.2, balanced: 0.2, stable: 0.5 },
};

/** The least data ahead of the play head, in seconds, that hurrying must leave. */
const BUFFER_FLOOR_S: Readonly<Record<Protocol, number>> = {
  "ws-flv": 0.25,
  flv: 0.25,
  llhls: 0.45,
  hls: 1.5,
  whep: 0,
};

/** The distance to live a protocol is held at, in seconds. */
export function latencyTargetS(protocol: Protocol, mode: LatencyMode): number {
  return TARGETS_S[protocol][mode];
}

/** What the control remembers between calls. */
export interface RateControl {
  readonly rate: number;
  /** Seconds added to the target after stalls. */
  readonly raisedS: number;
}

/** A control at rest. */
export const INITIAL_RATE_CONTROL: RateControl = { rate: 1, raisedS: 0 };

/** Measurements of one instant. */
export interface RateInput {
  readonly protocol: Protocol;
  readonly mode: LatencyMode;
  /** Distance to live, seconds; null while unknown. */
  readonly latencyS: number | null;
  /** Data ahead of the play head, seconds. */
  readonly bufferS: number;
  /** Time since the last call, seconds. */
  readonly elapsedS: number;
  /** The source began a moment ago and may jump over what the cache sent. */
  readonly starting: boolean;
}

/** What to do now. */
export interface RateDecision {
  readonly control: RateControl;
  /** Playback rate to set, in steps of 0.01. */
  readonly rate: number;
  /** Jump to this distance from live, in seconds; null: do not jump. */
  readonly jumpToS: number | null;
}

/** The control after the picture had to wait for data. */
export function afterStall(control: RateControl): RateControl {
  return { rate: 1, raisedS: Math.min(control.raisedS + STALL_RAISE_S, MAX_RAISE_S) };
}

/** One step of the control. */
export function controlRate(control: RateControl, input: RateInput): RateDecision {
  const raisedS = Math.max(0, control.raisedS - input.elapsedS * RAISE_SINK_S_PER_S);
  const rest = (rate: number): RateDecision => ({
    control: { rate, raisedS },
    rate,
    jumpToS: null,
  });
  if (input.latencyS === null) return rest(1);

  const targetS = latencyTargetS(input.protocol, input.mode) + raisedS;
  const excessS = input.latencyS - targetS;
  if (excessS > (input.starting ? START_JUMP_BEHIND_S : JUMP_BEHIND_S)) {
    return { control: { rate: 1, raisedS }, rate: 1, jumpToS: targetS };
  }

  const floorS = BUFFER_FLOOR_S[input.protocol];
  const hurrying = control.rate > 1;
  if (excessS > (hurrying ? STOP_ABOVE_S : START_ABOVE_S)) {
    // Half the floor in hand before it starts, the floor itself while it runs.
    const spareS = input.bufferS - floorS;
    if (spareS > (hurrying ? 0 : floorS / 2)) {
      return rest(round(Math.min(MAX_RATE, 1.04 + excessS * 0.06)));
    }
    return rest(1);
  }

  const dawdling = control.rate < 1;
  if (excessS < (dawdling ? -STOP_ABOVE_S : -START_ABOVE_S)) {
    return rest(round(Math.max(MIN_RATE, 0.98 + excessS * 0.05)));
  }
  return rest(1);
}

function round(rate: number): number {
  return Math.round(rate * 100) / 100;
}
