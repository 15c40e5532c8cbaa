/**
 * The newest log lines of all processes.
 *
 * @module
 */
import { type Role, ROLES } from "../platform/config.ts";
import type { LogEntry, LogLevel } from "../platform/log.ts";

/** Lines kept. */
export const MAX_LINES = 5_000;
/** UTF-16 bytes of the lines kept. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What a line costs beside its text. */
const LINE_OVERHEAD_BYTES = 160;

/** Whose lines there are. */
export const LOG_ROLES = [...ROLES, "supervisor"] as const;
/** One of {@linkcode LOG_ROLES}. */
export type LogRole = (typeof LOG_ROLES)[number];

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One line of one process. */
export interface TailLine extends LogEntry {
  /** Rises with each line, also over restarts of `web`. */
  readonly seq: number;
  readonly node: string;
  readonly role: LogRole;
}

/** Which lines are wanted; every condition must hold. */
export interface TailQuery {
  /** Lines after this one, the oldest first; null: the newest ones. */
  readonly after: number | null;
  /** This severity or a higher one. */
  readonly level: LogLevel;
  readonly role: LogRole | null;
  /** Part of the node, the event or the text, whatever its case; empty: any. */
  readonly text: string;
  readonly limit: number;
}

/** Lines in the order in which they came. */
export interface TailPage {
  readonly lines: readonly TailLine[];
  /** `after` of the next query. */
  readonly next: number;
  /** Lines behind `after` that had to leave before they were read. */
  readonly dropped: number;
}

/** Keeps lines; the policy on overflow is "the oldest leaves". */
export class LogTail {
  #lines: TailLine[] = [];
  #bytes = 0;
  readonly #firstSeq: number;
  #seq: number;
  readonly #maxLines: number;
  readonly #maxBytes: number;

  /** @param options `startedAtMs`: numbers begin with it, so that they go on after a restart. */
  constructor(
    options: {
      readonly startedAtMs: number;
      readonly maxLines?: number;
      readonly maxBytes?: number;
    },
  ) {
    // A thousand lines a millisecond would have to come for a number to be used again.
    this.#firstSeq = Math.floor(options.startedAtMs) * 1_000;
    this.#seq = this.#firstSeq;
    this.#maxLines = options.maxLines ?? MAX_LINES;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
  }

  /** Adds lines of one process; a line may say that it is another role's. */
  append(
    source: { readonly node: string; readonly role: Role },
    lines: readonly (LogEntry & { readonly role?: LogRole })[],
  ): void {
    for (const { atMs, level, event, text, role } of lines) {
      const line = {
        seq: ++this.#seq,
        node: source.node,
        role: role ?? source.role,
        atMs,
        level,
        event,
        text,
      };
      this.#lines.push(line);
      this.#bytes += costOf(line);
    }
    let leaving = Math.max(0, this.#lines.length - this.#maxLines);
    for (let i = 0; i < leaving; i++) this.#bytes -= costOf(this.#lines[i]);
    while (this.#bytes > this.#maxBytes) this.#bytes -= costOf(this.#lines[leaving++]);
    if (leaving > 0) this.#lines.splice(0, leaving);
  }

  /** Finds lines. */
  read(query: TailQuery): TailPage {
    const { limit } = query;
    const matches = matcher(query);
    const lines: TailLine[] = [];
    if (query.after === null) {
      for (let i = this.#lines.length - 1; i >= 0 && lines.length < limit; i--) {
        if (matches(this.#lines[i])) lines.push(this.#lines[i]);
      }
      return { lines: lines.reverse(), next: this.#seq, dropped: 0 };
    }
    // Of lines before this process nobody can say how many there were.
    const after = query.after < this.#firstSeq || query.after > this.#seq
      ? this.#firstSeq
      : query.after;
    const oldest = this.#lines[0]?.seq ?? this.#seq + 1;
    const dropped = Math.max(0, oldest - after - 1);
    for (const line of this.#lines) {
      if (line.seq <= after || !matches(line)) continue;
      if (lines.length === limit) return { lines, next: lines.at(-1)!.seq, dropped };
      lines.push(line);
    }
    return { lines, next: this.#seq, dropped };
  }
}

function matcher({ level, role, text }: TailQuery): (line: TailLine) => boolean {
  const wanted = text.toLowerCase();
  const contains = (value: string) => value.toLowerCase().includes(wanted);
  return (line) =>
    SEVERITY[line.level] >= SEVERITY[level] &&
    (role === null || line.role === role) &&
    (wanted === "" || contains(line.event) || contains(line.text) || contains(line.node));
}

function costOf({ event, text }: TailLine): number {
  return LINE_OVERHEAD_BYTES + 2 * (event.length + text.length);
}
