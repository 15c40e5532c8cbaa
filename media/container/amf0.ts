/**
 * AMF0 (Action Message Format 0), the notation of RTMP commands and FLV script data. AMF3 and
 * references are refused.
 *
 * @module
 */
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";

/** A decoded value. Objects, ECMA arrays and typed objects are plain objects, XML is its text. */
export type AmfValue =
  | number
  | string
  | boolean
  | null
  | undefined
  | Date
  | AmfObject
  | readonly AmfValue[];

/** An anonymous object; a key `__proto__` is an ordinary own property. */
export interface AmfObject {
  readonly [key: string]: AmfValue;
}

/** Marks an object that is to be written as an ECMA array (the form of `onMetaData`). */
export class AmfEcmaArray {
  readonly values: AmfObject;

  constructor(values: AmfObject) {
    this.values = values;
  }
}

/** What can be encoded. */
export type AmfEncodable = AmfValue | AmfEcmaArray;

/** Deepest nesting of objects and arrays. */
export const AMF_MAX_DEPTH = 16;
/** Most values and keys of one message together. */
export const AMF_MAX_COUNT = 4096;
/** Largest message in bytes. */
export const AMF_MAX_BYTES = 1024 * 1024;

const MARKER = {
  NUMBER: 0x00,
  BOOLEAN: 0x01,
  STRING: 0x02,
  OBJECT: 0x03,
  MOVIE_CLIP: 0x04,
  NULL: 0x05,
  UNDEFINED: 0x06,
  REFERENCE: 0x07,
  ECMA_ARRAY: 0x08,
  OBJECT_END: 0x09,
  STRICT_ARRAY: 0x0a,
  DATE: 0x0b,
  LONG_STRING: 0x0c,
  UNSUPPORTED: 0x0d,
  RECORD_SET: 0x0e,
  XML: 0x0f,
  TYPED_OBJECT: 0x10,
  AVM_PLUS: 0x11,
} as const;

const MAX_SHORT_STRING_BYTES = 0xffff;
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const textEncoder = new TextEncoder();

/** Bounds of {@linkcode decodeAmf0}. */
export interface AmfDecodeOptions {
  /** Values to decode at most; what follows is not looked at. Default: all. */
  readonly maxValues?: number;
}

/**
 * Decodes the values of a message, one after the other (AMF0 §2).
 *
 * @throws {MalformedMediaError} when a value is cut short, of no known kind, a reference, nested
 * deeper than {@linkcode AMF_MAX_DEPTH}, when there are more than {@linkcode AMF_MAX_COUNT} values
 * and keys, or more than {@linkcode AMF_MAX_BYTES} bytes. Nothing is allocated on the word of a
 * length field.
 * @throws {UnsupportedMediaError} when it switches to AMF3.
 */
export function decodeAmf0(bytes: Uint8Array, options: AmfDecodeOptions = {}): AmfValue[] {
  const decoder = new Decoder(bytes);
  const most = options.maxValues ?? Infinity;
  const values: AmfValue[] = [];
  while (!decoder.ended && values.length < most) values.push(decoder.value(0));
  return values;
}

/**
 * Encodes values one after the other. Strings above 65,535 bytes become long strings; keys of that
 * size are refused, as are functions, symbols and big integers by type.
 *
 * @throws {RangeError} for a key above 65,535 bytes, or nesting deeper than
 * {@linkcode AMF_MAX_DEPTH}.
 */
export function encodeAmf0(values: readonly AmfEncodable[]): Uint8Array {
  const encoder = new Encoder();
  for (const value of values) encoder.value(value, 0);
  return encoder.toBytes();
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;
  #count = 0;

  constructor(bytes: Uint8Array) {
    if (bytes.length > AMF_MAX_BYTES) {
      throw new MalformedMediaError(`Cannot decode AMF0: message of ${bytes.length} bytes`, 0);
    }
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get ended(): boolean {
    return this.#position >= this.#bytes.length;
  }

  value(depth: number): AmfValue {
    if (depth > AMF_MAX_DEPTH) throw this.#malformed(`nested deeper than ${AMF_MAX_DEPTH}`);
    this.#countOne();
    const marker = this.#bytes[this.#advance(1)];
    switch (marker) {
      case MARKER.NUMBER:
        return this.#view.getFloat64(this.#advance(8));
      case MARKER.BOOLEAN:
        return this.#bytes[this.#advance(1)] !== 0;
      case MARKER.STRING:
        return this.#text(this.#view.getUint16(this.#advance(2)));
      case MARKER.OBJECT:
        return this.#object(depth);
      case MARKER.NULL:
        return null;
      case MARKER.UNDEFINED:
      case MARKER.UNSUPPORTED:
        return undefined;
      case MARKER.ECMA_ARRAY:
        // The count is a hint that many writers get wrong; the end marker decides.
        this.#advance(4);
        return this.#object(depth);
      case MARKER.STRICT_ARRAY:
        return this.#strictArray(depth);
      case MARKER.DATE: {
        const time = this.#view.getFloat64(this.#advance(8));
        this.#advance(2);
        return new Date(time);
      }
      case MARKER.LONG_STRING:
      case MARKER.XML:
        return this.#text(this.#view.getUint32(this.#advance(4)));
      case MARKER.TYPED_OBJECT:
        this.#text(this.#view.getUint16(this.#advance(2)));
        return this.#object(depth);
      case MARKER.AVM_PLUS:
        throw new UnsupportedMediaError("Cannot decode AMF0: it switches to AMF3");
      default:
        this.#position--;
        throw this.#malformed(
          marker === MARKER.REFERENCE ? "references are refused" : `unknown marker ${marker}`,
        );
    }
  }

  #object(depth: number): AmfObject {
    const object: Record<string, AmfValue> = {};
    while (true) {
      const key = this.#text(this.#view.getUint16(this.#advance(2)));
      if (key === "" && this.#bytes[this.#position] === MARKER.OBJECT_END) {
        this.#position++;
        return object;
      }
      this.#countOne();
      const value = this.value(depth + 1);
      if (key === "__proto__") {
        Object.defineProperty(object, key, {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      } else object[key] = value;
    }
  }

  #strictArray(depth: number): AmfValue[] {
    const length = this.#view.getUint32(this.#advance(4));
    if (length > this.#bytes.length - this.#position) {
      throw this.#malformed(`array of ${length} values is cut short`);
    }
    const array: AmfValue[] = [];
    for (let i = 0; i < length; i++) array.push(this.value(depth + 1));
    return array;
  }

  #text(length: number): string {
    const start = this.#advance(length);
    return textDecoder.decode(this.#bytes.subarray(start, start + length));
  }

  #countOne(): void {
    if (++this.#count > AMF_MAX_COUNT) throw this.#malformed(`more than ${AMF_MAX_COUNT} values`);
  }

  /** Moves on by `length` and gives the position before; the bytes are there. */
  #advance(length: number): number {
    const start = this.#position;
    if (length > this.#bytes.length - start) {
      throw this.#malformed(`${length} bytes wanted, ${this.#bytes.length - start} are there`);
    }
    this.#position = start + length;
    return start;
  }

  #malformed(state: string): MalformedMediaError {
    return new MalformedMediaError(`Cannot decode AMF0: ${state}`, this.#position);
  }
}

class Encoder {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  value(value: AmfEncodable, depth: number): void {
    if (depth > AMF_MAX_DEPTH) {
      throw new RangeError(`Cannot encode AMF0: nested deeper than ${AMF_MAX_DEPTH}`);
    }
    if (typeof value === "number") {
      this.#uint8(MARKER.NUMBER);
      this.#float64(value);
    } else if (typeof value === "boolean") {
      this.#uint8(MARKER.BOOLEAN);
      this.#uint8(value ? 1 : 0);
    } else if (typeof value === "string") this.#string(value);
    else if (value === null) this.#uint8(MARKER.NULL);
    else if (value === undefined) this.#uint8(MARKER.UNDEFINED);
    else if (value instanceof Date) {
      this.#uint8(MARKER.DATE);
      this.#float64(value.getTime());
      this.#grow(2);
    } else if (value instanceof AmfEcmaArray) {
      this.#uint8(MARKER.ECMA_ARRAY);
      this.#uint32(Object.keys(value.values).length);
      this.#properties(value.values, depth);
    } else if (isArray(value)) {
      this.#uint8(MARKER.STRICT_ARRAY);
      this.#uint32(value.length);
      for (const element of value) this.value(element, depth + 1);
    } else {
      this.#uint8(MARKER.OBJECT);
      this.#properties(value, depth);
    }
  }

  #properties(object: AmfObject, depth: number): void {
    for (const key of Object.keys(object)) {
      const text = textEncoder.encode(key);
      if (text.length > MAX_SHORT_STRING_BYTES) {
        throw new RangeError(`Cannot encode AMF0: key of ${text.length} bytes`);
      }
      this.#uint16(text.length);
      this.#append(text);
      this.value(object[key], depth + 1);
    }
    this.#grow(2);
    this.#uint8(MARKER.OBJECT_END);
  }

  #string(value: string): void {
    const text = textEncoder.encode(value);
    if (text.length > MAX_SHORT_STRING_BYTES) {
      this.#uint8(MARKER.LONG_STRING);
      this.#uint32(text.length);
    } else {
      this.#uint8(MARKER.STRING);
      this.#uint16(text.length);
    }
    this.#append(text);
  }

  // Growing replaces the buffer, so room is made before the view is looked at.

  #uint8(value: number): void {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
  }

  #uint16(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
  }

  #uint32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  #float64(value: number): void {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value);
  }

  #append(bytes: Uint8Array): void {
    const start = this.#grow(bytes.length);
    this.#bytes.set(bytes, start);
  }

  /** Makes room for `length` zero bytes and gives the position of the first. */
  #grow(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }
}

function isArray(value: AmfObject | readonly AmfValue[]): value is readonly AmfValue[] {
  return Array.isArray(value);
}
