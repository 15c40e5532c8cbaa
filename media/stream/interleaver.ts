/**
 * Puts units of two tracks that come from different places into the order of their decode times.
 * Pure: the clock is passed in.
 *
 * @module
 */
import type { AccessUnit } from "../access_unit.ts";

/** What may wait; above, the oldest goes out although the other track is behind. */
const MAX_UNITS = 3000;
const MAX_BYTES = 24 * 1024 * 1024;

interface Held {
  readonly unit: AccessUnit;
  readonly arrivedAtMs: number;
}

/** See the module's docstring. Each track comes in order. */
export class Interleaver {
  readonly #queues: Record<AccessUnit["kind"], Held[]> = { video: [], audio: [] };
  readonly #latest: Record<AccessUnit["kind"], number> = { video: -Infinity, audio: -Infinity };
  #bytes = 0;

  /** Units that wait. */
  get size(): number {
    return this.#queues.video.length + this.#queues.audio.length;
  }

  /** The first unit of a track that waits. */
  first(kind: AccessUnit["kind"]): AccessUnit | null {
    return this.#queues[kind][0]?.unit ?? null;
  }

  /** Takes the next unit of its track. */
  push(unit: AccessUnit, nowMs: number): void {
    this.#queues[unit.kind].push({ unit, arrivedAtMs: nowMs });
    this.#bytes += unit.data.length;
    if (unit.dts > this.#latest[unit.kind]) this.#latest[unit.kind] = unit.dts;
  }

  /** Leaves out the units of a track from its front as long as `test` says so. */
  drop(kind: AccessUnit["kind"], test: (unit: AccessUnit) => boolean): void {
    const queue = this.#queues[kind];
    while (queue.length > 0 && test(queue[0].unit)) this.#bytes -= queue.shift()!.unit.data.length;
  }

  /**
   * The next unit that can go out: the earlier one when both tracks have one, one that the other track
   * has passed already, or one that waited for `maxWaitMs`; else null.
   */
  take(nowMs: number, maxWaitMs: number): AccessUnit | null {
    const { video, audio } = this.#queues;
    if (video.length === 0 && audio.length === 0) return null;
    if (video.length > 0 && audio.length > 0) {
      return this.#shift(audio[0].unit.dts <= video[0].unit.dts ? audio : video);
    }
    const queue = video.length > 0 ? video : audio;
    const { unit, arrivedAtMs } = queue[0];
    const other = this.#latest[unit.kind === "video" ? "audio" : "video"];
    const full = this.size > MAX_UNITS || this.#bytes > MAX_BYTES;
    if (other >= unit.dts || nowMs - arrivedAtMs >= maxWaitMs || full) return this.#shift(queue);
    return null;
  }

  /** Everything that waits, in order. */
  flush(): AccessUnit[] {
    const units: AccessUnit[] = [];
    for (let unit = this.take(0, -Infinity); unit !== null; unit = this.take(0, -Infinity)) {
      units.push(unit);
    }
    return units;
  }

  /** When the unit that waits longest has waited for `maxWaitMs`; null when none waits. */
  dueAtMs(maxWaitMs: number): number | null {
    const heads = [this.#queues.video[0], this.#queues.audio[0]].filter((one) => one !== undefined);
    return heads.length === 0 ? null : Math.min(...heads.map((one) => one.arrivedAtMs)) + maxWaitMs;
  }

  #shift(queue: Held[]): AccessUnit {
    const { unit } = queue.shift()!;
    this.#bytes -= unit.data.length;
    return unit;
  }
}
