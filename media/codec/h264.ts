/**
 * H.264 (ITU-T H.264): parameter sets, the decoder configuration record of ISO/IEC 14496-15 §5.3.3,
 * and what can be told of an access unit without decoding it.
 *
 * @module
 */
import type { VideoTrack } from "../access_unit.ts";
import { MalformedMediaError } from "../errors.ts";
import { BitReader, BitWriter, removeEmulationPrevention } from "./bit_reader.ts";
import {
  forEachNal,
  hexByte,
  MAX_PARAMETER_SET_BYTES,
  type NalLengthSize,
  plausibleFrameRate,
  requireDimensions,
} from "./nal.ts";

/** `nal_unit_type` values that matter here (H.264 table 7-1). */
export const H264_NAL = {
  SLICE: 1,
  IDR: 5,
  SEI: 6,
  SPS: 7,
  PPS: 8,
  AUD: 9,
} as const;

/** The access unit delimiter that allows any slice type, for byte streams. */
export const H264_AUD: Uint8Array = Uint8Array.of(0x09, 0xf0);

const SEI_RECOVERY_POINT = 6;
const EXTENDED_SAR = 255;
/** Profiles whose SPS says the chroma format (H.264 §7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Profiles whose configuration record ends with the chroma format (14496-15 §5.3.3.1.2). */
const RECORD_EXTENSION_PROFILES = new Set([100, 110, 122, 144]);

/** AVCDecoderConfigurationRecord; the parameter sets are views of the record. */
export interface AvcConfig {
  readonly profile: number;
  readonly compatibility: number;
  readonly level: number;
  readonly nalLengthSize: NalLengthSize;
  /** With their NAL unit header, without start codes. */
  readonly sps: readonly Uint8Array[];
  readonly pps: readonly Uint8Array[];
}

/** What a sequence parameter set says. */
export interface H264Sps {
  readonly profile: number;
  readonly compatibility: number;
  readonly level: number;
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Displayed size in pixels, after cropping. */
  readonly width: number;
  readonly height: number;
  /** Frames a second from the VUI; null when it does not say. */
  readonly frameRate: number | null;
  /** Most frames that precede a frame in decoding and follow it in output; null when unknown. */
  readonly maxReorderFrames: number | null;
}

/**
 * Parses an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1).
 *
 * @throws {MalformedMediaError} when it is cut short, has no SPS or PPS, or breaks a limit.
 */
export function parseAvcConfig(description: Uint8Array): AvcConfig {
  if (description.length < 7 || description[0] !== 1) {
    throw new MalformedMediaError("Cannot parse avcC: no record of version 1", 0);
  }
  let position = 5;
  const readSets = (count: number, type: number, name: string): Uint8Array[] => {
    const sets: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      if (position + 2 > description.length) {
        throw new MalformedMediaError(`Cannot parse avcC: ${name} is cut short`, position);
      }
      const length = description[position] << 8 | description[position + 1];
      const start = position + 2;
      position = start + length;
      if (position > description.length || length > MAX_PARAMETER_SET_BYTES) {
        throw new MalformedMediaError(`Cannot parse avcC: ${name} of ${length} bytes`, start);
      }
      // Empty ones and set extensions filed under the wrong heading do occur and are of no use.
      if (length > 0 && (description[start] & 0x1f) === type) {
        sets.push(description.subarray(start, position));
      }
    }
    if (sets.length === 0) {
      throw new MalformedMediaError(`Cannot parse avcC: there is no ${name}`, position);
    }
    return sets;
  };
  const sps = readSets(description[position++] & 0x1f, H264_NAL.SPS, "SPS");
  if (position >= description.length) {
    throw new MalformedMediaError("Cannot parse avcC: the count of PPS is missing", position);
  }
  const pps = readSets(description[position++], H264_NAL.PPS, "PPS");
  return {
    profile: description[1],
    compatibility: description[2],
    level: description[3],
    nalLengthSize: (description[4] & 3) + 1 as NalLengthSize,
    sps,
    pps,
  };
}

/**
 * Builds an AVCDecoderConfigurationRecord with 4-byte lengths from parameter sets (NAL units
 * without start codes).
 *
 * @throws {MalformedMediaError} when there is no SPS or PPS or the first SPS cannot be parsed.
 */
export function buildAvcConfig(
  sets: { readonly sps: readonly Uint8Array[]; readonly pps: readonly Uint8Array[] },
): Uint8Array {
  const { sps, pps } = sets;
  if (sps.length === 0 || pps.length === 0 || sps.length > 31 || pps.length > 255) {
    throw new MalformedMediaError(
      `Cannot build avcC: ${sps.length} SPS and ${pps.length} PPS are there`,
    );
  }
  const first = parseH264Sps(sps[0]);
  const writer = new BitWriter();
  const write = (set: Uint8Array) => {
    writer.bits(set.length, 16);
    for (const byte of set) writer.bits(byte, 8);
  };
  for (const byte of [1, first.profile, first.compatibility, first.level, 0xff]) {
    writer.bits(byte, 8);
  }
  writer.bits(0xe0 | sps.length, 8);
  sps.forEach(write);
  writer.bits(pps.length, 8);
  pps.forEach(write);
  if (RECORD_EXTENSION_PROFILES.has(first.profile)) {
    writer.bits(0xfc | first.chromaFormat, 8);
    writer.bits(0xf8 | first.bitDepthLuma - 8, 8);
    writer.bits(0xf8 | first.bitDepthChroma - 8, 8);
    writer.bits(0, 8);
  }
  return writer.toBytes();
}

/**
 * The track of an AVCDecoderConfigurationRecord. A record with shorter length fields is copied and
 * says 4 bytes, as the units of the track have.
 *
 * @throws {MalformedMediaError} see {@linkcode parseAvcConfig} and {@linkcode parseH264Sps}.
 */
export function avcTrack(description: Uint8Array): VideoTrack {
  const config = parseAvcConfig(description);
  const sps = parseH264Sps(config.sps[0]);
  let record = description;
  if (config.nalLengthSize !== 4) {
    record = description.slice();
    record[4] |= 3;
  }
  return {
    kind: "video",
    codec: "h264",
    codecString: avcCodecString(config),
    width: sps.width,
    height: sps.height,
    frameRate: sps.frameRate,
    description: record,
  };
}

/** RFC 6381 string, `avc1.64001f`. */
export function avcCodecString(
  config: Pick<AvcConfig, "profile" | "compatibility" | "level">,
): string {
  return `avc1.${hexByte(config.profile)}${hexByte(config.compatibility)}${hexByte(config.level)}`;
}

/**
 * Parses a sequence parameter set with its NAL unit header (H.264 §7.3.2.1.1).
 *
 * @throws {MalformedMediaError} when it is none, cut short, or breaks a limit.
 */
export function parseH264Sps(nal: Uint8Array): H264Sps {
  if (nal.length < 4 || nal.length > MAX_PARAMETER_SET_BYTES || (nal[0] & 0x1f) !== H264_NAL.SPS) {
    throw new MalformedMediaError(`Cannot parse SPS: ${nal.length} bytes that are none`, 0);
  }
  const reader = new BitReader(removeEmulationPrevention(nal.subarray(1)));
  const profile = reader.bits(8);
  const compatibility = reader.bits(8);
  const level = reader.bits(8);
  reader.ueAtMost(31, "seq_parameter_set_id");
  let chromaFormat = 1;
  let bitDepthLuma = 8;
  let bitDepthChroma = 8;
  let separatePlanes = false;
  if (HIGH_PROFILES.has(profile)) {
    chromaFormat = reader.ueAtMost(3, "chroma_format_idc");
    if (chromaFormat === 3) separatePlanes = reader.flag();
    bitDepthLuma = 8 + reader.ueAtMost(6, "bit_depth_luma_minus8");
    bitDepthChroma = 8 + reader.ueAtMost(6, "bit_depth_chroma_minus8");
    reader.skip(1);
    if (reader.flag()) skipScalingMatrix(reader, chromaFormat === 3 ? 12 : 8);
  }
  reader.ueAtMost(12, "log2_max_frame_num_minus4");
  const orderType = reader.ueAtMost(2, "pic_order_cnt_type");
  if (orderType === 0) reader.ueAtMost(12, "log2_max_pic_order_cnt_lsb_minus4");
  else if (orderType === 1) {
    reader.skip(1);
    reader.se();
    reader.se();
    const cycle = reader.ueAtMost(255, "num_ref_frames_in_pic_order_cnt_cycle");
    for (let i = 0; i < cycle; i++) reader.se();
  }
  reader.ueAtMost(16, "max_num_ref_frames");
  reader.skip(1);
  const widthMbs = reader.ueAtMost(1023, "pic_width_in_mbs_minus1") + 1;
  const heightUnits = reader.ueAtMost(1023, "pic_height_in_map_units_minus1") + 1;
  const frameMbsOnly = reader.flag();
  if (!frameMbsOnly) reader.skip(1);
  reader.skip(1);
  const fieldFactor = frameMbsOnly ? 1 : 2;
  let width = widthMbs * 16;
  let height = heightUnits * 16 * fieldFactor;
  if (reader.flag()) {
    const planes = separatePlanes ? 0 : chromaFormat;
    const unitX = planes === 1 || planes === 2 ? 2 : 1;
    const unitY = (planes === 1 ? 2 : 1) * fieldFactor;
    width -= unitX * (reader.ue() + reader.ue());
    height -= unitY * (reader.ue() + reader.ue());
  }
  requireDimensions({ width, height });
  const vui = reader.flag() ? readVui(reader) : NO_VUI;
  // Without VUI: Baseline has no B slices, and with type 2 output order is decoding order.
  const neverReorders = orderType === 2 || profile === 66;
  return {
    profile,
    compatibility,
    level,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    width,
    height,
    frameRate: vui.frameRate,
    maxReorderFrames: vui.maxReorderFrames ?? (neverReorders ? 0 : null),
  };
}

/** Whether output order may differ from decoding order; true when the SPS does not say. */
export function hasBFrames(sps: H264Sps): boolean {
  return sps.maxReorderFrames !== 0;
}

/** What {@linkcode inspectH264} sees. */
export interface H264UnitInfo {
  /** An IDR slice, or a recovery point at which the picture is at once correct. */
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
export function inspectH264(data: Uint8Array, lengthSize: NalLengthSize = 4): H264UnitInfo {
  let idr = false;
  let recovery = false;
  let hasPicture = false;
  const emptyNals = forEachNal(data, {
    lengthSize,
    visit: (start, end) => {
      const type = data[start] & 0x1f;
      if (type >= H264_NAL.SLICE && type <= H264_NAL.IDR) {
        hasPicture = true;
        if (type === H264_NAL.IDR) idr = true;
      } else if (type === H264_NAL.SEI && hasExactRecoveryPoint(data.subarray(start + 1, end))) {
        recovery = true;
      }
    },
  });
  return { keyFrame: hasPicture && (idr || recovery), hasPicture, emptyNals };
}

interface Vui {
  readonly frameRate: number | null;
  readonly maxReorderFrames: number | null;
}

const NO_VUI: Vui = { frameRate: null, maxReorderFrames: null };

/** H.264 §E.1.1. Encoders that cut it short are common; what was read until then counts. */
function readVui(reader: BitReader): Vui {
  let frameRate: number | null = null;
  let maxReorderFrames: number | null = null;
  try {
    if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.skip(32);
    if (reader.flag()) reader.skip(1);
    if (reader.flag()) {
      reader.skip(4);
      if (reader.flag()) reader.skip(24);
    }
    if (reader.flag()) {
      reader.ue();
      reader.ue();
    }
    if (reader.flag()) {
      const unitsInTick = reader.bits(32);
      const timeScale = reader.bits(32);
      reader.skip(1);
      if (unitsInTick > 0) frameRate = plausibleFrameRate(timeScale / (2 * unitsInTick));
    }
    const nalHrd = reader.flag();
    if (nalHrd) skipHrd(reader);
    const vclHrd = reader.flag();
    if (vclHrd) skipHrd(reader);
    if (nalHrd || vclHrd) reader.skip(1);
    reader.skip(1);
    if (reader.flag()) {
      reader.skip(1);
      reader.ue();
      reader.ue();
      reader.ue();
      reader.ue();
      maxReorderFrames = reader.ueAtMost(16, "max_num_reorder_frames");
    }
  } catch (error) {
    if (!(error instanceof MalformedMediaError)) throw error;
  }
  return { frameRate, maxReorderFrames };
}

function skipHrd(reader: BitReader): void {
  const count = reader.ueAtMost(31, "cpb_cnt_minus1") + 1;
  reader.skip(8);
  for (let i = 0; i < count; i++) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(20);
}

function skipScalingMatrix(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!reader.flag()) continue;
    const size = list < 6 ? 16 : 64;
    let last = 8;
    let next = 8;
    for (let i = 0; i < size; i++) {
      if (next !== 0) next = (last + reader.se() + 256) % 256;
      last = next === 0 ? last : next;
    }
  }
}

/** Whether an SEI NAL unit (without header) says that decoding may start exactly here (§D.1.8). */
function hasExactRecoveryPoint(sei: Uint8Array): boolean {
  let position = 0;
  while (position + 2 < sei.length) {
    let type = 0;
    while (sei[position] === 0xff && position + 1 < sei.length) type += sei[position++];
    type += sei[position++];
    let size = 0;
    while (sei[position] === 0xff && position + 1 < sei.length) size += sei[position++];
    size += sei[position++];
    // recovery_frame_cnt of 0 is the single bit 1.
    if (type === SEI_RECOVERY_POINT) return position < sei.length && sei[position] >= 0x80;
    position += size;
  }
  return false;
}
