/**
 * What a reader can use of a stream, and what has to be made of it then. Pure.
 *
 * @module
 */
import type { AudioCodec, Tracks, VideoCodec } from "../access_unit.ts";
import { parseAvcConfig, parseH264Sps } from "../codec/h264.ts";
import { MalformedMediaError } from "../errors.ts";

/**
 * Pictures that a reader can use. `h264`: every player of FLV and RTMP. `plain`: H.264 in which
 * pictures are shown in the order in which they are decoded (WebRTC). `cmaf`: what players of HLS take
 * in fragmented MP4. `ts`: what they take in MPEG-TS.
 */
export type VideoWish = "any" | "h264" | "plain" | "cmaf" | "ts";
/** Sound that a reader can use; `aac` means MP3 as well, which every such player knows. */
export type AudioWish = "any" | "aac" | "opus";

/** What a reader can use. */
export interface Wish {
  readonly video: VideoWish;
  readonly audio: AudioWish;
}

/** What players take that say nothing about themselves. */
export const CLASSIC: Wish = { video: "h264", audio: "aac" };

/** Tracks that are made by an encoder here: H.264 without B-frames, AAC, Opus. */
export type RenditionKind = "h264" | "aac" | "opus";

/** Where each track of a wish comes from: `source` as it is, a rendition, or null: there is none. */
export interface Plan {
  readonly video: "source" | "h264" | null;
  readonly audio: "source" | "aac" | "opus" | null;
}

/** A stream as far as wishes depend on it. */
export interface StreamShape {
  readonly tracks: Tracks;
  /** Pictures are, or may be, shown in another order than they are decoded in. */
  readonly reorders: boolean;
}

const VIDEO: Readonly<Record<VideoWish, readonly VideoCodec[]>> = {
  any: ["h264", "h265", "av1", "vp9", "vp8"],
  h264: ["h264"],
  plain: ["h264"],
  cmaf: ["h264", "h265", "av1", "vp9"],
  ts: ["h264", "h265"],
};
const AUDIO: Readonly<Record<AudioWish, readonly AudioCodec[]>> = {
  any: ["aac", "mp3", "opus"],
  aac: ["aac", "mp3"],
  opus: ["opus"],
};

/** What fulfils the wish. */
export function planOf(shape: StreamShape, wish: Wish): Plan {
  const { video, audio } = shape.tracks;
  const asIs = video !== null && VIDEO[wish.video].includes(video.codec) &&
    !(wish.video === "plain" && shape.reorders);
  return {
    video: video === null ? null : asIs ? "source" : "h264",
    audio: audio === null
      ? null
      : AUDIO[wish.audio].includes(audio.codec)
      ? "source"
      : wish.audio === "opus"
      ? "opus"
      : "aac",
  };
}

/** Whether the stream fulfils the wish as it is. */
export function isDirect(plan: Plan): boolean {
  return plan.video !== "h264" && (plan.audio === null || plan.audio === "source");
}

/** The name of a wish, for maps, logs and metrics. */
export function wishName(wish: Wish): string {
  return `${wish.video}+${wish.audio}`;
}

/** Pictures that say whether they are reordered: with fewer, the first one's delay decides. */
const ENOUGH_PICTURES = 60;

/**
 * Whether pictures are shown in another order than they are decoded in: what the parameter set says
 * for certain, else what was seen.
 */
export function reordersPictures(
  tracks: Tracks,
  seen: {
    /** A picture came that is shown before one that came earlier. */
    readonly bFrames: boolean;
    readonly pictures: number;
    /** Of the newest key frame, ticks from decoding to showing. */
    readonly keyFrameDelay: number;
  },
): boolean {
  const { video } = tracks;
  if (video === null || video.codec === "vp8" || video.codec === "vp9") return false;
  if (seen.bFrames) return true;
  if (seen.pictures >= ENOUGH_PICTURES || seen.keyFrameDelay <= 0) return false;
  return video.codec !== "h264" || !forbidsReordering(video.description);
}

/** Whether the sequence parameter set says that no picture is reordered (H.264 §E.2.1). */
function forbidsReordering(description: Uint8Array): boolean {
  try {
    return parseAvcConfig(description).sps.every((sps) => parseH264Sps(sps).maxReorderFrames === 0);
  } catch (error) {
    if (error instanceof MalformedMediaError) return false;
    throw error;
  }
}

/** Reads `?audio=` and `?video=` of an address; what is left out is {@linkcode CLASSIC}. */
export function parseWish(query: URLSearchParams): Wish | null {
  const video = query.get("video") ?? CLASSIC.video;
  const audio = query.get("audio") ?? CLASSIC.audio;
  if (video !== "any" && video !== "h264" && video !== "plain") return null;
  if (audio !== "any" && audio !== "aac" && audio !== "opus") return null;
  return { video, audio };
}
