/**
 * What a screen reader is told of a room: seldom, and never all of it. Pure but for its clock.
 *
 * @module
 */
import { Alarm, type Clock } from "./clock.ts";

/** Between two announcements, milliseconds. */
export const ANNOUNCE_EVERY_MS = 5_000;

/** Thins what is announced. */
export class Announcer {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #say: (latest: string, more: number) => void;
  #latest: string | null = null;
  #count = 0;
  #saidAtMs = -Infinity;

  /** @param say is given the latest sentence and how many others there were */
  constructor(clock: Clock, say: (latest: string, more: number) => void) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock);
    this.#say = say;
  }

  /** Something that may be announced. */
  note(sentence: string): void {
    this.#latest = sentence;
    this.#count++;
    if (this.#alarm.isSet) return;
    const waitMs = Math.max(0, this.#saidAtMs + ANNOUNCE_EVERY_MS - this.#clock.now());
    this.#alarm.set(waitMs, () => {
      this.#saidAtMs = this.#clock.now();
      const more = this.#count - 1;
      this.#count = 0;
      if (this.#latest !== null) this.#say(this.#latest, more);
    });
  }

  /** Ends. */
  stop(): void {
    this.#alarm.clear();
  }
}
