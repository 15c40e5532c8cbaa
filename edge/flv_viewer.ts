/**
 * One viewer of an FLV stream and the rule for slow ones.
 *
 * @module
 */
import type { FlvBytes } from "./flv_bytes.ts";

/** Where a viewer's bytes go: a socket, an HTTP/2 stream, a fetch stream. */
export interface FlvSink {
  /** How the viewer is counted. */
  readonly protocol: "flv" | "ws";
  /** Bytes that were sent but have not left this process. */
  readonly backlogBytes: number;
  /** Hands bytes over; never throws, also not on a closed connection. */
  send(bytes: FlvBytes): void;
  /** Ends the stream properly. */
  end(): void;
  /** Drops the connection. */
  destroy(): void;
}

/** Backlog above which a viewer skips to the next key frame. */
export const SKIP_BACKLOG_BYTES = 1024 * 1024;
/** A backlog that was never empty for so long makes the viewer skip, too. */
export const SKIP_AFTER_MS = 3000;
/** A viewer that took nothing for so long is dropped. */
export const TERMINATE_AFTER_MS = 20_000;
/** A viewer that skips goes on when no more than this is waiting. */
const RESUME_BACKLOG_BYTES = 64 * 1024;

/** What to do with a viewer when the next batch is there. */
export type Verdict = "send" | "resume" | "skip" | "terminate";

/**
 * State of one viewer. `flowing` gets every batch; `skipping` waits for a key frame; `fresh` has not
 * got the beginning of the stream yet.
 */
export class FlvViewer {
  readonly sink: FlvSink;
  state: "fresh" | "flowing" | "skipping" = "fresh";
  /** Batches before this one are part of what the viewer was started with. */
  nextSequence = 0;
  /** The set of the room that holds the viewer. */
  bucket: Set<FlvViewer> | null = null;
  /** What may wait on top of the usual while the beginning of the stream is on its way. */
  #allowanceBytes = 0;
  #blockedSinceMs = -1;
  #lastProgressMs = 0;
  #lastBacklogBytes = 0;

  constructor(sink: FlvSink) {
    this.sink = sink;
  }

  /** Sends the beginning of the stream, which may be far more than a batch. */
  begin(bytes: FlvBytes): void {
    this.#allowanceBytes = bytes.payload.byteLength;
    this.sink.send(bytes);
  }

  /**
   * Looks at the backlog and decides; called once per batch.
   *
   * @param batch whether decoding can start in it.
   * @param nowMs monotonic.
   */
  judge(batch: { readonly startsDecoding: boolean }, nowMs: number): Verdict {
    const backlog = this.sink.backlogBytes;
    if (backlog === 0) {
      this.#blockedSinceMs = -1;
      this.#allowanceBytes = 0;
    } else if (this.#blockedSinceMs < 0) {
      this.#blockedSinceMs = nowMs;
      this.#lastProgressMs = nowMs;
    } else if (backlog < this.#lastBacklogBytes) {
      this.#lastProgressMs = nowMs;
    } else if (this.state === "skipping" && nowMs - this.#lastProgressMs >= TERMINATE_AFTER_MS) {
      return "terminate";
    }
    this.#lastBacklogBytes = backlog;
    if (this.state === "skipping") {
      return batch.startsDecoding && backlog <= RESUME_BACKLOG_BYTES ? "resume" : "skip";
    }
    const blockedMs = this.#blockedSinceMs < 0 ? 0 : nowMs - this.#blockedSinceMs;
    return backlog > SKIP_BACKLOG_BYTES + this.#allowanceBytes || blockedMs >= SKIP_AFTER_MS
      ? "skip"
      : "send";
  }
}
