/**
 * What the store and its Worker say to each other.
 *
 * @module
 */
import type { Group } from "../operations.ts";

/** To the Worker; `open` is the first, `close` the last. */
export type StoreRequest =
  | { readonly kind: "open"; readonly path: string }
  | {
    readonly kind: "run";
    readonly id: number;
    readonly group: Group;
    readonly method: string;
    readonly input: readonly unknown[];
  }
  | { readonly kind: "close" };

/** What kind of failure a caller can tell apart. */
export type StoreFailure = "busy" | "type" | "range" | "other";

/** From the Worker, in the order of the requests. */
export type StoreAnswer =
  | { readonly kind: "opened" }
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | {
    readonly kind: "failed";
    /** null: the request was not `run`. */
    readonly id: number | null;
    readonly failure: StoreFailure;
    readonly message: string;
  }
  | { readonly kind: "closed" };
