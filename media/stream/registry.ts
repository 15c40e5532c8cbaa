/**
 * All live streams of this process, by room.
 *
 * @module
 */
import { type CloseReason, PublishRefusedError } from "../errors.ts";
import type { Logger } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { type StreamClock, systemClock } from "./clock.ts";
import type {
  KeyFrame,
  KeyFramePort,
  Publisher,
  PublishPort,
  PublishRequest,
  Reader,
  ReaderOptions,
  ReadPort,
  RenditionSource,
  StreamDescription,
} from "./contract.ts";
import { LiveStream, type StreamListener } from "./live_stream.ts";
import { type StreamMetrics, streamMetrics } from "./metrics.ts";
import { MovablePublisher } from "./movable_publisher.ts";
import type { StreamOutputs, StreamReport } from "./report.ts";

/** For how long the playlists of an ended stream can still be asked for. */
export const LINGER_MS = 30_000;

/** What the registry needs of a packager. */
export interface Packager extends StreamListener {
  /** Which outputs carry the current codecs. */
  readonly outputs: StreamOutputs;
  inspect(): unknown;
}

/** Says who may publish where. */
export interface PublishAuthority {
  /**
   * The room that the request may publish to.
   *
   * @throws {PublishRefusedError} when it may not.
   */
  authorize(request: PublishRequest): Promise<string>;
}

/** What a registry is made with; `P` is the kind of packager. */
export interface StreamRegistryOptions<P extends Packager> {
  readonly authority: PublishAuthority;
  /** Makes the packager of a stream that went live. */
  readonly createPackager: (stream: StreamDescription) => P;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: StreamClock;
  /** Streams at one time; default 1000. */
  readonly maxStreams?: number;
}

interface Admitted {
  readonly request: PublishRequest;
  readonly publisher: MovablePublisher;
}

interface Entry<P> {
  readonly stream: LiveStream;
  packager: P | null;
}

/** Admits publishers, opens readers and keeps one packager per stream. */
export class StreamRegistry<P extends Packager> implements PublishPort, ReadPort, KeyFramePort {
  readonly #options: StreamRegistryOptions<P>;
  readonly #clock: StreamClock;
  readonly #log: Logger;
  readonly #metrics: StreamMetrics;
  readonly #maxStreams: number;
  readonly #entries = new Map<string, Entry<P>>();
  /** Packagers of streams that ended a short while ago. */
  readonly #lingering = new Map<string, { readonly packager: P; readonly cancel: () => void }>();
  readonly #changeListeners = new Set<() => void>();
  /** Who publishes to a room by its key, on whatever stream. */
  readonly #admitted = new Map<string, Admitted>();
  /** Streams that the publishers of rooms stand on while something else has the room. */
  readonly #diverted = new Map<string, string>();
  #stopped = false;

  constructor(options: StreamRegistryOptions<P>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log;
    this.#maxStreams = options.maxStreams ?? 1000;
    this.#metrics = streamMetrics(options.metrics);
    options.metrics.gauge({
      name: "wanren_media_streams",
      help: "Streams by state.",
      labels: ["state"],
      collect: (gauge) => {
        const counts = { opening: 0, live: 0, waiting: 0, ended: 0 };
        for (const { stream } of this.#entries.values()) counts[stream.state]++;
        gauge.set({ state: "opening" }, counts.opening);
        gauge.set({ state: "live" }, counts.live);
        gauge.set({ state: "waiting" }, counts.waiting);
      },
    });
  }

  /** Streams of any state. */
  get size(): number {
    return this.#entries.size;
  }

  async publish(request: PublishRequest): Promise<Publisher> {
    try {
      this.#admit(request.room);
      const room = await this.#options.authority.authorize(request);
      // Others may have come in while `web` was asked.
      const stream = this.#diverted.get(room) ?? room;
      this.#admit(stream);
      const publisher = new MovablePublisher(this.#open(stream).attach(request), {
        wishKeyFrame: () => request.wishKeyFrame?.(),
        over: () => {
          if (this.#admitted.get(room)?.publisher === publisher) this.#admitted.delete(room);
        },
      });
      this.#admitted.set(room, { request, publisher });
      this.#metrics.publishes.inc({ result: "accepted" });
      return publisher;
    } catch (error) {
      const result = error instanceof PublishRefusedError ? error.reason : "failed";
      this.#metrics.publishes.inc({ result });
      throw error;
    }
  }

  /**
   * A publisher of this process itself, which needs no key.
   *
   * @throws {PublishRefusedError} when there is no room for another stream.
   */
  publishOwn(request: Omit<PublishRequest, "key">): Publisher {
    this.#admit(request.room);
    const publisher = this.#open(request.room).attach({ ...request, key: "" });
    this.#metrics.publishes.inc({ result: "accepted" });
    return publisher;
  }

  /**
   * Whoever publishes to a room stands on another stream from now on, also who comes later; the
   * room's own stream goes on with what they send until somebody takes it over.
   *
   * @throws {PublishRefusedError} when there is no room for another stream.
   */
  divert(room: string, to: string): void {
    if (this.#diverted.get(room) === to) return;
    this.#admit(to);
    this.#diverted.set(room, to);
    const admitted = this.#admitted.get(room);
    if (admitted === undefined || admitted.publisher.stay()) return;
    admitted.publisher.copyTo(this.#open(to).attach(admitted.request));
  }

  /**
   * Whoever publishes to a room takes it over again with the next key frame; false when nobody
   * will.
   */
  restore(room: string): boolean {
    if (!this.#diverted.delete(room)) return false;
    const admitted = this.#admitted.get(room);
    if (admitted === undefined || this.#stopped) return false;
    admitted.publisher.moveTo(() => this.#open(room).attach(admitted.request));
    return true;
  }

  /** Whether somebody publishes into a room now. */
  isPublished(room: string): boolean {
    return this.#entries.get(room)?.stream.isPublished ?? false;
  }

  read(room: string, options: ReaderOptions): Reader | null {
    return this.#entries.get(room)?.stream.read(options) ?? null;
  }

  /** A room's stream for those who make other forms of it; null when there is none. */
  source(room: string): RenditionSource | null {
    return this.#entries.get(room)?.stream ?? null;
  }

  isLive(room: string): boolean {
    const state = this.#entries.get(room)?.stream.state;
    return state === "live" || state === "waiting";
  }

  keyFrame(room: string): KeyFrame | null {
    return this.#entries.get(room)?.stream.keyFrame ?? null;
  }

  /** The packager of a room that is live or ended a short while ago. */
  packager(room: string): P | null {
    return this.#entries.get(room)?.packager ?? this.#lingering.get(room)?.packager ?? null;
  }

  /** Ends a room's stream at once; false when there was none. */
  close(room: string, reason: CloseReason): boolean {
    const entry = this.#entries.get(room);
    const diverted = this.#entries.get(this.#diverted.get(room) ?? "");
    diverted?.stream.end(reason);
    entry?.stream.end(reason);
    return (entry ?? diverted) !== undefined;
  }

  /** Calls `listener` after each change of what {@linkcode reports} says beyond figures. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Reports of all running streams. */
  reports(): StreamReport[] {
    const reports: StreamReport[] = [];
    for (const { stream, packager } of this.#entries.values()) {
      const report = stream.report(packager?.outputs ?? { llhls: false, hls: false });
      if (report !== null) reports.push(report);
    }
    return reports;
  }

  /** The inside of every stream, for administrators. */
  inspect(): Readonly<Record<string, unknown>> {
    const streams: Record<string, unknown> = {};
    for (const [room, { stream, packager }] of this.#entries) {
      streams[room] = { ...stream.inspect(), packager: packager?.inspect() ?? null };
    }
    return { streams, lingering: [...this.#lingering.keys()] };
  }

  /** The process goes away; see {@linkcode LiveStream.abandon}. */
  stop(): void {
    this.#stopped = true;
    for (const { stream } of this.#entries.values()) stream.abandon();
    this.#entries.clear();
    for (const { cancel } of this.#lingering.values()) cancel();
    this.#lingering.clear();
    this.#changeListeners.clear();
  }

  #admit(room: string): void {
    if (this.#stopped) {
      throw new PublishRefusedError("unavailable", "Cannot publish: the server is stopping");
    }
    if (this.#entries.size >= this.#maxStreams && !this.#entries.has(room)) {
      throw new PublishRefusedError(
        "too_many_streams",
        `Cannot publish: ${this.#maxStreams} streams are running already`,
      );
    }
  }

  #open(room: string): LiveStream {
    const running = this.#entries.get(room);
    if (running !== undefined) return running.stream;
    const stream = new LiveStream({
      room,
      clock: this.#clock,
      log: this.#log,
      metrics: this.#metrics,
      onOpen: () => this.#addPackager(entry),
      onChange: () => this.#changed(),
      onEnded: () => this.#remove(entry),
    });
    const entry: Entry<P> = { stream, packager: null };
    this.#entries.set(room, entry);
    return stream;
  }

  #addPackager(entry: Entry<P>): void {
    this.#forgetLingering(entry.stream.room);
    const packager = this.#options.createPackager(entry.stream.description);
    entry.packager = packager;
    entry.stream.listen(packager);
  }

  #remove(entry: Entry<P>): void {
    const room = entry.stream.room;
    if (this.#entries.get(room) === entry) this.#entries.delete(room);
    const packager = entry.packager;
    if (packager !== null && !this.#stopped) {
      this.#forgetLingering(room);
      // Bounded like the streams themselves: the oldest goes first.
      if (this.#lingering.size >= this.#maxStreams) {
        this.#forgetLingering(this.#lingering.keys().next().value!);
      }
      const cancel = this.#clock.after(LINGER_MS, () => this.#lingering.delete(room));
      this.#lingering.set(room, { packager, cancel });
    }
    this.#changed();
  }

  #forgetLingering(room: string): void {
    this.#lingering.get(room)?.cancel();
    this.#lingering.delete(room);
  }

  #changed(): void {
    for (const listener of this.#changeListeners) listener();
  }
}
