/**
 * MPEG audio layer III frame headers (ISO/IEC 11172-3 §2.4.1.3, 13818-3, and the "MPEG 2.5" rates).
 *
 * @module
 */
import type { AudioTrack } from "../access_unit.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";

const HEADER_BYTES = 4;
const BITRATES_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const SAMPLE_RATES_MPEG1 = [44_100, 48_000, 32_000];
const VERSION_MPEG25 = 0;
const VERSION_RESERVED = 1;
const VERSION_MPEG1 = 3;
const LAYER_III = 1;
const MODE_MONO = 3;
const NO_DESCRIPTION = new Uint8Array(0);

/** The header of one frame. */
export interface Mp3Header {
  /** 1, 2, or 2.5. */
  readonly version: 1 | 2 | 2.5;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  /** Bits a second. */
  readonly bitrate: number;
  /** PCM frames of one frame: 1152, or 576 below 32 kHz. */
  readonly samples: number;
  /** Bytes of the frame with its header. */
  readonly frameBytes: number;
}

/**
 * Parses the frame header at the beginning of `frame`.
 *
 * @throws {MalformedMediaError} when there is none.
 * @throws {UnsupportedMediaError} for layers I and II and for free format.
 */
export function parseMp3Header(frame: Uint8Array): Mp3Header {
  if (frame.length < HEADER_BYTES || frame[0] !== 0xff || (frame[1] & 0xe0) !== 0xe0) {
    throw new MalformedMediaError("Cannot parse MP3 frame: there is no sync word", 0);
  }
  const version = frame[1] >>> 3 & 3;
  const layer = frame[1] >>> 1 & 3;
  const bitrateIndex = frame[2] >>> 4;
  const rateIndex = frame[2] >>> 2 & 3;
  if (version === VERSION_RESERVED || layer === 0 || bitrateIndex === 15 || rateIndex === 3) {
    throw new MalformedMediaError("Cannot parse MP3 frame: its header has reserved values", 1);
  }
  if (layer !== LAYER_III) {
    throw new UnsupportedMediaError(`Cannot carry MPEG audio layer ${layer === 3 ? "I" : "II"}`);
  }
  if (bitrateIndex === 0) throw new UnsupportedMediaError("Cannot carry MP3 in free format");
  const mpeg1 = version === VERSION_MPEG1;
  const divisor = mpeg1 ? 1 : version === VERSION_MPEG25 ? 4 : 2;
  const sampleRate = SAMPLE_RATES_MPEG1[rateIndex] / divisor;
  const bitrate = (mpeg1 ? BITRATES_MPEG1 : BITRATES_MPEG2)[bitrateIndex] * 1000;
  const samples = mpeg1 ? 1152 : 576;
  const padding = frame[2] >>> 1 & 1;
  return {
    version: mpeg1 ? 1 : version === VERSION_MPEG25 ? 2.5 : 2,
    sampleRate,
    channels: frame[3] >>> 6 === MODE_MONO ? 1 : 2,
    bitrate,
    samples,
    frameBytes: Math.floor(samples / 8 * bitrate / sampleRate) + padding,
  };
}

/** The track that a frame belongs to. */
export function mp3Track(header: Mp3Header): AudioTrack {
  return {
    kind: "audio",
    codec: "mp3",
    // Object type indication 0x6B is MPEG-1 audio, 0x69 MPEG-2 audio; 2.5 has none of its own.
    codecString: header.version === 1 ? "mp4a.6B" : "mp4a.69",
    sampleRate: header.sampleRate,
    channels: header.channels,
    samplesPerUnit: header.samples,
    description: NO_DESCRIPTION,
  };
}
