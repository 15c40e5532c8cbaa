/**
 * One input of one run of a mix: units of a live stream on the time of the mix, as two tracks of
 * Matroska. A track that stalls is ended, because ffmpeg would wait for it.
 *
 * @module
 */
import {
  type AudioTrack,
  type AudioUnit,
  CLOCK_HZ,
  type StreamItem,
  type Tracks,
  type VideoTrack,
  type VideoUnit,
} from "../access_unit.ts";
import { MatroskaMuxer } from "../container/matroska/muxer.ts";
import type { Reader, RenditionSource } from "../stream/contract.ts";
import { sameTracks } from "../stream/track_gate.ts";
import { MIX_LEAD_MS } from "../transcode/mixer_argv.ts";
import type { Cadence } from "./cadence.ts";
import { FeedTrack } from "./feed_desk.ts";

const TICKS_PER_MS = CLOCK_HZ / 1000;
/** Opus may pause: silence is put in when packets are so late, up to a little before now. */
const PAUSE_MS = 260;
const SILENCE_BEHIND_MS = 160;
const SILENCE_MS = 20;
/** CELT, full band, 20 ms, all zero, one channel: decoders of two take it as well. */
const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
/** A stream without pictures whose Opus pauses for longer is gone: even a muted microphone sends. */
const LONG_PAUSE_MS = 5000;

/** What a {@linkcode MixFeed} is made with. */
export interface MixFeedOptions {
  readonly source: RenditionSource;
  /** Time zero of the run, milliseconds of the clock. */
  readonly zeroMs: number;
  readonly now: () => number;
  /** Which tracks are taken; others are left out, as if the stream had none. */
  readonly takes: { readonly video: boolean; readonly audio: boolean };
  /** What is known of how its units come, kept by whoever watches the stream. */
  readonly cadence: { readonly video: Cadence; readonly audio: Cadence };
}

interface Lane {
  readonly pipe: FeedTrack;
  readonly muxer: MatroskaMuxer;
}

/** See the module's docstring. */
export class MixFeed {
  readonly #now: () => number;
  readonly #cadence: MixFeedOptions["cadence"];
  readonly #reader: Reader;
  readonly #tracks: Tracks;
  readonly #video: Lane | null;
  readonly #audio: Lane | null;
  /** Added to milliseconds of the stream: milliseconds of the input of ffmpeg. */
  readonly #offsetMs: number;
  readonly #zeroMs: number;
  /** Input time up to which there is sound. */
  #soundUntilMs = 0;
  #soundAtMs: number;
  #closed = false;

  private constructor(
    options: MixFeedOptions,
    start: {
      readonly reader: Reader;
      readonly items: readonly StreamItem[];
      readonly tracks: Tracks;
    },
  ) {
    this.#now = options.now;
    this.#cadence = options.cadence;
    this.#reader = start.reader;
    this.#tracks = start.tracks;
    this.#zeroMs = options.zeroMs;
    const nowMs = options.now();
    this.#soundAtMs = nowMs;
    // What came last is what is seen now.
    let edge = 0;
    for (const item of start.items) {
      if (item.kind === "video" || item.kind === "audio") edge = Math.max(edge, item.dts);
    }
    this.#offsetMs = nowMs - options.zeroMs + MIX_LEAD_MS - edge / TICKS_PER_MS;
    const { takes } = options;
    this.#video = takes.video ? start.tracks.video && lane(start.tracks.video) : null;
    this.#audio = takes.audio ? start.tracks.audio && lane(start.tracks.audio) : null;
    this.#takeAll(start.items);
  }

  /** Begins to read; null while the stream has nothing that decoding can begin with. */
  static open(options: MixFeedOptions): MixFeed | null {
    let feed: MixFeed | null = null;
    const reader = options.source.read({
      protocol: "rendition",
      remoteAddress: "mix",
      onReadable: () => feed?.drain(),
    });
    if (reader === null) return null;
    const items = reader.take();
    const at = items.findLastIndex((item) => item.kind === "tracks");
    const first = items[at];
    const units = items.slice(at + 1);
    const begins = first?.kind === "tracks" &&
      units.some((item) =>
        first.tracks.video === null ? item.kind === "audio" : item.kind === "video" && item.keyFrame
      );
    if (!begins) {
      reader.close();
      return null;
    }
    feed = new MixFeed(options, { reader, items: units, tracks: first.tracks });
    return feed;
  }

  /** Its pictures; null: it has none. */
  get video(): FeedTrack | null {
    return this.#video?.pipe ?? null;
  }

  /** Its sound; null: it has none, or is muted. */
  get audio(): FeedTrack | null {
    return this.#audio?.pipe ?? null;
  }

  /** Takes what waits. */
  drain(): void {
    if (this.#closed) return;
    this.#takeAll(this.#reader.take());
    if (this.#reader.ended || this.#reader.broken) this.close();
  }

  /** Ends what stalled, and fills pauses; to be called some ten times a second. */
  tend(): void {
    if (this.#closed) return;
    const nowMs = this.#now();
    if (!this.#cadence.video.isFlowing(nowMs)) this.#video?.pipe.end();
    const audio = this.#audio;
    if (audio !== null && !audio.pipe.ended) {
      const isAlone = this.#video?.pipe.ended ?? true;
      const isGone = this.#tracks.audio!.codec === "opus"
        ? isAlone && nowMs - this.#soundAtMs > LONG_PAUSE_MS
        : !this.#cadence.audio.isFlowing(nowMs);
      if (isGone) audio.pipe.end();
      else if (this.#tracks.audio!.codec === "opus") this.#fillPause(audio, nowMs);
    }
    if ((this.#video?.pipe.ended ?? true) && (audio?.pipe.ended ?? true)) this.close();
  }

  /** For so long nobody looked at what came: it does not count as a stall. */
  excuse(durationMs: number): void {
    this.#soundAtMs += durationMs;
  }

  /** Ends both tracks. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#video?.pipe.end();
    this.#audio?.pipe.end();
    this.#reader.close();
  }

  #takeAll(items: readonly StreamItem[]): void {
    for (const item of items) {
      if (this.#closed) return;
      switch (item.kind) {
        case "metadata":
          break;
        case "tracks":
          // Another decoder is needed: the next run has one.
          if (!sameTracks(item.tracks, this.#tracks)) this.close();
          break;
        case "video":
          this.#picture(item);
          break;
        case "audio":
          this.#soundAtMs = this.#now();
          this.#sound(item);
      }
    }
  }

  #picture(unit: VideoUnit): void {
    this.#video?.pipe.write(this.#video.muxer.block(unit, this.#inputMs(unit.pts)));
  }

  #sound(unit: AudioUnit): void {
    const lane = this.#audio;
    if (lane === null) return;
    const atMs = this.#inputMs(unit.pts);
    // Silence stands there already.
    if (this.#tracks.audio!.codec === "opus" && atMs < this.#soundUntilMs - SILENCE_MS) return;
    this.#soundUntilMs = atMs + unit.samples * 1000 / this.#tracks.audio!.sampleRate;
    lane.pipe.write(lane.muxer.block(unit, atMs));
  }

  #fillPause(lane: Lane, nowMs: number): void {
    const inputNowMs = nowMs - this.#zeroMs + MIX_LEAD_MS;
    if (this.#soundUntilMs === 0 || inputNowMs - this.#soundUntilMs < PAUSE_MS) return;
    for (; this.#soundUntilMs < inputNowMs - SILENCE_BEHIND_MS; this.#soundUntilMs += SILENCE_MS) {
      lane.pipe.write(lane.muxer.block({
        kind: "audio",
        dts: 0,
        pts: 0,
        samples: 960,
        data: OPUS_SILENCE,
      }, this.#soundUntilMs));
    }
  }

  #inputMs(ticks: number): number {
    return Math.max(0, ticks / TICKS_PER_MS + this.#offsetMs);
  }
}

function lane(track: VideoTrack | AudioTrack): Lane {
  const pipe = new FeedTrack();
  const muxer = new MatroskaMuxer(track);
  pipe.write(muxer.header());
  return { pipe, muxer };
}
