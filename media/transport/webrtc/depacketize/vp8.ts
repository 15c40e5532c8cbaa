/**
 * VP8 payloads (RFC 7741 §4).
 *
 * @module
 */
import { parseVp8Frame } from "../../../codec/vp8.ts";
import { type FrameContents, joinChunks, type PayloadFormat } from "./assembler.ts";

/** What stands before the VP8 data of a packet (§4.2). */
export interface Vp8Descriptor {
  /** The packet begins a partition. */
  readonly startsPartition: boolean;
  /** Index of the partition; 0 is the first. */
  readonly partition: number;
  /** Where the VP8 data begins. */
  readonly dataStart: number;
}

/** Reads the payload descriptor; null when it is cut short or nothing stands behind it. */
export function parseVp8Descriptor(payload: Uint8Array): Vp8Descriptor | null {
  const first = payload[0];
  let position = 1;
  if ((first & 0x80) !== 0) {
    const extensions = payload[position++];
    // PictureID of 7 or 15 bits, TL0PICIDX, then TID and KEYIDX share a byte.
    if ((extensions & 0x80) !== 0) position += (payload[position] & 0x80) !== 0 ? 2 : 1;
    if ((extensions & 0x40) !== 0) position++;
    if ((extensions & 0x30) !== 0) position++;
  }
  if (position >= payload.length) return null;
  return {
    startsPartition: (first & 0x10) !== 0,
    partition: first & 0x07,
    dataStart: position,
  };
}

/** The VP8 payload format. */
export class Vp8Format implements PayloadFormat {
  #chunks: Uint8Array[] = [];
  #size = 0;

  startsFrame(payload: Uint8Array): boolean {
    const descriptor = parseVp8Descriptor(payload);
    return descriptor !== null && descriptor.startsPartition && descriptor.partition === 0;
  }

  add(payload: Uint8Array): boolean {
    const descriptor = parseVp8Descriptor(payload);
    if (descriptor === null) return false;
    const startsFrame = descriptor.startsPartition && descriptor.partition === 0;
    // The first packet begins the first partition, and no other does (§4.4).
    if (startsFrame !== (this.#chunks.length === 0)) return false;
    const chunk = payload.subarray(descriptor.dataStart);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return true;
  }

  /** @throws {MalformedMediaError} when the picture itself is broken. */
  finish(): FrameContents | null {
    if (this.#size === 0) return null;
    const data = joinChunks(this.#chunks, this.#size);
    this.reset();
    return { keyFrame: parseVp8Frame(data).keyFrame, data, parameterSets: [] };
  }

  reset(): void {
    this.#chunks = [];
    this.#size = 0;
  }
}
