/**
 * The wire format of Protocol Buffers, as far as `wanren_im_v1.proto` needs it: varints and
 * length-delimited fields (Encoding, "Message Structure"). Fields that are not known are skipped.
 *
 * @module
 */

/** Bytes that are no message of the protocol. */
export class MalformedFrameError extends Error {
  override readonly name = "MalformedFrameError";
}

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;
/** Bytes of the longest varint. */
const MAX_VARINT = 10;

const encoder = new TextEncoder();

/** Writes fields one after the other; fields of their default value are left out. */
export class WireWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param size bytes to begin with; it grows by itself. */
  constructor(size = 256) {
    this.#bytes = new Uint8Array(size);
  }

  /** What was written; valid until the next write. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /**
   * A whole number; 0 is left out.
   *
   * @throws {RangeError} when it is not from 0 to 2^53 − 1.
   */
  uint(field: number, value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`Cannot write field ${field}: ${value} is no whole number from 0 on`);
    }
    if (value === 0) return;
    this.#varint(field << 3 | VARINT);
    this.#varint(value);
  }

  /** A text; the empty one is left out. */
  text(field: number, value: string): void {
    if (value === "") return;
    this.#varint(field << 3 | LENGTH);
    // UTF-16 units take at most three bytes of UTF-8; the length is written once it is known.
    this.#reserve(value.length * 3 + MAX_VARINT);
    const lengthSize = sizeOf(value.length);
    const start = this.#length + lengthSize;
    const { written } = encoder.encodeInto(value, this.#bytes.subarray(start));
    const needed = sizeOf(written);
    if (needed !== lengthSize) {
      this.#bytes.copyWithin(this.#length + needed, start, start + written);
    }
    this.#putVarint(written);
    this.#length += written;
  }

  /** Bytes; none are left out. */
  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.#varint(field << 3 | LENGTH);
    this.#varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** An embedded message, written by `body`; present even when it is empty. */
  message(field: number, body: () => void): void {
    this.#varint(field << 3 | LENGTH);
    this.#reserve(1);
    const at = this.#length++;
    body();
    const length = this.#length - at - 1;
    const size = sizeOf(length);
    if (size > 1) {
      this.#reserve(size - 1);
      this.#bytes.copyWithin(at + size, at + 1, this.#length);
    }
    this.#length = at;
    this.#putVarint(length);
    this.#length += length;
  }

  /**
   * Whole numbers, packed.
   *
   * @throws {RangeError} when one is not from 0 to 2^53 − 1.
   */
  packed(field: number, values: readonly number[]): void {
    if (values.length === 0) return;
    const wrong = values.find((value) => !Number.isSafeInteger(value) || value < 0);
    if (wrong !== undefined) {
      throw new RangeError(`Cannot write field ${field}: ${wrong} is no whole number from 0 on`);
    }
    this.message(field, () => {
      for (const value of values) this.#varint(value);
    });
  }

  #varint(value: number): void {
    this.#reserve(MAX_VARINT);
    this.#putVarint(value);
  }

  /** There must be room for it; what stands behind it stays. */
  #putVarint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = rest % 0x80 | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** One field as it was read. */
export interface WireField {
  readonly field: number;
  /** Of a varint; 0 otherwise. */
  readonly value: number;
  /** Of a length-delimited field; null otherwise. */
  readonly bytes: Uint8Array | null;
}

/**
 * The fields of a message in their order. Fixed-width fields, which the protocol does not have, are
 * skipped.
 *
 * @throws {MalformedFrameError} when it is cut short or no message at all.
 */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let size = 1; size <= MAX_VARINT; size++) {
      const byte = bytes[at++];
      if (byte === undefined) throw malformed("a number is cut short");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) throw malformed("a number is too large");
        return value;
      }
      scale *= 0x80;
    }
    throw malformed("a number has no end");
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (field === 0 || field > 0x1fff_ffff) throw malformed("a field has no number");
    switch (tag % 8) {
      case VARINT:
        yield { field, value: varint(), bytes: null };
        break;
      case LENGTH: {
        const length = varint();
        if (length > bytes.length - at) throw malformed("a field is cut short");
        yield { field, value: 0, bytes: bytes.subarray(at, at += length) };
        break;
      }
      case FIXED64:
      case FIXED32: {
        at += tag % 8 === FIXED64 ? 8 : 4;
        if (at > bytes.length) throw malformed("a field is cut short");
        break;
      }
      default:
        throw malformed("a field has an unknown type");
    }
  }
}

/**
 * The text of a field.
 *
 * @throws {MalformedFrameError} when it is no UTF-8.
 */
export function textOf(field: WireField): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(field));
  } catch (error) {
    if (error instanceof TypeError) throw malformed("a text is no UTF-8");
    throw error;
  }
}

/**
 * The bytes of a length-delimited field.
 *
 * @throws {MalformedFrameError} when the field is a number.
 */
export function bytesOf(field: WireField): Uint8Array {
  if (field.bytes === null) throw malformed(`field ${field.field} is a number`);
  return field.bytes;
}

/** Whole numbers of a packed field, or of one that is not packed (both are allowed). */
export function packedOf(field: WireField): number[] {
  if (field.bytes === null) return [field.value];
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of field.bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (!Number.isSafeInteger(value) || scale > 2 ** 63) throw malformed("a number is too large");
    if (byte >= 0x80) continue;
    values.push(value);
    value = 0;
    scale = 1;
  }
  if (scale !== 1) throw malformed("a number is cut short");
  return values;
}

/** A refusal with its reason. */
export function malformed(why: string): MalformedFrameError {
  return new MalformedFrameError(`Cannot read the frame: ${why}`);
}

function sizeOf(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}
