/**
 * One track of one stream made anew, by one ffmpeg, for as many as read it.
 *
 * ```text
 * idle -> running     the first reader came
 * running -> waiting  ffmpeg ended by itself: it is started again, later each time
 * waiting -> running  its time came
 * running -> ended    the stream is over, or nobody read it for IDLE_MS
 * waiting -> failed   it came to nothing MAX_FAILURES times in a row
 * ```
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import {
  type AccessUnit,
  type AudioTrack,
  CLOCK_HZ,
  type StreamItem,
  type Tracks,
  type VideoTrack,
} from "../access_unit.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";
import type { StreamClock } from "../stream/clock.ts";
import type { Reader, ReaderOptions, RenditionSource } from "../stream/contract.ts";
import { FanOut } from "../stream/fan_out.ts";
import type { StreamMetrics } from "../stream/metrics.ts";
import { sameTracks } from "../stream/track_gate.ts";
import type { RenditionKind } from "../stream/wish.ts";
import { FfmpegMissingError, type FfmpegPipe, restartDelayMs } from "../transcode/ffmpeg.ts";
import { AudioRun } from "./audio_run.ts";
import { type EncoderRun, isTrack, type RunOutput } from "./run.ts";
import { maxKbpsOf, VideoRun } from "./video_run.ts";

/** For how long it runs on without readers: players come back, pages are reloaded. */
export const IDLE_MS = 8000;
/** Runs in a row that came to nothing; after them readers are told. */
const MAX_FAILURES = 5;
/** A run that lasted so long was a good one. */
const GOOD_RUN_MS = 10_000;
/** Fed and silent for so long, it hangs. */
const HANG_MS = 10_000;
/** How long it may take to write what it still has. */
const DRAIN_MS = 2000;
/** Sound that a new reader may need beside the group of pictures that it begins with. */
const AUDIO_CACHE_TICKS = 12 * CLOCK_HZ;
/** Bytes in one write. */
const MAX_WRITE_BYTES = 256 * 1024;

/** What happened, for metrics. */
export interface TranscoderEvents {
  started(kind: RenditionKind): void;
  failed(kind: RenditionKind): void;
  /** Pictures or packets of the source that it was too slow for. */
  dropped(kind: RenditionKind, units: number): void;
  /** It is over, whatever the reason; called once. */
  over(transcoder: Transcoder): void;
}

/** What a {@linkcode Transcoder} is made with. */
export interface TranscoderOptions {
  readonly kind: RenditionKind;
  readonly source: RenditionSource;
  /** Starts ffmpeg with this command line. */
  readonly start: (args: readonly string[]) => FfmpegPipe;
  readonly clock: StreamClock;
  readonly log: Logger;
  readonly metrics: StreamMetrics;
  readonly events: TranscoderEvents;
  readonly idleMs?: number;
}

type Outcome = "ended" | "changed" | "failed" | "stopped";

/** See the module's docstring. */
export class Transcoder {
  readonly kind: RenditionKind;
  readonly #options: TranscoderOptions;
  readonly #fan: FanOut;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  #state: "idle" | "running" | "waiting" | "ended" | "failed" = "idle";
  #running: Promise<void> = Promise.resolve();
  #reader: Reader | null = null;
  #wake: () => void = () => {};
  /** Items that were taken and not yet looked at. */
  #items: StreamItem[] = [];
  #cancelIdle: (() => void) | null = null;
  /** Last ticks that were given out. */
  #lastDts = -Infinity;
  #droppedTold = 0;
  #starts = 0;
  #outputAtMs = 0;
  #isWaitingForInput = false;

  constructor(options: TranscoderOptions) {
    this.kind = options.kind;
    this.#options = options;
    this.#log = options.log.with({ rendition: options.kind });
    this.#fan = new FanOut({
      clock: options.clock,
      log: this.#log,
      metrics: options.metrics,
      gopCache: { audioTicks: AUDIO_CACHE_TICKS },
      onClosed: () => this.#left(),
    });
  }

  /** A reader of this one track; it begins when ffmpeg wrote something. */
  read(options: ReaderOptions): Reader {
    this.#cancelIdle?.();
    this.#cancelIdle = null;
    const reader = this.#fan.read(options);
    if (this.#state === "idle") {
      this.#state = "running";
      this.#running = this.#run();
    }
    return reader;
  }

  /** It takes no new readers. */
  get isOver(): boolean {
    return this.#state === "ended" || this.#state === "failed";
  }

  /** It was given up. */
  get isFailed(): boolean {
    return this.#state === "failed";
  }

  inspect(): Readonly<Record<string, unknown>> {
    return { kind: this.kind, state: this.#state, starts: this.#starts, ...this.#fan.inspect() };
  }

  /** Ends ffmpeg and lets go of the readers; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelIdle?.();
    this.#wake();
    await this.#running;
    this.#fan.close();
  }

  #left(): void {
    if (this.#fan.readers > 0 || this.isOver || this.#cancelIdle !== null) return;
    const idleMs = this.#options.idleMs ?? IDLE_MS;
    this.#cancelIdle = this.#options.clock.after(idleMs, () => {
      this.#cancelIdle = null;
      if (this.#fan.readers === 0) void this.stop();
    });
  }

  async #run(): Promise<void> {
    let failures = 0;
    try {
      while (true) {
        const startedMs = performance.now();
        const outcome = await this.#once();
        if (outcome === "ended" || outcome === "stopped") break;
        if (outcome === "changed") continue;
        this.#options.events.failed(this.kind);
        failures = performance.now() - startedMs >= GOOD_RUN_MS ? 1 : failures + 1;
        if (failures >= MAX_FAILURES) {
          this.#state = "failed";
          this.#log.error("rendition_given_up", { failures });
          this.#fan.fail();
          return;
        }
        this.#state = "waiting";
        this.#closeReader();
        await this.#pause(restartDelayMs(failures - 1));
        if (this.#stopping.signal.aborted) break;
        this.#state = "running";
      }
      this.#state = "ended";
      this.#fan.finish();
    } catch (error) {
      this.#state = "failed";
      this.#log.error("rendition_failed", { error: error as Error });
      this.#fan.fail();
    } finally {
      this.#closeReader();
      this.#cancelIdle?.();
      this.#cancelIdle = null;
      this.#options.events.over(this);
    }
  }

  /** One ffmpeg, from the tracks that are there to their change or its end. */
  async #once(): Promise<Outcome> {
    const reader = this.#reader ??= this.#open();
    if (reader === null) return "ended";
    const beginning = await this.#untilBeginning(reader);
    if (typeof beginning === "string") return beginning;
    const run = this.#makeRun(beginning.track, beginning.first);
    let pipe: FfmpegPipe;
    try {
      pipe = this.#options.start(run.args);
    } catch (error) {
      if (!(error instanceof FfmpegMissingError)) throw error;
      this.#log.error("rendition_not_started", { error });
      return "failed";
    }
    this.#starts++;
    this.#options.events.started(this.kind);
    this.#log.info("rendition_started", { codec: beginning.track.codec });
    const gone = pipe.exited.then(() => "failed" as const);
    const stop = () => void pipe.stop();
    this.#stopping.signal.addEventListener("abort", stop, { once: true });
    const reading = this.#readOutput(run, pipe);
    const watch = this.#watchForHanging(pipe);
    let outcome: Outcome = "failed";
    try {
      await Promise.race([pipe.write(run.header()), gone]);
      outcome = await Promise.race([this.#feed(run, pipe, beginning.track), gone]);
      if (outcome === "ended" || outcome === "changed") {
        await pipe.closeInput();
        const timer = setTimeout(stop, DRAIN_MS);
        await reading;
        clearTimeout(timer);
      }
    } finally {
      clearInterval(watch);
      this.#stopping.signal.removeEventListener("abort", stop);
      if (outcome === "failed" || outcome === "stopped") await pipe.stop();
      await reading;
      const exit = await pipe.exited;
      if (outcome === "failed" && !this.#stopping.signal.aborted) {
        this.#log.warn("rendition_broke", { code: exit.code, messages: exit.messages });
      }
    }
    return this.#stopping.signal.aborted ? "stopped" : outcome;
  }

  /** Waits for the first unit that can be fed, and the track it belongs to. */
  async #untilBeginning(
    reader: Reader,
  ): Promise<{ readonly track: VideoTrack | AudioTrack; readonly first: AccessUnit } | Outcome> {
    const kind = this.#mediaKind;
    let track: VideoTrack | AudioTrack | null = null;
    let asked = false;
    while (!this.#stopping.signal.aborted) {
      this.#takeAll(reader);
      for (let at = 0; at < this.#items.length; at++) {
        const item = this.#items[at];
        if (item.kind === "tracks") track = item.tracks[kind];
        else if (item.kind === kind && track !== null) {
          // What stands before is of no use: tracks, and units of the other track.
          this.#items.splice(0, at);
          return { track, first: item };
        }
      }
      // A change of tracks stays known, the rest is not waited with.
      this.#items = this.#items.filter((item) => item.kind === "tracks").slice(-1);
      if (reader.ended || reader.broken) return "ended";
      if (!asked && kind === "video") this.#options.source.wishKeyFrame();
      asked = true;
      await this.#untilReadable();
    }
    return "stopped";
  }

  #makeRun(track: VideoTrack | AudioTrack, first: AccessUnit): EncoderRun {
    if (track.kind === "audio") {
      return new AudioRun({ track, to: this.kind === "opus" ? "opus" : "aac" });
    }
    return new VideoRun({
      track,
      maxKbps: maxKbpsOf(track, this.#options.source.bitrateKbps),
      start: first.dts,
      resumeAt: this.#lastDts > -Infinity ? this.#lastDts : null,
    });
  }

  /** Feeds what comes until the tracks change, the stream ends or it is stopped. */
  async #feed(
    run: EncoderRun,
    pipe: FfmpegPipe,
    track: VideoTrack | AudioTrack,
  ): Promise<Outcome> {
    const reader = this.#reader!;
    while (!this.#stopping.signal.aborted) {
      const items = this.#items.length > 0 ? this.#items : [...reader.take()];
      this.#items = [];
      this.#countDropped(reader);
      if (items.length === 0) {
        if (reader.ended || reader.broken) return "ended";
        await this.#untilReadable();
        continue;
      }
      let pieces: Uint8Array[] = [];
      let bytes = 0;
      for (let at = 0; at < items.length; at++) {
        const item = items[at];
        if (item.kind === "metadata") continue;
        if (item.kind === "tracks") {
          const next = item.tracks[track.kind];
          if (next !== null && sameTracks(only(next), only(track))) {
            if (item.discontinuity) run.discontinuity();
            continue;
          }
          if (bytes > 0 && !await pipe.write(joined(pieces, bytes))) return "failed";
          this.#items = items.slice(at);
          return "changed";
        }
        for (const piece of run.feed(item)) {
          pieces.push(piece);
          bytes += piece.length;
        }
        if (bytes < MAX_WRITE_BYTES) continue;
        if (!await pipe.write(joined(pieces, bytes))) return "failed";
        pieces = [];
        bytes = 0;
      }
      if (bytes > 0 && !await pipe.write(joined(pieces, bytes))) return "failed";
    }
    return "stopped";
  }

  async #readOutput(run: EncoderRun, pipe: FfmpegPipe): Promise<void> {
    this.#outputAtMs = performance.now();
    try {
      for await (const bytes of pipe.output) {
        this.#outputAtMs = performance.now();
        for (const output of run.read(bytes)) this.#give(output);
      }
    } catch (error) {
      if (!(error instanceof MalformedMediaError || error instanceof UnsupportedMediaError)) {
        throw error;
      }
      this.#log.error("rendition_unreadable", { error });
      await pipe.stop();
    }
  }

  #give(output: RunOutput): void {
    if (!isTrack(output)) {
      // Another run may begin within what was given out already.
      if (output.dts <= this.#lastDts) return;
      this.#lastDts = output.dts;
      this.#fan.push(output);
      return;
    }
    const before = this.#fan.tracks;
    const tracks = only(output);
    if (before !== null && output.kind === "audio" && sameTracks(before.tracks, tracks)) return;
    const dts = Math.max(this.#lastDts, 0);
    this.#fan.begin({ kind: "tracks", tracks, dts, discontinuity: before !== null }, null);
  }

  #watchForHanging(pipe: FfmpegPipe): ReturnType<typeof setInterval> {
    return setInterval(() => {
      // Without input there is no output: only a reader that is full tells that it hangs.
      const waiting = this.#reader !== null && !this.#isWaitingForInput;
      if (!waiting || performance.now() - this.#outputAtMs < HANG_MS) return;
      this.#log.warn("rendition_hangs");
      void pipe.stop();
    }, HANG_MS / 4);
  }

  #open(): Reader | null {
    this.#droppedTold = 0;
    return this.#options.source.read({
      protocol: "rendition",
      remoteAddress: this.kind,
      onReadable: () => this.#wake(),
    });
  }

  #closeReader(): void {
    this.#reader?.close();
    this.#reader = null;
    this.#items = [];
  }

  #takeAll(reader: Reader): void {
    for (const item of reader.take()) this.#items.push(item);
  }

  #countDropped(reader: Reader): void {
    const dropped = reader.dropped - this.#droppedTold;
    if (dropped <= 0) return;
    this.#droppedTold = reader.dropped;
    this.#options.events.dropped(this.kind, dropped);
  }

  get #mediaKind(): "video" | "audio" {
    return this.kind === "h264" ? "video" : "audio";
  }

  async #untilReadable(): Promise<void> {
    this.#isWaitingForInput = true;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#stopping.signal.aborted) resolve();
    });
    this.#isWaitingForInput = false;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => {
        this.#wake = () => {};
        resolve();
      });
      this.#wake = () => {
        if (!this.#stopping.signal.aborted) return;
        cancel();
        resolve();
      };
      this.#wake();
    });
  }
}

function only(track: VideoTrack | AudioTrack): Tracks {
  return track.kind === "video" ? { video: track, audio: null } : { video: null, audio: track };
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const out = new Uint8Array(bytes);
  let position = 0;
  for (const piece of pieces) {
    out.set(piece, position);
    position += piece.length;
  }
  return out;
}
