/**
 * One ffmpeg of a mix: feeds go in, units on its own clock come out, what it costs is counted.
 *
 * @module
 */
import type { StreamItem } from "../access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../container/flv/mod.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";
import type { FfmpegExit, FfmpegPipe } from "../transcode/ffmpeg.ts";
import type { FeedDesk } from "./feed_desk.ts";
import type { MixFeed } from "./feed.ts";

/** Starts ffmpeg; `onMessage` sees each line of its messages and says whether it is taken. */
export type StartMixer = (
  args: readonly string[],
  onMessage: (line: string) => boolean,
) => FfmpegPipe;

/** What a {@linkcode MixRun} is made with. */
export interface MixRunOptions {
  readonly args: readonly string[];
  readonly start: StartMixer;
  /** By input of the mix; null: its card is seen. */
  readonly feeds: readonly (MixFeed | null)[];
  /** Streams by input of the mix. */
  readonly streams: readonly string[];
  /** Input of the mix by input of ffmpeg, those it makes itself left out. */
  readonly inputOfFeed: readonly number[];
  /** What its feeds are offered under. */
  readonly secrets: readonly string[];
  readonly desk: FeedDesk;
  /** Time zero, milliseconds of the clock. */
  readonly zeroMs: number;
  readonly onItem: (run: MixRun, item: StreamItem) => void;
  /** It ended, for whatever reason; called once. */
  readonly onExit: (run: MixRun, exit: FfmpegExit) => void;
}

/** What a run has cost, in seconds of a core. */
export interface MixCost {
  /** Everything. */
  readonly total: number;
  /** Decoding, by stream. */
  readonly decoding: ReadonlyMap<string, number>;
}

const BENCH = /^bench:\s+(\d+) user\s+(\d+) sys\s+\d+ real (\S+)(?: (\d+)\.\d+)?/;
/** Of ffmpeg, before those of the mix. */
const OWN_INPUTS = 2;

/** See the module's docstring. */
export class MixRun {
  readonly feeds: readonly (MixFeed | null)[];
  readonly zeroMs: number;
  readonly #options: MixRunOptions;
  readonly #pipe: FfmpegPipe;
  readonly #decodingUs = new Map<string, number>();
  #givenUp = false;
  #totalUs = 0;

  /** @throws {FfmpegMissingError} when ffmpeg cannot be started. */
  constructor(options: MixRunOptions) {
    this.#options = options;
    this.feeds = options.feeds;
    this.zeroMs = options.zeroMs;
    this.#pipe = options.start(options.args, (line) => this.#message(line));
    void this.#run();
  }

  get cost(): MixCost {
    const decoding = new Map([...this.#decodingUs].map(([stream, us]) => [stream, us / 1e6]));
    return { total: this.#totalUs / 1e6, decoding };
  }

  /** Ends stalled tracks; to be called some ten times a second. */
  tend(): void {
    for (const feed of this.feeds) feed?.tend();
  }

  /** For so long nobody looked at what came: it does not count as a stall. */
  excuse(durationMs: number): void {
    for (const feed of this.feeds) feed?.excuse(durationMs);
  }

  /** {@linkcode giveUp} was called. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** It does not what it should: ends it, and its exit is told as if it had ended by itself. */
  async giveUp(): Promise<void> {
    this.#givenUp = true;
    await this.stop();
  }

  /** Ends ffmpeg; resolves when it is gone. */
  async stop(): Promise<void> {
    for (const feed of this.feeds) feed?.close();
    for (const secret of this.#options.secrets) this.#options.desk.withdraw(secret);
    await this.#pipe.stop();
  }

  async #run(): Promise<void> {
    const parser = new FlvTagParser();
    const demuxer = new FlvDemuxer();
    try {
      for await (const bytes of this.#pipe.output) {
        for (const tag of parser.push(bytes)) {
          for (const item of demuxer.push(tag)) this.#options.onItem(this, item);
        }
      }
    } catch (error) {
      const isExpected = error instanceof MalformedMediaError ||
        error instanceof UnsupportedMediaError;
      await this.stop();
      if (!isExpected) throw error;
    }
    const exit = await this.#pipe.exited;
    await this.stop();
    this.#options.onExit(this, exit);
  }

  /** `bench: <µs> user <µs> sys <µs> real decode_video 2.0`: time since the line before. */
  #message(line: string): boolean {
    const match = BENCH.exec(line);
    if (match === null) return false;
    const us = Number(match[1]) + Number(match[2]);
    this.#totalUs += us;
    if (match[3].startsWith("decode") && match[4] !== undefined) {
      const stream =
        this.#options.streams[this.#options.inputOfFeed[Number(match[4]) - OWN_INPUTS]];
      if (stream !== undefined) {
        this.#decodingUs.set(stream, (this.#decodingUs.get(stream) ?? 0) + us);
      }
    }
    return true;
  }
}
