/**
 * Mixes the sound of every source into one track: a gain and a meter for each, one of each for all
 * of it, and a limiter at the end. Nothing of it is heard in the room it is made in.
 *
 * @module
 */
import { type Level, LevelMeter } from "../level_meter.ts";

/** The channel of everything together. */
export const MASTER = "master";
/** Twice as loud as it came. */
export const MAX_GAIN = 2;
const RAMP_S = 0.02;

interface Channel {
  readonly source: AudioNode;
  readonly gain: GainNode;
  readonly meter: LevelMeter;
  level: number;
  muted: boolean;
}

/** How a channel stands. */
export interface ChannelState {
  /** 0 to {@linkcode MAX_GAIN}. */
  readonly gain: number;
  readonly muted: boolean;
}

/** The mixer; see the module. */
export class Mixer implements Disposable {
  readonly #context: AudioContext;
  readonly #channels = new Map<string, Channel>();
  readonly #master: GainNode;
  readonly #masterMeter: LevelMeter;
  readonly #output: MediaStreamAudioDestinationNode;
  /** The same without what comes from others, for them. */
  readonly #own: GainNode;
  readonly #ownOutput: MediaStreamAudioDestinationNode;
  readonly #ground: ConstantSourceNode;
  #masterState: ChannelState = { gain: 1, muted: false };

  constructor(context: AudioContext = new AudioContext({ latencyHint: "interactive" })) {
    this.#context = context;
    this.#master = new GainNode(context);
    // What is too loud is held back before it breaks.
    const limiter = new DynamicsCompressorNode(context, {
      threshold: -3,
      knee: 0,
      ratio: 20,
      attack: 0.002,
      release: 0.1,
    });
    this.#output = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    this.#master.connect(limiter).connect(this.#output);
    this.#masterMeter = new LevelMeter(context, limiter);
    this.#own = new GainNode(context);
    this.#ownOutput = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    this.#own.connect(this.#ownOutput);
    // Silence is a sound, too: the track runs on without any source.
    this.#ground = new ConstantSourceNode(context, { offset: 0 });
    this.#ground.connect(this.#master);
    this.#ground.connect(this.#own);
    this.#ground.start();
  }

  /** What goes out. */
  get track(): MediaStreamTrack {
    return this.#output.stream.getAudioTracks()[0]!;
  }

  /** The same for those who are heard in it: nobody wants their own voice back. */
  get ownTrack(): MediaStreamTrack {
    return this.#ownOutput.stream.getAudioTracks()[0]!;
  }

  /** False until the browser lets sound run, which may take a gesture. */
  get running(): boolean {
    return this.#context.state === "running";
  }

  /** Asks the browser to let it run. */
  async resume(): Promise<void> {
    await this.#context.resume().catch(() => {});
  }

  /** Adds a source, or gives a known one another track and keeps its place. */
  add(id: string, track: MediaStreamTrack, options: { readonly remote?: boolean } = {}): void {
    const kept = this.stateOf(id) ?? { gain: 1, muted: false };
    this.remove(id);
    const source = new MediaStreamAudioSourceNode(this.#context, {
      mediaStream: new MediaStream([track]),
    });
    const gain = new GainNode(this.#context, { gain: kept.muted ? 0 : kept.gain });
    source.connect(gain).connect(this.#master);
    if (options.remote !== true) gain.connect(this.#own);
    const meter = new LevelMeter(this.#context, gain);
    this.#channels.set(id, { source, gain, meter, level: kept.gain, muted: kept.muted });
  }

  /** Takes a source away. */
  remove(id: string): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    this.#channels.delete(id);
    channel.meter[Symbol.dispose]();
    channel.source.disconnect();
    channel.gain.disconnect();
  }

  /** How a channel stands; null: there is none of this id. */
  stateOf(id: string): ChannelState | null {
    if (id === MASTER) return this.#masterState;
    const channel = this.#channels.get(id);
    return channel === undefined ? null : { gain: channel.level, muted: channel.muted };
  }

  /** Sets a channel, or the master. */
  set(id: string, state: ChannelState): void {
    const level = Math.min(MAX_GAIN, Math.max(0, state.gain));
    const applied = state.muted ? 0 : level;
    const now = this.#context.currentTime;
    if (id === MASTER) {
      this.#masterState = { gain: level, muted: state.muted };
      for (const node of [this.#master, this.#own]) {
        node.gain.setTargetAtTime(applied, now, RAMP_S);
      }
      return;
    }
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    channel.level = level;
    channel.muted = state.muted;
    channel.gain.gain.setTargetAtTime(applied, now, RAMP_S);
  }

  /** How loud a channel or the master is now; null: there is none. */
  level(id: string, nowMs: number): Readonly<Level> | null {
    if (id === MASTER) return this.#masterMeter.read(nowMs);
    return this.#channels.get(id)?.meter.read(nowMs) ?? null;
  }

  /** Ends it and its track. */
  [Symbol.dispose](): void {
    for (const id of [...this.#channels.keys()]) this.remove(id);
    this.track.stop();
    this.ownTrack.stop();
    void this.#context.close().catch(() => {});
  }
}
