/**
 * HTTP-FLV for the edges: one endless answer per reader, from the cached group of pictures on. The
 * edge gathers tags into batches for its viewers; here every turn of the event loop is one write.
 *
 * @module
 */
import type { ServerResponse } from "node:http";
import type { Counter } from "prom-client";
import type { Logger } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { StreamItem } from "../access_unit.ts";
import type { Reader, ReadPort, Wish } from "../stream/contract.ts";
import { flvFileHeader, FlvMuxer } from "../container/flv/mod.ts";

/** Bytes in one write. */
const MAX_WRITE_BYTES = 256 * 1024;
/** With more than this unsent, what follows waits in the reader's bounded queue. */
const HIGH_WATER_BYTES = 256 * 1024;
/** A connection that takes nothing for this long is cut. */
const STALL_MS = 15_000;
const SWEEP_MS = 5000;
/**
 * Tags are gathered for so long: each write wakes two processes, which with a tag each cost more
 * than everything else that a stream costs. The edge gathers for longer anyway.
 */
const GATHER_MS = 40;

const HEADERS = {
  "content-type": "video/x-flv",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
} as const;

/** What the answers are made with. */
export interface FlvResponsesOptions {
  readonly read: ReadPort;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** All open HTTP-FLV answers of a process. */
export class FlvResponses {
  readonly #options: FlvResponsesOptions;
  readonly #open = new Set<FlvResponse>();
  readonly #bytes: Counter;
  readonly #stalled: Counter;
  #sweeper: ReturnType<typeof setInterval> | null = null;

  constructor(options: FlvResponsesOptions) {
    this.#options = options;
    this.#bytes = options.metrics.counter({
      name: "wanren_media_flv_bytes_total",
      help: "Bytes written to HTTP-FLV readers.",
    });
    this.#stalled = options.metrics.counter({
      name: "wanren_media_flv_stalled_total",
      help: "HTTP-FLV readers cut because they took nothing.",
    });
  }

  /** Answers HEAD for a live room. */
  head(response: ServerResponse): true {
    response.writeHead(200, HEADERS).end();
    return true;
  }

  /**
   * Begins an answer; false when the room is not live, with nothing sent.
   *
   * @throws {RenditionRefusedError} when the wish cannot be fulfilled, with nothing sent.
   */
  serve(
    request: {
      readonly room: string;
      readonly response: ServerResponse;
      readonly remoteAddress: string;
      readonly wish: Wish;
    },
  ): boolean {
    const { room, response, remoteAddress, wish } = request;
    const reader = this.#options.read.read(room, {
      protocol: "flv",
      remoteAddress,
      wish,
      onReadable: () => answer.wake(),
    });
    if (reader === null) return false;
    const answer = new FlvResponse({
      reader,
      response,
      onBytes: (bytes) => this.#bytes.inc(bytes),
      onClosed: () => this.#closed(answer),
    });
    this.#open.add(answer);
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS);
    response.writeHead(200, HEADERS);
    // The first picture may take a moment, when it is made anew.
    response.flushHeaders();
    answer.wake();
    return true;
  }

  /** Breaks every answer off, so that edges see a failure and not an end. */
  stop(): void {
    for (const answer of [...this.#open]) answer.abort();
  }

  #closed(answer: FlvResponse): void {
    this.#open.delete(answer);
    if (this.#open.size === 0 && this.#sweeper !== null) {
      clearInterval(this.#sweeper);
      this.#sweeper = null;
    }
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const answer of [...this.#open]) {
      if (!answer.isStalled(nowMs)) continue;
      this.#stalled.inc();
      this.#options.log.warn("flv_reader_stalled", { dropped: answer.dropped });
      answer.abort();
    }
  }
}

interface FlvResponseOptions {
  readonly reader: Reader;
  readonly response: ServerResponse;
  readonly onBytes: (bytes: number) => void;
  readonly onClosed: () => void;
}

/** One answer. */
class FlvResponse {
  readonly #options: FlvResponseOptions;
  readonly #muxer = new FlvMuxer();
  #items: readonly StreamItem[] = [];
  #next = 0;
  #started = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** When writing had to wait, or last went on while waiting; null while it need not. */
  #blockedSinceMs: number | null = null;
  #unsentBytes = 0;
  #closed = false;

  constructor(options: FlvResponseOptions) {
    this.#options = options;
    const { response, reader } = options;
    response.once("close", () => {
      this.#closed = true;
      if (this.#timer !== null) clearTimeout(this.#timer);
      reader.close();
      options.onClosed();
    });
    response.on("drain", () => {
      this.#blockedSinceMs = null;
      this.#flush();
    });
  }

  get dropped(): number {
    return this.#options.reader.dropped;
  }

  /** True when nothing was taken for {@linkcode STALL_MS}; to be asked now and then. */
  isStalled(nowMs: number): boolean {
    if (this.#blockedSinceMs === null) return false;
    const { writableLength } = this.#options.response;
    if (writableLength < this.#unsentBytes) this.#blockedSinceMs = nowMs;
    this.#unsentBytes = writableLength;
    return nowMs - this.#blockedSinceMs > STALL_MS;
  }

  /** Breaks the answer off. */
  abort(): void {
    this.#options.response.destroy();
  }

  /** Items wait: the first are sent at once, later ones in one write with those that follow soon. */
  wake(): void {
    if (this.#closed || this.#timer !== null || this.#blockedSinceMs !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, this.#started ? GATHER_MS : 0);
  }

  #flush(): void {
    const { reader, response } = this.#options;
    while (!this.#closed && this.#blockedSinceMs === null) {
      if (this.#next >= this.#items.length) {
        this.#items = reader.take();
        this.#next = 0;
        if (this.#items.length === 0) {
          if (reader.broken) response.destroy();
          else if (reader.ended) response.end();
          return;
        }
      }
      this.#writeSome();
    }
  }

  #writeSome(): void {
    const { onBytes, response } = this.#options;
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (this.#next < this.#items.length && length < MAX_WRITE_BYTES) {
      const item = this.#items[this.#next++];
      if (!this.#started && item.kind === "tracks") {
        this.#started = true;
        const { video, audio } = item.tracks;
        const header = flvFileHeader({ video: video !== null, audio: audio !== null });
        length += add(pieces, header);
      }
      for (const tag of this.#muxer.tagsOf(item)) length += add(pieces, tag.bytes);
    }
    if (length === 0) return;
    const accepted = response.write(pieces.length === 1 ? pieces[0] : joined(pieces, length));
    onBytes(length);
    if (!accepted && response.writableLength > HIGH_WATER_BYTES) {
      this.#blockedSinceMs = performance.now();
      this.#unsentBytes = response.writableLength;
    }
  }
}

function add(pieces: Uint8Array[], piece: Uint8Array): number {
  pieces.push(piece);
  return piece.length;
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}
