/**
 * The last half hour of one process in steps, for charts.
 *
 * @module
 */

/** Length of a step. */
export const STEP_MS = 10_000;
/** Steps kept: 30 minutes. */
export const MAX_STEPS = 180;

/** What one heartbeat adds. */
export interface Sample {
  readonly lagMaxMs: number;
  /** Share of one core. */
  readonly cpu: number;
  readonly rssBytes: number;
  /** Requests that were answered from the relay's cache since the last heartbeat. */
  readonly cacheHits: number;
  /** Those that went on to the origin. */
  readonly cacheMisses: number;
}

/** Columns of equal length, one value a step; null where no heartbeat came. */
export interface SeriesColumns {
  readonly stepMs: number;
  /** Begin of the first step, milliseconds since the epoch. */
  readonly fromMs: number;
  /** Worst of the step. */
  readonly lagMaxMs: readonly (number | null)[];
  /** Mean of the step. */
  readonly cpu: readonly (number | null)[];
  /** Last of the step. */
  readonly rssBytes: readonly (number | null)[];
  /** Share of requests answered from the cache; null also where nobody asked. */
  readonly hitRate: readonly (number | null)[];
}

interface Step {
  readonly index: number;
  lagMaxMs: number;
  cpuSum: number;
  samples: number;
  rssBytes: number;
  cacheHits: number;
  cacheMisses: number;
}

/** Bounded in steps; the oldest is written over. The clock is passed in. */
export class NodeSeries {
  readonly #steps: (Step | undefined)[] = [];
  #firstIndex: number;

  /** @param nowMs begin of what is known. */
  constructor(nowMs: number) {
    this.#firstIndex = Math.floor(nowMs / STEP_MS);
  }

  /** Adds one sample to the step that runs. */
  add(sample: Sample, nowMs: number): void {
    const index = Math.floor(nowMs / STEP_MS);
    let step = this.#steps[index % MAX_STEPS];
    if (step?.index !== index) {
      step = {
        index,
        lagMaxMs: 0,
        cpuSum: 0,
        samples: 0,
        rssBytes: 0,
        cacheHits: 0,
        cacheMisses: 0,
      };
      this.#steps[index % MAX_STEPS] = step;
    }
    step.lagMaxMs = Math.max(step.lagMaxMs, sample.lagMaxMs);
    step.cpuSum += sample.cpu;
    step.samples++;
    step.rssBytes = sample.rssBytes;
    step.cacheHits += sample.cacheHits;
    step.cacheMisses += sample.cacheMisses;
  }

  /** Everything up to the step that runs. */
  read(nowMs: number): SeriesColumns {
    const last = Math.floor(nowMs / STEP_MS);
    const first = Math.max(this.#firstIndex, last - MAX_STEPS + 1);
    const steps: (Step | null)[] = [];
    for (let index = first; index <= last; index++) {
      const step = this.#steps[index % MAX_STEPS];
      steps.push(step?.index === index ? step : null);
    }
    return {
      stepMs: STEP_MS,
      fromMs: first * STEP_MS,
      lagMaxMs: steps.map((step) => step && round(step.lagMaxMs, 1)),
      cpu: steps.map((step) => step && round(step.cpuSum / step.samples, 3)),
      rssBytes: steps.map((step) => step && step.rssBytes),
      hitRate: steps.map((step) => step && hitRate(step)),
    };
  }
}

/** Share of requests answered from the cache; null when there were none. */
export function hitRate(
  { cacheHits, cacheMisses }: { readonly cacheHits: number; readonly cacheMisses: number },
): number | null {
  const asked = cacheHits + cacheMisses;
  return asked === 0 ? null : round(cacheHits / asked, 3);
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
