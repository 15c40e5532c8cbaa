/**
 * A line for requests of which very many may come at once: some are under way, some wait for their
 * turn, and who finds the line full is turned away. What does not stand in the line is not held up by
 * it.
 *
 * @module
 */

/** Bounds of a {@linkcode WaitingLine}. */
export interface WaitingLineLimits {
  readonly maxRunning: number;
  readonly maxWaiting: number;
}

/** First come, first served. */
export class WaitingLine {
  readonly #limits: WaitingLineLimits;
  /** In the order of coming. */
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(limits: WaitingLineLimits) {
    this.#limits = limits;
  }

  /** Requests under way. */
  get running(): number {
    return this.#running;
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Calls `run`, now or when it is its turn. The answer is to be called once it is over, or given up
   * before its turn; null: the line is full.
   */
  enter(run: () => void): (() => void) | null {
    const { maxRunning, maxWaiting } = this.#limits;
    let state: "waiting" | "running" | "over" = "waiting";
    const begin = () => {
      state = "running";
      this.#running++;
      run();
    };
    if (this.#running < maxRunning) begin();
    else if (this.#waiting.size < maxWaiting) this.#waiting.add(begin);
    else return null;
    return () => {
      const before = state;
      state = "over";
      if (before === "waiting") this.#waiting.delete(begin);
      if (before !== "running") return;
      this.#running--;
      this.#next();
    };
  }

  #next(): void {
    for (const begin of this.#waiting) {
      if (this.#running >= this.#limits.maxRunning) return;
      this.#waiting.delete(begin);
      begin();
    }
  }
}
