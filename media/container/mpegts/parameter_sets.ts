/**
 * What stands before a picture in an Annex B byte stream: access unit delimiter, and before a key
 * frame the parameter sets of the configuration record.
 *
 * @module
 */
import type { VideoTrack } from "../../access_unit.ts";
import { parseAvcConfig } from "../../codec/h264.ts";
import { MalformedMediaError } from "../../errors.ts";

const H264_AUD_TYPE = 9;
const H265_AUD_TYPE = 35;
/** Any slice type may follow (H.264 table 7-5, H.265 table 7-2). */
const H264_AUD = [0, 0, 0, 1, 0x09, 0xf0];
const H265_AUD = [0, 0, 0, 1, 0x46, 0x01, 0x50];
const HVCC_HEAD_BYTES = 23;
/** VPS, SPS and PPS. */
const H265_PARAMETER_SETS = new Set([32, 33, 34]);

/** Bytes that go before the pictures of a track. */
export interface PicturePrefix {
  /** Before every picture: the access unit delimiter. */
  readonly picture: Uint8Array;
  /** Before a key frame: delimiter and parameter sets, with start codes. */
  readonly keyFrame: Uint8Array;
}

/**
 * Makes the prefixes of an H.264 or H.265 track.
 *
 * @throws {MalformedMediaError} when the configuration record is broken.
 */
export function picturePrefix(track: VideoTrack): PicturePrefix {
  const h265 = track.codec === "h265";
  const delimiter = h265 ? H265_AUD : H264_AUD;
  const sets = h265 ? hevcParameterSets(track.description) : avcParameterSets(track.description);
  const keyFrame: number[] = [...delimiter];
  for (const set of sets) keyFrame.push(0, 0, 0, 1, ...set);
  return { picture: Uint8Array.from(delimiter), keyFrame: Uint8Array.from(keyFrame) };
}

/**
 * Offset of the first NAL unit of length-prefixed `data` that is no access unit delimiter, since
 * {@linkcode PicturePrefix} brings its own.
 */
export function skipDelimiter(data: Uint8Array, codec: "h264" | "h265"): number {
  if (data.length < 5) return 0;
  const delimiter = codec === "h265"
    ? (data[4] >>> 1 & 0x3f) === H265_AUD_TYPE
    : (data[4] & 0x1f) === H264_AUD_TYPE;
  if (!delimiter) return 0;
  const end = 4 + (data[0] * 0x100_0000 + (data[1] << 16 | data[2] << 8 | data[3]));
  return end <= data.length ? end : 0;
}

function avcParameterSets(description: Uint8Array): readonly Uint8Array[] {
  const config = parseAvcConfig(description);
  return [...config.sps, ...config.pps];
}

/** Parameter sets of an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1). */
function hevcParameterSets(description: Uint8Array): readonly Uint8Array[] {
  const sets: Uint8Array[] = [];
  const cut = () => {
    throw new MalformedMediaError("Cannot read hvcC: a parameter set is cut short", position);
  };
  let position = HVCC_HEAD_BYTES;
  if (description.length < position) cut();
  for (let arrays = description[22]; arrays > 0; arrays--) {
    if (position + 3 > description.length) cut();
    const type = description[position] & 0x3f;
    let count = description[position + 1] << 8 | description[position + 2];
    position += 3;
    for (; count > 0; count--) {
      if (position + 2 > description.length) cut();
      const start = position + 2;
      const end = start + (description[position] << 8 | description[position + 1]);
      if (end > description.length) cut();
      if (H265_PARAMETER_SETS.has(type)) sets.push(description.subarray(start, end));
      position = end;
    }
  }
  return sets;
}
