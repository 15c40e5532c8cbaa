/**
 * Many texts of one batch come into the list a few at a time, so that no task of the page is long, and
 * are all there before the next batch.
 *
 * @module
 */
import type { Message } from "../../im/protocol/message.ts";
import { Alarm, type Clock } from "./clock.ts";

/** So many at once are no work. */
export const AT_ONCE = 10;
const EVERY_MS = 50;
/** In so many steps about all are shown, however many there are. */
const STEPS = 9;

/** What waits to be shown. */
export class Trickle {
  readonly #show: (messages: readonly Message[]) => void;
  readonly #next: Alarm;
  #waiting: Message[] = [];
  #hidden = false;

  constructor(clock: Clock, show: (messages: readonly Message[]) => void) {
    this.#show = show;
    this.#next = new Alarm(clock);
  }

  /** Takes texts in order; false: they are few, and nothing waits before them. */
  take(texts: readonly Message[]): boolean {
    if (this.#hidden || this.#waiting.length + texts.length <= AT_ONCE) return false;
    this.#waiting.push(...texts);
    if (!this.#next.isSet) this.#step();
    return true;
  }

  /** A page that nobody sees has slow timers: nothing waits there. */
  setHidden(hidden: boolean): void {
    this.#hidden = hidden;
    if (hidden) this.flush();
  }

  /** Shows everything now. */
  flush(): void {
    this.#next.clear();
    if (this.#waiting.length > 0) this.#show(this.#waiting.splice(0));
  }

  /** Forgets what waits. */
  clear(): void {
    this.#next.clear();
    this.#waiting = [];
  }

  #step(): void {
    const many = Math.max(AT_ONCE, Math.ceil(this.#waiting.length / STEPS));
    this.#show(this.#waiting.splice(0, many));
    if (this.#waiting.length > 0) this.#next.set(EVERY_MS, () => this.#step());
  }
}
