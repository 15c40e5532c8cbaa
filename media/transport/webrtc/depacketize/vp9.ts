/**
 * VP9 payloads (RFC 9628 §4).
 *
 * @module
 */
import { parseVp9Frame, splitSuperframe } from "../../../codec/vp9.ts";
import { type FrameContents, joinChunks, type PayloadFormat } from "./assembler.ts";

/** What stands before the VP9 data of a packet (§4.2). */
export interface Vp9Descriptor {
  /** The packet begins the frame of a spatial layer. */
  readonly startsFrame: boolean;
  /** … and ends it. */
  readonly endsFrame: boolean;
  /** The picture depends on others. */
  readonly interPicture: boolean;
  /** Spatial layer; 0 is the base. */
  readonly spatialLayer: number;
  /** Where the VP9 data begins. */
  readonly dataStart: number;
}

/** Reads the payload descriptor; null when it is cut short or nothing stands behind it. */
export function parseVp9Descriptor(payload: Uint8Array): Vp9Descriptor | null {
  const first = payload[0];
  const hasPictureId = (first & 0x80) !== 0;
  const interPicture = (first & 0x40) !== 0;
  const hasLayers = (first & 0x20) !== 0;
  const isFlexible = (first & 0x10) !== 0;
  const hasStructure = (first & 0x02) !== 0;
  let position = 1;
  if (hasPictureId) position += (payload[position] & 0x80) !== 0 ? 2 : 1;
  let spatialLayer = 0;
  if (hasLayers) {
    if (position >= payload.length) return null;
    spatialLayer = payload[position++] >>> 1 & 7;
    if (!isFlexible) position++;
  }
  if (isFlexible && interPicture) {
    // Up to three reference differences, each saying whether another follows.
    for (let i = 0; i < 3; i++) {
      if (position >= payload.length) return null;
      if ((payload[position++] & 1) === 0) break;
    }
  }
  if (hasStructure) {
    const next = skipStructure(payload, position);
    if (next === null) return null;
    position = next;
  }
  if (position >= payload.length) return null;
  return {
    startsFrame: (first & 0x08) !== 0,
    endsFrame: (first & 0x04) !== 0,
    interPicture,
    spatialLayer,
    dataStart: position,
  };
}

/** Scalability structure (§4.2.1); gives the position behind it. */
function skipStructure(payload: Uint8Array, start: number): number | null {
  if (start >= payload.length) return null;
  const flags = payload[start];
  let position = start + 1;
  if ((flags & 0x10) !== 0) position += ((flags >>> 5) + 1) * 4;
  if ((flags & 0x08) === 0) return position;
  if (position >= payload.length) return null;
  const pictures = payload[position++];
  for (let i = 0; i < pictures; i++) {
    if (position >= payload.length) return null;
    position += 1 + (payload[position] >>> 2 & 3);
  }
  return position;
}

/**
 * The VP9 payload format. Several spatial layers of one picture become a superframe (VP9 bitstream
 * specification, Annex B), of which a decoder shows the last.
 */
export class Vp9Format implements PayloadFormat {
  #chunks: Uint8Array[] = [];
  /** Sizes of the layer frames that are whole. */
  #frames: number[] = [];
  /** Bytes of the layer frame that is being read; -1 between frames. */
  #open = -1;

  startsFrame(payload: Uint8Array): boolean {
    const descriptor = parseVp9Descriptor(payload);
    return descriptor !== null && descriptor.startsFrame && descriptor.spatialLayer === 0;
  }

  add(payload: Uint8Array): boolean {
    const descriptor = parseVp9Descriptor(payload);
    if (descriptor === null || descriptor.startsFrame !== this.#open < 0) return false;
    const chunk = payload.subarray(descriptor.dataStart);
    this.#chunks.push(chunk);
    this.#open = Math.max(0, this.#open) + chunk.length;
    if (descriptor.endsFrame) {
      if (this.#frames.length === 8) return false;
      this.#frames.push(this.#open);
      this.#open = -1;
    }
    return true;
  }

  /** @throws {MalformedMediaError} when the picture itself is broken. */
  finish(): FrameContents | null {
    if (this.#open >= 0 || this.#frames.length === 0) {
      this.reset();
      return null;
    }
    const size = this.#frames.reduce((sum, frame) => sum + frame, 0);
    const chunks = this.#chunks;
    if (this.#frames.length > 1) chunks.push(superframeIndex(this.#frames));
    const total = size + (this.#frames.length > 1 ? chunks.at(-1)!.length : 0);
    this.reset();
    const data = joinChunks(chunks, total);
    const [first] = splitSuperframe(data);
    return { keyFrame: parseVp9Frame(first ?? data).keyFrame, data, parameterSets: [] };
  }

  reset(): void {
    this.#chunks = [];
    this.#frames = [];
    this.#open = -1;
  }
}

/** Annex B.2: marker, sizes in 4 bytes each (least significant first), marker. */
function superframeIndex(sizes: readonly number[]): Uint8Array {
  const index = new Uint8Array(2 + sizes.length * 4);
  const view = new DataView(index.buffer);
  index[0] = index[index.length - 1] = 0xc0 | 3 << 3 | sizes.length - 1;
  sizes.forEach((size, i) => view.setUint32(1 + i * 4, size, true));
  return index;
}
