/**
 * One relayed FLV stream and its viewers.
 *
 * @module
 */
import { type FlvTag, isVideoKeyFrame } from "../media/container/flv/tag.ts";
import { FlvBytes } from "./flv_bytes.ts";
import { FlvGop } from "./flv_gop.ts";
import { type FlvSink, FlvViewer } from "./flv_viewer.ts";

/** Events of all rooms, counted. */
export interface FlvCounters {
  /** Payload bytes handed to connections. */
  bytes: number;
  /** Writes to connections. */
  writes: number;
  /** Batches made. */
  batches: number;
  /** Times a slow viewer began to skip to the next key frame. */
  skips: number;
  /** Viewers that were dropped because they took nothing for 20 s. */
  terminated: number;
  /** Groups of pictures that were too large for the cache. */
  gopOverflows: number;
  /** Times an upstream connection was lost and tried again. */
  reconnects: number;
}

/** What an {@linkcode FlvRoom} needs from the relay around it. */
export interface FlvRoomOptions {
  readonly counters: FlvCounters;
  /** The batch to use now, in milliseconds. */
  readonly batchMs: () => number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** The last viewer left. */
  readonly onEmpty: () => void;
}

/** Viewers per slice of a sweep: at 15 µs a write, a slice takes 4 ms of the event loop. */
const BUCKET_SIZE = 256;
/** Share of the batch over which the slices of a sweep are spread. */
const SWEEP_SHARE = 0.8;
/** A batch of this size is not waited for any longer. */
const FULL_BATCH_BYTES = 4 * 1024 * 1024;

/** One batch of tags; each shape of its bytes is made at most once. */
class Batch {
  readonly sequence: number;
  readonly bytes: FlvBytes;
  readonly startsDecoding: boolean;
  readonly #tags: readonly FlvTag[];
  readonly #firstKeyFrame: number;
  readonly #gop: FlvGop;
  #resume: FlvBytes | null = null;

  constructor(
    tags: readonly FlvTag[],
    options: { readonly sequence: number; readonly gop: FlvGop },
  ) {
    this.sequence = options.sequence;
    this.#gop = options.gop;
    this.#tags = tags;
    this.bytes = new FlvBytes(tags.map((tag) => tag.bytes));
    this.#firstKeyFrame = options.gop.hasVideo ? tags.findIndex(isVideoKeyFrame) : 0;
    this.startsDecoding = this.#firstKeyFrame >= 0;
  }

  /** The sequence headers and this batch from its key frame on. */
  get resume(): FlvBytes {
    if (this.#resume === null) {
      const tags = this.#tags.slice(this.#firstKeyFrame);
      this.#resume = new FlvBytes([
        ...this.#gop.configuration(tags[0].timestampMs),
        ...tags.map((tag) => tag.bytes),
      ]);
    }
    return this.#resume;
  }
}

/**
 * Gathers tags into batches and writes each batch to every viewer, in slices spread over the time
 * until the next one. Only the room touches its viewers' states.
 */
export class FlvRoom {
  readonly #options: FlvRoomOptions;
  readonly #gop = new FlvGop();
  #pending: FlvTag[] = [];
  #pendingBytes = 0;
  #buckets: Set<FlvViewer>[] = [];
  #viewers = 0;
  #webSocketViewers = 0;
  #sequence = 0;
  #lastFlushMs = -Infinity;
  #flushTimer: ReturnType<typeof setTimeout> | null = null;
  #sweepTimer: ReturnType<typeof setTimeout> | null = null;
  #sweeping = false;
  #ended = false;

  constructor(options: FlvRoomOptions) {
    this.#options = options;
  }

  /** Viewers by protocol. */
  get viewers(): { readonly flv: number; readonly ws: number } {
    return { flv: this.#viewers - this.#webSocketViewers, ws: this.#webSocketViewers };
  }

  /** Whether the stream is over; such a room takes nobody. */
  get ended(): boolean {
    return this.#ended;
  }

  /** State for `/debug`. */
  inspect() {
    return {
      ...this.viewers,
      gopBytes: this.#gop.bytes,
      batches: this.#sequence,
      sweeping: this.#sweeping,
    };
  }

  /** Adds a viewer, who gets the beginning of the stream at once. */
  add(sink: FlvSink): FlvViewer {
    const viewer = new FlvViewer(sink);
    if (this.#ended) {
      sink.end();
      return viewer;
    }
    let bucket = this.#buckets.at(-1);
    if (bucket === undefined || bucket.size >= BUCKET_SIZE) {
      bucket = this.#buckets.find((candidate) => candidate.size < BUCKET_SIZE);
    }
    if (bucket === undefined) this.#buckets.push(bucket = new Set());
    bucket.add(viewer);
    viewer.bucket = bucket;
    this.#viewers++;
    if (sink.protocol === "ws") this.#webSocketViewers++;
    if (this.#gop.started) this.#begin(viewer);
    return viewer;
  }

  /** The viewer's connection is closed; calling it again does nothing. */
  remove(viewer: FlvViewer): void {
    const { bucket } = viewer;
    if (bucket === null) return;
    viewer.bucket = null;
    bucket.delete(viewer);
    this.#viewers--;
    if (viewer.sink.protocol === "ws") this.#webSocketViewers--;
    if (this.#viewers === 0) this.#options.onEmpty();
  }

  /** Takes the next tags of the stream; their bytes stay as they are from now on. */
  push(tags: readonly FlvTag[]): void {
    if (this.#ended || tags.length === 0) return;
    for (const tag of tags) {
      this.#pending.push(tag);
      this.#pendingBytes += tag.bytes.byteLength;
    }
    if (this.#sweeping) return;
    if (this.#pendingBytes >= FULL_BATCH_BYTES) this.#flush();
    else this.#schedule();
  }

  /** The stream is over: what waits is written, then every viewer ends properly. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#sweeping) this.#flush();
  }

  /** Gives up the room at once, with nobody in it. */
  dispose(): void {
    this.#ended = true;
    this.#clearTimers();
    this.#pending = [];
  }

  #schedule(): void {
    if (this.#flushTimer !== null || this.#pending.length === 0) return;
    const batchMs = this.#options.batchMs();
    const waitMs = this.#lastFlushMs + batchMs - this.#options.now();
    this.#flushTimer = setTimeout(() => {
      this.#flushTimer = null;
      this.#flush();
    }, Math.max(0, waitMs));
  }

  #flush(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    this.#flushTimer = null;
    if (this.#pending.length === 0) {
      if (this.#ended) this.#endViewers();
      return;
    }
    this.#lastFlushMs = this.#options.now();
    const tags = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const overflows = this.#gop.overflows;
    for (const tag of tags) this.#gop.add(tag);
    this.#options.counters.gopOverflows += this.#gop.overflows - overflows;
    this.#options.counters.batches++;
    this.#sweep(new Batch(tags, { sequence: ++this.#sequence, gop: this.#gop }));
  }

  #sweep(batch: Batch): void {
    this.#sweeping = true;
    this.#buckets = this.#buckets.filter((bucket) => bucket.size > 0);
    const count = this.#buckets.length;
    const startMs = this.#lastFlushMs;
    const spacingMs = count > 1 ? this.#options.batchMs() * SWEEP_SHARE / count : 0;
    let next = 0;
    const step = () => {
      this.#sweepTimer = null;
      if (next < this.#buckets.length) this.#writeSlice(this.#buckets[next++], batch);
      if (next >= this.#buckets.length) {
        this.#sweeping = false;
        if (this.#ended) this.#flush();
        else this.#schedule();
        return;
      }
      const waitMs = startMs + next * spacingMs - this.#options.now();
      this.#sweepTimer = setTimeout(step, Math.max(0, waitMs));
    };
    step();
  }

  #writeSlice(bucket: ReadonlySet<FlvViewer>, batch: Batch): void {
    const nowMs = this.#options.now();
    const { counters } = this.#options;
    for (const viewer of bucket) {
      if (viewer.state === "fresh") {
        this.#begin(viewer);
        continue;
      }
      if (batch.sequence < viewer.nextSequence) continue;
      switch (viewer.judge(batch, nowMs)) {
        case "send":
          this.#write(viewer, batch.bytes);
          break;
        case "resume":
          viewer.state = "flowing";
          this.#write(viewer, batch.resume);
          break;
        case "skip":
          if (viewer.state === "flowing") {
            viewer.state = "skipping";
            counters.skips++;
          }
          break;
        case "terminate":
          counters.terminated++;
          this.remove(viewer);
          viewer.sink.destroy();
          break;
      }
    }
  }

  #begin(viewer: FlvViewer): void {
    const bytes = this.#gop.snapshot();
    viewer.nextSequence = this.#sequence + 1;
    viewer.state = this.#gop.decodable ? "flowing" : "skipping";
    viewer.begin(bytes);
    this.#count(bytes);
  }

  #write(viewer: FlvViewer, bytes: FlvBytes): void {
    viewer.sink.send(bytes);
    this.#count(bytes);
  }

  #count(bytes: FlvBytes): void {
    this.#options.counters.writes++;
    this.#options.counters.bytes += bytes.payload.byteLength;
  }

  #endViewers(): void {
    this.#clearTimers();
    const step = () => {
      this.#sweepTimer = null;
      const bucket = this.#buckets.pop();
      if (bucket === undefined) return;
      for (const viewer of bucket) {
        this.remove(viewer);
        viewer.sink.end();
      }
      if (this.#buckets.length > 0) this.#sweepTimer = setTimeout(step, 0);
    };
    step();
  }

  #clearTimers(): void {
    if (this.#flushTimer !== null) clearTimeout(this.#flushTimer);
    if (this.#sweepTimer !== null) clearTimeout(this.#sweepTimer);
    this.#flushTimer = null;
    this.#sweepTimer = null;
  }
}
