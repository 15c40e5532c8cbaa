/**
 * A stream in the form of one wish: tracks of the source as they are beside those that are made
 * anew, in one order, on the clock of the stream. To its readers it is like a live stream.
 *
 * ```text
 * opening -> open     every track is known, and a picture came that decoding can start with
 * open    -> opening  the source, or a rendition in it, has other tracks
 * any     -> over     the stream ended, a rendition cannot be made, or nobody reads it
 * ```
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import {
  type AccessUnit,
  type AudioTrack,
  CLOCK_HZ,
  type MetadataItem,
  type StreamItem,
  type TracksItem,
  type VideoTrack,
} from "../access_unit.ts";
import { RenditionRefusedError } from "../errors.ts";
import type { StreamClock } from "../stream/clock.ts";
import type { Reader, ReaderOptions, RenditionSource } from "../stream/contract.ts";
import { FanOut } from "../stream/fan_out.ts";
import { Interleaver } from "../stream/interleaver.ts";
import type { StreamMetrics } from "../stream/metrics.ts";
import { type Plan, planOf, type RenditionKind, type Wish } from "../stream/wish.ts";

/** How long a unit waits for the other track, which an encoder or a pause keeps back. */
const MAX_WAIT_MS = 400;
/** Sound before the first picture that is given. */
const PREROLL_TICKS = 0.05 * CLOCK_HZ;
/** How long renditions may take to give what they still have when the stream is over. */
const DRAIN_MS = 1500;

type Kind = AccessUnit["kind"];
type Phase = "opening" | "open" | "over";

/** What a {@linkcode Variant} is made with. */
export interface VariantOptions {
  readonly wish: Wish;
  readonly source: RenditionSource;
  /**
   * A reader of one track made anew.
   *
   * @throws {RenditionRefusedError} when it cannot be made now.
   */
  readonly rendition: (kind: RenditionKind, options: ReaderOptions) => Reader;
  readonly clock: StreamClock;
  readonly log: Logger;
  readonly metrics: StreamMetrics;
  /** It is over; called once. */
  readonly onOver: (variant: Variant) => void;
}

/** See the module's docstring. */
export class Variant {
  readonly #options: VariantOptions;
  readonly #fan: FanOut;
  readonly #interleaver = new Interleaver();
  readonly #inputs: Record<Kind, { readonly from: RenditionKind; readonly reader: Reader } | null> =
    { video: null, audio: null };
  /** Of the next tracks item; undefined: not known yet. */
  readonly #known: { video?: VideoTrack | null; audio?: AudioTrack | null } = {};
  readonly #lastDts: Record<Kind, number> = { video: -Infinity, audio: -Infinity };
  #source: Reader | null = null;
  #plan: Plan | null = null;
  #reorders = false;
  #codec: VideoTrack["codec"] | null = null;
  #metadata: MetadataItem | null = null;
  #phase: Phase = "opening";
  #began = false;
  #cancelTimer: (() => void) | null = null;
  #cancelDrain: (() => void) | null = null;

  /** @throws {RenditionRefusedError} when a rendition that it needs cannot be made now. */
  constructor(options: VariantOptions) {
    this.#options = options;
    this.#fan = new FanOut({
      clock: options.clock,
      log: options.log,
      metrics: options.metrics,
      onClosed: () => {
        if (this.#fan.readers === 0) this.stop();
      },
    });
    this.#source = options.source.read({
      protocol: "rendition",
      remoteAddress: "variant",
      onReadable: () => this.#guard(() => this.#takeSource()),
    });
    try {
      if (this.#source === null) {
        throw new RenditionRefusedError("rendition_failed", "Cannot read the stream: it ended");
      }
      this.#takeSource();
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** A reader; it waits until the first picture is there. */
  read(options: ReaderOptions): Reader {
    return this.#fan.read(options);
  }

  /** It takes no new readers. */
  get isOver(): boolean {
    return this.#phase === "over";
  }

  /** Open readers by protocol. */
  readersByProtocol(): Record<string, number> {
    return this.#fan.readersByProtocol();
  }

  inspect(): Readonly<Record<string, unknown>> {
    return {
      phase: this.#phase,
      plan: this.#plan,
      waiting: this.#interleaver.size,
      ...this.#fan.inspect(),
    };
  }

  /** Lets go of everything. */
  stop(): void {
    this.#end(() => this.#fan.close());
  }

  #end(tellReaders: () => void): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#cancelTimer?.();
    this.#cancelDrain?.();
    this.#source?.close();
    for (const kind of ["video", "audio"] as const) this.#closeInput(kind);
    tellReaders();
    this.#options.onOver(this);
  }

  /** Runs what a reader woke up; a rendition that cannot be made ends the variant. */
  #guard(work: () => void): void {
    if (this.#phase === "over") return;
    try {
      work();
    } catch (error) {
      const { log } = this.#options;
      if (error instanceof RenditionRefusedError) log.warn("variant_refused", { error });
      else log.error("variant_failed", { error: error as Error });
      this.#end(() => this.#fan.fail());
    }
  }

  #takeSource(): void {
    const reader = this.#source;
    if (reader === null) return;
    for (const item of reader.take()) this.#sourceItem(item);
    this.#pump();
    if (reader.ended || reader.broken) this.#finishWhenDrained();
  }

  #sourceItem(item: StreamItem): void {
    switch (item.kind) {
      case "tracks":
        this.#replan(item);
        return;
      case "metadata":
        this.#metadata = item;
        if (this.#phase === "open") this.#fan.describe(item);
        return;
      default:
        if (this.#plan?.[item.kind] === "source") this.#push(item);
    }
  }

  /** The source begins, or begins afresh. */
  #replan(item: TracksItem): void {
    const { source, wish } = this.#options;
    const { video, audio } = item.tracks;
    // A clock that jumped says nothing new of the order; what was seen before still holds.
    this.#reorders = source.shape?.reorders === true ||
      (this.#reorders && video?.codec === this.#codec);
    this.#codec = video?.codec ?? null;
    const plan = planOf({ tracks: item.tracks, reorders: this.#reorders }, wish);
    this.#reopen();
    this.#plan = plan;
    this.#metadata = null;
    this.#connect("video", plan.video === "h264" ? "h264" : null);
    this.#connect("audio", plan.audio === "source" ? null : plan.audio);
    if (this.#inputs.video === null) this.#known.video = video;
    if (this.#inputs.audio === null) this.#known.audio = audio;
    this.#takeInput("video");
    this.#takeInput("audio");
  }

  /** Everything that waits belongs to what was before. */
  #reopen(): void {
    const units = this.#interleaver.flush();
    if (this.#phase !== "open") return;
    for (const unit of units) this.#give(unit);
    this.#phase = "opening";
  }

  #connect(kind: Kind, from: RenditionKind | null): void {
    if ((this.#inputs[kind]?.from ?? null) === from) return;
    this.#closeInput(kind);
    delete this.#known[kind];
    if (from === null) return;
    const reader = this.#options.rendition(from, {
      protocol: "rendition",
      remoteAddress: "variant",
      onReadable: () => this.#guard(() => this.#takeInput(kind)),
    });
    this.#inputs[kind] = { from, reader };
  }

  #closeInput(kind: Kind): void {
    this.#inputs[kind]?.reader.close();
    this.#inputs[kind] = null;
  }

  #takeInput(kind: Kind): void {
    const input = this.#inputs[kind];
    if (input === null) return;
    for (const item of input.reader.take()) {
      if (item.kind === "tracks") this.#inputTracks(kind, item);
      else if (item.kind === kind) this.#push(item);
    }
    this.#pump();
    if (input.reader.broken) {
      throw new RenditionRefusedError(
        "rendition_failed",
        `Cannot make ${input.from} of the stream: ffmpeg fails again and again`,
      );
    }
    if (input.reader.ended && this.#cancelDrain !== null) this.#finishWhenDrained();
  }

  #inputTracks(kind: Kind, item: TracksItem): void {
    const isNew = this.#known[kind] !== undefined;
    if (isNew && this.#phase === "open") this.#reopen();
    if (kind === "video") this.#known.video = item.tracks.video;
    else this.#known.audio = item.tracks.audio;
  }

  #push(unit: AccessUnit): void {
    // While an encoder begins, only the newest group of pictures is kept.
    if (this.#phase === "opening" && unit.kind === "video" && unit.keyFrame) {
      this.#interleaver.drop("video", () => true);
      this.#interleaver.drop("audio", (sound) => sound.dts < unit.dts - PREROLL_TICKS);
    }
    this.#interleaver.push(unit, this.#options.clock.now());
  }

  #pump(): void {
    if (this.#phase === "opening") this.#tryOpen();
    if (this.#phase !== "open") return;
    const nowMs = this.#options.clock.now();
    for (
      let unit = this.#interleaver.take(nowMs, this.#maxWaitMs);
      unit !== null;
      unit = this.#interleaver.take(nowMs, this.#maxWaitMs)
    ) this.#give(unit);
    this.#scheduleTimer(nowMs);
  }

  /** Without an encoder in the way, units come in the order in which they are wanted. */
  get #maxWaitMs(): number {
    return this.#inputs.video === null && this.#inputs.audio === null ? 0 : MAX_WAIT_MS;
  }

  #tryOpen(): void {
    const { video, audio } = this.#known;
    if (video === undefined || audio === undefined) return;
    const interleaver = this.#interleaver;
    if (video !== null) {
      const after = this.#lastDts.video;
      interleaver.drop(
        "video",
        (unit) => unit.kind === "video" && (!unit.keyFrame || unit.dts <= after),
      );
    }
    const first = interleaver.first(video !== null ? "video" : "audio");
    if (first === null) return;
    interleaver.drop("audio", (unit) => unit.dts < first.dts - PREROLL_TICKS);
    this.#phase = "open";
    const dts = Math.max(0, Math.min(first.dts, interleaver.first("audio")?.dts ?? first.dts));
    this.#fan.begin(
      { kind: "tracks", tracks: { video, audio }, dts, discontinuity: this.#began },
      this.#metadata,
    );
    this.#began = true;
  }

  #give(unit: AccessUnit): void {
    // Decode times of a track never go back, whatever an encoder that was started again gives.
    if (unit.dts <= this.#lastDts[unit.kind] && this.#plan?.[unit.kind] !== "source") return;
    this.#lastDts[unit.kind] = Math.max(this.#lastDts[unit.kind], unit.dts);
    this.#fan.push(unit);
  }

  #scheduleTimer(nowMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const dueAtMs = this.#interleaver.dueAtMs(this.#maxWaitMs);
    if (dueAtMs === null) return;
    this.#cancelTimer = this.#options.clock.after(Math.max(1, dueAtMs - nowMs), () => {
      this.#cancelTimer = null;
      this.#pump();
    });
  }

  /** The stream is over; what is still in the encoders belongs to it. */
  #finishWhenDrained(): void {
    const drained = (["video", "audio"] as const).every((kind) =>
      this.#inputs[kind] === null || this.#inputs[kind]!.reader.ended
    );
    if (!drained) {
      this.#cancelDrain ??= this.#options.clock.after(DRAIN_MS, () => this.#finish());
      return;
    }
    this.#finish();
  }

  #finish(): void {
    if (this.#phase === "open") {
      for (const unit of this.#interleaver.flush()) this.#give(unit);
    }
    this.#end(() => this.#fan.finish());
  }
}
