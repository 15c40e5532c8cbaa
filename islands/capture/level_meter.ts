/**
 * How loud a microphone is, for a bar that moves as people expect: up at once, down slowly, with a
 * mark at the loudest moment.
 *
 * @module
 */

/** One reading. */
export interface Level {
  /** Position of the bar, 0 (-60 dBFS and below) to 1 (full scale). */
  level: number;
  /** Position of the mark, 0 to 1. */
  peak: number;
  /** Samples touched the limit within the last second. */
  clipping: boolean;
}

/** What is silent on the scale, dBFS. */
const FLOOR_DB = -60;
/** How fast the bar falls, parts of the scale a second. */
const FALL_PER_S = 1.2;
/** How long the mark stands before it falls, milliseconds. */
const PEAK_HOLD_MS = 1_000;
const CLIP_HOLD_MS = 1_000;
/** From here on a sample counts as cut off. */
const CLIP = 0.985;
const WINDOW_SAMPLES = 1024;

/** Position on the scale of an amplitude (0 to 1, linear). */
export function scalePosition(amplitude: number): number {
  if (!(amplitude > 0)) return 0;
  return Math.min(1, Math.max(0, 1 - 20 * Math.log10(amplitude) / FLOOR_DB));
}

/** Root mean square and largest absolute value of samples (-1 to 1), written into `into`. */
export function measure(
  samples: Float32Array,
  into: { rms: number; peak: number },
): void {
  let sum = 0;
  let peak = 0;
  for (const sample of samples) {
    sum += sample * sample;
    const size = Math.abs(sample);
    if (size > peak) peak = size;
  }
  into.rms = samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
  into.peak = peak;
}

/** How the bar moves from reading to reading. Keeps one object and allocates nothing. */
export class LevelBallistics {
  readonly #level: Level = { level: 0, peak: 0, clipping: false };
  #atMs = -Infinity;
  #peakAtMs = -Infinity;
  #clipAtMs = -Infinity;

  /** Takes a measurement; returns the same object each time. */
  next(measured: { readonly rms: number; readonly peak: number }, nowMs: number): Readonly<Level> {
    const elapsedS = Math.min(1, Math.max(0, (nowMs - this.#atMs) / 1000));
    this.#atMs = nowMs;
    const level = this.#level;
    level.level = Math.max(scalePosition(measured.rms), level.level - FALL_PER_S * elapsedS);
    const peak = scalePosition(measured.peak);
    if (peak >= level.peak) {
      level.peak = peak;
      this.#peakAtMs = nowMs;
    } else if (nowMs - this.#peakAtMs > PEAK_HOLD_MS) {
      level.peak = Math.max(peak, level.peak - FALL_PER_S * elapsedS);
    }
    if (measured.peak >= CLIP) this.#clipAtMs = nowMs;
    level.clipping = nowMs - this.#clipAtMs < CLIP_HOLD_MS;
    return level;
  }
}

/**
 * A meter on a stream's sound, or on a node of a mixer. It only looks: nothing is heard. Read it
 * once a frame; disposing leaves the context to its owner.
 */
export class LevelMeter implements Disposable {
  readonly #source: AudioNode;
  readonly #own: boolean;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #measured = { rms: 0, peak: 0 };
  readonly #ballistics = new LevelBallistics();

  /** `input` is a stream that has sound, or a node of the same context. */
  constructor(context: BaseAudioContext, input: MediaStream | AudioNode) {
    this.#own = !("connect" in input);
    this.#source = "connect" in input
      ? input
      : new MediaStreamAudioSourceNode(context as AudioContext, { mediaStream: input });
    this.#analyser = new AnalyserNode(context, {
      fftSize: WINDOW_SAMPLES,
      smoothingTimeConstant: 0,
    });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#source.connect(this.#analyser);
  }

  /** The level now; the same object each time. */
  read(nowMs: number): Readonly<Level> {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    measure(this.#samples, this.#measured);
    return this.#ballistics.next(this.#measured, nowMs);
  }

  /** Lets go of the input. */
  [Symbol.dispose](): void {
    if (this.#own) this.#source.disconnect();
    else this.#source.disconnect(this.#analyser);
  }
}
