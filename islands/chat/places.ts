/**
 * Where a reader of a room stands, who reads by two ways; pure.
 *
 * @module
 */
import { formatCursor, parseCursor } from "../../im/protocol/cursor.ts";

/**
 * The cursor from which on neither way misses anything: what both brought comes again and is known.
 * Null when one of them cannot be read.
 */
export function earlierOf(left: string | null, right: string | null): string | null {
  const a = parseCursor(left);
  const b = parseCursor(right);
  if (a === null || b === null) return a === null ? (b === null ? null : right) : left;
  return formatCursor({
    room: Math.min(a.room, b.room),
    everyone: Math.min(a.everyone, b.everyone),
    // Polls do not read the own channel.
    own: Math.max(a.own, b.own),
  });
}

/** The cursor of a long connection after polls went on without it. */
export function resumedAt(polled: string | null, pushed: string | null): string | null {
  const a = parseCursor(polled);
  const b = parseCursor(pushed);
  if (a === null) return pushed;
  return formatCursor({ ...a, own: b?.own ?? a.own });
}
