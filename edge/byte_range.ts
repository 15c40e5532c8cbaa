/**
 * Range requests on a body whose size is known (RFC 9110 §14).
 *
 * @module
 */

/** Inclusive positions of the first and the last byte. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * What a `Range` header asks of a body of `size` bytes: the range; `unsatisfiable` (416); or null,
 * which means the whole body: no header, another unit, several ranges, or a malformed one, all of
 * which a server may ignore (RFC 9110 §14.2).
 */
export function parseRange(
  header: string | null | undefined,
  size: number,
): ByteRange | "unsatisfiable" | null {
  const match = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(header ?? "");
  if (match === null) return null;
  const [, from, to] = match;
  if (from === "") {
    if (to === "") return null;
    const suffix = Number(to);
    if (suffix === 0 || size === 0) return "unsatisfiable";
    return { first: Math.max(0, size - suffix), last: size - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return null;
  if (first >= size) return "unsatisfiable";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
