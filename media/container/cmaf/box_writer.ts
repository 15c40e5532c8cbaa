/**
 * Writes ISO BMFF boxes (ISO/IEC 14496-12 §4.2) for small, rare structures such as `moov`.
 *
 * @module
 */

/** Contents of a box: bytes, or numbers that are one byte each. */
export type BoxContent = Uint8Array | readonly number[];

/** A box of a four-character type around its contents. */
export function box(type: string, ...contents: readonly BoxContent[]): Uint8Array {
  let size = 8;
  for (const content of contents) size += content.length;
  const out = new Uint8Array(size);
  new DataView(out.buffer).setUint32(0, size);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  let position = 8;
  for (const content of contents) {
    out.set(content, position);
    position += content.length;
  }
  return out;
}

/** A FullBox: version (8 bits) and flags (24 bits) stand before the contents. */
export function fullBox(
  type: string,
  head: { readonly version?: number; readonly flags?: number },
  ...contents: readonly BoxContent[]
): Uint8Array {
  const flags = head.flags ?? 0;
  return box(
    type,
    [head.version ?? 0, flags >>> 16 & 255, flags >>> 8 & 255, flags & 255],
    ...contents,
  );
}

/** Big-endian 16-bit number. */
export function u16(value: number): readonly number[] {
  return [value >>> 8 & 255, value & 255];
}

/** Big-endian 32-bit number. */
export function u32(value: number): readonly number[] {
  return [value >>> 24 & 255, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

/** ASCII text without an end mark. */
export function ascii(text: string): readonly number[] {
  return Array.from(text, (character) => character.charCodeAt(0) & 127);
}

/** `count` zero bytes. */
export function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}
