/**
 * Requests that wait for a part, a segment or a playlist that does not exist yet (RFC 8216bis
 * §6.2.5.2). Those for the same thing share one answer; the time comes from outside.
 *
 * @module
 */

/** How a wait is judged at a given time. */
export interface Wait<Answer> {
  /** The answer as soon as there is one; null while it has to wait. */
  readonly attempt: () => Answer | null;
  /** The answer when the time is over. */
  readonly expire: () => Answer;
  /** Milliseconds since the epoch at which it is over. */
  readonly deadlineMs: number;
}

interface Group<Answer> {
  readonly wait: Wait<Answer>;
  readonly waiters: Set<(answer: Answer) => void>;
}

/** A bounded set of waiting requests. */
export class HeldRequests<Answer> {
  readonly #groups = new Map<string, Group<Answer>>();
  readonly #limit: number;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many requests wait. */
  get count(): number {
    return this.#count;
  }

  /**
   * Waits for the answer of `key`; `make` is called for the first that asks for it. Returns null
   * when too many wait already.
   */
  hold(
    key: string,
    options: { readonly make: () => Wait<Answer>; readonly signal: AbortSignal; gone: Answer },
  ): Promise<Answer> | null {
    if (this.#count >= this.#limit) return null;
    const { signal } = options;
    if (signal.aborted) return Promise.resolve(options.gone);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { wait: options.make(), waiters: new Set() };
      this.#groups.set(key, group);
    }
    const { waiters } = group;
    this.#count++;
    return new Promise((resolve) => {
      const leave = () => {
        if (!waiters.delete(settle)) return;
        this.#count--;
        if (waiters.size === 0 && this.#groups.get(key)?.waiters === waiters) {
          this.#groups.delete(key);
        }
        resolve(options.gone);
      };
      const settle = (answer: Answer) => {
        signal.removeEventListener("abort", leave);
        resolve(answer);
      };
      waiters.add(settle);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Answers whatever can be answered or is over at `nowMs`. */
  sweep(nowMs: number): void {
    for (const [key, { wait, waiters }] of this.#groups) {
      const answer = wait.attempt() ?? (nowMs >= wait.deadlineMs ? wait.expire() : null);
      if (answer === null) continue;
      this.#groups.delete(key);
      this.#count -= waiters.size;
      const settles = [...waiters];
      waiters.clear();
      for (const settle of settles) settle(answer);
    }
  }
}
