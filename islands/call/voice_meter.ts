/**
 * How loud our own microphone is, muted or not: for the bar in the mirror, for who speaks, and for
 * the hint to somebody who talks while muted.
 *
 * @module
 */
import { LevelMeter } from "../capture/level_meter.ts";

/** A reading. */
export interface VoiceLevel {
  /** Position of a bar, 0 to 1. */
  readonly level: number;
  /** Linear, 0 to 1, on the scale of `audioLevel`. */
  readonly amplitude: number;
}

const SILENCE: VoiceLevel = { level: 0, amplitude: 0 };

/** Listens to one track at a time, to a copy of it that is never muted. */
export class VoiceMeter {
  #context: AudioContext | null = null;
  #meter: LevelMeter | null = null;
  #copy: MediaStreamTrack | null = null;
  #track: MediaStreamTrack | null = null;

  /** Listens to this track from now on; null: to nothing. */
  listen(track: MediaStreamTrack | null): void {
    if (track === this.#track) return;
    this.#track = track;
    this.#drop();
    if (track === null || typeof AudioContext === "undefined") return;
    this.#context ??= new AudioContext();
    this.#copy = track.clone();
    this.#copy.enabled = true;
    this.#meter = new LevelMeter(this.#context, new MediaStream([this.#copy]));
  }

  /** How loud it is now. Before the first press on the page a browser may answer silence. */
  read(nowMs: number): VoiceLevel {
    if (this.#meter === null) return SILENCE;
    if (this.#context?.state === "suspended") void this.#context.resume().catch(() => {});
    const { level } = this.#meter.read(nowMs);
    return { level, amplitude: level === 0 ? 0 : 10 ** ((level - 1) * 3) };
  }

  /** Lets go. */
  close(): void {
    this.#track = null;
    this.#drop();
    void this.#context?.close().catch(() => {});
    this.#context = null;
  }

  #drop(): void {
    this.#meter?.[Symbol.dispose]();
    this.#meter = null;
    this.#copy?.stop();
    this.#copy = null;
  }
}
