/**
 * What H.264 and H.265 share: NAL units behind length fields (ISO/IEC 14496-15 §5.3.3) and behind
 * start codes (Annex B), and the limits of their parameter sets.
 *
 * @module
 */
import { MalformedMediaError } from "../errors.ts";

/** Largest width or height that is carried, in pixels. */
export const MAX_DIMENSION = 16_384;
/** Largest parameter set, in bytes. */
export const MAX_PARAMETER_SET_BYTES = 4096;
/** Most NAL units of one access unit. */
export const MAX_NAL_UNITS = 4096;

const START_CODE_BYTES = 4;

/** Bytes of the length field before each NAL unit. */
export type NalLengthSize = 1 | 2 | 3 | 4;

/**
 * Calls `visit` with the bounds of each NAL unit (inclusive start, exclusive end, without its
 * length field); empty ones are passed over. A `visit` that returns false ends the walk there.
 *
 * @returns the number of empty NAL units that were passed over.
 * @throws {MalformedMediaError} when a length leads past the end, or there are more than
 * {@linkcode MAX_NAL_UNITS}.
 */
export function forEachNal(
  data: Uint8Array,
  options: {
    readonly lengthSize: NalLengthSize;
    readonly visit: (start: number, end: number) => boolean | void;
  },
): number {
  const { lengthSize, visit } = options;
  let position = 0;
  let count = 0;
  let empty = 0;
  while (position < data.length) {
    if (position + lengthSize > data.length) {
      throw new MalformedMediaError("Cannot read NAL unit: its length is cut short", position);
    }
    let length = 0;
    for (let i = 0; i < lengthSize; i++) length = length * 256 + data[position + i];
    const start = position + lengthSize;
    const end = start + length;
    if (end > data.length) {
      throw new MalformedMediaError(
        `Cannot read NAL unit: ${length} bytes announced, ${data.length - start} are there`,
        position,
      );
    }
    if (++count > MAX_NAL_UNITS) {
      throw new MalformedMediaError(
        `Cannot read access unit: more than ${MAX_NAL_UNITS} NAL units`,
        position,
      );
    }
    if (length === 0) empty++;
    else if (visit(start, end) === false) return empty;
    position = end;
  }
  return empty;
}

/** The NAL units of length-prefixed data as views of it. */
export function nalUnits(data: Uint8Array, lengthSize: NalLengthSize = 4): Uint8Array[] {
  const units: Uint8Array[] = [];
  forEachNal(data, {
    lengthSize,
    visit: (start, end) => void units.push(data.subarray(start, end)),
  });
  return units;
}

/** Length-prefixed data (4 bytes each) of NAL units. */
export function joinNalUnits(units: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const unit of units) size += 4 + unit.length;
  const out = new Uint8Array(size);
  let position = 0;
  for (const unit of units) {
    writeUint32(out, { offset: position, value: unit.length });
    out.set(unit, position + 4);
    position += 4 + unit.length;
  }
  return out;
}

/**
 * The same NAL units with 4-byte length fields and without empty ones. Returns `data` itself when
 * it is already so, otherwise one copy.
 *
 * @throws {MalformedMediaError} when a length leads past the end.
 */
export function normalizeNalLengths(data: Uint8Array, lengthSize: NalLengthSize): Uint8Array {
  if (lengthSize === 4 && forEachNal(data, { lengthSize, visit: () => {} }) === 0) return data;
  return joinNalUnits(nalUnits(data, lengthSize));
}

/**
 * Length-prefixed data (4 bytes each) as an Annex B byte stream: start codes of 4 bytes, `before`
 * (parameter sets, an access unit delimiter) first. One allocation, one copy.
 *
 * @throws {MalformedMediaError} when a length leads past the end.
 */
export function toAnnexB(data: Uint8Array, before: readonly Uint8Array[] = []): Uint8Array {
  let size = data.length;
  for (const nal of before) size += START_CODE_BYTES + nal.length;
  const out = new Uint8Array(size);
  let position = 0;
  for (const nal of before) {
    out[position + 3] = 1;
    out.set(nal, position + START_CODE_BYTES);
    position += START_CODE_BYTES + nal.length;
  }
  // Length fields and start codes have the same size, so everything keeps its place.
  out.set(data, position);
  const shift = position - START_CODE_BYTES;
  const empty = forEachNal(data, {
    lengthSize: 4,
    visit: (start) => {
      const at = start + shift;
      out[at] = 0;
      out[at + 1] = 0;
      out[at + 2] = 0;
      out[at + 3] = 1;
    },
  });
  return empty === 0 ? out : toAnnexB(normalizeNalLengths(data, 4), before);
}

/**
 * The NAL units of an Annex B byte stream (H.264 Annex B.1) as views of it, without start codes and
 * trailing zeros.
 *
 * @throws {MalformedMediaError} when something stands before the first start code, or there are
 * more than {@linkcode MAX_NAL_UNITS}.
 */
export function splitAnnexB(data: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  let i = 0;
  const take = (end: number) => {
    let last = end;
    while (last > start && data[last - 1] === 0) last--;
    if (last > start) units.push(data.subarray(start, last));
    if (units.length > MAX_NAL_UNITS) {
      throw new MalformedMediaError(
        `Cannot split byte stream: more than ${MAX_NAL_UNITS} NAL units`,
        start,
      );
    }
  };
  while (i + 2 < data.length) {
    if (data[i + 2] > 1) i += 3;
    else if (data[i] === 0 && data[i + 1] === 0 && data[i + 2] === 1) {
      if (start >= 0) take(i);
      else if (data.subarray(0, i).some((byte) => byte !== 0)) {
        throw new MalformedMediaError("Cannot split byte stream: it begins without start code", 0);
      }
      start = i + 3;
      i += 3;
    } else i++;
  }
  if (start >= 0) take(data.length);
  else if (data.length > 0) {
    throw new MalformedMediaError("Cannot split byte stream: there is no start code", 0);
  }
  return units;
}

/** Frames a second that can be believed, else null; rounded to a thousandth. */
export function plausibleFrameRate(rate: number): number | null {
  return rate >= 1 && rate <= 1000 ? Math.round(rate * 1000) / 1000 : null;
}

/** Checks a picture size. */
export function requireDimensions(size: { readonly width: number; readonly height: number }): void {
  const { width, height } = size;
  if (width < 1 || height < 1 || width > MAX_DIMENSION || height > MAX_DIMENSION) {
    throw new MalformedMediaError(`Cannot use picture size: ${width}x${height} pixels`);
  }
}

function writeUint32(
  target: Uint8Array,
  { offset, value }: { readonly offset: number; readonly value: number },
): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}

/** Two uppercase or lowercase hexadecimal digits of a byte. */
export function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
