/**
 * H.264 access units to payloads of packetization mode 1 (RFC 6184 §5.6–5.8).
 *
 * @module
 */
import { H264_NAL } from "../../../codec/h264.ts";
import { nalUnits } from "../../../codec/nal.ts";
import { H264_PACKET } from "../depacketize/h264.ts";
import { type PacketWriter, pieceSizes } from "./packet_writer.ts";

const NAL_FILLER = 12;

/**
 * Writes length-prefixed NAL units, `before` (parameter sets of a key frame) first. Small units share
 * a packet (STAP-A), large ones are cut (FU-A); delimiters and filler are left out.
 *
 * @throws {MalformedMediaError} when a length leads past the end.
 */
export function packetizeH264(
  data: Uint8Array,
  to: { readonly writer: PacketWriter; readonly before?: readonly Uint8Array[] },
): void {
  const { writer, before = [] } = to;
  const units = nalUnits(data).filter(isSent);
  const hasSets = units.some((nal) => (nal[0] & 0x1f) === H264_NAL.SPS);
  let group: Uint8Array[] = [];
  let groupBytes = 1;
  const flush = () => {
    writeGroup(group, writer);
    group = [];
    groupBytes = 1;
  };
  for (const nal of hasSets ? units : [...before, ...units]) {
    if (nal.length > writer.maxPayloadBytes) {
      flush();
      writeFragments(nal, writer);
      continue;
    }
    if (groupBytes + 2 + nal.length > writer.maxPayloadBytes) flush();
    group.push(nal);
    groupBytes += 2 + nal.length;
  }
  flush();
}

function isSent(nal: Uint8Array): boolean {
  const type = nal[0] & 0x1f;
  return type !== H264_NAL.AUD && type !== NAL_FILLER;
}

/** §5.7.1; a unit alone is sent as it is (§5.6). */
function writeGroup(group: readonly Uint8Array[], writer: PacketWriter): void {
  if (group.length === 0) return;
  if (group.length === 1) {
    writer.next(group[0].length).set(group[0]);
    return;
  }
  const payload = writer.next(group.reduce((sum, nal) => sum + 2 + nal.length, 1));
  let importance = 0;
  let position = 1;
  for (const nal of group) {
    importance = Math.max(importance, nal[0] & 0x60);
    payload[position] = nal.length >>> 8;
    payload[position + 1] = nal.length;
    payload.set(nal, position + 2);
    position += 2 + nal.length;
  }
  payload[0] = importance | H264_PACKET.STAP_A;
}

/** §5.8. */
function writeFragments(nal: Uint8Array, writer: PacketWriter): void {
  const sizes = pieceSizes(nal.length - 1, writer.maxPayloadBytes - 2);
  let position = 1;
  sizes.forEach((size, i) => {
    const payload = writer.next(2 + size);
    payload[0] = nal[0] & 0xe0 | H264_PACKET.FU_A;
    payload[1] = (i === 0 ? 0x80 : 0) | (i === sizes.length - 1 ? 0x40 : 0) | nal[0] & 0x1f;
    payload.set(nal.subarray(position, position + size), 2);
    position += size;
  });
}
