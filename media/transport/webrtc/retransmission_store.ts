/**
 * The newest packets of one source, shared by all of its viewers: what a viewer asks for again is
 * taken from here (RFC 4585), and a viewer who joins begins with the last key frame.
 *
 * @module
 */
import type { SourcePacket } from "./stream_rewriter.ts";

/** A packet that can be sent again. Its fixed header may have been rewritten for some viewer. */
export interface StoredPacket extends SourcePacket {
  /** The packet without header extensions (`bareRtp`). */
  readonly bytes: Uint8Array;
  /** Presentation time in 90 kHz ticks; null: not known. */
  readonly pts: number | null;
  /** A key frame begins here. */
  readonly startsKeyFrame: boolean;
}

/** How much is kept. */
export interface RetransmissionStoreOptions {
  /** Packets, a power of two. Default: 2048. */
  readonly capacity?: number;
  /** A packet is not sent again after this time. Default: 3000. */
  readonly maxAgeMs?: number;
}

/** A ring of packets by their sequence numbers. */
export class RetransmissionStore {
  readonly #packets: (StoredPacket | null)[];
  readonly #storedAt: Float64Array;
  readonly #mask: number;
  readonly #maxAgeMs: number;
  /** Number of the packet that begins the newest key frame; null when it left the ring. */
  #keyFrame: number | null = null;
  #newest: number | null = null;

  constructor(options: RetransmissionStoreOptions = {}) {
    const capacity = options.capacity ?? 2048;
    if (capacity < 2 || capacity > 32_768 || (capacity & capacity - 1) !== 0) {
      throw new RangeError(`Cannot make store: ${capacity} packets are no power of two`);
    }
    this.#packets = new Array<StoredPacket | null>(capacity).fill(null);
    this.#storedAt = new Float64Array(capacity);
    this.#mask = capacity - 1;
    this.#maxAgeMs = options.maxAgeMs ?? 3000;
  }

  /** Keeps a packet; it pushes out the one that is a whole ring older. */
  put(packet: StoredPacket, nowMs: number): void {
    const number = packet.sequenceNumber;
    const slot = number & this.#mask;
    this.#packets[slot] = packet;
    this.#storedAt[slot] = nowMs;
    const isNewest = this.#newest === null || distance(this.#newest, number) > 0;
    if (isNewest) this.#newest = number;
    if (
      packet.startsKeyFrame &&
      (this.#keyFrame === null || this.#timestampAt(this.#keyFrame) !== packet.timestamp) &&
      (this.#keyFrame === null || distance(this.#keyFrame, number) > 0)
    ) this.#keyFrame = number;
    if (this.#keyFrame !== null && this.#at(this.#keyFrame) === null) this.#keyFrame = null;
  }

  /** The packet of a sequence number; null when it is not there or too old. */
  get(sequenceNumber: number, nowMs: number): StoredPacket | null {
    const packet = this.#at(sequenceNumber);
    if (packet === null) return null;
    return nowMs - this.#storedAt[sequenceNumber & this.#mask] > this.#maxAgeMs ? null : packet;
  }

  /**
   * Everything since the beginning of the newest key frame, in order, for a viewer who joins; empty
   * when it is not there as a whole any more.
   */
  sinceKeyFrame(): StoredPacket[] {
    const packets: StoredPacket[] = [];
    if (this.#keyFrame === null || this.#newest === null) return packets;
    const count = distance(this.#keyFrame, this.#newest);
    if (count > this.#mask) return packets;
    for (let i = 0; i <= count; i++) {
      const packet = this.#at(this.#keyFrame + i & 0xffff);
      if (packet !== null) packets.push(packet);
    }
    return packets;
  }

  /** Forgets everything: the source begins anew. */
  clear(): void {
    this.#packets.fill(null);
    this.#keyFrame = null;
    this.#newest = null;
  }

  #at(sequenceNumber: number): StoredPacket | null {
    const packet = this.#packets[sequenceNumber & this.#mask];
    return packet !== null && packet.sequenceNumber === sequenceNumber ? packet : null;
  }

  #timestampAt(sequenceNumber: number): number | null {
    return this.#at(sequenceNumber)?.timestamp ?? null;
  }
}

/** How far `to` is behind `from` in the circle of 16 bits, −32,768 to 32,767. */
function distance(from: number, to: number): number {
  return to - from << 16 >> 16;
}
