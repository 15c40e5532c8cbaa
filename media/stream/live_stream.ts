/**
 * One room's running stream: publishers come and go, the stream and its readers stay.
 *
 * ```text
 * opening -> live      the first publisher's tracks are known and its first key frame came
 * opening -> ended     it left before that, or was closed
 * live    -> waiting   the publisher dropped; it may come back within GRACE_MS
 * live    -> ended     unpublished or closed
 * waiting -> live      a publisher came back and its first key frame came
 * waiting -> ended     nobody came, or closed
 * ```
 *
 * A publisher that takes over leaves the state as it is.
 *
 * @module
 */
import {
  type AccessUnit,
  CLOCK_HZ,
  type MetadataItem,
  type StreamItem,
  type Tracks,
  type TracksItem,
} from "../access_unit.ts";
import type { CloseReason } from "../errors.ts";
import type { Logger } from "../../platform/log.ts";
import type { StreamClock } from "./clock.ts";
import type {
  KeyFrame,
  Publisher,
  PublishRequest,
  Reader,
  ReaderOptions,
  RenditionSource,
  StreamDescription,
} from "./contract.ts";
import { FanOut } from "./fan_out.ts";
import type { GopCacheOptions } from "./gop_cache.ts";
import type { StreamMetrics } from "./metrics.ts";
import { PublishingSession } from "./publishing_session.ts";
import type { StreamOutputs, StreamReport } from "./report.ts";
import { StreamStatistics } from "./statistics.ts";
import { TimeLine } from "./time_line.ts";
import { reordersPictures, type StreamShape } from "./wish.ts";

/** States of a live stream; the table stands in the module's docstring. */
export type StreamState = "opening" | "live" | "waiting" | "ended";

/** For how long a stream waits for a publisher that dropped. */
export const GRACE_MS = 10_000;
/**
 * A publisher that sends key frames when it is asked is asked in this distance, in ticks: segments
 * and groups of pictures are 2 s, and the answer takes a moment.
 */
const KEY_FRAME_TICKS = 1.9 * CLOCK_HZ;
/** Wishes for a key frame reach the publisher at most this often. */
const KEY_FRAME_WISH_MS = 500;

const MOVES: Readonly<Record<StreamState, readonly StreamState[]>> = {
  opening: ["live", "ended"],
  live: ["waiting", "ended"],
  waiting: ["live", "ended"],
  ended: [],
};

/** Takes every item of a stream as it passes, in the publisher's turn; must be quick. */
export interface StreamListener {
  push(item: StreamItem): void;
  /** The stream ended; called once, last. */
  end(): void;
}

/** What a stream is made with. */
export interface LiveStreamOptions {
  readonly room: string;
  readonly clock: StreamClock;
  readonly log: Logger;
  readonly metrics: StreamMetrics;
  /** The stream went live for the first time: listeners are added here. */
  readonly onOpen: (stream: LiveStream) => void;
  /** State, tracks or publisher changed. */
  readonly onChange: (stream: LiveStream) => void;
  /** The state became `ended`; called once. */
  readonly onEnded: (stream: LiveStream) => void;
  readonly gopCache?: GopCacheOptions;
}

/** See the module's docstring. */
export class LiveStream implements RenditionSource {
  readonly room: string;
  readonly #options: LiveStreamOptions;
  readonly #clock: StreamClock;
  readonly #log: Logger;
  readonly #timeLine = new TimeLine();
  readonly #fan: FanOut;
  readonly #statistics = new StreamStatistics();
  #listeners: StreamListener[] = [];
  #state: StreamState = "opening";
  #session: PublishingSession | null = null;
  #cancelGrace: (() => void) | null = null;
  #reconnects = 0;
  #keyFrameDts = 0;
  #keyFrameWishedAtMs = -Infinity;
  /** The last publisher, for reports while nobody publishes. */
  #request: PublishRequest | null = null;

  constructor(options: LiveStreamOptions) {
    this.room = options.room;
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log.with({ stream: options.room });
    this.#fan = new FanOut({
      clock: options.clock,
      log: this.#log,
      metrics: options.metrics,
      ...(options.gopCache && { gopCache: options.gopCache }),
    });
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Somebody publishes into it now. */
  get isPublished(): boolean {
    return this.#session !== null;
  }

  /** Tracks, metadata and the wall-clock instant of tick 0. */
  get description(): StreamDescription {
    return {
      room: this.room,
      tracks: this.#fan.tracks?.tracks ?? null,
      metadata: this.#fan.metadata,
      startedAtMs: this.#timeLine.openedAtMs ?? this.#clock.now(),
    };
  }

  /** A new publisher; the one that is there is told `taken_over`. */
  attach(request: PublishRequest): Publisher {
    if (this.#state === "ended") {
      throw new TypeError(`Cannot attach a publisher to stream ${this.room}: it has ended`);
    }
    const previous = this.#session;
    if (this.#request !== null) this.#reconnects++;
    this.#request = request;
    this.#cancelGrace?.();
    this.#cancelGrace = null;
    const session = new PublishingSession({
      clock: this.#clock,
      timeLine: this.#timeLine,
      begin: (start) => this.#begin(session, start),
      emit: (unit, arrivedAtMs) => this.#emit(unit, arrivedAtMs),
      metadata: (item) => this.#takeMetadata(item),
      wishKeyFrame: () => this.wishKeyFrame(),
      end: (reason) => this.#sessionEnded(session, reason),
    });
    this.#session = session;
    this.#timeLine.newSource();
    this.#log.info("publisher_attached", {
      protocol: request.protocol,
      remote: request.remoteAddress,
      encoder: request.encoder,
      takes_over: previous !== null,
    });
    previous?.abort("taken_over");
    return session;
  }

  /** A reader that begins with the cached group of pictures; null before the stream is live. */
  read(options: ReaderOptions): Reader | null {
    if (this.#fan.tracks === null || this.#state === "ended") return null;
    return this.#fan.read(options);
  }

  /** The newest key frame; null before the stream is live, after its end, and without video. */
  get keyFrame(): KeyFrame | null {
    const unit = this.#fan.cache.keyFrame;
    const track = this.#fan.tracks?.tracks.video ?? null;
    if (unit === null || track === null || this.#state === "ended") return null;
    return { track, unit, shownAtMs: this.#timeLine.openedAtMs! + unit.pts * 1000 / CLOCK_HZ };
  }

  get shape(): StreamShape | null {
    const tracks = this.#fan.tracks?.tracks ?? null;
    if (tracks === null || this.#state === "ended") return null;
    return { tracks, reorders: reordersPictures(tracks, this.#statistics.order) };
  }

  get bitrateKbps(): number {
    return this.#statistics.rates(this.#clock.now()).bitrateKbps;
  }

  /** Asks the publisher for a key frame, when it takes such wishes; not more than twice a second. */
  wishKeyFrame(): void {
    const wish = this.#session === null ? undefined : this.#request?.wishKeyFrame;
    if (wish === undefined) return;
    const nowMs = this.#clock.now();
    if (nowMs - this.#keyFrameWishedAtMs < KEY_FRAME_WISH_MS) return;
    this.#keyFrameWishedAtMs = nowMs;
    this.#options.metrics.keyFrameWishes.inc();
    wish();
  }

  /** Adds a listener, which gets the current tracks first and then everything that passes. */
  listen(listener: StreamListener): void {
    if (this.#fan.tracks !== null) listener.push({ ...this.#fan.tracks, discontinuity: false });
    this.#listeners.push(listener);
  }

  /** Ends the stream for good. */
  end(reason: CloseReason): void {
    if (this.#state === "ended") return;
    this.#finish(reason);
  }

  /**
   * The process goes away: the publisher is told, readers and listeners hear nothing, so that
   * viewers see a broken connection and come back instead of an end.
   */
  abandon(): void {
    this.#cancelGrace?.();
    this.#cancelGrace = null;
    this.#listeners = [];
    const session = this.#session;
    this.#session = null;
    session?.abort("draining");
    this.#fan.close();
    if (this.#state !== "ended") this.#state = "ended";
  }

  /** What `web` shows of the stream; null before it is live and after it ended. */
  report(outputs: StreamOutputs): StreamReport | null {
    if (this.#fan.tracks === null || (this.#state !== "live" && this.#state !== "waiting")) {
      return null;
    }
    const { video, audio } = this.#fan.tracks.tracks;
    const nowMs = this.#clock.now();
    const { bitrateKbps, fps } = this.#statistics.rates(nowMs);
    const dropped = this.#statistics.droppedFrames(nowMs);
    const encoder = this.#fan.metadata?.values.encoder;
    return {
      room: this.room,
      state: this.#state,
      startedAtMs: Math.round(this.#timeLine.openedAtMs!),
      protocol: this.#request!.protocol,
      encoder: typeof encoder === "string" && encoder !== "" ? encoder : this.#request!.encoder,
      remoteAddress: this.#request!.remoteAddress,
      video: video && {
        codec: video.codec,
        codecString: video.codecString,
        width: video.width,
        height: video.height,
        fps,
        bFrames: this.#statistics.bFrames,
        bFrameDelayMs: this.#statistics.bFrameDelayMs(nowMs),
        keyFrameIntervalMs: this.#statistics.keyFrameIntervalMs,
      },
      audio: audio && {
        codec: audio.codec,
        codecString: audio.codecString,
        sampleRate: audio.sampleRate,
        channels: audio.channels,
      },
      bitrateKbps,
      droppedFrames: dropped.total,
      droppedFramesRecently: dropped.recently,
      uploadLagMs: this.#statistics.uploadLagMs(nowMs),
      reconnects: this.#reconnects,
      readers: withoutInternal(this.#fan.readersByProtocol()),
      outputs,
    };
  }

  /** The stream's inside, for administrators. */
  inspect(): Readonly<Record<string, unknown>> {
    return {
      state: this.#state,
      publishing: this.#session !== null,
      openedAtMs: this.#timeLine.openedAtMs,
      lastDts: this.#timeLine.lastDts,
      tracks: this.#fan.tracks && {
        video: this.#fan.tracks.tracks.video &&
          { ...this.#fan.tracks.tracks.video, description: undefined },
        audio: this.#fan.tracks.tracks.audio &&
          { ...this.#fan.tracks.tracks.audio, description: undefined },
      },
      metadata: this.#fan.metadata?.values ?? null,
      totals: this.#statistics.totals,
      reconnects: this.#reconnects,
      undecodableUnits: this.#session?.undecodable ?? 0,
      ...this.#fan.inspect(),
    };
  }

  #transition(next: StreamState, reason?: CloseReason): void {
    const previous = this.#state;
    if (!MOVES[previous].includes(next)) {
      throw new TypeError(`Cannot move stream ${this.room}: ${previous}->${next} is not allowed`);
    }
    this.#state = next;
    const openedAtMs = this.#timeLine.openedAtMs;
    this.#log.info("stream_state", {
      state: `${previous}->${next}`,
      reason,
      duration_ms: next === "ended" && openedAtMs !== null
        ? Math.round(this.#clock.now() - openedAtMs)
        : undefined,
    });
  }

  #begin(
    session: PublishingSession,
    start: { readonly tracks: Tracks; readonly dts: number },
  ): void {
    const isFirst = this.#fan.tracks === null;
    this.#keyFrameDts = start.dts;
    this.#statistics.restart({ hasVideo: start.tracks.video !== null });
    const item: TracksItem = { kind: "tracks", ...start, discontinuity: !isFirst };
    const metadata = session.lastMetadata;
    this.#fan.begin(item, metadata);
    if (this.#state !== "live") this.#transition("live");
    // Listeners added now get the tracks from listen().
    if (isFirst) this.#options.onOpen(this);
    else {
      this.#options.metrics.discontinuities.inc();
      this.#tell(item);
    }
    if (metadata !== null) this.#tell({ ...metadata, dts: start.dts });
    this.#options.onChange(this);
  }

  #takeMetadata(item: MetadataItem): void {
    this.#fan.describe(item);
    this.#tell(item);
  }

  #emit(unit: AccessUnit, arrivedAtMs: number): void {
    this.#statistics.count(unit, arrivedAtMs);
    this.#options.metrics.bytesIn.inc(unit.data.length);
    if (unit.kind === "video") {
      if (unit.keyFrame) this.#keyFrameDts = unit.dts;
      else if (unit.dts - this.#keyFrameDts >= KEY_FRAME_TICKS) this.wishKeyFrame();
    }
    this.#tell(unit);
    this.#fan.push(unit);
  }

  #tell(item: StreamItem): void {
    for (const listener of this.#listeners) {
      try {
        listener.push(item);
      } catch (error) {
        this.#removeListener(listener, error as Error);
      }
    }
  }

  /** A consumer that fails loses its stream; the publisher and the others go on. */
  #removeListener(listener: StreamListener, error: Error): void {
    this.#log.error("listener_failed", { error });
    this.#options.metrics.listenerFailures.inc();
    this.#listeners = this.#listeners.filter((other) => other !== listener);
    endListener(listener, this.#log);
  }

  #sessionEnded(session: PublishingSession, reason: CloseReason): void {
    if (this.#session !== session) return;
    this.#session = null;
    if (this.#state === "opening" || reason === "unpublished") {
      this.#finish(reason);
      return;
    }
    if (this.#state === "live") this.#transition("waiting", reason);
    this.#cancelGrace = this.#clock.after(GRACE_MS, () => {
      this.#cancelGrace = null;
      this.#finish(reason);
    });
    this.#options.onChange(this);
  }

  #finish(reason: CloseReason): void {
    if (this.#state === "ended") return;
    this.#cancelGrace?.();
    this.#cancelGrace = null;
    this.#transition("ended", reason);
    const session = this.#session;
    this.#session = null;
    session?.abort(reason);
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) endListener(listener, this.#log);
    this.#fan.finish();
    this.#options.onEnded(this);
  }
}

/** What reads a stream to make another form of it is nobody's viewer. */
function withoutInternal(
  { rendition: _, ...readers }: Record<string, number>,
): Record<string, number> {
  return readers;
}

function endListener(listener: StreamListener, log: Logger): void {
  try {
    listener.end();
  } catch (error) {
    log.error("listener_failed", { error: error as Error });
  }
}
