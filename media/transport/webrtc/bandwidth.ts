/**
 * What a publisher is told about the path: the bitrate of REMB
 * (draft-alvestrand-rmcat-remb-03), from loss and from the delay that queues add. Browsers send
 * 300 kbps without any report and jump to what REMB says at once, so the limit is our own, and
 * backing off is too. Pure: the clock is passed in.
 *
 * @module
 */

/** Limits of a publisher, in bits a second. */
export interface BandwidthLimits {
  readonly minBitsPerSecond: number;
  readonly maxBitsPerSecond: number;
}

/** What was seen since the last report, about a second. */
export interface ReceivedInterval {
  readonly nowMs: number;
  /** Everything that arrived, of all streams. */
  readonly receivedBitsPerSecond: number;
  /** Loss before repair, 0–1. */
  readonly lossRatio: number;
  /** Packets that were expected; a share of few packets says little. Default: 100. */
  readonly packets?: number;
  /** What queues on the path add now, in milliseconds ({@linkcode QueueDelay}). */
  readonly queueMs: number;
  /** A layer that was agreed upon is not sent: the step to it may be larger than all that is used. */
  readonly lacksLayer?: boolean;
}

/** Above this loss the rate goes down, below the other it goes up (as in GCC §6). */
const HIGH_LOSS = 0.1;
const LOW_LOSS = 0.02;
/** A queue of this length is growing because we send too much. */
const LONG_QUEUE_MS = 200;
const SHORT_QUEUE_MS = 60;
const INCREASE_A_SECOND = 1.08;
const DECREASE = 0.85;
/** After a decrease the rate is held, so that its effect can be seen. */
const HOLD_MS = 2000;
/** Loss is judged over about this many packets. */
const LOSS_PACKETS = 100;
/** A sender that uses less than this share of what it may is limited by something else. */
const USED = 0.7;
/**
 * A sender that leaves out a layer is promised up to so much, bits a second, when nothing was reduced
 * for so long: it would never use more of what it has, and so never get the layer back.
 */
const LAYER_STEP = 1_000_000;
const LAYER_STEP_AFTER_MS = 8_000;
/** Rates of a path that never showed what it can carry rise faster. */
const FAST_INCREASE_A_SECOND = 1.5;

/** Why the rate is what it is; for the health page. */
export type BandwidthState = "free" | "rising" | "held" | "loss" | "queue";

/** The estimate of one publisher. */
export class ReceiveBandwidth {
  readonly #limits: BandwidthLimits;
  #bitsPerSecond: number;
  #state: BandwidthState = "free";
  #reducedAtMs = -Infinity;
  #updatedAtMs: number | null = null;
  #lossRatio = 0;
  /** Rate at which the path last showed its limit; rises slowly near it. */
  #ceiling = Infinity;

  constructor(limits: BandwidthLimits) {
    if (!(limits.minBitsPerSecond > 0 && limits.maxBitsPerSecond >= limits.minBitsPerSecond)) {
      throw new RangeError("Cannot limit bandwidth: the limits do not enclose anything");
    }
    this.#limits = limits;
    this.#bitsPerSecond = limits.maxBitsPerSecond;
  }

  get bitsPerSecond(): number {
    return this.#bitsPerSecond;
  }

  get state(): BandwidthState {
    return this.#state;
  }

  /** Takes an interval and gives the value of the next REMB. */
  update(interval: ReceivedInterval): number {
    const { nowMs, queueMs } = interval;
    const weight = Math.min(1, (interval.packets ?? LOSS_PACKETS) / LOSS_PACKETS);
    this.#lossRatio += (interval.lossRatio - this.#lossRatio) * weight;
    const lossRatio = this.#lossRatio;
    const elapsedS = Math.min(5, Math.max(0, (nowMs - (this.#updatedAtMs ?? nowMs)) / 1000));
    this.#updatedAtMs = nowMs;
    if (lossRatio > HIGH_LOSS) {
      this.#reduce(1 - lossRatio / 2, { interval, state: "loss" });
    } else if (queueMs > LONG_QUEUE_MS) this.#reduce(DECREASE, { interval, state: "queue" });
    else if (lossRatio > LOW_LOSS || queueMs > SHORT_QUEUE_MS) this.#state = "held";
    else if (nowMs - this.#reducedAtMs >= HOLD_MS) this.#raise(interval, elapsedS);
    return this.#bitsPerSecond;
  }

  #reduce(
    factor: number,
    of: { readonly interval: ReceivedInterval; readonly state: BandwidthState },
  ): void {
    this.#state = of.state;
    const { nowMs, receivedBitsPerSecond } = of.interval;
    if (nowMs - this.#reducedAtMs < HOLD_MS / 2) return;
    this.#reducedAtMs = nowMs;
    const sent = receivedBitsPerSecond / Math.max(0.1, 1 - this.#lossRatio);
    if (sent < this.#bitsPerSecond * USED) {
      // It did not send what it may, so what it may did no harm; only the leap upwards is taken away.
      this.#set(Math.min(this.#bitsPerSecond, sent * 1.5));
      return;
    }
    // What arrived is what the path carries; the promise before may have been far above it.
    const carried = Math.min(this.#bitsPerSecond, receivedBitsPerSecond);
    this.#ceiling = carried;
    this.#set(carried * factor);
  }

  #raise(interval: ReceivedInterval, elapsedS: number): void {
    if (this.#bitsPerSecond >= this.#limits.maxBitsPerSecond) {
      this.#state = "free";
      return;
    }
    this.#state = "rising";
    const isStep = interval.lacksLayer === true && this.#bitsPerSecond < LAYER_STEP &&
      interval.nowMs - this.#reducedAtMs >= LAYER_STEP_AFTER_MS;
    // A sender that does not use what it may proves nothing about more.
    if (!isStep && interval.receivedBitsPerSecond < this.#bitsPerSecond * 0.5) return;
    const isNearCeiling = this.#bitsPerSecond > this.#ceiling * 0.9 &&
      this.#bitsPerSecond < this.#ceiling * 1.1;
    const speed = isNearCeiling ? INCREASE_A_SECOND : FAST_INCREASE_A_SECOND;
    const raised = this.#bitsPerSecond * speed ** elapsedS;
    this.#set(isStep ? Math.min(LAYER_STEP, raised) : raised);
  }

  #set(bitsPerSecond: number): void {
    const { minBitsPerSecond, maxBitsPerSecond } = this.#limits;
    this.#bitsPerSecond = Math.round(
      Math.max(minBitsPerSecond, Math.min(maxBitsPerSecond, bitsPerSecond)),
    );
  }
}

/** For this long the least delay is remembered. */
const QUEUE_WINDOW_MS = 10_000;
const WINDOWS = 5;
/** What was observed longer ago says nothing of the path as it is now. */
const QUEUE_SILENCE_MS = 1_500;

/**
 * What queues on the path add: delay of arrival against the media clock, above the least delay of the
 * last 10 s. Clocks of sender and receiver need not agree.
 */
export class QueueDelay {
  /** Least delays of the last windows, oldest first. */
  readonly #least: number[] = [];
  #windowEndMs = -Infinity;
  #observedAtMs = -Infinity;
  #smoothedMs = 0;

  /** Smoothed, in milliseconds; 0 when nothing came lately, as of a layer that is not sent any more. */
  queueMs(nowMs: number): number {
    return nowMs - this.#observedAtMs < QUEUE_SILENCE_MS ? this.#smoothedMs : 0;
  }

  /** Takes a packet whose media time (milliseconds, any origin, not wrapping) arrived now. */
  observe(mediaMs: number, nowMs: number): void {
    const silentMs = nowMs - this.#observedAtMs;
    if (silentMs >= QUEUE_SILENCE_MS) this.#smoothedMs = 0;
    if (silentMs >= QUEUE_WINDOW_MS) this.#least.length = 0;
    this.#observedAtMs = nowMs;
    const delay = nowMs - mediaMs;
    if (nowMs >= this.#windowEndMs) {
      this.#least.push(delay);
      if (this.#least.length > WINDOWS) this.#least.shift();
      this.#windowEndMs = nowMs + QUEUE_WINDOW_MS / WINDOWS;
    } else {
      const last = this.#least.length - 1;
      this.#least[last] = Math.min(this.#least[last], delay);
    }
    const above = delay - Math.min(...this.#least);
    this.#smoothedMs += (above - this.#smoothedMs) / 16;
  }
}
