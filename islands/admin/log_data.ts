/**
 * Log lines as the administrators' page keeps and asks for them.
 *
 * @module
 */
import type { Schemas } from "../ui/api.ts";

/** One line of one process. */
export interface LogRow {
  readonly seq: number;
  readonly atMs: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly node: string;
  readonly role: Schemas["LogLine"]["role"];
  readonly event: string;
  readonly text: string;
}

/** Which lines are wanted. */
export interface LogFilter {
  readonly level: LogRow["level"];
  /** Empty: all. */
  readonly role: LogRow["role"] | "";
  /** Part of the process, the event or the text; empty: any. */
  readonly text: string;
}

/** Rows that a page keeps; the oldest leaves. */
export const MAX_LOG_ROWS = 500;
/** Lines of one answer. */
export const LOG_PART_ROWS = 200;

/** The query of a filter in the page's own address; what is usual is left out. */
export function logQuery(filter: LogFilter): URLSearchParams {
  return new URLSearchParams({
    ...filter.level !== "info" && { level: filter.level },
    ...filter.role !== "" && { role: filter.role },
    ...filter.text !== "" && { q: filter.text },
  });
}

/** Adds rows behind those that are there; bounded, each line once. */
export function appendRows(
  rows: readonly LogRow[],
  fresh: readonly LogRow[],
): readonly LogRow[] {
  const last = rows.at(-1)?.seq ?? -1;
  return [...rows, ...fresh.filter(({ seq }) => seq > last)].slice(-MAX_LOG_ROWS);
}

/** A line as the API tells it. */
export function logRowOf({ at, ...line }: Schemas["LogLine"]): LogRow {
  return { ...line, atMs: Date.parse(at) };
}

/** Wall clock in UTC: `14:05:09.120`. */
export function utcClock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 23);
}
