/**
 * The packets of one stream that may be needed again: the group of pictures that new viewers begin
 * with, and what viewers ask for once more (RFC 4585 §6.2.1).
 *
 * @module
 */
import type { SourcePacket } from "./packet.ts";

/** Bounds of a {@linkcode PacketBuffer}. */
export interface PacketBufferLimits {
  /** Packets that are kept for retransmission. */
  readonly packets: number;
  /** Bytes of the group of pictures; a larger one is not kept for new viewers. */
  readonly groupBytes: number;
}

/** Video: about a second at 8 Mbps. */
export const VIDEO_LIMITS: PacketBufferLimits = { packets: 1024, groupBytes: 4 * 1024 * 1024 };
/** Audio: 2.5 s of 20 ms packets; there is no group to begin with. */
export const AUDIO_LIMITS: PacketBufferLimits = { packets: 128, groupBytes: 0 };

/** Keeps packets by their sequence number. */
export class PacketBuffer {
  readonly #limits: PacketBufferLimits;
  /** The newest packets, each at its sequence number modulo the length. */
  readonly #recent: (SourcePacket | undefined)[];
  #group: SourcePacket[] = [];
  #groupBytes = 0;
  /** False: nothing to begin with until the next key frame. */
  #hasGroup = false;

  constructor(limits: PacketBufferLimits) {
    this.#limits = limits;
    this.#recent = new Array(limits.packets);
  }

  /** Takes a packet; packets may come late. */
  add(packet: SourcePacket): void {
    this.#recent[slotOf(packet.sequence, this.#limits.packets)] = packet;
    if (this.#limits.groupBytes === 0) return;
    const newest = this.#group.at(-1);
    if (packet.keyFrameStart && (newest === undefined || packet.sequence > newest.sequence)) {
      this.#group = [];
      this.#groupBytes = 0;
      this.#hasGroup = true;
    }
    if (!this.#hasGroup) return;
    this.#groupBytes += packet.bytes.byteLength;
    if (this.#groupBytes > this.#limits.groupBytes) {
      this.#group = [];
      this.#groupBytes = 0;
      this.#hasGroup = false;
      return;
    }
    insert(this.#group, packet);
  }

  /** The packet of a sequence number; undefined when it is not kept. */
  find(sequence: number): SourcePacket | undefined {
    const recent = this.#recent[slotOf(sequence, this.#limits.packets)];
    if (recent?.sequence === sequence) return recent;
    const group = this.#group;
    if (group.length === 0 || sequence < group[0]!.sequence) return undefined;
    // Gaps make it stand at its distance from the first, or before.
    for (let i = Math.min(group.length - 1, sequence - group[0]!.sequence); i >= 0; i--) {
      if (group[i]!.sequence <= sequence) {
        return group[i]!.sequence === sequence ? group[i] : undefined;
      }
    }
    return undefined;
  }

  /** The newest group of pictures in order, from its key frame on; empty when there is none. */
  group(): readonly SourcePacket[] {
    return [...this.#group];
  }

  /** Forgets everything. */
  clear(): void {
    this.#recent.fill(undefined);
    this.#group = [];
    this.#groupBytes = 0;
    this.#hasGroup = false;
  }
}

function slotOf(sequence: number, length: number): number {
  return ((sequence % length) + length) % length;
}

/** Puts a packet where it belongs by its number; nearly always that is the end. */
function insert(group: SourcePacket[], packet: SourcePacket): void {
  let at = group.length;
  while (at > 0 && group[at - 1]!.sequence > packet.sequence) at--;
  if (at > 0 && group[at - 1]!.sequence === packet.sequence) return;
  // A packet from before the key frame belongs to the group that is gone.
  if (at === 0 && group.length > 0) return;
  group.splice(at, 0, packet);
}
