/**
 * Headers of video tags: VIDEODATA (Flash Video File Format 10.1, E.4.3) and the enhanced form
 * (enhanced RTMP v2, "Extended VideoTagHeader").
 *
 * @module
 */
import type { VideoCodec } from "../../access_unit.ts";
import { MalformedMediaError } from "../../errors.ts";
import { printable, readEnhancedHeader } from "./enhanced.ts";

/** `VideoPacketType` of the enhanced form. */
export const VIDEO_PACKET = {
  SEQUENCE_START: 0,
  CODED_FRAMES: 1,
  SEQUENCE_END: 2,
  CODED_FRAMES_X: 3,
  METADATA: 4,
  MPEG2TS_SEQUENCE_START: 5,
  MULTITRACK: 6,
  MOD_EX: 7,
} as const;

/** FourCC by codec. */
export const VIDEO_FOURCC: Readonly<Record<VideoCodec, string>> = {
  h264: "avc1",
  h265: "hvc1",
  av1: "av01",
  vp9: "vp09",
  vp8: "vp08",
};

const CODEC_BY_FOURCC: ReadonlyMap<string, VideoCodec> = new Map(
  Object.entries(VIDEO_FOURCC).map(([codec, fourCc]) => [fourCc, codec as VideoCodec]),
);

/** CodecID of the classic form; 12 is what encoders send for H.265 that know no fourCC. */
const LEGACY_CODECS: Readonly<Record<number, VideoCodec>> = { 7: "h264", 12: "h265" };
const LEGACY_NAMES: Readonly<Record<number, string>> = {
  1: "JPEG",
  2: "Sorenson H.263",
  3: "Screen Video",
  4: "VP6",
  5: "VP6 with alpha",
  6: "Screen Video 2",
  8: "H.263",
  9: "MPEG-4 Part 2",
};

/** `FrameType` 5: a command for the client, no picture. */
const FRAME_TYPE_COMMAND = 5;

/** What the body of a tag is. `other` is legal and of no use here. */
export type TagPacket = "sequence_start" | "coded_frames" | "sequence_end" | "other";

/** A video tag header. */
export interface VideoTagHeader {
  /** 1 key frame, 2 inter frame, 3 disposable, 4 generated key frame, 5 command. */
  readonly frameType: number;
  /** null: a codec that is not carried, see {@linkcode codecName}. */
  readonly codec: VideoCodec | null;
  /** For messages. */
  readonly codecName: string;
  readonly packet: TagPacket;
  /** Composition time offset, milliseconds, signed 24 bits. */
  readonly compositionTimeMs: number;
  /** Added to the presentation time. */
  readonly nanoOffset: number;
  /** Bounds of the codec's own bytes: end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the header of a video tag; null for an empty one.
 *
 * @throws {MalformedMediaError} when an enhanced header is cut short.
 */
export function readVideoTagHeader(data: Uint8Array): VideoTagHeader | null {
  if (data.length === 0) return null;
  return (data[0] & 0x80) === 0 ? readClassic(data) : readEnhanced(data);
}

function readClassic(data: Uint8Array): VideoTagHeader {
  const frameType = data[0] >>> 4;
  const id = data[0] & 0x0f;
  const codec = LEGACY_CODECS[id] ?? null;
  const base = { frameType, codec, codecName: LEGACY_NAMES[id] ?? `video codec ${id}` };
  if (frameType === FRAME_TYPE_COMMAND) return { ...base, ...nothing(data) };
  if (codec === null) {
    return { ...base, ...nothing(data), packet: "coded_frames" };
  }
  // A header without body is what some encoders send when they have nothing to say.
  if (data.length < 5) return { ...base, ...nothing(data) };
  const packet = data[1] === 0
    ? "sequence_start"
    : data[1] === 1
    ? "coded_frames"
    : data[1] === 2
    ? "sequence_end"
    : "other";
  return {
    ...base,
    packet,
    compositionTimeMs: packet === "coded_frames" ? readSigned24(data, 2) : 0,
    nanoOffset: 0,
    start: 5,
    end: data.length,
  };
}

function readEnhanced(data: Uint8Array): VideoTagHeader {
  const frameType = data[0] >>> 4 & 7;
  const firstType = data[0] & 0x0f;
  if (frameType === FRAME_TYPE_COMMAND && firstType !== VIDEO_PACKET.METADATA) {
    return { frameType, codec: null, codecName: "command", ...nothing(data) };
  }
  const header = readEnhancedHeader(data, {
    packetType: firstType,
    numbers: { multitrack: VIDEO_PACKET.MULTITRACK, modEx: VIDEO_PACKET.MOD_EX },
  });
  const { packetType, fourCc, nanoOffset, body } = header;
  const codec = CODEC_BY_FOURCC.get(fourCc) ?? null;
  const base = { frameType, codec, codecName: printable(fourCc), nanoOffset };
  if (body === null) return { ...base, ...nothing(data) };
  let { start } = body;
  let compositionTimeMs = 0;
  if (packetType === VIDEO_PACKET.CODED_FRAMES && (codec === "h264" || codec === "h265")) {
    if (start + 3 > body.end) {
      throw new MalformedMediaError("Cannot parse video tag: composition time is missing", start);
    }
    compositionTimeMs = readSigned24(data, start);
    start += 3;
  }
  return { ...base, packet: packetOf(packetType), compositionTimeMs, start, end: body.end };
}

function packetOf(type: number): TagPacket {
  switch (type) {
    case VIDEO_PACKET.SEQUENCE_START:
      return "sequence_start";
    case VIDEO_PACKET.CODED_FRAMES:
    case VIDEO_PACKET.CODED_FRAMES_X:
      return "coded_frames";
    case VIDEO_PACKET.SEQUENCE_END:
      return "sequence_end";
    default:
      return "other";
  }
}

function nothing(data: Uint8Array) {
  return {
    packet: "other" as TagPacket,
    compositionTimeMs: 0,
    nanoOffset: 0,
    start: data.length,
    end: data.length,
  };
}

function readSigned24(data: Uint8Array, offset: number): number {
  return (data[offset] << 24 | data[offset + 1] << 16 | data[offset + 2] << 8) >> 8;
}
