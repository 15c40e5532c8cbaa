/**
 * Likes: counted and merged. A room hears its total at most once a second.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import type { Draft } from "../../im/protocol/message.ts";
import { ServiceError } from "../errors.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import type { LikeRepository } from "../repository.ts";
import { Once } from "./once.ts";
import type { People, Speaker } from "./people.ts";
import { parseOnceId } from "./words.ts";

/** Likes of one call. */
export const MAX_LIKES = 50;
/** Calls of one sender. */
const CALL_POLICY = { burst: 20, refillMs: 500 };
/** A request is known for so long, whichever process it comes to, milliseconds. */
const ONCE_POLICY = { burst: 1, refillMs: 600_000 };
const MAX_KEYS = 50_000;

/** What {@linkcode Likes} stands on. */
export interface LikesOptions {
  readonly log: Pick<MessageLog, "append">;
  readonly likes: LikeRepository;
  readonly people: People;
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** Rooms that are told in one look. */
const MAX_TOLD = 5_000;

/**
 * Counts likes; whoever owns it calls {@linkcode Likes.tick} every second, and of several processes
 * one {@linkcode Likes.tell}, so that no room hears an older total after a newer one.
 */
export class Likes {
  readonly #options: LikesOptions;
  readonly #limiter: RateLimiter;
  readonly #requests: RateLimiter;
  readonly #once = new Once<void>({ maxKeys: MAX_KEYS });
  /** By room; only rooms that exist stand in it. */
  #waiting = new Map<string, number>();

  constructor(options: LikesOptions) {
    this.#options = options;
    const limits = { buckets: options.buckets, maxKeys: MAX_KEYS };
    this.#limiter = new RateLimiter("like", CALL_POLICY, limits);
    this.#requests = new RateLimiter("like_request", ONCE_POLICY, limits);
  }

  /**
   * Takes likes; they are in the total within a second.
   *
   * @throws {ServiceError} `invalid`, `not_found`, `suspended`, or `slow_down`.
   */
  async like(
    speaker: Speaker,
    roomId: string,
    input: { readonly count: number; readonly requestId: string },
  ): Promise<void> {
    const requestId = parseOnceId(input.requestId, "requestId");
    const { count } = input;
    if (!Number.isInteger(count) || count < 1 || count > MAX_LIKES) {
      throw new ServiceError(
        "invalid",
        `Cannot accept count: it must be a whole number from 1 to ${MAX_LIKES}`,
        { field: "count" },
      );
    }
    const { people, rateLimits, now } = this.#options;
    const room = await people.room(roomId, speaker.account);
    const { id } = await people.sender(speaker, null);
    const request = `${id} ${room.id} ${requestId}`;
    await this.#once.run(request, async () => {
      const waitS = rateLimits ? await this.#limiter.take(id, now()) : 0;
      if (waitS > 0) {
        throw new ServiceError("slow_down", `Cannot like more: try again in ${waitS} s`, {
          retryAfterS: waitS,
        });
      }
      // Another process may have taken it.
      if (await this.#requests.take(request, now()) === 0) this.#add(room.id, count);
    });
  }

  /** The total of a room, without those of the last second. */
  async total(roomId: string): Promise<number> {
    const [total = 0] = await this.#options.likes.totals([roomId]);
    return total;
  }

  /** Adds what waits to the totals. */
  async tick(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting].map(([roomId, count]) => ({ roomId, count }));
    this.#waiting = new Map();
    try {
      await this.#options.likes.add(waiting);
    } catch (error) {
      for (const { roomId, count } of waiting) this.#add(roomId, count);
      throw error;
    }
  }

  /** Tells the rooms whose total rose, here or elsewhere. */
  async tell(): Promise<void> {
    const changes = await this.#options.likes.changed({ limit: MAX_TOLD });
    await Promise.all(
      changes.map(({ roomId, total, added }) => {
        const draft: Draft = {
          kind: "notice",
          body: { notice: "likes", data: { total, added } },
          lane: "low",
          from: null,
          stateKey: "likes",
        };
        return this.#options.log.append(roomId, [{ draft, dedupeKey: null }]);
      }),
    );
  }

  #add(roomId: string, count: number): void {
    this.#waiting.set(roomId, (this.#waiting.get(roomId) ?? 0) + count);
  }
}
