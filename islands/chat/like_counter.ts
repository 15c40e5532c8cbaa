/**
 * Likes of one viewer: every press counts at once on the page, and a second's presses go out in one
 * call.
 *
 * @module
 */
import { ApiError } from "../../client/mod.ts";
import { Alarm, type Clock } from "./clock.ts";
import type { Transport } from "./transport.ts";

/** Between two calls, milliseconds. */
export const CALL_EVERY_MS = 1_000;
/** Likes of one call. */
export const MAX_LIKES = 50;
/** Likes that wait at most; more are not counted. */
const MAX_WAITING = 500;
const MAX_TRIES = 4;

/** What a {@linkcode LikeCounter} stands on. */
export interface LikeCounterOptions {
  readonly room: string;
  readonly transport: Pick<Transport, "like">;
  readonly clock: Clock;
  readonly newId: () => string;
  /** The viewer's likes that the total does not hold yet. */
  readonly onChange: (own: number) => void;
}

/** Counts likes. */
export class LikeCounter {
  readonly #options: LikeCounterOptions;
  readonly #next: Alarm;
  #waiting = 0;
  #call: { readonly count: number; readonly requestId: string } | null = null;
  #tries = 0;
  #sent = 0;

  constructor(options: LikeCounterOptions) {
    this.#options = options;
    this.#next = new Alarm(options.clock);
  }

  /** One more. */
  press(): void {
    if (this.#waiting >= MAX_WAITING) return;
    this.#waiting++;
    this.#tell();
    // A moment for the next presses of a quick finger.
    if (!this.#next.isSet && this.#call === null) this.#next.set(CALL_EVERY_MS / 4, this.#send);
  }

  /** A new total came: it holds what was sent before. */
  settle(): void {
    this.#sent = 0;
    this.#tell();
  }

  /** Ends; what waits is given up. */
  stop(): void {
    this.#next.clear();
  }

  #tell(): void {
    this.#options.onChange(this.#waiting + (this.#call?.count ?? 0) + this.#sent);
  }

  #send = (): void => {
    if (this.#call === null) {
      if (this.#waiting === 0) return;
      const count = Math.min(this.#waiting, MAX_LIKES);
      this.#waiting -= count;
      this.#call = { count, requestId: this.#options.newId() };
      this.#tries = 0;
    }
    const call = this.#call;
    this.#options.transport.like(this.#options.room, call).then(
      () => {
        this.#sent += call.count;
        this.#over();
      },
      (error: unknown) => {
        const problem = error instanceof ApiError ? error : null;
        const final = problem !== null && problem.status >= 400 && problem.status < 500 &&
          problem.status !== 429;
        if (final || ++this.#tries >= MAX_TRIES) return this.#over();
        const waitMs = (problem?.retryAfterS ?? 1) * 1_000 * this.#tries;
        this.#next.set(Math.max(CALL_EVERY_MS, waitMs), this.#send);
      },
    );
  };

  #over(): void {
    this.#call = null;
    this.#tell();
    if (this.#waiting > 0) this.#next.set(CALL_EVERY_MS, this.#send);
  }
}
