/**
 * One sound track out of microphone and screen that stays the same while its sources come and go:
 * a recording goes on when a microphone is changed.
 *
 * @module
 */
import { LevelMeter } from "./level_meter.ts";

/** What can be heard. */
export type SoundInput = "microphone" | "screen";

interface Input {
  readonly track: MediaStreamTrack;
  readonly source: MediaStreamAudioSourceNode;
  readonly gain: GainNode;
}

/** The mixer. Nothing of it is played here. */
export class SoundMix implements Disposable {
  readonly #context: AudioContext;
  readonly #destination: MediaStreamAudioDestinationNode;
  readonly #inputs = new Map<SoundInput, Input>();
  readonly #levels = new Map<SoundInput, number>();
  #meter: LevelMeter | null = null;

  /** Make it when the reader has pressed something, or browsers keep it silent. */
  constructor(context = new AudioContext()) {
    this.#context = context;
    this.#destination = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
  }

  /** Microphone and screen together; silent while there is neither. */
  get track(): MediaStreamTrack {
    return this.#destination.stream.getAudioTracks()[0]!;
  }

  /** Whether anything could be heard. */
  get hasInput(): boolean {
    return this.#inputs.size > 0;
  }

  /** Loudness of the microphone as it is mixed; null without one. */
  get meter(): LevelMeter | null {
    return this.#meter;
  }

  /** Browsers stop a context whose page was never pressed: starts it again. */
  async wake(): Promise<void> {
    if (this.#context.state === "suspended") await this.#context.resume().catch(() => {});
  }

  /** Puts a source in the place of the one before; null takes it away. Tracks stay their owner's. */
  set(name: SoundInput, track: MediaStreamTrack | null): void {
    const before = this.#inputs.get(name);
    if (before?.track === track) return;
    if (name === "microphone") {
      // It lets go of the very node that goes next.
      this.#meter?.[Symbol.dispose]();
      this.#meter = null;
    }
    if (before !== undefined) {
      before.source.disconnect();
      before.gain.disconnect();
      this.#inputs.delete(name);
    }
    if (track === null) return;
    const source = new MediaStreamAudioSourceNode(this.#context, {
      mediaStream: new MediaStream([track]),
    });
    const gain = new GainNode(this.#context, { gain: this.#levels.get(name) ?? 1 });
    source.connect(gain).connect(this.#destination);
    this.#inputs.set(name, { track, source, gain });
    if (name === "microphone") this.#meter = new LevelMeter(this.#context, gain);
  }

  /** How loud a source is mixed, 0 to 1; also of one that comes later. */
  setLevel(name: SoundInput, level: number): void {
    this.#levels.set(name, level);
    const gain = this.#inputs.get(name)?.gain.gain;
    // Not at once: a step can be heard.
    gain?.setTargetAtTime(level, this.#context.currentTime, 0.015);
  }

  /** Lets everything go. */
  [Symbol.dispose](): void {
    for (const name of [...this.#inputs.keys()]) this.set(name, null);
    this.track.stop();
    this.#context.close().catch(() => {});
  }
}
