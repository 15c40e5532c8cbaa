/**
 * H.265 parameter sets (ITU-T H.265 §7.3.2 and Annex E): what a packager needs of them.
 *
 * @module
 */
import { MalformedMediaError } from "../errors.ts";
import { BitReader, removeEmulationPrevention } from "./bit_reader.ts";
import { MAX_PARAMETER_SET_BYTES, plausibleFrameRate, requireDimensions } from "./nal.ts";

const NAL_VPS = 32;
const NAL_SPS = 33;
const EXTENDED_SAR = 255;
const MAX_SHORT_TERM_SETS = 64;

/** general_profile_space … general_level_idc (§7.3.3). */
export interface H265ProfileTierLevel {
  readonly profileSpace: number;
  /** 0 main, 1 high. */
  readonly tier: number;
  readonly profile: number;
  /** 4 bytes of profile compatibility flags. */
  readonly compatibility: Uint8Array;
  /** 6 bytes of constraint flags. */
  readonly constraints: Uint8Array;
  /** Level × 30. */
  readonly level: number;
}

/** What a sequence parameter set says. */
export interface H265Sps extends H265ProfileTierLevel {
  /** 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  readonly temporalLayers: number;
  readonly temporalIdNested: boolean;
  /** Displayed size in pixels, after the conformance window. */
  readonly width: number;
  readonly height: number;
  /** Frames a second from the VUI; null when it does not say. */
  readonly frameRate: number | null;
}

/**
 * Parses a sequence parameter set with its NAL unit header (§7.3.2.2).
 *
 * @throws {MalformedMediaError} when it is none, cut short, or breaks a limit.
 */
export function parseH265Sps(nal: Uint8Array): H265Sps {
  const reader = openParameterSet(nal, NAL_SPS);
  reader.skip(4);
  const temporalLayers = reader.bits(3) + 1;
  if (temporalLayers > 7) {
    throw new MalformedMediaError(`Cannot parse SPS: ${temporalLayers} temporal layers`, 2);
  }
  const temporalIdNested = reader.flag();
  const profileTierLevel = readProfileTierLevel(reader, temporalLayers);
  reader.ueAtMost(15, "sps_seq_parameter_set_id");
  const chromaFormat = reader.ueAtMost(3, "chroma_format_idc");
  const separatePlanes = chromaFormat === 3 && reader.flag();
  let width = reader.ue();
  let height = reader.ue();
  if (reader.flag()) {
    const planes = separatePlanes ? 0 : chromaFormat;
    const unitX = planes === 1 || planes === 2 ? 2 : 1;
    const unitY = planes === 1 ? 2 : 1;
    width -= unitX * (reader.ue() + reader.ue());
    height -= unitY * (reader.ue() + reader.ue());
  }
  requireDimensions({ width, height });
  const bitDepthLuma = 8 + reader.ueAtMost(8, "bit_depth_luma_minus8");
  const bitDepthChroma = 8 + reader.ueAtMost(8, "bit_depth_chroma_minus8");
  return {
    ...profileTierLevel,
    chromaFormat,
    bitDepthLuma,
    bitDepthChroma,
    temporalLayers,
    temporalIdNested,
    width,
    height,
    frameRate: readFrameRate(reader, temporalLayers),
  };
}

/**
 * Frames a second that a video parameter set declares (§7.3.2.1), or null.
 *
 * @throws {MalformedMediaError} when it is none.
 */
export function parseH265VpsFrameRate(nal: Uint8Array): number | null {
  const reader = openParameterSet(nal, NAL_VPS);
  return orNull(() => {
    reader.skip(4 + 2 + 6);
    const temporalLayers = reader.bits(3) + 1;
    reader.skip(1 + 16);
    readProfileTierLevel(reader, temporalLayers);
    skipOrdering(reader, temporalLayers);
    const maxLayerId = reader.bits(6);
    const layerSets = reader.ueAtMost(1023, "vps_num_layer_sets_minus1");
    reader.skip(layerSets * (maxLayerId + 1));
    return reader.flag() ? readTiming(reader) : null;
  });
}

function openParameterSet(nal: Uint8Array, type: number): BitReader {
  const name = type === NAL_SPS ? "SPS" : "VPS";
  if (
    nal.length < 4 || nal.length > MAX_PARAMETER_SET_BYTES || (nal[0] >>> 1 & 0x3f) !== type
  ) {
    throw new MalformedMediaError(`Cannot parse ${name}: ${nal.length} bytes that are none`, 0);
  }
  return new BitReader(removeEmulationPrevention(nal.subarray(2)));
}

/** profile_tier_level(1, temporalLayers − 1), §7.3.3. */
function readProfileTierLevel(reader: BitReader, temporalLayers: number): H265ProfileTierLevel {
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => reader.bits(8));
  const profileSpace = reader.bits(2);
  const tier = reader.bits(1);
  const profile = reader.bits(5);
  const compatibility = bytes(4);
  const constraints = bytes(6);
  const level = reader.bits(8);
  const present: boolean[][] = [];
  for (let i = 1; i < temporalLayers; i++) present.push([reader.flag(), reader.flag()]);
  if (temporalLayers > 1) reader.skip(2 * (9 - temporalLayers));
  for (const [hasProfile, hasLevel] of present) {
    reader.skip((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0));
  }
  return { profileSpace, tier, profile, compatibility, constraints, level };
}

/** The rest of an SPS up to the timing of its VUI; what cannot be read leaves the rate unknown. */
function readFrameRate(reader: BitReader, temporalLayers: number): number | null {
  return orNull(() => {
    const orderCountBits = reader.ueAtMost(12, "log2_max_pic_order_cnt_lsb_minus4") + 4;
    skipOrdering(reader, temporalLayers);
    for (let i = 0; i < 6; i++) reader.ue();
    if (reader.flag() && reader.flag()) skipScalingLists(reader);
    reader.skip(2);
    if (reader.flag()) {
      reader.skip(8);
      reader.ue();
      reader.ue();
      reader.skip(1);
    }
    skipShortTermSets(reader);
    if (reader.flag()) {
      const count = reader.ueAtMost(32, "num_long_term_ref_pics_sps");
      reader.skip(count * (orderCountBits + 1));
    }
    reader.skip(2);
    return reader.flag() ? readVuiFrameRate(reader) : null;
  });
}

/** The DPB sizes per temporal layer, which SPS and VPS have alike. */
function skipOrdering(reader: BitReader, temporalLayers: number): void {
  const layers = reader.flag() ? temporalLayers : 1;
  for (let i = 0; i < layers * 3; i++) reader.ue();
}

/** scaling_list_data(), §7.3.4. */
function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!reader.flag()) {
        reader.ue();
        continue;
      }
      const coefficients = Math.min(64, 1 << (4 + (size << 1)));
      if (size > 1) reader.se();
      for (let i = 0; i < coefficients; i++) reader.se();
    }
  }
}

/** All st_ref_pic_set() of an SPS, §7.3.7. */
function skipShortTermSets(reader: BitReader): void {
  const count = reader.ueAtMost(MAX_SHORT_TERM_SETS, "num_short_term_ref_pic_sets");
  let previous = 0;
  for (let set = 0; set < count; set++) {
    if (set > 0 && reader.flag()) {
      reader.skip(1);
      reader.ue();
      let pictures = 0;
      for (let i = 0; i <= previous; i++) {
        const used = reader.flag();
        if (used || reader.flag()) pictures++;
      }
      previous = pictures;
      continue;
    }
    const negative = reader.ueAtMost(16, "num_negative_pics");
    const positive = reader.ueAtMost(16, "num_positive_pics");
    for (let i = 0; i < negative + positive; i++) {
      reader.ue();
      reader.skip(1);
    }
    previous = negative + positive;
  }
}

/** vui_parameters() up to the timing, §E.2.1. */
function readVuiFrameRate(reader: BitReader): number | null {
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
  reader.skip(3);
  if (reader.flag()) {
    for (let i = 0; i < 4; i++) reader.ue();
  }
  return reader.flag() ? readTiming(reader) : null;
}

function readTiming(reader: BitReader): number | null {
  const unitsInTick = reader.bits(32);
  const timeScale = reader.bits(32);
  return unitsInTick === 0 ? null : plausibleFrameRate(timeScale / unitsInTick);
}

function orNull(read: () => number | null): number | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedMediaError) return null;
    throw error;
  }
}
