/**
 * VP9 (bitstream specification v0.6): uncompressed header, superframes, and the
 * VPCodecConfigurationRecord (VP Codec ISO Media File Format Binding v1.0).
 *
 * @module
 */
import type { VideoTrack } from "../access_unit.ts";
import { MalformedMediaError } from "../errors.ts";
import { BitReader } from "./bit_reader.ts";
import { requireDimensions } from "./nal.ts";

const SYNC_CODE = 0x498342;
const FULL_BOX_BYTES = 4;
const RECORD_BYTES = 8;
const COLOR_SPACE_RGB = 7;
const MAX_INIT_DATA_BYTES = 1024;

/** VPCodecConfigurationRecord. */
export interface VpConfig {
  readonly profile: number;
  /** Level × 10: 31 is 3.1. */
  readonly level: number;
  readonly bitDepth: number;
  /** 0, 1: 4:2:0 (vertical, colocated); 2: 4:2:2; 3: 4:4:4. */
  readonly chromaSubsampling: number;
  readonly fullRange: boolean;
  readonly colourPrimaries: number;
  readonly transferCharacteristics: number;
  readonly matrixCoefficients: number;
}

/** The start of a frame's uncompressed header (§6.2). */
export interface Vp9FrameHeader {
  readonly profile: number;
  readonly keyFrame: boolean;
  /** Only a frame decoded before is shown again. */
  readonly showExisting: boolean;
  /** Size and colour of a key frame; null for other frames. */
  readonly key: Vp9KeyFrame | null;
}

/** What a key frame says of itself. */
export interface Vp9KeyFrame {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly chromaSubsampling: number;
  readonly fullRange: boolean;
}

/**
 * Parses a VPCodecConfigurationRecord, with or without the FullBox version and flags before it
 * (both stand in enhanced FLV).
 *
 * @throws {MalformedMediaError} when it is cut short or has values that VP9 does not have.
 */
export function parseVpConfig(description: Uint8Array): VpConfig {
  const at = hasFullBox(description) ? FULL_BOX_BYTES : 0;
  const record = description.subarray(at);
  if (record.length < RECORD_BYTES || record.length > RECORD_BYTES + MAX_INIT_DATA_BYTES) {
    throw new MalformedMediaError(`Cannot parse vpcC: it has ${description.length} bytes`, 0);
  }
  const config: VpConfig = {
    profile: record[0],
    level: record[1],
    bitDepth: record[2] >>> 4,
    chromaSubsampling: record[2] >>> 1 & 7,
    fullRange: (record[2] & 1) === 1,
    colourPrimaries: record[3],
    transferCharacteristics: record[4],
    matrixCoefficients: record[5],
  };
  if (
    config.profile > 3 || ![8, 10, 12].includes(config.bitDepth) || config.chromaSubsampling > 3
  ) {
    throw new MalformedMediaError(
      `Cannot parse vpcC: profile ${config.profile}, ${config.bitDepth} bits a sample`,
      at,
    );
  }
  return config;
}

/** Builds a VPCodecConfigurationRecord with the FullBox version (1) and flags before it. */
export function buildVpConfig(config: VpConfig): Uint8Array {
  return Uint8Array.of(
    1,
    0,
    0,
    0,
    config.profile,
    config.level,
    config.bitDepth << 4 | config.chromaSubsampling << 1 | (config.fullRange ? 1 : 0),
    config.colourPrimaries,
    config.transferCharacteristics,
    config.matrixCoefficients,
    0,
    0,
  );
}

/** The configuration that a key frame stands for; the level follows from its size and rate. */
export function vpConfigOfKeyFrame(
  header: Vp9FrameHeader & { readonly key: Vp9KeyFrame },
  frameRate = 30,
): VpConfig {
  const { key } = header;
  return {
    profile: header.profile,
    level: lowestLevel(key.width * key.height, frameRate),
    bitDepth: key.bitDepth,
    chromaSubsampling: key.chromaSubsampling,
    fullRange: key.fullRange,
    colourPrimaries: 2,
    transferCharacteristics: 2,
    matrixCoefficients: 2,
  };
}

/** RFC 6381 string, `vp09.00.31.08`. */
export function vp9CodecString(config: VpConfig): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `vp09.${two(config.profile)}.${two(config.level)}.${two(config.bitDepth)}`;
}

/**
 * The track of a configuration record; the size comes from a key frame, which the record lacks.
 *
 * @throws {MalformedMediaError} {@linkcode parseVpConfig}
 */
export function vp9Track(
  description: Uint8Array,
  picture: {
    readonly width: number;
    readonly height: number;
    readonly frameRate?: number | null;
  },
): VideoTrack {
  const config = parseVpConfig(description);
  requireDimensions(picture);
  return {
    kind: "video",
    codec: "vp9",
    codecString: vp9CodecString(config),
    width: picture.width,
    height: picture.height,
    frameRate: picture.frameRate ?? null,
    description: hasFullBox(description) ? description : withFullBox(description),
  };
}

/**
 * Reads the uncompressed header of a frame, or of the first frame of a superframe (§6.2, §7.2).
 *
 * @throws {MalformedMediaError} when it is none or cut short.
 */
export function parseVp9Frame(data: Uint8Array): Vp9FrameHeader {
  const reader = new BitReader(data);
  if (data.length === 0 || reader.bits(2) !== 2) {
    throw new MalformedMediaError("Cannot parse VP9 frame: there is no frame marker", 0);
  }
  const profile = reader.bits(1) | reader.bits(1) << 1;
  if (profile === 3 && reader.flag()) {
    throw new MalformedMediaError("Cannot parse VP9 frame: reserved profile", 0);
  }
  if (reader.flag()) return { profile, keyFrame: false, showExisting: true, key: null };
  const keyFrame = !reader.flag();
  if (!keyFrame) return { profile, keyFrame, showExisting: false, key: null };
  reader.skip(2);
  if (reader.bits(24) !== SYNC_CODE) {
    throw new MalformedMediaError("Cannot parse VP9 frame: there is no sync code", 1);
  }
  const bitDepth = profile >= 2 ? (reader.flag() ? 12 : 10) : 8;
  const colorSpace = reader.bits(3);
  let fullRange = true;
  let chromaSubsampling = 1;
  if (colorSpace === COLOR_SPACE_RGB) {
    if ((profile & 1) === 0) {
      throw new MalformedMediaError(`Cannot parse VP9 frame: RGB in profile ${profile}`, 4);
    }
    chromaSubsampling = 3;
    reader.skip(1);
  } else {
    fullRange = reader.flag();
    if ((profile & 1) === 1) {
      const subsamplingX = reader.flag();
      const subsamplingY = reader.flag();
      chromaSubsampling = !subsamplingX ? 3 : subsamplingY ? 1 : 2;
      reader.skip(1);
    }
  }
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  requireDimensions({ width, height });
  const key = { width, height, bitDepth, chromaSubsampling, fullRange };
  return { profile, keyFrame, showExisting: false, key };
}

/**
 * The frames of a superframe as views (Annex B); a plain frame gives itself.
 *
 * @throws {MalformedMediaError} when the index promises more bytes than there are.
 */
export function splitSuperframe(data: Uint8Array): Uint8Array[] {
  const marker = data[data.length - 1] ?? 0;
  if ((marker & 0xe0) !== 0xc0) return [data];
  const count = (marker & 7) + 1;
  const sizeBytes = (marker >>> 3 & 3) + 1;
  const indexBytes = 2 + count * sizeBytes;
  if (data.length < indexBytes || data[data.length - indexBytes] !== marker) return [data];
  const frames: Uint8Array[] = [];
  const end = data.length - indexBytes;
  let index = end + 1;
  let position = 0;
  for (let frame = 0; frame < count; frame++) {
    let size = 0;
    for (let i = 0; i < sizeBytes; i++) size += data[index++] * 2 ** (8 * i);
    if (position + size > end) {
      throw new MalformedMediaError("Cannot split VP9 superframe: a frame leads past the end", end);
    }
    if (size > 0) frames.push(data.subarray(position, position + size));
    position += size;
  }
  return frames;
}

function hasFullBox(description: Uint8Array): boolean {
  // Without it the third byte would say a bit depth of 0.
  return description.length >= FULL_BOX_BYTES + RECORD_BYTES && description[0] <= 1 &&
    description[1] === 0 && description[2] === 0 && description[3] === 0;
}

function withFullBox(record: Uint8Array): Uint8Array {
  const out = new Uint8Array(FULL_BOX_BYTES + record.length);
  out[0] = 1;
  out.set(record, FULL_BOX_BYTES);
  return out;
}

/** Largest luma sample rate and picture size of each level (VP9 levels, Annex A). */
const LEVELS: readonly (readonly [number, number, number])[] = [
  [10, 829_440, 36_864],
  [11, 2_764_800, 73_728],
  [20, 4_608_000, 122_880],
  [21, 9_216_000, 245_760],
  [30, 20_736_000, 552_960],
  [31, 36_864_000, 983_040],
  [40, 83_558_400, 2_228_224],
  [41, 160_432_128, 2_228_224],
  [50, 311_951_360, 8_912_896],
  [51, 588_251_136, 8_912_896],
  [52, 1_176_502_272, 8_912_896],
  [60, 1_176_502_272, 35_651_584],
  [61, 2_353_004_544, 35_651_584],
];

function lowestLevel(samples: number, frameRate: number): number {
  for (const [level, rate, size] of LEVELS) {
    if (samples <= size && samples * frameRate <= rate) return level;
  }
  return 62;
}
