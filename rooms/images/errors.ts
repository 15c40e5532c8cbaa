/**
 * Why a picture is refused.
 *
 * @module
 */

/** Closed catalogue of refusals. */
export type ImageRefusalReason =
  /** No format that is taken. */
  | "unknown_format"
  /** It ends before it should. */
  | "cut_short"
  /** Its own format forbids it, or nobody can draw it. */
  | "malformed"
  | "too_small"
  | "too_large";

/** A picture that cannot be used; another one can. */
export class ImageRefusal extends Error {
  override readonly name = "ImageRefusal";
  readonly reason: ImageRefusalReason;

  constructor(reason: ImageRefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
