/**
 * Pictures of accounts and rooms: from what somebody uploads to the id of what is shown.
 *
 * @module
 */
import type { AttemptPolicy } from "../attempt_limits.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import { ServiceError, type ServiceErrorCode, StoreFullError } from "../errors.ts";
import { ImageRefusal, type ImageRefusalReason } from "./errors.ts";
import { type Plan, planAvatar, planCover, type SquareCrop } from "./geometry.ts";
import type { ImageStore } from "./image_store.ts";
import type { ImageWorkshop } from "./image_workshop.ts";
import { type ImageHeader, inspectImage } from "./inspect.ts";

/** How often one account may upload: a picture costs up to seconds of a processor. */
export const UPLOAD_POLICY = { burst: 20, refillMs: 30_000 } as const satisfies AttemptPolicy;
/** A picture that nobody shows is kept so long, for whoever is about to show it. */
export const UNSHOWN_LIFE_MS = 3_600_000;

const REFUSALS = {
  unknown_format: "picture_unknown",
  cut_short: "picture_broken",
  malformed: "picture_broken",
  too_small: "picture_too_small",
  too_large: "picture_too_large",
} as const satisfies Record<ImageRefusalReason, ServiceErrorCode>;

/** Refusals of {@linkcode Pictures.avatar} and {@linkcode Pictures.cover}, for the API's table. */
export const PICTURE_REFUSALS = [
  "picture_unknown",
  "picture_broken",
  "picture_too_small",
  "picture_too_large",
  "too_many_attempts",
  "storage_full",
  "busy",
] as const satisfies readonly ServiceErrorCode[];

/** What {@linkcode Pictures} stands on. */
export interface PicturesOptions {
  readonly workshop: Pick<ImageWorkshop, "make">;
  readonly images: ImageStore;
  /** False: uploads are not limited (load tests on a loopback address). */
  readonly rateLimits: boolean;
  /** Default: none. */
  readonly buckets?: SharedBuckets | null;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Makes, keeps and removes pictures; whose they are is the caller's business. */
export class Pictures {
  readonly #workshop: PicturesOptions["workshop"];
  readonly #images: ImageStore;
  readonly #limit: RateLimiter | null;
  readonly #now: () => number;
  /** Accounts with a picture under way, one each: nobody fills the queue alone. */
  readonly #underWay = new Set<string>();

  constructor(options: PicturesOptions) {
    this.#workshop = options.workshop;
    this.#images = options.images;
    this.#limit = options.rateLimits
      ? new RateLimiter("upload", UPLOAD_POLICY, { buckets: options.buckets ?? null })
      : null;
    this.#now = options.now ?? Date.now;
  }

  /**
   * Makes an avatar of 256 × 256 pixels of a file's bytes; without a crop of its middle.
   *
   * @returns its id: the picture is at `/images/<id>.jpg`.
   * @throws {ServiceError} `invalid` for a square outside the picture, and {@linkcode PICTURE_REFUSALS}.
   */
  avatar(
    bytes: Uint8Array,
    options: { readonly accountId: string; readonly crop: SquareCrop | null },
  ): Promise<string> {
    return this.#make(bytes, {
      accountId: options.accountId,
      plan: (header) => planAvatar(header, options.crop),
    });
  }

  /**
   * Makes a cover, 16:9 and at most 1280 × 720 pixels, of the middle of a picture.
   *
   * @returns its id: the picture is at `/images/<id>.jpg`.
   * @throws {ServiceError} {@linkcode PICTURE_REFUSALS}.
   */
  cover(bytes: Uint8Array, options: { readonly accountId: string }): Promise<string> {
    return this.#make(bytes, { accountId: options.accountId, plan: planCover });
  }

  /** Removes a picture that nothing shows any more; does nothing when it is unknown. */
  remove(id: string): Promise<void> {
    return this.#images.delete(id);
  }

  /**
   * Removes what is older than an hour and shown by nothing: a process died between making a
   * picture and writing down whose it is. Answers how many; looks at one picture after the other.
   */
  async sweep(isShown: (id: string) => Promise<boolean>): Promise<number> {
    let removed = 0;
    for await (const { id, atMs } of this.#images.list()) {
      if (this.#now() - atMs < UNSHOWN_LIFE_MS || await isShown(id)) continue;
      await this.#images.delete(id);
      removed++;
    }
    return removed;
  }

  async #make(
    bytes: Uint8Array,
    { accountId, plan }: {
      readonly accountId: string;
      readonly plan: (header: ImageHeader) => Plan;
    },
  ): Promise<string> {
    if (this.#underWay.has(accountId)) throw tooMany(1);
    this.#underWay.add(accountId);
    try {
      // Before the limit is asked: what the header refuses cost nothing.
      const planned = plan(inspectImage(bytes));
      const waitS = await this.#limit?.take(accountId, this.#now()) ?? 0;
      if (waitS > 0) throw tooMany(waitS);
      return await this.#images.put(await this.#workshop.make(bytes, planned));
    } catch (error) {
      if (error instanceof ImageRefusal) {
        throw new ServiceError(REFUSALS[error.reason], error.message);
      }
      if (error instanceof StoreFullError) throw new ServiceError("storage_full", error.message);
      throw error;
    } finally {
      this.#underWay.delete(accountId);
    }
  }
}

function tooMany(retryAfterS: number): ServiceError {
  return new ServiceError(
    "too_many_attempts",
    `Cannot take another picture now: try again in ${retryAfterS} s`,
    { retryAfterS },
  );
}
