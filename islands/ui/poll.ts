/**
 * Asking the server again and again, gently: never or seldom while the page is hidden, never twice
 * at once, more seldom while it fails.
 *
 * @module
 */

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
