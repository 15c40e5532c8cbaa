/**
 * H.265 (ITU-T H.265): the decoder configuration record of ISO/IEC 14496-15 §8.3.3, its codec
 * string, and what can be told of an access unit without decoding it. The parameter sets
 * themselves are parsed in `h265_sps.ts`.
 *
 * @module
 */
import type { VideoTrack } from "../access_unit.ts";
import { MalformedMediaError } from "../errors.ts";
import { BitWriter } from "./bit_reader.ts";
import {
  forEachNal,
  MAX_PARAMETER_SET_BYTES,
  type NalLengthSize,
  plausibleFrameRate,
} from "./nal.ts";
import { type H265ProfileTierLevel, parseH265Sps, parseH265VpsFrameRate } from "./h265_sps.ts";

export {
  type H265ProfileTierLevel,
  type H265Sps,
  parseH265Sps,
  parseH265VpsFrameRate,
} from "./h265_sps.ts";

/** `nal_unit_type` values that matter here (H.265 table 7-1). */
export const H265_NAL = {
  /** First and last of the slice segments. */
  FIRST_SLICE: 0,
  LAST_SLICE: 31,
  /** First and last of the intra random access point types (BLA, IDR, CRA). */
  FIRST_IRAP: 16,
  LAST_IRAP: 21,
  VPS: 32,
  SPS: 33,
  PPS: 34,
  AUD: 35,
  PREFIX_SEI: 39,
} as const;

/** The access unit delimiter that allows any slice type, for byte streams. */
export const H265_AUD: Uint8Array = Uint8Array.of(0x46, 0x01, 0x50);

const RECORD_BYTES = 23;
const MAX_ARRAYS = 16;
const MAX_SETS = 64;

/** HEVCDecoderConfigurationRecord; the parameter sets are views of the record. */
export interface HevcConfig extends H265ProfileTierLevel {
  readonly chromaFormat: number;
  readonly nalLengthSize: NalLengthSize;
  /** Frames in 256 seconds, 0 when unknown. */
  readonly averageFrameRate: number;
  /** With their NAL unit header, without start codes. */
  readonly vps: readonly Uint8Array[];
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** The `nal_unit_type` of a NAL unit's first byte. */
export function h265NalType(firstByte: number): number {
  return firstByte >>> 1 & 0x3f;
}

/**
 * Parses an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1).
 *
 * @throws {MalformedMediaError} when it is cut short, lacks a VPS, SPS or PPS, or breaks a limit.
 */
export function parseHevcConfig(description: Uint8Array): HevcConfig {
  // Version 0 was written by encoders that followed the draft.
  if (description.length < RECORD_BYTES || description[0] > 1) {
    throw new MalformedMediaError("Cannot parse hvcC: no record of version 1", 0);
  }
  const sets: Record<number, Uint8Array[]> = {
    [H265_NAL.VPS]: [],
    [H265_NAL.SPS]: [],
    [H265_NAL.PPS]: [],
  };
  const arrays = description[22];
  if (arrays > MAX_ARRAYS) {
    throw new MalformedMediaError(`Cannot parse hvcC: ${arrays} arrays`, 22);
  }
  let position = RECORD_BYTES;
  const uint16 = () => {
    if (position + 2 > description.length) {
      throw new MalformedMediaError("Cannot parse hvcC: it is cut short", position);
    }
    position += 2;
    return description[position - 2] << 8 | description[position - 1];
  };
  for (let i = 0; i < arrays; i++) {
    const type = (description[position++] ?? 0) & 0x3f;
    const count = uint16();
    if (count > MAX_SETS) {
      throw new MalformedMediaError(`Cannot parse hvcC: ${count} NAL units in an array`, position);
    }
    for (let j = 0; j < count; j++) {
      const length = uint16();
      const start = position;
      position += length;
      if (position > description.length || length > MAX_PARAMETER_SET_BYTES) {
        throw new MalformedMediaError(`Cannot parse hvcC: NAL unit of ${length} bytes`, start);
      }
      if (length > 2) sets[type]?.push(description.subarray(start, position));
    }
  }
  for (const [name, type] of [["VPS", 32], ["SPS", 33], ["PPS", 34]] as const) {
    if (sets[type].length === 0) {
      throw new MalformedMediaError(`Cannot parse hvcC: there is no ${name}`, position);
    }
  }
  return {
    profileSpace: description[1] >>> 6,
    tier: description[1] >>> 5 & 1,
    profile: description[1] & 0x1f,
    compatibility: description.subarray(2, 6),
    constraints: description.subarray(6, 12),
    level: description[12],
    chromaFormat: description[16] & 3,
    averageFrameRate: description[19] << 8 | description[20],
    nalLengthSize: (description[21] & 3) + 1 as NalLengthSize,
    vps: sets[H265_NAL.VPS],
    sps: sets[H265_NAL.SPS],
    pps: sets[H265_NAL.PPS],
  };
}

/**
 * Builds an HEVCDecoderConfigurationRecord with 4-byte lengths from parameter sets (NAL units
 * without start codes).
 *
 * @throws {MalformedMediaError} when a kind is missing or the first SPS cannot be parsed.
 */
export function buildHevcConfig(
  sets: {
    readonly vps: readonly Uint8Array[];
    readonly sps: readonly Uint8Array[];
    readonly pps: readonly Uint8Array[];
  },
): Uint8Array {
  for (const list of [sets.vps, sets.sps, sets.pps]) {
    if (list.length === 0 || list.length > MAX_SETS) {
      throw new MalformedMediaError(
        `Cannot build hvcC: ${sets.vps.length} VPS, ${sets.sps.length} SPS, ${sets.pps.length} PPS`,
      );
    }
  }
  const sps = parseH265Sps(sets.sps[0]);
  const writer = new BitWriter();
  const bytes = (list: Iterable<number>) => {
    for (const byte of list) writer.bits(byte, 8);
  };
  bytes([1, sps.profileSpace << 6 | sps.tier << 5 | sps.profile]);
  bytes(sps.compatibility);
  bytes(sps.constraints);
  bytes([sps.level]);
  // Unknown: spatial segmentation, parallelism, average frame rate.
  writer.bits(0xf000, 16);
  bytes([
    0xfc,
    0xfc | sps.chromaFormat,
    0xf8 | sps.bitDepthLuma - 8,
    0xf8 | sps.bitDepthChroma - 8,
    0,
    0,
    sps.temporalLayers << 3 | (sps.temporalIdNested ? 4 : 0) | 3,
    3,
  ]);
  for (const [type, list] of [[32, sets.vps], [33, sets.sps], [34, sets.pps]] as const) {
    // array_completeness: all parameter sets are here, as hvc1 demands.
    bytes([0x80 | type]);
    writer.bits(list.length, 16);
    for (const set of list) {
      writer.bits(set.length, 16);
      bytes(set);
    }
  }
  return writer.toBytes();
}

/**
 * The track of an HEVCDecoderConfigurationRecord. A record with shorter length fields is copied and
 * says 4 bytes, as the units of the track have.
 *
 * @throws {MalformedMediaError} see {@linkcode parseHevcConfig} and {@linkcode parseH265Sps}.
 */
export function hevcTrack(description: Uint8Array): VideoTrack {
  const config = parseHevcConfig(description);
  const sps = parseH265Sps(config.sps[0]);
  let record = description;
  if (config.nalLengthSize !== 4 || description[0] !== 1) {
    record = description.slice();
    record[0] = 1;
    record[21] |= 3;
  }
  return {
    kind: "video",
    codec: "h265",
    codecString: hevcCodecString(config),
    width: sps.width,
    height: sps.height,
    frameRate: sps.frameRate ?? parseH265VpsFrameRate(config.vps[0]) ??
      plausibleFrameRate(config.averageFrameRate / 256),
    description: record,
  };
}

/** Codec string (ISO/IEC 14496-15 Annex E.3), `hvc1.1.6.L93.B0`. */
export function hevcCodecString(config: H265ProfileTierLevel): string {
  const space = ["", "A", "B", "C"][config.profileSpace];
  // The compatibility flags stand in reverse bit order.
  let flags = 0;
  for (let i = 0; i < 32; i++) {
    if ((config.compatibility[i >>> 3] & 0x80 >>> (i & 7)) !== 0) flags += 2 ** i;
  }
  let last = config.constraints.length;
  while (last > 0 && config.constraints[last - 1] === 0) last--;
  const constraints = Array.from(
    config.constraints.subarray(0, last),
    (byte) => `.${byte.toString(16).toUpperCase()}`,
  );
  const tier = config.tier === 0 ? "L" : "H";
  return `hvc1.${space}${config.profile}.${flags.toString(16).toUpperCase()}` +
    `.${tier}${config.level}${constraints.join("")}`;
}

/** What {@linkcode inspectH265} sees. */
export interface H265UnitInfo {
  /** An intra random access point (BLA, IDR, CRA). */
  readonly keyFrame: boolean;
  /** At least one slice is there. */
  readonly hasPicture: boolean;
  /** Empty NAL units, which some decoders refuse. */
  readonly emptyNals: number;
}

/**
 * Walks the NAL units of an access unit and checks their bounds.
 *
 * @throws {MalformedMediaError} when a length leads past the end.
 */
export function inspectH265(data: Uint8Array, lengthSize: NalLengthSize = 4): H265UnitInfo {
  let keyFrame = false;
  let hasPicture = false;
  const emptyNals = forEachNal(data, {
    lengthSize,
    visit: (start) => {
      const type = h265NalType(data[start]);
      if (type > H265_NAL.LAST_SLICE) return;
      hasPicture = true;
      if (type >= H265_NAL.FIRST_IRAP && type <= H265_NAL.LAST_IRAP) keyFrame = true;
    },
  });
  return { keyFrame, hasPicture, emptyNals };
}
