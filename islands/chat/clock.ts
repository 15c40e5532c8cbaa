/**
 * Time and chance of the room's talk, so that tests hold both in their hands.
 *
 * @module
 */

/** Where the engine takes time and chance from. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 inclusive to 1 exclusive. */
  random(): number;
  /** Runs something once, later; the answer takes it back. */
  after(ms: number, run: () => void): () => void;
}

/** The browser's. */
export const BROWSER_CLOCK: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

const NO_WAIT = () => {};

/** At most one thing that is planned; planning anew takes the old one back. */
export class Alarm {
  readonly #clock: Clock;
  #cancel: () => void = NO_WAIT;
  #set = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether something is planned. */
  get isSet(): boolean {
    return this.#set;
  }

  /** Plans. */
  set(ms: number, run: () => void): void {
    this.clear();
    this.#set = true;
    this.#cancel = this.#clock.after(ms, () => {
      this.#set = false;
      run();
    });
  }

  /** Plans nothing any more. */
  clear(): void {
    this.#set = false;
    this.#cancel();
    this.#cancel = NO_WAIT;
  }
}
