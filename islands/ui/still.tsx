/**
 * The place of a room's picture on cards.
 *
 * @module
 */
import type { ComponentChildren } from "preact";

/** Ground pairs that white text can stand on. */
const GROUNDS = [
  ["#27455f", "#b4602f"],
  ["#43296b", "#b8447a"],
  ["#174c45", "#5d8f3d"],
  ["#1f2a52", "#4a63d0"],
  ["#4d1f33", "#c05a35"],
  ["#123f55", "#2f8f83"],
  ["#3a2a5e", "#6d63c9"],
  ["#51361c", "#b38a32"],
] as const;

/** One of a table, the same for the same key. */
export function pick<T>(key: string, from: readonly T[]): T {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length && i < 64; i++) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193) >>> 0;
  }
  // A table is never empty, so the index is always inside.
  return from[hash % from.length] as T;
}

/** First letter that can be shown alone. */
export function initial(name: string): string {
  const segments = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(
    name.slice(0, 64),
  );
  for (const { segment } of segments) {
    if (/[\p{L}\p{N}\p{S}]/u.test(segment)) return segment.toUpperCase();
  }
  return "·";
}

/** A still that nobody took yet: a ground of the room's own colours with the initial in it. */
export function Still(
  { roomId, name, children }: {
    readonly roomId: string;
    readonly name: string;
    /** Lies over the ground. */
    readonly children?: ComponentChildren;
  },
) {
  const [from, to] = pick(roomId, GROUNDS);
  return (
    <div class="still" style={`--from:${from};--to:${to}`} aria-hidden="true">
      <span class="still-initial">{initial(name)}</span>
      {children}
    </div>
  );
}
