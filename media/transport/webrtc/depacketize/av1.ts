/**
 * AV1 payloads (RTP Payload Format For AV1 v1.0 §4).
 *
 * @module
 */
import { inspectAv1, OBU } from "../../../codec/av1.ts";
import type { FrameContents, PayloadFormat } from "./assembler.ts";

const MAX_OBUS = 1024;
const OBU_TILE_LIST = 8;
const OBU_PADDING = 15;

/** An OBU in pieces, from its header byte on. */
interface PendingObu {
  readonly pieces: Uint8Array[];
  size: number;
}

/** A number in leb128 and how many bytes it took; null when it is cut short or above 32 bits. */
export function readLeb128(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly length: number } | null {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) return { value, length: i + 1 };
  }
  return null;
}

/** Bytes of a number in leb128. */
export function leb128Length(value: number): number {
  let length = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes a number in leb128; gives the position behind it. */
export function writeLeb128(target: Uint8Array, position: number, value: number): number {
  let rest = value;
  while (rest > 0x7f) {
    target[position++] = rest & 0x7f | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[position++] = rest;
  return position;
}

/**
 * The AV1 payload format: OBU elements become a temporal unit in low-overhead format, without
 * temporal delimiters, tile lists and padding.
 */
export class Av1Format implements PayloadFormat {
  #obus: PendingObu[] = [];
  /** The last OBU goes on in the next packet. */
  #continues = false;

  /** Aggregation header (§4.4): N marks the first packet of a coded video sequence, Z is never set. */
  startsFrame(payload: Uint8Array): boolean {
    return (payload[0] & 0x88) === 0x08;
  }

  add(payload: Uint8Array): boolean {
    const header = payload[0];
    const goesOn = (header & 0x80) !== 0;
    if (goesOn !== this.#continues) return false;
    this.#continues = (header & 0x40) !== 0;
    const count = header >>> 4 & 3;
    let position = 1;
    for (let element = 0; position < payload.length; element++) {
      let length = payload.length - position;
      // With a count only the last element goes without its length.
      if (count === 0 || element < count - 1) {
        const size = readLeb128(payload, position);
        if (size === null) return false;
        position += size.length;
        length = size.value;
        if (position + length > payload.length) return false;
      }
      const piece = payload.subarray(position, position + length);
      position += length;
      if (element === 0 && goesOn) {
        const obu = this.#obus.at(-1);
        if (obu === undefined) return false;
        obu.pieces.push(piece);
        obu.size += length;
      } else if (length > 0) {
        if (this.#obus.length === MAX_OBUS) return false;
        this.#obus.push({ pieces: [piece], size: length });
      }
      if (count > 0 && element === count - 1) break;
    }
    return position === payload.length && payload.length > 1;
  }

  /** @throws {MalformedMediaError} when an OBU itself is broken. */
  finish(): FrameContents | null {
    const obus = this.#obus.filter(isKept);
    const isWhole = !this.#continues;
    this.reset();
    if (!isWhole || obus.length === 0) return null;
    let size = 0;
    for (const obu of obus) {
      const header = headerOf(obu);
      const payloadBytes = obu.size - header.length;
      // A size field that is there already stays (§4.5 asks senders to leave it out).
      size += header.hasSize ? obu.size : obu.size + leb128Length(payloadBytes);
    }
    const data = new Uint8Array(size);
    let position = 0;
    for (const obu of obus) {
      const header = headerOf(obu);
      let skip = 0;
      if (!header.hasSize) {
        data[position++] = header.first | 2;
        if (header.length === 2) data[position++] = header.second;
        position = writeLeb128(data, position, obu.size - header.length);
        skip = header.length;
      }
      for (const piece of obu.pieces) {
        const taken = piece.subarray(Math.min(skip, piece.length));
        skip -= piece.length - taken.length;
        data.set(taken, position);
        position += taken.length;
      }
    }
    const { keyFrame, hasPicture } = inspectAv1(data);
    return hasPicture ? { keyFrame, data, parameterSets: [] } : null;
  }

  reset(): void {
    this.#obus = [];
    this.#continues = false;
  }
}

/** The OBU header (§5.3.2 of AV1), which may stand in two pieces. */
function headerOf(obu: PendingObu) {
  const first = obu.pieces[0][0];
  const length = (first & 4) === 0 ? 1 : 2;
  const second = obu.pieces[0][1] ?? obu.pieces[1]?.[0] ?? 0;
  return { first, second, length, hasSize: (first & 2) !== 0 };
}

function isKept(obu: PendingObu): boolean {
  const type = obu.pieces[0][0] >>> 3 & 0x0f;
  return obu.size >= headerOf(obu).length && type !== OBU.TEMPORAL_DELIMITER &&
    type !== OBU_TILE_LIST && type !== OBU_PADDING;
}
