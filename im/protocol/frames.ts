/**
 * Frames of the long connection: their shapes, shared by both forms on the wire (`protobuf.ts`,
 * `json.ts`).
 *
 * @module
 */
import type { Kind, Message } from "./message.ts";

/** Subprotocol of protobuf frames, in binary messages. */
export const PROTOBUF_SUBPROTOCOL = "wanren.im.v1";
/** Subprotocol of JSON frames, in text messages. */
export const JSON_SUBPROTOCOL = "wanren.im.v1.json";

/** Which kinds come by which way. */
export interface Policy {
  readonly push: readonly Kind[];
  readonly poll: readonly Kind[];
  /** Milliseconds to the next poll, for the kinds that are polled. */
  readonly pollAfterMs: number;
}

/** Messages on their way to a viewer. */
export interface Batch {
  /** In order. */
  readonly messages: readonly Message[];
  /** Place after these messages. */
  readonly cursor: string;
  /** Messages before the cursor that were left out since the last batch. */
  readonly dropped: number;
  /** What was asked for could not be continued: this begins anew. */
  readonly reset: boolean;
}

/** What a poll is answered. */
export interface PolledBatch extends Batch {
  /** Milliseconds to the next poll. */
  readonly pollAfterMs: number;
  /** Kinds by their ways, when they are others than were asked for; null otherwise. */
  readonly policy: Pick<Policy, "push" | "poll"> | null;
}

/** From a gateway. */
export type ServerFrame =
  | {
    readonly type: "hello";
    readonly cursor: string;
    /** The viewer pings this often. */
    readonly heartbeatMs: number;
    readonly policy: Policy;
  }
  | { readonly type: "batch" } & Batch
  | { readonly type: "policy" } & Policy
  /** Connect anew after so long, elsewhere or here; the connection ends soon. */
  | { readonly type: "reconnect"; readonly afterMs: number }
  | { readonly type: "pong" }
  /** Why the connection is closed right after this frame. */
  | { readonly type: "problem"; readonly code: ProblemCode; readonly text: string };

/** From a viewer. */
export type ClientFrame =
  /** The first frame when the address carried no ticket; within 5 s. */
  | { readonly type: "auth"; readonly ticket: string; readonly cursor: string | null }
  | { readonly type: "ping" };

/** Closed catalogue of why a gateway ends a connection, with its WebSocket close code. */
export const PROBLEM_CODES = {
  /** No good ticket came in time: ask for a new one. */
  unauthenticated: 4401,
  /** Shown out of the room: do not come back. */
  banned: 4403,
  /** A frame could not be read. */
  malformed: 4400,
  /** Too many connections from this address or account: come back later. */
  too_many: 4429,
  /** Frames were not taken for too long: come back at once. */
  stalled: 4408,
  /** No sign of life. */
  silent: 4409,
  /** The gateway stops: come back elsewhere. */
  draining: 1012,
} as const;
/** One of {@linkcode PROBLEM_CODES}. */
export type ProblemCode = keyof typeof PROBLEM_CODES;

/** Longest frame of a viewer, bytes. */
export const MAX_CLIENT_FRAME_BYTES = 4_096;
