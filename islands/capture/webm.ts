/**
 * Browsers write WebM as it comes and so leave out how long it is: players show no time line then.
 * This puts the duration in (RFC 9559 §5.1.2, EBML RFC 8794).
 *
 * @module
 */

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const EBML = 0x1a45dfa3;
/** The head of a recording is a few hundred bytes. */
export const MAX_HEAD_BYTES = 64 * 1024;

interface Element {
  readonly id: number;
  /** Where its content begins. */
  readonly start: number;
  /** Bytes of content; null: unknown, to the end. */
  readonly size: number | null;
  /** Where its size field begins. */
  readonly sizeAt: number;
}

/**
 * The beginning of a WebM file with the duration in it. Returns null when `head` is no such
 * beginning, or when the file has positions in it that would no longer be right.
 */
export function withDuration(head: Uint8Array, durationMs: number): Uint8Array<ArrayBuffer> | null {
  const ebml = readElement(head, 0);
  if (ebml === null || ebml.id !== EBML || ebml.size === null) return null;
  const segment = readElement(head, ebml.start + ebml.size);
  // A segment of known size was written by somebody who could seek, and knows the duration.
  if (segment === null || segment.id !== SEGMENT || segment.size !== null) return null;
  let at = segment.start;
  for (let index = 0; index < 16; index++) {
    const element = readElement(head, at);
    if (element === null || element.size === null) return null;
    if (element.id === INFO) return patchInfo(head, { info: element, durationMs });
    at = element.start + element.size;
  }
  return null;
}

function patchInfo(
  head: Uint8Array,
  { info, durationMs }: { readonly info: Element; readonly durationMs: number },
): Uint8Array<ArrayBuffer> | null {
  const end = info.start + info.size!;
  if (end > head.length) return null;
  let scaleNs = 1_000_000;
  let before: Element | null = null;
  for (let at = info.start; at < end;) {
    const child = readElement(head, at);
    if (child === null || child.size === null || child.start + child.size > end) return null;
    if (child.id === TIMESTAMP_SCALE) scaleNs = readUnsigned(head, child);
    if (child.id === DURATION) before = child;
    at = child.start + child.size;
  }
  const duration = durationMs * 1_000_000 / Math.max(1, scaleNs);
  if (before !== null) {
    const patched = new Uint8Array(head);
    const view = new DataView(patched.buffer, before.start, before.size!);
    if (before.size === 8) view.setFloat64(0, duration);
    else if (before.size === 4) view.setFloat32(0, duration);
    else return null;
    return patched;
  }
  // Duration (2 bytes of id, 1 of size, 8 of value) as the last child of Info.
  const added = new Uint8Array(11);
  added.set([0x44, 0x89, 0x88]);
  new DataView(added.buffer).setFloat64(3, duration);
  const size = sizeField(info.size! + added.length);
  const patched = new Uint8Array(
    head.length + added.length + size.length - (info.start - info.sizeAt),
  );
  patched.set(head.subarray(0, info.sizeAt));
  let at = info.sizeAt;
  for (const part of [size, head.subarray(info.start, end), added, head.subarray(end)]) {
    patched.set(part, at);
    at += part.length;
  }
  return patched;
}

/** Id and size at a position; null when they are cut short or malformed. */
function readElement(bytes: Uint8Array, at: number): Element | null {
  const idLength = lengthOf(bytes[at], 4);
  if (idLength === null || at + idLength >= bytes.length) return null;
  let id = 0;
  for (let index = 0; index < idLength; index++) id = id * 256 + bytes[at + index]!;
  const sizeAt = at + idLength;
  const sizeLength = lengthOf(bytes[sizeAt], 8);
  if (sizeLength === null || sizeAt + sizeLength > bytes.length) return null;
  let size = bytes[sizeAt]! & (0xff >> sizeLength);
  let unknown = size === 0xff >> sizeLength;
  for (let index = 1; index < sizeLength; index++) {
    const byte = bytes[sizeAt + index]!;
    unknown &&= byte === 0xff;
    size = size * 256 + byte;
  }
  return { id, start: sizeAt + sizeLength, size: unknown ? null : size, sizeAt };
}

/** Bytes of a variable-size integer by its first one. */
function lengthOf(first: number | undefined, most: number): number | null {
  if (first === undefined || first === 0) return null;
  const length = Math.clz32(first) - 23;
  return length <= most ? length : null;
}

function readUnsigned(bytes: Uint8Array, { start, size }: Element): number {
  let value = 0;
  for (let index = 0; index < (size ?? 0); index++) value = value * 256 + bytes[start + index]!;
  return value;
}

/** A size in eight bytes. */
function sizeField(size: number): Uint8Array {
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigUint64(0, BigInt(size) | (1n << 56n));
  return field;
}
