/**
 * FLV tags (Adobe Flash Video File Format 10.1, Annex E.4): the bytes, and the cheap questions that
 * a relay asks of them.
 *
 * @module
 */
import { readVideoTagHeader } from "./video_tag.ts";
import { readAudioTagHeader } from "./audio_tag.ts";

/** Tag types; the same numbers are RTMP message types. */
export const FLV_TAG = { AUDIO: 8, VIDEO: 9, SCRIPT: 18 } as const;
/** One of {@linkcode FLV_TAG}. */
export type FlvTagType = 8 | 9 | 18;

/** Bytes of a tag before its data. */
export const TAG_HEADER_BYTES = 11;
/** Bytes of the previous tag size that follows each tag. */
export const PREVIOUS_TAG_SIZE_BYTES = 4;
/** Bytes of the file header with the first (zero) previous tag size. */
export const FILE_HEADER_BYTES = 13;
/** Largest data of a tag: its size has 24 bits. */
export const MAX_TAG_DATA_BYTES = 0xffffff;

/** An audio, video or data message as RTMP and FLV have it. */
export interface FlvMessage {
  /** 8 audio, 9 video, 18 script data; others are passed over. */
  readonly type: number;
  /** Decode time in milliseconds, unsigned 32 bits, wraps after 49.7 days. */
  readonly timestampMs: number;
  /** Body of the RTMP message, data of the FLV tag. */
  readonly data: Uint8Array;
}

/** A whole FLV tag. */
export interface FlvTag extends FlvMessage {
  readonly type: FlvTagType;
  /** Header, data and the previous tag size behind it: what goes into a file or onto the wire. */
  readonly bytes: Uint8Array;
}

/** What of a tag is needed to ask about it. */
type TagContent = Pick<FlvMessage, "type" | "data">;

/** Whether decoding can start at this tag: a coded video frame that its header calls a key frame. */
export function isVideoKeyFrame(tag: TagContent): boolean {
  if (tag.type !== FLV_TAG.VIDEO || tag.data.length < 2) return false;
  const header = readVideoTagHeader(tag.data);
  return header !== null && header.frameType === 1 && header.packet === "coded_frames";
}

/** Whether the tag carries a decoder configuration (AVC or AAC sequence header, SequenceStart). */
export function isSequenceHeader(tag: TagContent): boolean {
  if (tag.data.length < 2) return false;
  if (tag.type === FLV_TAG.VIDEO) {
    return readVideoTagHeader(tag.data)?.packet === "sequence_start";
  }
  return tag.type === FLV_TAG.AUDIO && readAudioTagHeader(tag.data)?.packet === "sequence_start";
}

/** Whether the tag is script data that holds `onMetaData`. */
export function isMetadata(tag: TagContent): boolean {
  return tag.type === FLV_TAG.SCRIPT &&
    (beginsWithString(tag.data, "onMetaData") || beginsWithString(tag.data, "@setDataFrame"));
}

/**
 * Sets the timestamp of a tag in place, `offset` being where the tag begins in `bytes`.
 * `timestampMs` is taken modulo 2^32. Only for bytes that nobody else reads.
 */
export function writeTagTimestamp(bytes: Uint8Array, offset: number, timestampMs: number): void {
  const time = timestampMs >>> 0;
  bytes[offset + 4] = time >>> 16;
  bytes[offset + 5] = time >>> 8;
  bytes[offset + 6] = time;
  bytes[offset + 7] = time >>> 24;
}

/** The tag at another time: one copy of its bytes, the data is a view of it. */
export function withTimestamp(tag: FlvTag, timestampMs: number): FlvTag {
  const bytes = tag.bytes.slice();
  writeTagTimestamp(bytes, 0, timestampMs);
  return tagOfBytes(bytes);
}

/**
 * Makes a tag: header and previous tag size are filled in around the data that `fill` writes.
 * One allocation; `data` is a view of `bytes`.
 *
 * @throws {RangeError} when the data is longer than {@linkcode MAX_TAG_DATA_BYTES}.
 */
export function makeTag(
  options: {
    readonly type: FlvTagType;
    readonly timestampMs: number;
    readonly dataBytes: number;
    readonly fill: (bytes: Uint8Array, offset: number) => void;
  },
): FlvTag {
  const { type, timestampMs, dataBytes, fill } = options;
  if (dataBytes > MAX_TAG_DATA_BYTES) {
    throw new RangeError(`Cannot make FLV tag: ${dataBytes} bytes of data`);
  }
  const size = TAG_HEADER_BYTES + dataBytes;
  const bytes = new Uint8Array(size + PREVIOUS_TAG_SIZE_BYTES);
  bytes[0] = type;
  bytes[1] = dataBytes >>> 16;
  bytes[2] = dataBytes >>> 8;
  bytes[3] = dataBytes;
  writeTagTimestamp(bytes, 0, timestampMs);
  fill(bytes, TAG_HEADER_BYTES);
  bytes[size] = size >>> 24;
  bytes[size + 1] = size >>> 16;
  bytes[size + 2] = size >>> 8;
  bytes[size + 3] = size;
  return {
    type,
    timestampMs: timestampMs >>> 0,
    data: bytes.subarray(TAG_HEADER_BYTES, size),
    bytes,
  };
}

/** The tag whose bytes (header, data, previous tag size) these are; nothing is copied or checked. */
export function tagOfBytes(bytes: Uint8Array): FlvTag {
  return {
    type: (bytes[0] & 0x1f) as FlvTagType,
    timestampMs: (bytes[7] << 24 | bytes[4] << 16 | bytes[5] << 8 | bytes[6]) >>> 0,
    data: bytes.subarray(TAG_HEADER_BYTES, bytes.length - PREVIOUS_TAG_SIZE_BYTES),
    bytes,
  };
}

function beginsWithString(data: Uint8Array, text: string): boolean {
  if (data.length < 3 + text.length || data[0] !== 2 || data[1] !== 0 || data[2] !== text.length) {
    return false;
  }
  for (let i = 0; i < text.length; i++) {
    if (data[3 + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
