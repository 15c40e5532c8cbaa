/**
 * Asking the server again and again, gently: never while the page is hidden, never twice at once,
 * more seldom while it fails.
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
}

const LONGEST_WAIT_MS = 30_000;
const ROUND_TIMEOUT_MS = 10_000;

/** Time until the next round: the interval, doubled for each failure in a row, at most 30 s. */
export function nextDelayMs(intervalMs: number, failures: number): number {
  return Math.min(Math.max(LONGEST_WAIT_MS, intervalMs), intervalMs * 2 ** Math.min(failures, 6));
}

/** Polls until `signal` aborts. A page that becomes visible again asks at once. */
export function poll(options: PollOptions): void {
  const { signal, run, intervalMs } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let running = false;
  const schedule = (delayMs: number) => {
    clearTimeout(timer);
    if (!signal.aborted && !document.hidden) timer = setTimeout(round, delayMs);
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
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else schedule(0);
  }, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  schedule(options.immediately === true ? 0 : intervalMs);
}

/** The server refused; `status` says how (RFC 9110 §15). */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly status: number;
  /** The input at fault, when the problem document names one. */
  readonly field: string | null;

  constructor(status: number, field: string | null = null) {
    super(`Cannot use the answer: status ${status}`);
    this.status = status;
    this.field = field;
  }
}

/**
 * Fetches JSON of our own API.
 *
 * @throws {AnswerError} when the status is no success; {TypeError} when the network fails.
 */
export async function fetchJson(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(path, {
    ...init,
    headers: { accept: "application/json", ...init.headers },
  });
  if (!response.ok) {
    const problem: unknown = await response.json().catch(() => null);
    const field = typeof problem === "object" && problem !== null && "field" in problem
      ? String(problem.field)
      : null;
    throw new AnswerError(response.status, field);
  }
  return response.status === 204 ? null : await response.json();
}

/** Sends JSON to our own API; throws like {@linkcode fetchJson}. */
export function sendJson(method: "POST" | "PATCH", path: string, body: unknown): Promise<unknown> {
  return fetchJson(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ROUND_TIMEOUT_MS),
  });
}
