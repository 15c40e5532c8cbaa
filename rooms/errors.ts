/**
 * Closed catalogue of what a caller of the business can do something about.
 *
 * @module
 */

/** Refusals; the HTTP status stands beside each in `routes/problem.ts`. */
export type ServiceErrorCode =
  | "invalid"
  | "unauthenticated"
  | "wrong_credentials"
  | "forbidden"
  | "not_found"
  | "name_taken"
  | "room_exists"
  | "too_many"
  | "last_admin"
  | "suspended"
  | "closed"
  | "too_many_attempts"
  | "slow_down"
  | "too_poor"
  | "not_live"
  | "in_battle"
  | "not_now"
  | "picture_unknown"
  | "picture_broken"
  | "picture_too_small"
  | "picture_too_large"
  | "storage_full"
  | "busy"
  | "muted"
  | "banned"
  | "followers_only"
  | "level"
  | "emotes_only"
  | "visitors"
  | "words"
  | "blocked";

/** A request that cannot be done; `field` names the input at fault. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: ServiceErrorCode;
  readonly field: string | null;
  /** Seconds until a retry makes sense. */
  readonly retryAfterS: number | null;
  /** Figures that stand in the answer. */
  readonly members: Readonly<Record<string, number>>;

  constructor(
    code: ServiceErrorCode,
    message: string,
    options: {
      readonly field?: string;
      readonly retryAfterS?: number;
      readonly members?: Readonly<Record<string, number>>;
    } = {},
  ) {
    super(message);
    this.code = code;
    this.field = options.field ?? null;
    this.retryAfterS = options.retryAfterS ?? null;
    this.members = options.members ?? {};
  }
}

/** A store cannot take more work now, or another process holds its file; a retry makes sense. */
export class StoreBusyError extends Error {
  override readonly name = "StoreBusyError";
}

/** A store has reached the limit of what it may keep. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}
