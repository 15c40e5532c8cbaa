/**
 * Asking the server again and again, gently: never or seldom while the page is hidden, never twice
 * at once, more seldom while it fails.
 *
 * @module
 */

import { api } from "./api.ts";

/** How to poll. */
export interface PollOptions {
  readonly intervalMs: number;
  /** One round; a rejection counts as failed. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Told after each round, with how many failed in a row. */
  readonly onOutcome?: (failures: number) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Starts with a round at once; otherwise after the first interval. */
  readonly immediately?: boolean;
  /** The interval while the page is hidden; default: it does not ask then. */
  readonly hiddenIntervalMs?: number;
}

const LONGEST_WAIT_MS = 30_000;
const ROUND_TIMEOUT_MS = 10_000;

/** Time until the next round: the interval, doubled for each failure in a row, at most 30 s. */
export function nextDelayMs(intervalMs: number, failures: number): number {
  return Math.min(Math.max(LONGEST_WAIT_MS, intervalMs), intervalMs * 2 ** Math.min(failures, 6));
}

/** Polls until `signal` aborts. A page that becomes visible again asks at once. */
export function poll(options: PollOptions): void {
  const { signal, run, intervalMs, hiddenIntervalMs } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let running = false;
  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    const wait = document.hidden ? Math.max(delayMs, hiddenIntervalMs ?? Infinity) : delayMs;
    if (!signal.aborted && wait < Infinity) timer = setTimeout(round, wait);
  };
  const round = async () => {
    if (running || signal.aborted) return;
    running = true;
    try {
      await run(AbortSignal.any([signal, AbortSignal.timeout(ROUND_TIMEOUT_MS)]));
      failures = 0;
    } catch {
      // The reason is the network's or the server's; what the page says is the same for all.
      failures++;
    } finally {
      running = false;
    }
    if (signal.aborted) return;
    options.onOutcome?.(failures);
    schedule(nextDelayMs(intervalMs, failures));
  };
  document.addEventListener("visibilitychange", () => schedule(0), { signal });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  schedule(options.immediately === true ? 0 : intervalMs);
}

/** The server refused, or was not to be reached. */
export { ApiError as AnswerError } from "./api.ts";

/** A call whose address is put together by hand; the typed ones are those of `api`. */
type LooseCall = (
  path: string,
  input: { readonly body?: unknown; readonly signal?: AbortSignal | undefined },
) => Promise<unknown>;

/**
 * Fetches JSON of our own API.
 *
 * @throws {ApiError} when the status is no success, and with the status 0 when the network fails.
 */
export function fetchJson(
  path: string,
  init: { readonly method?: "PUT" | "DELETE"; readonly signal?: AbortSignal } = {},
): Promise<unknown> {
  const method = init.method === "PUT" ? api.put : init.method === "DELETE" ? api.delete : api.get;
  return (method as LooseCall)(path, { signal: init.signal });
}

/** Sends JSON, or nothing, to our own API; throws like {@linkcode fetchJson}. */
export function sendJson(
  method: "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<unknown> {
  const call = method === "POST" ? api.post : method === "PATCH" ? api.patch : api.delete;
  return (call as LooseCall)(path, { body });
}
