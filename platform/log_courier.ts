/**
 * The supervisor may not use the network: its events reach `web` through the pipe of a child, whose
 * heartbeats take them along.
 *
 * @module
 */
import type { LogEntry } from "./log.ts";

/** Begins the line of an event on a child's standard input. */
export const LOG_LINE = "log ";
/** Events that wait for a child that is ready; the oldest leaves. */
const MAX_WAITING = 200;

/** Who can carry events. */
export interface Carrier {
  /** Hands a line over; false when the child does not run. */
  tell(line: string): boolean;
}

/** Holds events until a child takes them. */
export class LogCourier {
  readonly #waiting: LogEntry[] = [];
  #carriers: readonly Carrier[] = [];

  /** Sets who carries; the first one that is ready does. */
  set carriers(carriers: readonly Carrier[]) {
    this.#carriers = carriers;
    this.deliver();
  }

  /** Takes one event. */
  readonly take = (entry: LogEntry): void => {
    this.#waiting.push(entry);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.deliver();
  };

  /** Hands over what waits; call it when a child became ready. */
  deliver(): void {
    while (this.#waiting.length > 0) {
      const line = LOG_LINE + JSON.stringify(this.#waiting[0]);
      if (!this.#carriers.some((carrier) => carrier.tell(line))) return;
      this.#waiting.shift();
    }
  }
}
