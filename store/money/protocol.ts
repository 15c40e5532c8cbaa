/**
 * What the store of money and its Worker say to each other; answers come in the order of requests.
 *
 * @module
 */
import type { MoneyCall, MoneyFailure, MoneyResult } from "./operations.ts";

/** To the Worker; `open` is the first, `close` the last. */
export type MoneyRequest =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "run"; readonly calls: readonly MoneyCall[] }
  | { readonly kind: "close" };

/** From the Worker. */
export type MoneyAnswer =
  | { readonly kind: "done" }
  | { readonly kind: "ran"; readonly results: readonly MoneyResult[] }
  | { readonly kind: "failed"; readonly failure: MoneyFailure; readonly message: string };
