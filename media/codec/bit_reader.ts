/**
 * Reads bit fields, most significant bit first, as every codec header here is written.
 *
 * @module
 */
import { MalformedMediaError } from "../errors.ts";

/** A cursor over bits; it never reads past its end and never changes the bytes. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits that were read so far. */
  get position(): number {
    return this.#bit;
  }

  /** Bits that are left. */
  get remaining(): number {
    return this.#bytes.length * 8 - this.#bit;
  }

  /**
   * The next `count` bits (0–32) as an unsigned number.
   *
   * @throws {MalformedMediaError} when fewer are left.
   */
  bits(count: number): number {
    this.#require(count);
    let value = 0;
    let left = count;
    while (left > 0) {
      const free = 8 - (this.#bit & 7);
      const take = free < left ? free : left;
      const byte = this.#bytes[this.#bit >>> 3];
      value = value * 2 ** take + ((byte >>> (free - take)) & ((1 << take) - 1));
      this.#bit += take;
      left -= take;
    }
    return value;
  }

  /** The next bit as a boolean. */
  flag(): boolean {
    return this.bits(1) === 1;
  }

  /**
   * Passes over `count` bits.
   *
   * @throws {MalformedMediaError} when fewer are left.
   */
  skip(count: number): void {
    this.#require(count);
    this.#bit += count;
  }

  /** Moves to the next byte boundary. */
  align(): void {
    this.#bit = (this.#bit + 7) & ~7;
  }

  /** An unsigned Exp-Golomb code, ue(v) of H.264 §9.1 and H.265 §9.2; at most 2^32 − 2. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) {
      if (++zeros > 31) {
        throw new MalformedMediaError(
          "Cannot read Exp-Golomb code: more than 31 leading zeros",
          this.#bit >>> 3,
        );
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** A signed Exp-Golomb code, se(v) of H.264 §9.1.1. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }

  /** An unsigned Exp-Golomb code that may not exceed `most`; `what` names it in the error. */
  ueAtMost(most: number, what: string): number {
    const value = this.ue();
    if (value > most) {
      throw new MalformedMediaError(
        `Cannot read ${what}: ${value} is above ${most}`,
        this.#bit >>> 3,
      );
    }
    return value;
  }

  #require(count: number): void {
    if (this.#bit + count > this.#bytes.length * 8) {
      throw new MalformedMediaError("Cannot read bits: the data ends early", this.#bytes.length);
    }
  }
}

/** Writes bit fields, most significant bit first, into a growing list of bytes. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #used = 8;

  /** Appends the low `count` bits (0–32) of `value`. */
  bits(value: number, count: number): void {
    for (let left = count; left > 0; left--) {
      if (this.#used === 8) {
        this.#bytes.push(0);
        this.#used = 0;
      }
      const bit = Math.floor(value / 2 ** (left - 1)) % 2;
      this.#bytes[this.#bytes.length - 1] |= bit << (7 - this.#used++);
    }
  }

  /** The bytes so far; the last one is filled up with zeros. */
  toBytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/**
 * The payload of a NAL unit without its emulation prevention bytes (H.264 §7.4.1, H.265 §7.4.2):
 * the third byte of every `00 00 03` goes. Returns the same bytes when there are none.
 */
export function removeEmulationPrevention(nal: Uint8Array): Uint8Array {
  let first = -1;
  for (let i = 2; i < nal.length; i++) {
    if (nal[i] === 3 && nal[i - 1] === 0 && nal[i - 2] === 0) {
      first = i;
      break;
    }
  }
  if (first < 0) return nal;
  const out = new Uint8Array(nal.length - 1);
  out.set(nal.subarray(0, first));
  let length = first;
  let zeros = 0;
  for (let i = first + 1; i < nal.length; i++) {
    const byte = nal[i];
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}
