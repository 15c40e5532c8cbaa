/**
 * What travels from a source to its viewers: RTP packets with their header fields beside them, so
 * that the same bytes serve every viewer.
 *
 * @module
 */
import type { RtpCodec } from "../../transport/webrtc/sdp/mod.ts";

/** Which of the two streams of a room. */
export type MediaKind = "audio" | "video";

/**
 * One RTP packet of a source. `bytes` are the whole packet, without extensions and padding; whoever
 * sends them writes the header over first, and keeps nothing in it.
 */
export interface SourcePacket {
  readonly kind: MediaKind;
  /** Simulcast layer, 0 for a plain stream; the order is the publisher's. */
  readonly layer: number;
  readonly bytes: Uint8Array;
  /** Unwrapped; of this feed, kind and layer. Gaps are packets that are missing (yet). */
  readonly sequence: number;
  /** Unwrapped ticks of the format's clock. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** First packet of a picture that is decoded without any other. */
  readonly keyFrameStart: boolean;
}

/** A track of a feed. */
export interface FeedTrack {
  readonly codec: RtpCodec;
  /** Hertz. */
  readonly clockRate: number;
  /** `profile_idc` of H.264 where it is known. */
  readonly profile?: number;
  /** Simulcast layers; 1: a plain stream. */
  readonly layers: number;
}

/** What a feed brings. */
export interface FeedDescription {
  readonly video: FeedTrack | null;
  readonly audio: FeedTrack | null;
}

/** One instant on the clock of a stream and on the wall clock of this machine. */
export interface ClockPoint {
  /** Unwrapped ticks. */
  readonly timestamp: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** Wall clock of a timestamp, milliseconds since the epoch. */
export function wallMsOf(
  point: ClockPoint,
  of: { readonly timestamp: number; readonly clockRate: number },
): number {
  return point.atMs + (of.timestamp - point.timestamp) * 1000 / of.clockRate;
}

/** Timestamp of an instant, in ticks. */
export function timestampAt(
  point: ClockPoint,
  of: { readonly atMs: number; readonly clockRate: number },
): number {
  return point.timestamp + (of.atMs - point.atMs) * of.clockRate / 1000;
}
