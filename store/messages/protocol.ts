/**
 * What the message log and its Worker say to each other.
 *
 * @module
 */
import type { Channel } from "../../im/protocol/message.ts";
import type { JournalCall, Kept, LivePart, Placed, Trimmed } from "./journal.ts";

/** Work for the journal, and what it answers. */
export interface JournalWork {
  append(calls: readonly JournalCall[], options: { readonly nowMs: number }): Placed[][];
  live(
    channel: Channel,
    options: { readonly since: number; readonly maxPerKind: number },
  ): LivePart;
  range(
    channel: Channel,
    options: { readonly from: number; readonly to: number; readonly limit: number },
  ): Kept[];
  remove(channel: Channel, scores: readonly number[]): void;
  trim(
    options: {
      readonly from: Channel;
      readonly historyScore: number;
      readonly privateScore: number;
      readonly otherScore: number;
    },
  ): Trimmed;
}

/** The same from afar; answers come in the order of the calls. */
export type JournalPort =
  & {
    readonly [M in keyof JournalWork]: (
      ...input: Parameters<JournalWork[M]>
    ) => Promise<ReturnType<JournalWork[M]>>;
  }
  & {
    /** After everything before is done. */
    close(): Promise<void>;
    /** Bytes of the file with its journal; 0: unknown. */
    sizeBytes(): Promise<number>;
  };

/** To the Worker; `open` is the first, `close` the last. */
export type JournalRequest =
  | { readonly kind: "open"; readonly path: string; readonly nowMs: number }
  | {
    readonly kind: "work";
    readonly method: keyof JournalWork;
    readonly input: readonly unknown[];
  }
  | { readonly kind: "close" };

/** What kind of failure a caller can tell apart. */
export type JournalFailure = "busy" | "full" | "range" | "other";

/** From the Worker, in the order of the requests. */
export type JournalAnswer =
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly failure: JournalFailure; readonly message: string };
