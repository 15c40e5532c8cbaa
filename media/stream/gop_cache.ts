/**
 * What a new reader gets before the live units: everything since the last key frame.
 *
 * @module
 */
import { type AccessUnit, CLOCK_HZ, type VideoUnit } from "../access_unit.ts";

/** Bounds of a cache. */
export interface GopCacheOptions {
  /** Media bytes; default 32 MiB. */
  readonly maxBytes?: number;
  /** Decode time from the first to the last unit, in ticks; default 12 s. */
  readonly maxTicks?: number;
  /** How much sound is kept when there is no video, in ticks; default 2 s. */
  readonly audioTicks?: number;
}

const AUDIO_ONLY_TICKS = 2 * CLOCK_HZ;

/**
 * Units since the last key frame, in order of arrival. Over a bound it is emptied and stays empty
 * until the next key frame. Without video it holds the last two seconds of sound.
 */
export class GopCache {
  readonly #maxBytes: number;
  readonly #maxTicks: number;
  readonly #audioTicks: number;
  #units: AccessUnit[] = [];
  #keyFrame: VideoUnit | null = null;
  #bytes = 0;
  #overflows = 0;
  /** False until a key frame came: what comes before cannot be decoded. */
  #valid = false;
  #hasVideo = true;

  constructor(options: GopCacheOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 32 * 1024 * 1024;
    this.#maxTicks = options.maxTicks ?? 12 * CLOCK_HZ;
    this.#audioTicks = options.audioTicks ?? AUDIO_ONLY_TICKS;
  }

  /** The cached units; valid until the next call. */
  get units(): readonly AccessUnit[] {
    return this.#units;
  }

  /** The newest key frame, even when its group is too large to be kept. */
  get keyFrame(): VideoUnit | null {
    return this.#keyFrame;
  }

  /** Media bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How often a group of pictures was too large to be kept. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Empties the cache; what follows has these tracks. */
  restart(options: { readonly hasVideo: boolean }): void {
    this.#clear();
    this.#keyFrame = null;
    this.#hasVideo = options.hasVideo;
    this.#valid = !options.hasVideo;
  }

  /** Adds the next unit. */
  push(unit: AccessUnit): void {
    if (this.#hasVideo) {
      if (unit.kind === "video" && unit.keyFrame) {
        this.#clear();
        this.#keyFrame = unit;
        this.#valid = true;
      } else if (!this.#valid) {
        return;
      }
    }
    this.#units.push(unit);
    this.#bytes += unit.data.length;
    if (!this.#hasVideo) this.#trimAudio(unit.dts);
    const first = this.#units[0];
    if (this.#bytes > this.#maxBytes || unit.dts - first.dts > this.#maxTicks) {
      this.#clear();
      this.#valid = !this.#hasVideo;
      this.#overflows++;
    }
  }

  #trimAudio(dts: number): void {
    let count = 0;
    while (count < this.#units.length - 1 && dts - this.#units[count].dts > this.#audioTicks) {
      this.#bytes -= this.#units[count].data.length;
      count++;
    }
    if (count > 0) this.#units.splice(0, count);
  }

  #clear(): void {
    this.#units = [];
    this.#bytes = 0;
  }
}
