/**
 * The newest events of a process, for heartbeats to take along.
 *
 * @module
 */
import type { LogEntry } from "./log.ts";

/** An event with its number. */
export interface RingEntry extends LogEntry {
  /** Rises by one with each event of the process, from 1. */
  readonly n: number;
  /** Whose event it is when it is not the process's own. */
  readonly role?: "supervisor";
}

/** Bounds of a {@linkcode LogRing}. */
export interface LogRingOptions {
  /** Events kept. Default: 500. */
  readonly maxLines?: number;
  /** UTF-8 bytes of one event's text; the rest is cut off. Default: 2,048. */
  readonly maxTextBytes?: number;
}

/** Longest event name in characters. */
const MAX_EVENT = 128;

/** Keeps events; the policy on overflow is "the oldest leaves": their numbers are missing then. */
export class LogRing {
  readonly #maxLines: number;
  readonly #scratch: Uint8Array;
  readonly #entries: RingEntry[] = [];
  #n = 0;

  constructor(options: LogRingOptions = {}) {
    this.#maxLines = options.maxLines ?? 500;
    this.#scratch = new Uint8Array(options.maxTextBytes ?? 2048);
  }

  /** Number of the oldest event that is kept, of the next one when there is none. */
  get from(): number {
    return this.#entries[0]?.n ?? this.#n + 1;
  }

  /** Takes one event. */
  push(entry: LogEntry & { readonly role?: "supervisor" }): void {
    const { atMs, level, event, text, role } = entry;
    this.#entries.push({
      n: ++this.#n,
      atMs,
      level,
      event: event.slice(0, MAX_EVENT),
      text: this.#cut(text),
      ...(role !== undefined && { role }),
    });
    if (this.#entries.length > this.#maxLines) this.#entries.shift();
  }

  /**
   * Events after number `n`, the oldest first, at most `maxLines` with at most `maxBytes` of text.
   * One event always fits.
   */
  after(
    n: number,
    limits: { readonly maxLines: number; readonly maxBytes: number },
  ): readonly RingEntry[] {
    const found: RingEntry[] = [];
    let bytes = 0;
    for (const entry of this.#entries) {
      if (entry.n <= n) continue;
      bytes += this.#encode(entry.text).written;
      if (found.length === limits.maxLines || (found.length > 0 && bytes > limits.maxBytes)) break;
      found.push(entry);
    }
    return found;
  }

  #cut(text: string): string {
    const { read } = this.#encode(text);
    return read === text.length ? text : text.slice(0, read);
  }

  #encode(text: string): { read: number; written: number } {
    return new TextEncoder().encodeInto(text, this.#scratch);
  }
}
