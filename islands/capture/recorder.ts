/**
 * Records a stream in pieces that are handed on as they come: what was handed on is kept whatever
 * happens to the page.
 *
 * @module
 */
import type { Size } from "./constraints.ts";

/** Container that a recording comes in. */
export type Container = "mp4" | "webm";

/** In the order in which they are tried; what every phone and every editor opens comes first. */
const TYPES: readonly (readonly [type: string, container: Container])[] = [
  ["video/mp4;codecs=avc1.64002A,mp4a.40.2", "mp4"],
  ["video/mp4;codecs=avc1.42E02A,mp4a.40.2", "mp4"],
  ["video/mp4;codecs=avc1.64002A,opus", "mp4"],
  ["video/webm;codecs=vp9,opus", "webm"],
  ["video/webm;codecs=vp8,opus", "webm"],
  ["video/webm", "webm"],
  ["video/mp4", "mp4"],
];

/** A type that the browser records, with its container. */
export interface RecordingType {
  readonly type: string;
  readonly container: Container;
}

/** The best type for each container that the browser has, the best container first. */
export function recordingTypes(isSupported: (type: string) => boolean): RecordingType[] {
  const found: RecordingType[] = [];
  for (const [type, container] of TYPES) {
    if (found.some((one) => one.container === container) || !isSupported(type)) continue;
    found.push({ type, container });
  }
  return found;
}

/** Bits a second for a picture: enough for a face that moves, and files that can be sent. */
export function recordingBitrate({ width, height }: Size, frameRate: number): number {
  const pixels = width * height * Math.min(60, Math.max(10, frameRate));
  return Math.round(Math.min(16_000_000, Math.max(800_000, pixels * 0.14)) / 1000) * 1000;
}

/** How much was recorded: time without the pauses. */
export class RecordingTime {
  #recordedMs = 0;
  #runningSinceMs: number | null = null;

  /** Goes on from now; also the beginning. */
  run(nowMs: number): void {
    this.#runningSinceMs ??= nowMs;
  }

  /** Stands still from now. */
  hold(nowMs: number): void {
    this.#recordedMs = this.elapsedMs(nowMs);
    this.#runningSinceMs = null;
  }

  /** What was recorded until now. */
  elapsedMs(nowMs: number): number {
    return this.#recordedMs + (this.#runningSinceMs === null ? 0 : nowMs - this.#runningSinceMs);
  }
}

/** Why a recording came to its end. */
export type RecordingEnd =
  /** By its owner. */
  | "stopped"
  /** There is no place left for more. */
  | "full"
  /** The place where it is kept does not answer. */
  | "unwritable"
  /** The browser's encoder gave up. */
  | "encoder";

/** Where the pieces go. */
export interface PieceSink {
  /**
   * One piece after the other, in order, each when the one before is kept.
   *
   * @throws {DOMException} `QuotaExceededError` when there is no place left.
   */
  write(piece: Blob, endMs: number): Promise<void>;
}

/** How it went. */
export interface RecordingOutcome {
  readonly end: RecordingEnd;
  readonly durationMs: number;
  readonly bytes: number;
}

/** Time between pieces, milliseconds: what a closed tab costs at most. */
const PIECE_MS = 1_000;

/**
 * MP4 comes in fragments that end before a key frame: without this the first one may come after ten
 * seconds, and a closed tab would cost them all.
 */
interface RecorderSettings extends MediaRecorderOptions {
  /** Milliseconds (MediaStream Recording §2.4). */
  readonly videoKeyFrameIntervalDuration: number;
}

/** Pieces that wait for a slow disk, bytes; beyond this the recording ends. */
const MAX_WAITING_BYTES = 128 * 2 ** 20;

/** How a recorder is made. */
export interface RecorderOptions {
  readonly stream: MediaStream;
  readonly type: string;
  /** Bits a second. */
  readonly videoBitrate: number;
  readonly sink: PieceSink;
  readonly now?: () => number;
}

/** One recording, from its making to its end. */
export class Recorder {
  /** How it went, once it has ended and everything is kept; never rejects. */
  readonly outcome: Promise<RecordingOutcome>;
  readonly #recorder: MediaRecorder;
  readonly #sink: PieceSink;
  readonly #now: () => number;
  readonly #time = new RecordingTime();
  readonly #settle: (outcome: RecordingOutcome) => void;
  #writing: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  #bytes = 0;
  #keptBytes = 0;
  #keptMs = 0;
  #end: RecordingEnd | null = null;

  /**
   * Begins at once.
   *
   * @throws {DOMException} When the browser cannot record this stream.
   */
  constructor(
    { stream, type, videoBitrate, sink, now = () => performance.now() }: RecorderOptions,
  ) {
    const { promise, resolve } = Promise.withResolvers<RecordingOutcome>();
    this.outcome = promise;
    this.#settle = resolve;
    this.#sink = sink;
    this.#now = now;
    const options: RecorderSettings = {
      mimeType: type,
      videoBitsPerSecond: videoBitrate,
      audioBitsPerSecond: 128_000,
      videoKeyFrameIntervalDuration: PIECE_MS,
    };
    this.#recorder = new MediaRecorder(stream, options);
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#take(data));
    this.#recorder.addEventListener("error", () => this.#finish("encoder"));
    this.#recorder.addEventListener("stop", () => void this.#close());
    this.#recorder.start(PIECE_MS);
    this.#time.run(now());
  }

  /** What it really writes, with codecs. */
  get type(): string {
    return this.#recorder.mimeType;
  }

  /** Whether it is held. */
  get paused(): boolean {
    return this.#recorder.state === "paused";
  }

  /** Recorded so far. */
  get progress(): { readonly elapsedMs: number; readonly bytes: number } {
    return { elapsedMs: this.#time.elapsedMs(this.#now()), bytes: this.#bytes };
  }

  /** Holds it; what happens now is not in it. */
  pause(): void {
    if (this.#recorder.state !== "recording") return;
    this.#recorder.pause();
    this.#time.hold(this.#now());
  }

  /** Goes on. */
  resume(): void {
    if (this.#recorder.state !== "paused") return;
    this.#recorder.resume();
    this.#time.run(this.#now());
  }

  /** Ends it; the same promise as {@linkcode Recorder.outcome}. */
  stop(): Promise<RecordingOutcome> {
    this.#finish("stopped");
    return this.outcome;
  }

  /** Asks for what has not been handed on yet: the page may be gone in a moment. */
  flush(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.requestData();
  }

  #take(piece: Blob): void {
    if (piece.size === 0) return;
    const endMs = Math.round(this.#time.elapsedMs(this.#now()));
    this.#bytes += piece.size;
    this.#waitingBytes += piece.size;
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#finish("unwritable");
    this.#writing = this.#writing.then(async () => {
      // After a piece that was lost the rest could not be read.
      if (this.#end === "full" || this.#end === "unwritable") return;
      try {
        await this.#sink.write(piece, endMs);
        this.#keptBytes += piece.size;
        this.#keptMs = endMs;
      } catch (error) {
        const full = error instanceof Error && error.name === "QuotaExceededError";
        this.#end = full ? "full" : "unwritable";
        this.#stopEncoder();
      } finally {
        this.#waitingBytes -= piece.size;
      }
    });
  }

  #finish(end: RecordingEnd): void {
    this.#end ??= end;
    this.#stopEncoder();
  }

  #stopEncoder(): void {
    this.#time.hold(this.#now());
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  async #close(): Promise<void> {
    this.#time.hold(this.#now());
    this.#end ??= "encoder";
    await this.#writing;
    this.#settle({ end: this.#end, durationMs: this.#keptMs, bytes: this.#keptBytes });
  }
}
