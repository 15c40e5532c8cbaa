/**
 * The playlists of a stream from its stored segments.
 *
 * @module
 */
import { CLOCK_HZ } from "../../access_unit.ts";
import { initUri, partUri, segmentUri } from "./addresses.ts";
import type { MediaPlaylist, PlaylistSegment, Variant } from "./playlist.ts";
import { durationS, type SegmentStore, type StoredSegment } from "./segment_store.ts";
import { tsSegmentBytes } from "./ts_segment.ts";

/** Three times the default PART-TARGET (RFC 8216bis §4.4.3.8). */
const PART_HOLD_BACK_S = 1.05;
const PART_TARGETS_HELD_BACK = 3;
/** A declared frame rate is believed when the measured one is this near. */
const FRAME_RATE_TOLERANCE = 0.03;

/** What playlists are made from besides the segments. */
export interface PlaylistSource {
  readonly store: SegmentStore;
  readonly epoch: string;
  /** Wall clock of tick 0. */
  readonly startedAtMs: number;
  readonly ended: boolean;
}

/** The low-latency media playlist. */
export function lowLatencyPlaylist(
  source: PlaylistSource,
  options: { readonly targetDurationS: number; readonly partTargetS: number },
): MediaPlaylist {
  const { store, epoch } = source;
  const listed = store.listed().filter((segment) => segment.parts.length > 0);
  const { partTargetS } = options;
  const segments = listed.map((segment) => ({
    ...common(source, segment),
    uri: segment.complete ? segmentUri(epoch, { msn: segment.msn, ts: false }) : null,
    mapUri: initUri(epoch, segment.tracks.number),
    gap: false,
    parts: segment.parts.map((part, index) => ({
      uri: partUri(epoch, { msn: segment.msn, part: index }),
      durationS: Math.min(part.durationS, partTargetS),
      independent: part.independent,
    })),
  }));
  const hint = { msn: store.openMsn, part: store.open?.parts.length ?? 0 };
  return {
    ...head(source, listed),
    targetDurationS: options.targetDurationS,
    segments,
    lowLatency: {
      partTargetS,
      partHoldBackS: Math.max(PART_HOLD_BACK_S, PART_TARGETS_HELD_BACK * partTargetS),
      preloadHintUri: source.ended ? null : partUri(epoch, hint),
      renditionReports: [],
    },
  };
}

/** The media playlist of the MPEG-TS segments. */
export function tsPlaylist(
  source: PlaylistSource,
  options: { readonly targetDurationS: number },
): MediaPlaylist {
  const listed = source.store.listed().filter((segment) => segment.complete);
  const segments = listed.map((segment) => ({
    ...common(source, segment),
    uri: segmentUri(source.epoch, { msn: segment.msn, ts: true }),
    mapUri: null,
    gap: !segment.tracks.tsCarried,
    parts: [],
  }));
  return {
    ...head(source, listed),
    targetDurationS: options.targetDurationS,
    segments,
    lowLatency: null,
  };
}

/**
 * The one variant of a stream; null while nothing can be measured. Bit rates are those of whole
 * segments, or of what there is of the first one.
 */
export function streamVariant(
  store: SegmentStore,
  { ts }: { readonly ts: boolean },
): Variant | null {
  const listed = store.listed().filter((segment) => segment.parts.length > 0);
  const complete = listed.filter((segment) => segment.complete);
  const measured = complete.length > 0 ? complete : listed;
  const last = measured.at(-1);
  if (last === undefined) return null;
  let peak = 0;
  let bits = 0;
  let seconds = 0;
  for (const segment of measured) {
    const size = 8 * (ts ? tsSegmentBytes(segment) : segment.bytes);
    const duration = Math.max(durationS(segment), 0.001);
    // A short rest before a discontinuity is no peak (RFC 8216bis, "peak segment bit rate").
    if (duration >= 0.5 || measured.length === 1) peak = Math.max(peak, size / duration);
    bits += size;
    seconds += duration;
  }
  const { video, audio } = last.tracks.tracks;
  const codecs = [];
  if (video !== null) codecs.push(video.codecString);
  if (audio !== null) codecs.push(audio.codecString);
  return {
    uri: "main.m3u8",
    bandwidth: Math.max(peak, bits / seconds),
    averageBandwidth: bits / seconds,
    codecs,
    resolution: video === null ? null : { width: video.width, height: video.height },
    frameRate: video === null ? null : frameRate(measured, video.frameRate),
  };
}

function head(source: PlaylistSource, listed: readonly StoredSegment[]) {
  return {
    mediaSequence: listed[0]?.msn ?? source.store.openMsn,
    discontinuitySequence: listed[0]?.discontinuitySequence ?? 0,
    independentSegments: listed.every((segment) => segment.independent),
    ended: source.ended,
  };
}

function common(
  source: PlaylistSource,
  segment: StoredSegment,
): Pick<PlaylistSegment, "durationS" | "discontinuity" | "programDateTimeMs"> {
  return {
    durationS: durationS(segment),
    discontinuity: segment.discontinuity,
    programDateTimeMs: Math.round(source.startedAtMs + segment.start * 1000 / CLOCK_HZ),
  };
}

function frameRate(segments: readonly StoredSegment[], declared: number | null): number | null {
  const current = segments.at(-1)!.tracks;
  let frames = 0;
  let seconds = 0;
  for (const segment of segments) {
    if (segment.tracks !== current) continue;
    frames += segment.videoFrames;
    seconds += durationS(segment);
  }
  if (frames === 0 || seconds <= 0) return declared;
  const measured = frames / seconds;
  if (declared !== null && Math.abs(declared - measured) <= FRAME_RATE_TOLERANCE * measured) {
    return declared;
  }
  return measured;
}
