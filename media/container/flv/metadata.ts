/**
 * `onMetaData`: what is kept of a publisher's, and what viewers get.
 *
 * @module
 */
import type { MetadataItem, Tracks } from "../../access_unit.ts";
import { AmfEcmaArray, type AmfValue, decodeAmf0, encodeAmf0 } from "../amf0.ts";

/** Values of one `onMetaData`. */
export type MetadataValues = MetadataItem["values"];

const MAX_KEYS = 64;
const MAX_KEY_LENGTH = 64;
const MAX_TEXT_LENGTH = 1024;

/** What the file at the publisher's end says of itself and a live stream does not have. */
const FILE_ONLY = new Set([
  "duration",
  "filesize",
  "filepositions",
  "lasttimestamp",
  "lastkeyframetimestamp",
  "lastkeyframelocation",
  "canSeekToEnd",
  "hasKeyframes",
  "datasize",
  "videosize",
  "audiosize",
]);

/** Values of `videocodecid` and `audiocodecid`: the classic number, else the fourCC as a number. */
const CODEC_IDS = {
  h264: 7,
  h265: 0x68766331,
  av1: 0x61763031,
  vp9: 0x76703039,
  vp8: 0x76703038,
  aac: 10,
  mp3: 2,
  opus: 0x4f707573,
} as const;

/**
 * The values of `onMetaData` script data, with or without `@setDataFrame` before it; null for other
 * script data. Keeps at most 64 numbers, strings (1024 characters each) and booleans of the top
 * level.
 *
 * @throws {MalformedMediaError} when it is no AMF0.
 * @throws {UnsupportedMediaError} when it is AMF3.
 */
export function parseMetadata(data: Uint8Array): MetadataValues | null {
  const [name] = decodeAmf0(data, { maxValues: 1 });
  if (name !== "onMetaData" && name !== "@setDataFrame") return null;
  const values = decodeAmf0(data, { maxValues: 3 });
  const from = name === "onMetaData" ? 1 : values[1] === "onMetaData" ? 2 : -1;
  if (from < 0) return null;
  return keepSimple(values[from]);
}

/**
 * Script data `onMetaData` for viewers: the publisher's values without what is true of a file only,
 * overridden by what is known of the tracks.
 */
export function buildMetadata(
  options: { readonly values?: MetadataValues; readonly tracks?: Tracks | null },
): Uint8Array {
  const kept: Record<string, string | number | boolean> = {};
  for (const [key, value] of Object.entries(options.values ?? {})) {
    if (!FILE_ONLY.has(key)) kept[key] = value;
  }
  return encodeAmf0([
    "onMetaData",
    new AmfEcmaArray({ ...kept, ...(options.tracks ? describeTracks(options.tracks) : {}) }),
  ]);
}

/** `onMetaData` values that follow from the tracks. */
export function describeTracks(tracks: Tracks): MetadataValues {
  const { video, audio } = tracks;
  return {
    hasVideo: video !== null,
    hasAudio: audio !== null,
    ...(video &&
      { width: video.width, height: video.height, videocodecid: CODEC_IDS[video.codec] }),
    ...(video?.frameRate && { framerate: video.frameRate }),
    ...(audio && {
      audiocodecid: CODEC_IDS[audio.codec],
      audiosamplerate: audio.sampleRate,
      stereo: audio.channels > 1,
    }),
  };
}

function keepSimple(object: AmfValue): MetadataValues {
  const kept: Record<string, string | number | boolean> = {};
  if (typeof object !== "object" || object === null) return kept;
  let count = 0;
  for (const [key, value] of Object.entries(object)) {
    if (key === "__proto__" || key.length > MAX_KEY_LENGTH) continue;
    if (typeof value === "string") kept[key] = value.slice(0, MAX_TEXT_LENGTH);
    else if (typeof value === "boolean" || Number.isFinite(value)) kept[key] = value as number;
    else continue;
    if (++count === MAX_KEYS) break;
  }
  return kept;
}
