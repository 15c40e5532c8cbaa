/**
 * Many askers, one piece of work.
 *
 * @module
 */

/** No more different pieces of work can run at the same time. */
export class CollapseFullError extends Error {
  override readonly name = "CollapseFullError";
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Runs the work of one key once, however many ask for it while it runs. One who leaves does not
 * disturb the others; when the last one left, the work is aborted.
 */
export class Collapse<T> {
  readonly #flights = new Map<string, Flight<T>>();
  readonly #maxFlights: number;

  /** @param options `maxFlights`: pieces of work at the same time. Default: 2,048. */
  constructor(options: { readonly maxFlights?: number } = {}) {
    this.#maxFlights = options.maxFlights ?? 2048;
  }

  /** Pieces of work that are running. */
  get size(): number {
    return this.#flights.size;
  }

  /** Whether work for `key` is running, so that {@linkcode run} would join it. */
  has(key: string): boolean {
    return this.#flights.has(key);
  }

  /**
   * Joins the running work for `key` or starts it.
   *
   * @param options `start` does the work; its signal is aborted when nobody waits any more.
   * `signal` is the asker's own.
   * @throws {CollapseFullError} when the work would have to start but too much is running.
   * @throws the reason of `signal` when the asker left, or what the work threw.
   */
  async run(
    key: string,
    options: {
      readonly signal?: AbortSignal;
      readonly start: (signal: AbortSignal) => Promise<T>;
    },
  ): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    const flight = this.#flights.get(key) ?? this.#start(key, options.start);
    flight.waiting++;
    if (signal === undefined) return await flight.promise;
    const left = Promise.withResolvers<never>();
    const leave = () => {
      left.reject(signal.reason);
      if (--flight.waiting > 0) return;
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
      flight.controller.abort(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([flight.promise, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    if (this.#flights.size >= this.#maxFlights) {
      throw new CollapseFullError("Cannot start a request to the origin: too many are running");
    }
    const controller = new AbortController();
    const promise = start(controller.signal);
    const flight: Flight<T> = { promise, controller, waiting: 0 };
    this.#flights.set(key, flight);
    const land = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    promise.then(land, land);
    return flight;
  }
}
