/**
 * VP8 and VP9 frames to payloads (RFC 7741 §4, RFC 9628 §4).
 *
 * Picture ids are left out: receivers then order pictures by sequence numbers alone, which go on when
 * the source is changed.
 *
 * @module
 */
import { type PacketWriter, pieceSizes } from "./packet_writer.ts";

/** Writes a VP8 frame; every payload begins with one byte of descriptor. */
export function packetizeVp8(frame: Uint8Array, writer: PacketWriter): void {
  // S with partition 0 on the first packet alone (RFC 7741 §4.2).
  writePieces(frame, { writer, descriptor: (isFirst) => isFirst ? 0x10 : 0x00 });
}

/** Writes a VP9 frame or superframe; every payload begins with one byte of descriptor. */
export function packetizeVp9(
  frame: Uint8Array,
  to: { readonly writer: PacketWriter; readonly keyFrame: boolean },
): void {
  // P, B, E (RFC 9628 §4.2).
  const inter = to.keyFrame ? 0 : 0x40;
  writePieces(frame, {
    writer: to.writer,
    descriptor: (isFirst, isLast) => inter | (isFirst ? 0x08 : 0) | (isLast ? 0x04 : 0),
  });
}

function writePieces(
  frame: Uint8Array,
  options: {
    readonly writer: PacketWriter;
    readonly descriptor: (isFirst: boolean, isLast: boolean) => number;
  },
): void {
  const { writer, descriptor } = options;
  const sizes = pieceSizes(frame.length, writer.maxPayloadBytes - 1);
  let position = 0;
  sizes.forEach((size, i) => {
    const payload = writer.next(1 + size);
    payload[0] = descriptor(i === 0, i === sizes.length - 1);
    payload.set(frame.subarray(position, position + size), 1);
    position += size;
  });
}
