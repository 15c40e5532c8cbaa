/**
 * Reads the packets of one logical Ogg stream (RFC 3533) as they come.
 *
 * @module
 */
import { MalformedMediaError } from "../../errors.ts";

const CAPTURE = [0x4f, 0x67, 0x67, 0x53];
const PAGE_HEADER_BYTES = 27;
const CONTINUED = 1;
/** A packet of sound is a few hundred bytes; comments are a few thousand. */
const MAX_PACKET_BYTES = 1 << 20;

/** A push parser: takes the stream in pieces of any size, gives whole packets. */
export class OggReader {
  #pending = new Uint8Array(0);
  #packet: Uint8Array[] = [];
  #packetBytes = 0;
  #consumed = 0;

  /**
   * Takes the next piece and gives the packets that it completed, headers among them.
   *
   * @throws {MalformedMediaError} when it is no Ogg, or a packet grows over 1 MiB.
   */
  push(piece: Uint8Array): Uint8Array[] {
    const bytes = new Uint8Array(this.#pending.length + piece.length);
    bytes.set(this.#pending);
    bytes.set(piece, this.#pending.length);
    const packets: Uint8Array[] = [];
    let position = 0;
    while (true) {
      const size = pageSize(bytes, position);
      if (size === 0 || position + size > bytes.length) break;
      this.#page(bytes.subarray(position, position + size), packets);
      position += size;
    }
    const begun = Math.min(CAPTURE.length, bytes.length - position);
    for (let i = 0; i < begun; i++) {
      if (bytes[position + i] !== CAPTURE[i]) {
        throw new MalformedMediaError("Cannot read Ogg: no page begins here", this.#consumed);
      }
    }
    this.#consumed += position;
    this.#pending = bytes.slice(position);
    return packets;
  }

  #page(page: Uint8Array, packets: Uint8Array[]): void {
    const segments = page[26];
    if ((page[5] & CONTINUED) === 0) this.#drop();
    let position = PAGE_HEADER_BYTES + segments;
    let start = position;
    for (let i = 0; i < segments; i++) {
      const lacing = page[PAGE_HEADER_BYTES + i];
      position += lacing;
      if (lacing === 255) continue;
      this.#add(page.subarray(start, position));
      packets.push(this.#whole());
      start = position;
    }
    if (position > start) this.#add(page.subarray(start, position));
  }

  #add(bytes: Uint8Array): void {
    this.#packetBytes += bytes.length;
    if (this.#packetBytes > MAX_PACKET_BYTES) {
      throw new MalformedMediaError("Cannot read Ogg: a packet is too long", this.#consumed);
    }
    this.#packet.push(bytes);
  }

  #whole(): Uint8Array {
    const packet = new Uint8Array(this.#packetBytes);
    let position = 0;
    for (const part of this.#packet) {
      packet.set(part, position);
      position += part.length;
    }
    this.#drop();
    return packet;
  }

  #drop(): void {
    this.#packet = [];
    this.#packetBytes = 0;
  }
}

/** Bytes of the page that begins here; 0 when its header is not there yet. */
function pageSize(bytes: Uint8Array, position: number): number {
  if (position + PAGE_HEADER_BYTES > bytes.length) return 0;
  const segments = bytes[position + 26];
  const table = position + PAGE_HEADER_BYTES;
  if (table + segments > bytes.length) return 0;
  let size = PAGE_HEADER_BYTES + segments;
  for (let i = 0; i < segments; i++) size += bytes[table + i];
  return size;
}
