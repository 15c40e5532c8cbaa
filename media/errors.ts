/**
 * Closed catalogue of what goes wrong in the media plane.
 *
 * @module
 */

/** Bytes from outside that break their format; the connection they came from ends. */
export class MalformedMediaError extends Error {
  override readonly name = "MalformedMediaError";
  /** Offset of the first byte that could not be used, from the start of what was parsed. */
  readonly byteOffset: number;

  constructor(message: string, byteOffset = 0) {
    super(message);
    this.byteOffset = byteOffset;
  }
}

/** Well-formed media that this platform does not carry; the message names what it is. */
export class UnsupportedMediaError extends Error {
  override readonly name = "UnsupportedMediaError";
}

/** Why a publisher is refused; each has its own words on the wire. */
export type PublishRefusal =
  | "wrong_key"
  | "unknown_room"
  | "unsupported_codec"
  | "suspended"
  | "ended"
  | "too_many_streams"
  | "unavailable";

/** A publisher may not publish. */
export class PublishRefusedError extends Error {
  override readonly name = "PublishRefusedError";
  readonly reason: PublishRefusal;

  constructor(reason: PublishRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Why a form of a stream that a reader wishes for cannot be had. */
export type RenditionRefusal = "ffmpeg_missing" | "too_many_renditions" | "rendition_failed";

/** A stream is live, but not in the form that was wished for. */
export class RenditionRefusedError extends Error {
  override readonly name = "RenditionRefusedError";
  readonly reason: RenditionRefusal;

  constructor(reason: RenditionRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Why a publishing session or a stream ended; stands in the closing log line. */
export type CloseReason =
  | "unpublished"
  | "connection_lost"
  | "taken_over"
  | "timeout"
  | "malformed"
  | "unsupported_codec"
  | "refused"
  | "key_rotated"
  | "cut_off"
  | "ended"
  | "suspended"
  | "draining";
