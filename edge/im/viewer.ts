/**
 * A viewer at the end of a long connection, as a room sees it. The runtime's side of the connection
 * implements {@linkcode PushViewer}.
 *
 * @module
 */
import type { ProblemCode } from "../../im/protocol/frames.ts";
import type { Place } from "../../im/protocol/cursor.ts";
import type { EncodedFrame } from "./encoded_frame.ts";

/** One connection. */
export interface PushViewer {
  /** Null: a visitor. */
  readonly accountId: string | null;
  /** Bytes that were sent and are not taken yet. */
  readonly bufferedBytes: number;
  /** Set while frames were skipped: where the viewer stands. The room alone writes it. */
  behind: Place | null;
  /** Since when too much waits, milliseconds; null: it does not. The room alone writes it. */
  stalledSinceMs: number | null;
  send(frame: EncodedFrame): void;
  /** Says why and ends the connection. */
  close(code: ProblemCode, text: string): void;
  /** Ends the connection without waiting for anything. */
  terminate(): void;
}
