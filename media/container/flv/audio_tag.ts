/**
 * Headers of audio tags: AUDIODATA (Flash Video File Format 10.1, E.4.2) and the enhanced form
 * (enhanced RTMP v2, "Extended AudioTagHeader").
 *
 * @module
 */
import type { AudioCodec } from "../../access_unit.ts";
import { printable, readEnhancedHeader } from "./enhanced.ts";
import type { TagPacket } from "./video_tag.ts";

/** `AudioPacketType` of the enhanced form. */
export const AUDIO_PACKET = {
  SEQUENCE_START: 0,
  CODED_FRAMES: 1,
  SEQUENCE_END: 2,
  MULTICHANNEL_CONFIG: 4,
  MULTITRACK: 5,
  MOD_EX: 7,
} as const;

/** FourCC by codec. */
export const AUDIO_FOURCC: Readonly<Record<AudioCodec, string>> = {
  aac: "mp4a",
  mp3: ".mp3",
  opus: "Opus",
};

const CODEC_BY_FOURCC: ReadonlyMap<string, AudioCodec> = new Map(
  Object.entries(AUDIO_FOURCC).map(([codec, fourCc]) => [fourCc, codec as AudioCodec]),
);

/** `SoundFormat` that announces the enhanced form. */
export const SOUND_FORMAT_ENHANCED = 9;
const SOUND_FORMAT_AAC = 10;
const LEGACY_CODECS: Readonly<Record<number, AudioCodec>> = { 2: "mp3", 10: "aac", 14: "mp3" };
const LEGACY_NAMES: Readonly<Record<number, string>> = {
  0: "linear PCM",
  1: "ADPCM",
  3: "linear PCM",
  4: "Nellymoser",
  5: "Nellymoser",
  6: "Nellymoser",
  7: "G.711 A-law",
  8: "G.711 mu-law",
  11: "Speex",
  15: "device-specific sound",
};

/** An audio tag header. */
export interface AudioTagHeader {
  /** null: a codec that is not carried, see {@linkcode codecName}. */
  readonly codec: AudioCodec | null;
  /** For messages. */
  readonly codecName: string;
  readonly packet: TagPacket;
  /** Added to the presentation time. */
  readonly nanoOffset: number;
  /** Bounds of the codec's own bytes: end is exclusive. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads the header of an audio tag; null for an empty one.
 *
 * @throws {MalformedMediaError} when an enhanced header is cut short.
 */
export function readAudioTagHeader(data: Uint8Array): AudioTagHeader | null {
  if (data.length === 0) return null;
  const format = data[0] >>> 4;
  const end = data.length;
  if (format === SOUND_FORMAT_ENHANCED) return readEnhanced(data);
  const codec = LEGACY_CODECS[format] ?? null;
  const base = { codec, codecName: LEGACY_NAMES[format] ?? `sound format ${format}` };
  if (format !== SOUND_FORMAT_AAC) {
    return { ...base, packet: "coded_frames", nanoOffset: 0, start: 1, end };
  }
  if (end < 2) return { ...base, packet: "other", nanoOffset: 0, start: end, end };
  const packet = data[1] === 0 ? "sequence_start" : data[1] === 1 ? "coded_frames" : "other";
  return { ...base, packet, nanoOffset: 0, start: 2, end };
}

function readEnhanced(data: Uint8Array): AudioTagHeader {
  const { packetType, fourCc, nanoOffset, body } = readEnhancedHeader(data, {
    packetType: data[0] & 0x0f,
    numbers: { multitrack: AUDIO_PACKET.MULTITRACK, modEx: AUDIO_PACKET.MOD_EX },
  });
  return {
    codec: CODEC_BY_FOURCC.get(fourCc) ?? null,
    codecName: printable(fourCc),
    packet: body === null ? "other" : packetOf(packetType),
    nanoOffset,
    start: body?.start ?? data.length,
    end: body?.end ?? data.length,
  };
}

function packetOf(type: number): TagPacket {
  switch (type) {
    case AUDIO_PACKET.SEQUENCE_START:
      return "sequence_start";
    case AUDIO_PACKET.CODED_FRAMES:
      return "coded_frames";
    case AUDIO_PACKET.SEQUENCE_END:
      return "sequence_end";
    default:
      return "other";
  }
}
