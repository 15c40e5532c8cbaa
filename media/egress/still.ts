/**
 * Stills of live streams: made only when somebody asks, each key frame at most once, a stream's at
 * most every ten seconds, however many ask.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { problem, type ProblemAnswer } from "../../platform/problem.ts";
import { CmafMuxer } from "../container/cmaf/muxer.ts";
import type { KeyFrame, KeyFramePort } from "../stream/contract.ts";

/** A stream's still is not made again sooner, and a failure not tried again. */
export const STILL_INTERVAL_MS = 10_000;
/** An older still is not shown any more when no newer one can be made. */
export const STILL_MAX_AGE_MS = 60_000;
/** How long a request waits for a newer still when there is an older one to show. */
const PATIENCE_MS = 300;
/** How long a request waits for the first still. */
const FIRST_WAIT_MS = 4000;
/** Rooms whose still is kept; the one that was asked for longest ago leaves. */
const MAX_KEPT = 500;
/** Stills that wait for their turn; more are refused. */
const MAX_WAITING = 64;
/** One picture is made at a time, two on a machine with more than four cores. */
const CONCURRENT = navigator.hardwareConcurrency > 4 ? 2 : 1;

/** What {@linkcode Stills} needs. */
export interface StillsOptions {
  readonly streams: KeyFramePort;
  /** Makes a JPEG of a fragmented MP4 that holds one picture; rejects when it cannot. */
  readonly encode: (mp4: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
  /** Whether {@linkcode encode} can work on this machine at all. */
  readonly available: () => boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Default: one, two on a machine with more than four cores. */
  readonly concurrent?: number;
  /** Default 64. */
  readonly maxWaiting?: number;
}

/** An answer to a request for a still; the body of an error is a problem document. */
export interface StillAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

interface Still {
  readonly jpeg: Uint8Array;
  readonly shownAtMs: number;
  readonly etag: string;
  /** When it was made, or last seen to be the newest. */
  checkedAtMs: number;
}

interface Entry {
  still: Still | null;
  /** The run that makes the next one; resolves in any case. */
  making: Promise<void> | null;
  failedAtMs: number;
  refused: boolean;
}

/** Makes, keeps and answers the stills of all streams of this process. */
export class Stills {
  readonly #options: StillsOptions;
  readonly #now: () => number;
  readonly #concurrent: number;
  readonly #maxWaiting: number;
  readonly #stopping = new AbortController();
  readonly #entries = new Map<string, Entry>();
  readonly #makings = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  readonly #results;
  readonly #seconds;
  #running = 0;

  constructor(options: StillsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#concurrent = options.concurrent ?? CONCURRENT;
    this.#maxWaiting = options.maxWaiting ?? MAX_WAITING;
    this.#results = options.metrics.counter({
      name: "wanren_media_stills_total",
      help: "Stills by result: made, failed, or refused because too many waited.",
      labels: ["result"],
    });
    this.#seconds = options.metrics.counter({
      name: "wanren_media_still_seconds_total",
      help: "Time that making stills took.",
    });
    options.metrics.gauge({
      name: "wanren_media_stills_waiting",
      help: "Stills that wait for their turn.",
      collect: (gauge) => gauge.set(this.#waiting.length),
    });
  }

  /**
   * The newest still of a room. It waits a moment for a newer one when the one that is there is
   * older than ten seconds, and shows the older one rather than wait for long.
   */
  async answer(
    room: string,
    request: { readonly ifNoneMatch?: string } = {},
  ): Promise<StillAnswer> {
    const { streams } = this.#options;
    const keyFrame = streams.keyFrame(room);
    if (keyFrame === null) {
      this.#entries.delete(room);
      return streams.isLive(room) ? noPicture() : notLive();
    }
    if (!this.#options.available()) return ffmpegMissing();
    const entry = this.#entry(room);
    const before = entry.still;
    const ageMs = before === null ? Infinity : this.#now() - before.checkedAtMs;
    if (before !== null && ageMs < STILL_INTERVAL_MS) return show(before, request, "fresh");
    this.#refresh(room, entry, keyFrame);
    if (entry.making !== null) {
      await settled(entry.making, ageMs < STILL_MAX_AGE_MS ? PATIENCE_MS : FIRST_WAIT_MS);
    }
    const { still } = entry;
    if (still !== null) {
      const stillAgeMs = this.#now() - still.checkedAtMs;
      if (stillAgeMs < STILL_INTERVAL_MS) return show(still, request, "fresh");
      if (stillAgeMs < STILL_MAX_AGE_MS) return show(still, request, "stale");
    }
    return entry.making !== null || entry.refused ? tooBusy() : noPicture();
  }

  /** Ends what is being made. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const next of this.#waiting.splice(0)) next();
    await Promise.all(this.#makings);
    this.#entries.clear();
  }

  #entry(room: string): Entry {
    const known = this.#entries.get(room);
    const entry = known ?? { still: null, making: null, failedAtMs: -Infinity, refused: false };
    this.#entries.delete(room);
    this.#entries.set(room, entry);
    if (this.#entries.size > MAX_KEPT) this.#entries.delete(this.#entries.keys().next().value!);
    return entry;
  }

  /** Begins to make a newer still, unless there is none or it was tried a moment ago. */
  #refresh(room: string, entry: Entry, keyFrame: KeyFrame): void {
    if (entry.making !== null || this.#stopping.signal.aborted) return;
    entry.refused = false;
    const nowMs = this.#now();
    if (entry.still?.shownAtMs === keyFrame.shownAtMs) {
      entry.still.checkedAtMs = nowMs;
      return;
    }
    if (nowMs - entry.failedAtMs < STILL_INTERVAL_MS) return;
    entry.refused = this.#running >= this.#concurrent && this.#waiting.length >= this.#maxWaiting;
    if (entry.refused) {
      this.#results.inc({ result: "refused" });
      return;
    }
    const making = this.#make(room, entry).finally(() => {
      entry.making = null;
      this.#makings.delete(making);
    });
    entry.making = making;
    this.#makings.add(making);
  }

  async #make(room: string, entry: Entry): Promise<void> {
    if (this.#running >= this.#concurrent) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      // Asked again: it may have waited, and only the newest is worth the work.
      const keyFrame = this.#options.streams.keyFrame(room);
      if (keyFrame !== null && !this.#stopping.signal.aborted) await this.#encode(entry, keyFrame);
    } catch (error) {
      entry.failedAtMs = this.#now();
      if (this.#stopping.signal.aborted) return;
      this.#results.inc({ result: "failed" });
      this.#options.log.warn("still_failed", { stream: room, error: error as Error });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  async #encode(entry: Entry, keyFrame: KeyFrame): Promise<void> {
    const startedMs = performance.now();
    try {
      const jpeg = await this.#options.encode(mp4Of(keyFrame), this.#stopping.signal);
      const { shownAtMs } = keyFrame;
      const etag = `"${Math.round(shownAtMs).toString(36)}"`;
      entry.still = { jpeg, shownAtMs, etag, checkedAtMs: this.#now() };
      this.#results.inc({ result: "made" });
    } finally {
      this.#seconds.inc((performance.now() - startedMs) / 1000);
    }
  }
}

/** A file of one picture, at the start of its time. */
function mp4Of({ track, unit }: KeyFrame): Uint8Array {
  const muxer = new CmafMuxer({ video: track, audio: null });
  const header = muxer.initSegment();
  const chunk = muxer.fragment({
    video: [{ ...unit, dts: 0, pts: 0 }],
    audio: [],
    videoEndDts: 3000,
  });
  const file = new Uint8Array(header.length + chunk.length);
  file.set(header);
  file.set(chunk, header.length);
  return file;
}

/** Resolves with `promise`, which never rejects, or after `ms`. */
async function settled(promise: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

function show(
  still: Still,
  request: { readonly ifNoneMatch?: string },
  age: "fresh" | "stale",
): StillAnswer {
  const headers = {
    "content-type": "image/jpeg",
    "cache-control": `public, max-age=${age === "fresh" ? 10 : 1}, stale-while-revalidate=20`,
    "etag": still.etag,
    "last-modified": new Date(still.shownAtMs).toUTCString(),
  };
  const known = request.ifNoneMatch?.split(",").some((tag) =>
    tag.trim().replace(/^W\//, "") === still.etag
  );
  return known ? { status: 304, headers, body: null } : { status: 200, headers, body: still.jpeg };
}

function notLive(): ProblemAnswer {
  return problem({ status: 404, title: "This room is not live", members: { code: "not_live" } });
}

function noPicture(): ProblemAnswer {
  return problem({
    status: 404,
    title: "There is no picture of this stream",
    detail: "The stream has no picture, none yet, or one that cannot be decoded.",
    members: { code: "no_picture" },
  });
}

function tooBusy(): ProblemAnswer {
  return problem({
    status: 503,
    title: "Too many stills are being made",
    members: { code: "busy" },
    headers: { "retry-after": "2" },
  });
}

function ffmpegMissing(): ProblemAnswer {
  return problem({
    status: 503,
    title: "ffmpeg is missing on this machine",
    detail: "Stills are made with ffmpeg, which is not installed where the stream comes in.",
    members: { code: "ffmpeg_missing" },
    headers: { "retry-after": "60" },
  });
}
