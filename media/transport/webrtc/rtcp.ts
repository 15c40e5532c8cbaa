/**
 * RTCP: compound packets (RFC 3550 §6), feedback (RFC 4585, RFC 5104) and REMB
 * (draft-alvestrand-rmcat-remb-03). Pure: bytes in, values out, and the other way round.
 *
 * @module
 */
import { readUint32, writeUint32 } from "./rtp.ts";

/** Packet types (RFC 3550 §12.1, RFC 4585 §6.1). */
const TYPE = { SR: 200, RR: 201, SDES: 202, BYE: 203, RTPFB: 205, PSFB: 206 } as const;
const FORMAT_NACK = 1;
const FORMAT_PLI = 1;
const FORMAT_FIR = 4;
const FORMAT_AFB = 15;
const REMB_MAGIC = 0x52454d42;
const SDES_CNAME = 1;
/** Most packets of a compound that are read. */
const MAX_PACKETS = 64;
/** Most sequence numbers of one NACK that are read. */
const MAX_NACKS = 2048;
const MAX_SSRCS = 64;
const MAX_COUNT = 31;

/** Reception of one stream (RFC 3550 §6.4.1). */
export interface ReportBlock {
  readonly ssrc: number;
  /** Loss since the last report, 0–255 in 1/256. */
  readonly fractionLost: number;
  /** Packets lost altogether; negative when duplicates outnumber them. 24 bits signed. */
  readonly packetsLost: number;
  /** Highest sequence number with its cycles above the 16 bits. */
  readonly highestSequence: number;
  /** Interarrival jitter in ticks of the format's clock. */
  readonly jitter: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 without one. */
  readonly lastSenderReport: number;
  /** Since it came, in 1/65536 s. */
  readonly delaySinceLastSenderReport: number;
}

/** SR (§6.4.1). */
export interface SenderReport {
  readonly type: "sr";
  readonly ssrc: number;
  /** Seconds since 1900 and 1/2^32 seconds. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The same instant on the clock of the stream. */
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
  readonly reports: readonly ReportBlock[];
}

/** RR (§6.4.2). */
export interface ReceiverReport {
  readonly type: "rr";
  readonly ssrc: number;
  readonly reports: readonly ReportBlock[];
}

/** SDES (§6.5), of which only the canonical name is kept. */
export interface SourceDescription {
  readonly type: "sdes";
  readonly chunks: readonly { readonly ssrc: number; readonly cname: string }[];
}

/** BYE (§6.6). */
export interface Goodbye {
  readonly type: "bye";
  readonly ssrcs: readonly number[];
}

/** Generic NACK (RFC 4585 §6.2.1). */
export interface Nack {
  readonly type: "nack";
  readonly ssrc: number;
  readonly mediaSsrc: number;
  /** In the order of the packet. */
  readonly sequenceNumbers: readonly number[];
}

/** Picture loss indication (RFC 4585 §6.3.1). */
export interface PictureLoss {
  readonly type: "pli";
  readonly ssrc: number;
  readonly mediaSsrc: number;
}

/** Full intra request (RFC 5104 §4.3.1). */
export interface FullIntraRequest {
  readonly type: "fir";
  readonly ssrc: number;
  readonly entries: readonly { readonly ssrc: number; readonly sequenceNumber: number }[];
}

/** Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 §2.2). */
export interface ReceiverBitrate {
  readonly type: "remb";
  readonly ssrc: number;
  readonly bitsPerSecond: number;
  readonly ssrcs: readonly number[];
}

/** One packet of a compound. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Goodbye
  | Nack
  | PictureLoss
  | FullIntraRequest
  | ReceiverBitrate;

/**
 * The packets of a compound, or of a reduced-size one (RFC 5506); types that are not known are
 * passed over. Null when the framing is broken or a known packet is cut short (RFC 3550 A.2): the
 * whole is dropped.
 */
export function parseRtcp(bytes: Uint8Array): RtcpPacket[] | null {
  const packets: RtcpPacket[] = [];
  let position = 0;
  for (let count = 0; position < bytes.length; count++) {
    if (count === MAX_PACKETS || position + 4 > bytes.length) return null;
    if (bytes[position] >>> 6 !== 2) return null;
    const end = position + 4 + (bytes[position + 2] << 8 | bytes[position + 3]) * 4;
    if (end > bytes.length) return null;
    let contentEnd = end;
    if ((bytes[position] & 0x20) !== 0) {
      // Padding stands on the last packet only (§6.4.1).
      const padding = bytes[end - 1];
      if (padding === 0 || padding % 4 !== 0 || end - padding < position + 4) return null;
      if (end !== bytes.length) return null;
      contentEnd -= padding;
    }
    const packet = parsePacket(bytes.subarray(position, contentEnd));
    if (packet === undefined) return null;
    if (packet !== null) packets.push(packet);
    position = end;
  }
  return packets.length > 0 || bytes.length >= 4 ? packets : null;
}

/** undefined: cut short; null: not known. */
function parsePacket(bytes: Uint8Array): RtcpPacket | null | undefined {
  const count = bytes[0] & 0x1f;
  switch (bytes[1]) {
    case TYPE.SR: {
      if (bytes.length < 28 + count * 24) return undefined;
      return {
        type: "sr",
        ssrc: readUint32(bytes, 4),
        ntpSeconds: readUint32(bytes, 8),
        ntpFraction: readUint32(bytes, 12),
        rtpTimestamp: readUint32(bytes, 16),
        packetCount: readUint32(bytes, 20),
        octetCount: readUint32(bytes, 24),
        reports: parseReports(bytes, { start: 28, count }),
      };
    }
    case TYPE.RR:
      if (bytes.length < 8 + count * 24) return undefined;
      return {
        type: "rr",
        ssrc: readUint32(bytes, 4),
        reports: parseReports(bytes, { start: 8, count }),
      };
    case TYPE.SDES:
      return parseDescriptions(bytes, count);
    case TYPE.BYE: {
      if (bytes.length < 4 + count * 4) return undefined;
      const ssrcs = Array.from({ length: count }, (_, i) => readUint32(bytes, 4 + i * 4));
      return { type: "bye", ssrcs };
    }
    case TYPE.RTPFB:
      if (bytes.length < 12) return undefined;
      return count === FORMAT_NACK ? parseNack(bytes) : null;
    case TYPE.PSFB:
      if (bytes.length < 12) return undefined;
      if (count === FORMAT_PLI) {
        return { type: "pli", ssrc: readUint32(bytes, 4), mediaSsrc: readUint32(bytes, 8) };
      }
      if (count === FORMAT_FIR) return parseFullIntraRequest(bytes);
      return count === FORMAT_AFB ? parseRemb(bytes) : null;
    default:
      return null;
  }
}

function parseReports(
  bytes: Uint8Array,
  at: { readonly start: number; readonly count: number },
): ReportBlock[] {
  const reports: ReportBlock[] = [];
  for (let i = 0; i < at.count; i++) {
    const offset = at.start + i * 24;
    reports.push({
      ssrc: readUint32(bytes, offset),
      fractionLost: bytes[offset + 4],
      packetsLost: bytes[offset + 5] << 24 >> 8 | bytes[offset + 6] << 8 | bytes[offset + 7],
      highestSequence: readUint32(bytes, offset + 8),
      jitter: readUint32(bytes, offset + 12),
      lastSenderReport: readUint32(bytes, offset + 16),
      delaySinceLastSenderReport: readUint32(bytes, offset + 20),
    });
  }
  return reports;
}

function parseDescriptions(bytes: Uint8Array, count: number): SourceDescription | undefined {
  const chunks: { ssrc: number; cname: string }[] = [];
  let position = 4;
  for (let chunk = 0; chunk < count; chunk++) {
    if (position + 4 > bytes.length) return undefined;
    const ssrc = readUint32(bytes, position);
    position += 4;
    let cname = "";
    for (;;) {
      if (position >= bytes.length) return undefined;
      const item = bytes[position++];
      if (item === 0) break;
      const length = bytes[position++];
      if (length === undefined || position + length > bytes.length) return undefined;
      if (item === SDES_CNAME) cname = decoder.decode(bytes.subarray(position, position + length));
      position += length;
    }
    position = position + 3 & ~3;
    chunks.push({ ssrc, cname });
  }
  return { type: "sdes", chunks };
}

function parseNack(bytes: Uint8Array): Nack {
  const sequenceNumbers: number[] = [];
  for (let i = 12; i + 4 <= bytes.length && sequenceNumbers.length < MAX_NACKS; i += 4) {
    const first = bytes[i] << 8 | bytes[i + 1];
    const following = bytes[i + 2] << 8 | bytes[i + 3];
    sequenceNumbers.push(first);
    for (let bit = 0; bit < 16; bit++) {
      if ((following >>> bit & 1) === 1) sequenceNumbers.push(first + bit + 1 & 0xffff);
    }
  }
  return {
    type: "nack",
    ssrc: readUint32(bytes, 4),
    mediaSsrc: readUint32(bytes, 8),
    sequenceNumbers,
  };
}

function parseFullIntraRequest(bytes: Uint8Array): FullIntraRequest {
  const entries: { ssrc: number; sequenceNumber: number }[] = [];
  for (let i = 12; i + 8 <= bytes.length && entries.length < MAX_SSRCS; i += 8) {
    entries.push({ ssrc: readUint32(bytes, i), sequenceNumber: bytes[i + 4] });
  }
  return { type: "fir", ssrc: readUint32(bytes, 4), entries };
}

function parseRemb(bytes: Uint8Array): ReceiverBitrate | null | undefined {
  if (bytes.length < 16 || readUint32(bytes, 12) !== REMB_MAGIC) return null;
  if (bytes.length < 20) return undefined;
  const count = Math.min(bytes[16], MAX_SSRCS);
  if (bytes.length < 20 + count * 4) return undefined;
  const mantissa = (bytes[17] & 3) << 16 | bytes[18] << 8 | bytes[19];
  return {
    type: "remb",
    ssrc: readUint32(bytes, 4),
    bitsPerSecond: mantissa * 2 ** (bytes[17] >>> 2),
    ssrcs: Array.from({ length: count }, (_, i) => readUint32(bytes, 20 + i * 4)),
  };
}

/**
 * The packets as one compound. A receiver report without blocks belongs before feedback when nothing
 * else begins the compound (RFC 3550 §6.1).
 *
 * @throws {RangeError} when a packet has more items than its count field can say.
 */
export function writeRtcp(packets: readonly RtcpPacket[]): Uint8Array {
  const parts = packets.map(writePacket);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

function writePacket(packet: RtcpPacket): Uint8Array {
  switch (packet.type) {
    case "sr": {
      const bytes = newPacket(TYPE.SR, {
        count: packet.reports.length,
        size: 28 + packet.reports.length * 24,
      });
      writeUint32(bytes, 4, packet.ssrc);
      writeUint32(bytes, 8, packet.ntpSeconds);
      writeUint32(bytes, 12, packet.ntpFraction);
      writeUint32(bytes, 16, packet.rtpTimestamp);
      writeUint32(bytes, 20, packet.packetCount);
      writeUint32(bytes, 24, packet.octetCount);
      writeReports(bytes, 28, packet.reports);
      return bytes;
    }
    case "rr": {
      const bytes = newPacket(TYPE.RR, {
        count: packet.reports.length,
        size: 8 + packet.reports.length * 24,
      });
      writeUint32(bytes, 4, packet.ssrc);
      writeReports(bytes, 8, packet.reports);
      return bytes;
    }
    case "sdes":
      return writeDescriptions(packet);
    case "bye": {
      const count = packet.ssrcs.length;
      const bytes = newPacket(TYPE.BYE, { count, size: 4 + count * 4 });
      packet.ssrcs.forEach((ssrc, i) => writeUint32(bytes, 4 + i * 4, ssrc));
      return bytes;
    }
    case "nack":
      return writeNack(packet);
    case "pli": {
      const bytes = newPacket(TYPE.PSFB, { count: FORMAT_PLI, size: 12 });
      writeUint32(bytes, 4, packet.ssrc);
      writeUint32(bytes, 8, packet.mediaSsrc);
      return bytes;
    }
    case "fir": {
      const bytes = newPacket(TYPE.PSFB, {
        count: FORMAT_FIR,
        size: 12 + packet.entries.length * 8,
      });
      writeUint32(bytes, 4, packet.ssrc);
      packet.entries.forEach((entry, i) => {
        writeUint32(bytes, 12 + i * 8, entry.ssrc);
        bytes[16 + i * 8] = entry.sequenceNumber;
      });
      return bytes;
    }
    case "remb":
      return writeRemb(packet);
  }
}

function newPacket(
  type: number,
  shape: { readonly count: number; readonly size: number },
): Uint8Array {
  if (shape.count > MAX_COUNT) throw new RangeError(`Cannot write RTCP: ${shape.count} items`);
  const bytes = new Uint8Array(shape.size);
  const words = shape.size / 4 - 1;
  bytes[0] = 0x80 | shape.count;
  bytes[1] = type;
  bytes[2] = words >>> 8;
  bytes[3] = words;
  return bytes;
}

function writeReports(bytes: Uint8Array, start: number, reports: readonly ReportBlock[]): void {
  reports.forEach((report, i) => {
    const offset = start + i * 24;
    writeUint32(bytes, offset, report.ssrc);
    // The loss field holds 24 bits signed (§6.4.1).
    const lost = Math.max(-0x800000, Math.min(0x7fffff, report.packetsLost));
    writeUint32(bytes, offset + 4, report.fractionLost << 24 | lost & 0xffffff);
    writeUint32(bytes, offset + 8, report.highestSequence);
    writeUint32(bytes, offset + 12, report.jitter);
    writeUint32(bytes, offset + 16, report.lastSenderReport);
    writeUint32(bytes, offset + 20, report.delaySinceLastSenderReport);
  });
}

function writeDescriptions(packet: SourceDescription): Uint8Array {
  const chunks = packet.chunks.map(({ ssrc, cname }) => {
    const text = encoder.encode(cname);
    if (text.length > 255) throw new RangeError("Cannot write SDES: the name is too long");
    // At least one zero ends the items, then zeros up to a word (§6.5).
    const chunk = new Uint8Array(4 + 2 + text.length + 4 & ~3);
    writeUint32(chunk, 0, ssrc);
    chunk[4] = SDES_CNAME;
    chunk[5] = text.length;
    chunk.set(text, 6);
    return chunk;
  });
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 4);
  const bytes = newPacket(TYPE.SDES, { count: chunks.length, size });
  let position = 4;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

function writeNack(packet: Nack): Uint8Array {
  const items: number[] = [];
  let base = -1;
  let mask = 0;
  for (const sequenceNumber of packet.sequenceNumbers) {
    const distance = sequenceNumber - base & 0xffff;
    if (base >= 0 && distance === 0) continue;
    if (base >= 0 && distance <= 16) {
      mask |= 1 << distance - 1;
      continue;
    }
    if (base >= 0) items.push((base << 16 | mask) >>> 0);
    base = sequenceNumber;
    mask = 0;
  }
  if (base >= 0) items.push((base << 16 | mask) >>> 0);
  const bytes = newPacket(TYPE.RTPFB, { count: FORMAT_NACK, size: 12 + items.length * 4 });
  writeUint32(bytes, 4, packet.ssrc);
  writeUint32(bytes, 8, packet.mediaSsrc);
  items.forEach((item, i) => writeUint32(bytes, 12 + i * 4, item));
  return bytes;
}

function writeRemb(packet: ReceiverBitrate): Uint8Array {
  const count = packet.ssrcs.length;
  if (count > 255) throw new RangeError(`Cannot write REMB: ${count} streams`);
  const bytes = newPacket(TYPE.PSFB, { count: FORMAT_AFB, size: 20 + count * 4 });
  let exponent = 0;
  let mantissa = Math.max(0, Math.floor(packet.bitsPerSecond));
  while (mantissa > 0x3ffff) {
    mantissa = Math.floor(mantissa / 2);
    exponent++;
  }
  writeUint32(bytes, 4, packet.ssrc);
  writeUint32(bytes, 12, REMB_MAGIC);
  writeUint32(bytes, 16, (count << 24 | exponent << 18 | mantissa) >>> 0);
  packet.ssrcs.forEach((ssrc, i) => writeUint32(bytes, 20 + i * 4, ssrc));
  return bytes;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();
