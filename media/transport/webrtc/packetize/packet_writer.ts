/**
 * Collects the packets of one access unit. A payload is written straight into its packet.
 *
 * @module
 */
import { MAX_PAYLOAD_BYTES, RTP_HEADER_BYTES } from "../rtp.ts";

/** Packets whose fixed header is still empty, in order. */
export class PacketWriter {
  readonly packets: Uint8Array[] = [];
  /** Largest payload, in bytes. */
  readonly maxPayloadBytes: number;

  constructor(maxPayloadBytes = MAX_PAYLOAD_BYTES) {
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** A new packet with a payload of this size; gives the payload to be written. */
  next(payloadBytes: number): Uint8Array {
    const packet = new Uint8Array(RTP_HEADER_BYTES + payloadBytes);
    packet[0] = 0x80;
    this.packets.push(packet);
    return packet.subarray(RTP_HEADER_BYTES);
  }
}

/**
 * Sizes of the pieces that data of `size` bytes is cut into, none above `most`, all about equal: the
 * last one is not a crumb that costs a whole packet.
 */
export function pieceSizes(size: number, most: number): number[] {
  const count = Math.max(1, Math.ceil(size / most));
  return Array.from(
    { length: count },
    (_, i) => Math.floor(size * (i + 1) / count) - Math.floor(size * i / count),
  );
}
