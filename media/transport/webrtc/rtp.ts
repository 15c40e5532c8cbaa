/**
 * RTP packets (RFC 3550 §5.1) with header extensions (RFC 8285): views of what came, and writing.
 *
 * @module
 */

/** Bytes of the fixed header. */
export const RTP_HEADER_BYTES = 12;
/** Largest RTP packet that is sent: with SRTP, UDP and IP it fits into every path's MTU. */
export const MAX_RTP_BYTES = 1212;
/** Largest payload of it. */
export const MAX_PAYLOAD_BYTES = MAX_RTP_BYTES - RTP_HEADER_BYTES;

const ONE_BYTE_PROFILE = 0xbede;
const TWO_BYTE_PROFILE = 0x1000;

/**
 * Whether a packet of the port that RTP and RTCP share is RTCP, by its second byte (RFC 5761 §4).
 * Packets of fewer than 2 bytes are not.
 */
export function isRtcp(packet: Uint8Array): boolean {
  return packet.length >= 2 && packet[1] >= 192 && packet[1] <= 223;
}

/**
 * One RTP packet as a view: fields are read once, bytes are not copied. The bytes belong to whoever
 * received them and must not change while the view is in use.
 */
export class RtpPacket {
  /** The whole packet. */
  readonly bytes: Uint8Array;
  /** Set on the last packet of a picture, and on the first after silence. */
  readonly marker: boolean;
  readonly payloadType: number;
  /** 16 bits, wrapping. */
  readonly sequenceNumber: number;
  /** 32 bits, wrapping, in ticks of the format's clock. */
  readonly timestamp: number;
  readonly ssrc: number;
  /** Offset of the payload. */
  readonly payloadStart: number;
  /** Exclusive; padding stands behind it. */
  readonly payloadEnd: number;
  /** Offset of the first extension element; equal to the end when there is none. */
  readonly #extensionStart: number;
  readonly #extensionEnd: number;
  readonly #extensionProfile: number;

  /** Use {@linkcode parseRtp}. */
  constructor(bytes: Uint8Array, layout: RtpLayout) {
    this.bytes = bytes;
    this.marker = (bytes[1] & 0x80) !== 0;
    this.payloadType = bytes[1] & 0x7f;
    this.sequenceNumber = bytes[2] << 8 | bytes[3];
    this.timestamp = readUint32(bytes, 4);
    this.ssrc = readUint32(bytes, 8);
    this.payloadStart = layout.payloadStart;
    this.payloadEnd = layout.payloadEnd;
    this.#extensionStart = layout.extensionStart;
    this.#extensionEnd = layout.extensionEnd;
    this.#extensionProfile = layout.extensionProfile;
  }

  /** The payload without padding, as a view. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadStart, this.payloadEnd);
  }

  /** Bytes of the payload; 0 for a packet that only probes the path. */
  get payloadBytes(): number {
    return this.payloadEnd - this.payloadStart;
  }

  /** The contents of a header extension (RFC 8285 §4.2, §4.3) as a view, or null. */
  extension(id: number): Uint8Array | null {
    let position = this.#extensionStart;
    const end = this.#extensionEnd;
    const isOneByte = this.#extensionProfile === ONE_BYTE_PROFILE;
    if (!isOneByte && (this.#extensionProfile & 0xfff0) !== TWO_BYTE_PROFILE) return null;
    while (position < end) {
      const first = this.bytes[position++];
      if (first === 0) continue;
      let elementId = first;
      let length;
      if (isOneByte) {
        elementId = first >>> 4;
        if (elementId === 15) return null;
        length = (first & 0x0f) + 1;
      } else {
        if (position >= end) return null;
        length = this.bytes[position++];
      }
      if (position + length > end) return null;
      if (elementId === id) return this.bytes.subarray(position, position + length);
      position += length;
    }
    return null;
  }
}

/** Where the parts of a packet begin. */
interface RtpLayout {
  readonly payloadStart: number;
  readonly payloadEnd: number;
  readonly extensionStart: number;
  readonly extensionEnd: number;
  readonly extensionProfile: number;
}

/**
 * The packet as a view; null when it is no RTP of version 2 or its own lengths lead past its end
 * (such packets are counted and dropped, RFC 3550 A.1).
 */
export function parseRtp(bytes: Uint8Array): RtpPacket | null {
  if (bytes.length < RTP_HEADER_BYTES || bytes[0] >>> 6 !== 2) return null;
  let payloadStart = RTP_HEADER_BYTES + (bytes[0] & 0x0f) * 4;
  let extensionStart = 0;
  let extensionEnd = 0;
  let extensionProfile = 0;
  if ((bytes[0] & 0x10) !== 0) {
    if (payloadStart + 4 > bytes.length) return null;
    extensionProfile = bytes[payloadStart] << 8 | bytes[payloadStart + 1];
    extensionStart = payloadStart + 4;
    extensionEnd = extensionStart +
      (bytes[payloadStart + 2] << 8 | bytes[payloadStart + 3]) * 4;
    payloadStart = extensionEnd;
  }
  let payloadEnd = bytes.length;
  if ((bytes[0] & 0x20) !== 0) {
    const padding = bytes[bytes.length - 1];
    if (padding === 0) return null;
    payloadEnd -= padding;
  }
  if (payloadStart > payloadEnd) return null;
  return new RtpPacket(bytes, {
    payloadStart,
    payloadEnd,
    extensionStart,
    extensionEnd,
    extensionProfile,
  });
}

/** Fields of a packet that is written. */
export interface RtpFields {
  readonly payloadType: number;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
}

/** A header extension element that is written: 1–16 bytes under an id of 1–14. */
export interface RtpExtension {
  readonly id: number;
  readonly data: Uint8Array;
}

/**
 * Builds a packet; the payload is copied.
 *
 * @throws {RangeError} when an extension does not fit the one-byte form.
 */
export function buildRtp(
  fields: RtpFields,
  content: { readonly payload: Uint8Array; readonly extensions?: readonly RtpExtension[] },
): Uint8Array {
  const { payload, extensions = [] } = content;
  let elements = 0;
  for (const { id, data } of extensions) {
    if (id < 1 || id > 14 || data.length < 1 || data.length > 16) {
      throw new RangeError(`Cannot write header extension ${id}: ${data.length} bytes`);
    }
    elements += 1 + data.length;
  }
  const words = (elements + 3) >>> 2;
  const headerBytes = RTP_HEADER_BYTES + (words === 0 ? 0 : 4 + words * 4);
  const bytes = new Uint8Array(headerBytes + payload.length);
  bytes[0] = words === 0 ? 0x80 : 0x90;
  writeFields(bytes, fields);
  if (words > 0) {
    bytes[12] = ONE_BYTE_PROFILE >>> 8;
    bytes[13] = ONE_BYTE_PROFILE & 0xff;
    bytes[14] = words >>> 8;
    bytes[15] = words;
    let position = 16;
    for (const { id, data } of extensions) {
      bytes[position++] = id << 4 | data.length - 1;
      bytes.set(data, position);
      position += data.length;
    }
  }
  bytes.set(payload, headerBytes);
  return bytes;
}

/** Overwrites marker, payload type, sequence number, timestamp and SSRC of a packet in place. */
export function writeFields(bytes: Uint8Array, fields: RtpFields): void {
  bytes[1] = (fields.marker ? 0x80 : 0) | fields.payloadType;
  bytes[2] = fields.sequenceNumber >>> 8;
  bytes[3] = fields.sequenceNumber;
  writeUint32(bytes, 4, fields.timestamp);
  writeUint32(bytes, 8, fields.ssrc);
}

/**
 * The packet without header extensions, contributing sources and padding, as viewers get it. The
 * fixed header is moved up to the payload, within the same bytes: the view that was given can no
 * longer be used.
 */
export function bareRtp(packet: RtpPacket): Uint8Array {
  const { bytes, payloadStart, payloadEnd } = packet;
  if (payloadStart === RTP_HEADER_BYTES && payloadEnd === bytes.length) return bytes;
  const start = payloadStart - RTP_HEADER_BYTES;
  bytes.copyWithin(start, 0, RTP_HEADER_BYTES);
  bytes[start] = 0x80;
  return bytes.subarray(start, payloadEnd);
}

/** A 32-bit unsigned number, most significant byte first. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] << 24 | bytes[offset + 1] << 16 | bytes[offset + 2] << 8 |
    bytes[offset + 3]) >>> 0;
}

/** Writes the low 32 bits of a number, most significant byte first. */
export function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
