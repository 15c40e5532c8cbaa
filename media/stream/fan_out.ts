/**
 * From one writer to many bounded readers: the newest group of pictures for those who come, everything
 * that passes for those who are there. Live streams and renditions are made of it.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import type { AccessUnit, MetadataItem, StreamItem, TracksItem } from "../access_unit.ts";
import type { StreamClock } from "./clock.ts";
import type { Reader, ReaderOptions } from "./contract.ts";
import { GopCache, type GopCacheOptions } from "./gop_cache.ts";
import type { StreamMetrics } from "./metrics.ts";
import { QueueReader } from "./queue_reader.ts";

/** Overflowing readers are logged at most this often. */
const OVERFLOW_LOG_MS = 1000;

/** What a fan-out is made with. */
export interface FanOutOptions {
  readonly clock: StreamClock;
  readonly log: Logger;
  readonly metrics: StreamMetrics;
  readonly gopCache?: GopCacheOptions;
  /** A reader left. */
  readonly onClosed?: () => void;
}

/** See the module's docstring. */
export class FanOut {
  readonly #options: FanOutOptions;
  readonly #cache: GopCache;
  readonly #readers = new Set<QueueReader>();
  #tracks: TracksItem | null = null;
  #metadata: MetadataItem | null = null;
  #lastDts = 0;
  #droppedByClosed = 0;
  #overflowLoggedAtMs = -Infinity;
  #overflowsUnlogged = 0;
  #over = false;

  constructor(options: FanOutOptions) {
    this.#options = options;
    this.#cache = new GopCache(options.gopCache);
  }

  /** The last change of tracks; null before the first. */
  get tracks(): TracksItem | null {
    return this.#tracks;
  }

  get metadata(): MetadataItem | null {
    return this.#metadata;
  }

  get cache(): Pick<GopCache, "units" | "keyFrame" | "bytes" | "overflows"> {
    return this.#cache;
  }

  /** Readers that are open. */
  get readers(): number {
    return this.#readers.size;
  }

  /** The following units have these tracks; with null, no metadata is known of them. */
  begin(item: TracksItem, metadata: MetadataItem | null): void {
    this.#tracks = item;
    this.#metadata = metadata;
    this.#lastDts = item.dts;
    this.#cache.restart({ hasVideo: item.tracks.video !== null });
    this.#deliver(item);
    if (metadata !== null) this.#deliver({ ...metadata, dts: item.dts });
  }

  /** Metadata that changed. */
  describe(item: MetadataItem): void {
    this.#metadata = item;
    this.#deliver(item);
  }

  /** The next unit. */
  push(unit: AccessUnit): void {
    const overflows = this.#cache.overflows;
    this.#cache.push(unit);
    if (this.#cache.overflows !== overflows) this.#options.metrics.gopOverflows.inc();
    if (unit.dts > this.#lastDts) this.#lastDts = unit.dts;
    this.#deliver(unit);
  }

  /** A reader that begins with the cached group of pictures, or waits for the first tracks. */
  read(options: ReaderOptions): Reader {
    const reader = new QueueReader(options, {
      overflow: (slow) => this.#overflowed(slow),
      closed: (closed) => {
        if (!this.#readers.delete(closed)) return;
        this.#droppedByClosed += closed.dropped;
        this.#options.metrics.droppedUnits.inc({ protocol: closed.protocol }, closed.dropped);
        this.#options.onClosed?.();
      },
    });
    if (this.#tracks !== null) {
      const { units } = this.#cache;
      const dts = units.length > 0 ? units[0].dts : this.#lastDts;
      const first: StreamItem[] = [
        { kind: "tracks", tracks: this.#tracks.tracks, dts, discontinuity: false },
      ];
      if (this.#metadata !== null) first.push({ ...this.#metadata, dts });
      reader.prime(first.concat(units), {
        waitForKeyFrame: units.length === 0 && this.#tracks.tracks.video !== null,
      });
    }
    if (this.#over) reader.fail();
    this.#readers.add(reader);
    return reader;
  }

  /** It is over: readers end when they have taken what waits. */
  finish(): void {
    for (const reader of this.#readers) reader.finish();
  }

  /** It cannot go on: readers are {@linkcode Reader.broken}. */
  fail(): void {
    this.#over = true;
    for (const reader of this.#readers) reader.fail();
  }

  /** Lets go of every reader without a word. */
  close(): void {
    for (const reader of [...this.#readers]) reader.close();
  }

  /** Open readers by protocol. */
  readersByProtocol(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { protocol } of this.#readers) counts[protocol] = (counts[protocol] ?? 0) + 1;
    return counts;
  }

  /** For administrators. */
  inspect() {
    let queuedBytes = 0;
    let dropped = this.#droppedByClosed;
    for (const reader of this.#readers) {
      queuedBytes += reader.queuedBytes;
      dropped += reader.dropped;
    }
    return {
      gopCache: {
        units: this.#cache.units.length,
        bytes: this.#cache.bytes,
        overflows: this.#cache.overflows,
      },
      readers: { byProtocol: this.readersByProtocol(), queuedBytes, dropped },
    };
  }

  #deliver(item: StreamItem): void {
    for (const reader of this.#readers) {
      try {
        reader.push(item);
      } catch (error) {
        this.#options.log.error("reader_failed", {
          protocol: reader.protocol,
          error: error as Error,
        });
        reader.close();
      }
    }
  }

  #overflowed(reader: QueueReader): void {
    this.#options.metrics.readerSkips.inc({ protocol: reader.protocol });
    this.#overflowsUnlogged++;
    const nowMs = this.#options.clock.now();
    if (nowMs - this.#overflowLoggedAtMs < OVERFLOW_LOG_MS) return;
    this.#options.log.warn("reader_skips_to_key_frame", {
      protocol: reader.protocol,
      remote: reader.remoteAddress,
      dropped: reader.dropped,
      readers: this.#overflowsUnlogged,
    });
    this.#overflowLoggedAtMs = nowMs;
    this.#overflowsUnlogged = 0;
  }
}
