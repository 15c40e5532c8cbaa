/**
 * Opus that pauses (discontinuous transmission, a muted microphone): which silence is put in, so that
 * what is made of it never stalls a player. Pure.
 *
 * @module
 */
import type { AudioUnit } from "../access_unit.ts";
import { CLOCK_HZ } from "../access_unit.ts";
import { OPUS_SAMPLE_RATE } from "../codec/opus.ts";

/** One packet of silence lasts 20 ms. */
export const SILENCE_SAMPLES = 960;
const SILENCE_TICKS = SILENCE_SAMPLES * CLOCK_HZ / OPUS_SAMPLE_RATE;
/** CELT, full band, 20 ms, all zero; mono and stereo. */
const SILENCE: Readonly<Record<1 | 2, Uint8Array>> = {
  1: Uint8Array.of(0xf8, 0xff, 0xfe),
  2: Uint8Array.of(0xfc, 0xff, 0xfe),
};
/** A hole of this length between two packets is filled. */
const HOLE_TICKS = 2 * SILENCE_TICKS;
/** A longer one is a jump of time, not a pause. */
const MAX_HOLE_TICKS = 5 * CLOCK_HZ;
/** Sound this much further behind the pictures than it usually is has paused. */
const PAUSE_TICKS = 0.2 * CLOCK_HZ;
/** How far behind the pictures the silence stays: real sound may still come. */
const KEEP_BEHIND_TICKS = 0.1 * CLOCK_HZ;
const MAX_LAG_TICKS = CLOCK_HZ;
/** With each packet the remembered lag fades, to half in some three seconds. */
const FADE = 0.995;

/** Watches one stream of packets and the pictures beside it. */
export class OpusPauses {
  readonly #silence: Uint8Array;
  #nextDts: number | null = null;
  #videoDts = -Infinity;
  #usualLag = 0;

  constructor(channels: 1 | 2) {
    this.#silence = SILENCE[channels];
  }

  /** What is encoded when a packet comes: silence for a hole before it, and it, unless it is late. */
  packet(unit: AudioUnit): readonly AudioUnit[] {
    const lag = Math.min(MAX_LAG_TICKS, Math.max(0, this.#videoDts - unit.dts));
    this.#usualLag = Math.max(lag, this.#usualLag * FADE);
    const next = this.#nextDts;
    const ahead = next === null ? 0 : unit.dts - next;
    // Silence stands there already.
    if (ahead < -HOLE_TICKS && ahead > -MAX_HOLE_TICKS) return [];
    const units = ahead >= HOLE_TICKS && ahead <= MAX_HOLE_TICKS ? this.#fill(unit.dts) : [];
    this.#nextDts = unit.dts + unit.samples * CLOCK_HZ / OPUS_SAMPLE_RATE;
    units.push(unit);
    return units;
  }

  /** What is encoded when a picture comes: silence, when the sound stayed away. */
  picture(dts: number): readonly AudioUnit[] {
    this.#videoDts = dts;
    if (this.#nextDts === null) return [];
    const behind = dts - this.#nextDts - this.#usualLag;
    if (behind <= PAUSE_TICKS || behind > MAX_HOLE_TICKS) return [];
    return this.#fill(dts - this.#usualLag - KEEP_BEHIND_TICKS);
  }

  /** The time jumped: what lies between is no pause. */
  discontinuity(): void {
    this.#nextDts = null;
    this.#videoDts = -Infinity;
  }

  #fill(untilDts: number): AudioUnit[] {
    const units: AudioUnit[] = [];
    let dts = this.#nextDts!;
    for (; dts + SILENCE_TICKS <= untilDts; dts += SILENCE_TICKS) {
      units.push({
        kind: "audio",
        dts,
        pts: dts,
        samples: SILENCE_SAMPLES,
        data: this.#silence,
      });
    }
    this.#nextDts = dts;
    return units;
  }
}
