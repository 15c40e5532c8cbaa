/**
 * Short polls of one room: one in flight, given up when it is slow, none while nobody looks.
 *
 * @module
 */
import { ApiError } from "../../client/mod.ts";
import type { Kind } from "../../im/protocol/message.ts";
import { Alarm, type Clock } from "./clock.ts";
import type { PollAnswer, Transport } from "./transport.ts";

/** A poll that takes longer is given up, milliseconds. */
export const SLOW_MS = 8_000;
/** Wait after polls that failed: doubled from this, milliseconds. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/** What a {@linkcode Poller} stands on. */
export interface PollerOptions {
  readonly room: string;
  readonly transport: Pick<Transport, "poll">;
  readonly clock: Clock;
  readonly onAnswer: (answer: PollAnswer) => void;
  /** Told after each poll, with how many failed in a row. */
  readonly onOutcome: (failures: number) => void;
}

/** What is polled; null kinds: everything. */
export interface PollWish {
  readonly kinds: readonly Kind[] | null;
}

/** Polls of one room. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #next: Alarm;
  #wish: PollWish | null = null;
  #cursor: string | null = null;
  #hidden = false;
  #flight: AbortController | null = null;
  #failures = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#next = new Alarm(options.clock);
  }

  /** Where it stands; null: at the head. */
  get cursor(): string | null {
    return this.#cursor;
  }

  /** Whether it polls, be it that nobody looks just now. */
  get isOn(): boolean {
    return this.#wish !== null;
  }

  /** Begins, or polls something else from now on. */
  start(wish: PollWish, from: { readonly cursor: string | null; readonly afterMs: number }): void {
    const same = this.#wish !== null && this.#wish.kinds?.join() === wish.kinds?.join();
    this.#wish = wish;
    if (same) return;
    this.#cursor = from.cursor;
    this.#abort();
    if (!this.#hidden) this.#plan(from.afterMs);
  }

  /** Ends. */
  stop(): void {
    this.#wish = null;
    this.#abort();
    this.#next.clear();
  }

  /** The page is seen or not: what was said unseen is not caught up with, the head is what counts. */
  setHidden(hidden: boolean): void {
    if (hidden === this.#hidden) return;
    this.#hidden = hidden;
    if (this.#wish === null) return;
    if (hidden) {
      this.#abort();
      this.#next.clear();
    } else {
      this.#cursor = null;
      this.#plan(0);
    }
  }

  #plan(ms: number): void {
    this.#next.set(ms, () => this.#round());
  }

  #abort(): void {
    this.#flight?.abort();
    this.#flight = null;
  }

  #round(): void {
    const { transport, room, clock } = this.#options;
    const wish = this.#wish;
    if (wish === null || this.#hidden || this.#flight !== null) return;
    const flight = this.#flight = new AbortController();
    const cancelSlow = clock.after(SLOW_MS, () => this.#settle(flight, null, null));
    const query = { cursor: this.#cursor, kinds: wish.kinds };
    transport.poll(room, query, flight.signal).then(
      (answer) => this.#settle(flight, answer, null),
      (error: unknown) => this.#settle(flight, null, error),
    ).finally(cancelSlow);
  }

  #settle(flight: AbortController, answer: PollAnswer | null, error: unknown): void {
    if (this.#flight !== flight) return;
    this.#flight = null;
    const { clock, onAnswer, onOutcome } = this.#options;
    if (answer === null) {
      flight.abort();
      this.#failures++;
      const waitS = error instanceof ApiError ? error.retryAfterS : null;
      const backMs = Math.min(RETRY_MS * 2 ** Math.min(this.#failures - 1, 6), MAX_RETRY_MS);
      this.#plan(Math.max((waitS ?? 0) * 1_000, backMs * (0.5 + clock.random() / 2)));
    } else {
      this.#failures = 0;
      this.#cursor = answer.cursor;
      this.#plan(answer.pollAfterMs);
      onAnswer(answer);
    }
    onOutcome(this.#failures);
  }
}
