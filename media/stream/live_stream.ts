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
  StreamDescription,
} from "./contract.ts";
import { GopCache, type GopCacheOptions } from "./gop_cache.ts";
import type { StreamMetrics } from "./metrics.ts";
import { PublishingSession } from "./publishing_session.ts";
import { QueueReader } from "./queue_reader.ts";
import type { StreamOutputs, StreamReport } from "./report.ts";
import { StreamStatistics } from "./statistics.ts";
import { TimeLine } from "./time_line.ts";

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
/** Overflowing readers are logged at most this often per stream. */
const OVERFLOW_LOG_MS = 1000;

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
export class LiveStream {
  readonly room: string;
  readonly #options: LiveStreamOptions;
  readonly #clock: StreamClock;
  readonly #log: Logger;
  readonly #timeLine = new TimeLine();
  readonly #cache: GopCache;
  readonly #statistics = new StreamStatistics();
  readonly #readers = new Set<QueueReader>();
  #listeners: StreamListener[] = [];
  #state: StreamState = "opening";
  #session: PublishingSession | null = null;
  #tracks: TracksItem | null = null;
  #metadata: MetadataItem | null = null;
  #cancelGrace: (() => void) | null = null;
  #reconnects = 0;
  #keyFrameDts = 0;
  #keyFrameWishedAtMs = -Infinity;
  #droppedByReaders = 0;
  #overflowLoggedAtMs = -Infinity;
  #overflowsUnlogged = 0;
  /** The last publisher, for reports while nobody publishes. */
  #request: PublishRequest | null = null;

  constructor(options: LiveStreamOptions) {
    this.room = options.room;
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log.with({ stream: options.room });
    this.#cache = new GopCache(options.gopCache);
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Tracks, metadata and the wall-clock instant of tick 0. */
  get description(): StreamDescription {
    return {
      room: this.room,
      tracks: this.#tracks?.tracks ?? null,
      metadata: this.#metadata,
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
    if (this.#tracks === null || this.#state === "ended") return null;
    const reader = new QueueReader(options, {
      overflow: (slow) => this.#readerOverflowed(slow),
      closed: (closed) => {
        this.#readers.delete(closed);
        this.#droppedByReaders += closed.dropped;
        this.#options.metrics.droppedUnits.inc({ protocol: closed.protocol }, closed.dropped);
      },
    });
    const units = this.#cache.units;
    const dts = units.length > 0 ? units[0].dts : this.#timeLine.lastDts;
    const first: StreamItem[] = [
      { kind: "tracks", tracks: this.#tracks.tracks, dts, discontinuity: false },
    ];
    if (this.#metadata !== null) first.push({ ...this.#metadata, dts });
    reader.prime(first.concat(units), {
      waitForKeyFrame: units.length === 0 && this.#tracks.tracks.video !== null,
    });
    this.#readers.add(reader);
    return reader;
  }

  /** The newest key frame; null before the stream is live, after its end, and without video. */
  get keyFrame(): KeyFrame | null {
    const unit = this.#cache.keyFrame;
    const track = this.#tracks?.tracks.video ?? null;
    if (unit === null || track === null || this.#state === "ended") return null;
    return { track, unit, shownAtMs: this.#timeLine.openedAtMs! + unit.pts * 1000 / CLOCK_HZ };
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
    if (this.#tracks !== null) listener.push({ ...this.#tracks, discontinuity: false });
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
    for (const reader of [...this.#readers]) reader.close();
    if (this.#state !== "ended") this.#state = "ended";
  }

  /** What `web` shows of the stream; null before it is live and after it ended. */
  report(outputs: StreamOutputs): StreamReport | null {
    if (this.#tracks === null || (this.#state !== "live" && this.#state !== "waiting")) return null;
    const { video, audio } = this.#tracks.tracks;
    const nowMs = this.#clock.now();
    const { bitrateKbps, fps } = this.#statistics.rates(nowMs);
    const dropped = this.#statistics.droppedFrames(nowMs);
    const encoder = this.#metadata?.values.encoder;
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
      readers: this.#readersByProtocol(),
      outputs,
    };
  }

  /** The stream's inside, for administrators. */
  inspect(): Readonly<Record<string, unknown>> {
    let queuedBytes = 0;
    let dropped = this.#droppedByReaders;
    for (const reader of this.#readers) {
      queuedBytes += reader.queuedBytes;
      dropped += reader.dropped;
    }
    return {
      state: this.#state,
      publishing: this.#session !== null,
      openedAtMs: this.#timeLine.openedAtMs,
      lastDts: this.#timeLine.lastDts,
      tracks: this.#tracks && {
        video: this.#tracks.tracks.video &&
          { ...this.#tracks.tracks.video, description: undefined },
        audio: this.#tracks.tracks.audio &&
          { ...this.#tracks.tracks.audio, description: undefined },
      },
      metadata: this.#metadata?.values ?? null,
      totals: this.#statistics.totals,
      reconnects: this.#reconnects,
      undecodableUnits: this.#session?.undecodable ?? 0,
      gopCache: {
        units: this.#cache.units.length,
        bytes: this.#cache.bytes,
        overflows: this.#cache.overflows,
      },
      readers: { byProtocol: this.#readersByProtocol(), queuedBytes, dropped },
    };
  }

  #readersByProtocol(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { protocol } of this.#readers) counts[protocol] = (counts[protocol] ?? 0) + 1;
    return counts;
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
    const isFirst = this.#tracks === null;
    this.#keyFrameDts = start.dts;
    this.#metadata = session.lastMetadata;
    this.#statistics.restart({ hasVideo: start.tracks.video !== null });
    this.#cache.restart({ hasVideo: start.tracks.video !== null });
    const item: TracksItem = { kind: "tracks", ...start, discontinuity: !isFirst };
    this.#tracks = item;
    if (this.#state !== "live") this.#transition("live");
    if (isFirst) {
      // Listeners added now get this item from listen().
      this.#options.onOpen(this);
    } else {
      this.#options.metrics.discontinuities.inc();
      this.#deliver(item);
    }
    if (this.#metadata !== null) this.#deliver({ ...this.#metadata, dts: start.dts });
    this.#options.onChange(this);
  }

  #takeMetadata(item: MetadataItem): void {
    this.#metadata = item;
    this.#deliver(item);
  }

  #emit(unit: AccessUnit, arrivedAtMs: number): void {
    this.#statistics.count(unit, arrivedAtMs);
    this.#options.metrics.bytesIn.inc(unit.data.length);
    const overflows = this.#cache.overflows;
    this.#cache.push(unit);
    if (this.#cache.overflows !== overflows) this.#options.metrics.gopOverflows.inc();
    if (unit.kind === "video") {
      if (unit.keyFrame) this.#keyFrameDts = unit.dts;
      else if (unit.dts - this.#keyFrameDts >= KEY_FRAME_TICKS) this.wishKeyFrame();
    }
    this.#deliver(unit);
  }

  #deliver(item: StreamItem): void {
    for (const listener of this.#listeners) {
      try {
        listener.push(item);
      } catch (error) {
        this.#removeListener(listener, error as Error);
      }
    }
    for (const reader of this.#readers) {
      try {
        reader.push(item);
      } catch (error) {
        this.#log.error("reader_failed", { protocol: reader.protocol, error: error as Error });
        reader.close();
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
    for (const reader of this.#readers) reader.finish();
    this.#options.onEnded(this);
  }

  #readerOverflowed(reader: QueueReader): void {
    this.#options.metrics.readerSkips.inc({ protocol: reader.protocol });
    this.#overflowsUnlogged++;
    const nowMs = this.#clock.now();
    if (nowMs - this.#overflowLoggedAtMs < OVERFLOW_LOG_MS) return;
    this.#log.warn("reader_skips_to_key_frame", {
      protocol: reader.protocol,
      remote: reader.remoteAddress,
      dropped: reader.dropped,
      readers: this.#overflowsUnlogged,
    });
    this.#overflowLoggedAtMs = nowMs;
    this.#overflowsUnlogged = 0;
  }
}

function endListener(listener: StreamListener, log: Logger): void {
  try {
    listener.end();
  } catch (error) {
    log.error("listener_failed", { error: error as Error });
  }
}
