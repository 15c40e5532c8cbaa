/**
 * Who gave most in a room, and telling the room.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import type { Draft } from "../../im/protocol/message.ts";
import { type BoardRepository, dayOf, type Rank } from "./repository.ts";

/** Places that a room is told of. */
export const TOLD_PLACES = 3;
/** Places of a page. */
export const MAX_PLACES = 50;
/** A room is told at most so often, milliseconds. */
export const TELL_EVERY_MS = 1_000;
/** Days that boards are kept. */
const KEPT_DAYS = 40;
const TRIM_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MAX_ROOMS = 10_000;

/** What {@linkcode Leaderboards} stands on. */
export interface LeaderboardsOptions {
  readonly log: Pick<MessageLog, "append">;
  readonly boards: BoardRepository;
}

/** Whoever owns it calls {@linkcode Leaderboards.tick} every second; the clock is passed in. */
export class Leaderboards {
  readonly #options: LeaderboardsOptions;
  /** Rooms whose board changed; above 10,000 a room is told with its next gift. */
  readonly #changed = new Set<string>();
  #trimmedAtMs = -Infinity;

  constructor(options: LeaderboardsOptions) {
    this.#options = options;
  }

  /** The board of a room is another now. */
  note(roomId: string): void {
    if (this.#changed.size < MAX_ROOMS) this.#changed.add(roomId);
  }

  /** Those who gave most today or ever. */
  async top(
    roomId: string,
    options: { readonly period: "day" | "all"; readonly limit: number; readonly nowMs: number },
  ): Promise<readonly Rank[]> {
    const { period, limit, nowMs } = options;
    return await this.#options.boards.top(roomId, {
      day: period === "day" ? dayOf(nowMs) : null,
      limit: Math.max(1, Math.min(limit, MAX_PLACES)),
    });
  }

  /** Tells the rooms whose board changed; forgets old days. */
  async tick(nowMs: number): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    const outcomes = await Promise.allSettled(changed.map((roomId) => this.#tell(roomId, nowMs)));
    if (nowMs - this.#trimmedAtMs >= TRIM_EVERY_MS) {
      this.#trimmedAtMs = nowMs;
      await this.#options.boards.trim({ beforeDay: dayOf(nowMs - KEPT_DAYS * DAY_MS) });
    }
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async #tell(roomId: string, nowMs: number): Promise<void> {
    try {
      const top = await this.top(roomId, { period: "day", limit: TOLD_PLACES, nowMs });
      const draft: Draft = {
        kind: "notice",
        body: {
          notice: "leaderboard",
          data: {
            period: "day",
            top: top.map(({ accountId, name, coins }) => ({ id: accountId, name, coins })),
          },
        },
        lane: "notice",
        from: null,
        stateKey: "leaderboard",
      };
      // However many `web` there are, a room hears it once in this time.
      const dedupeKey = `leaderboard ${Math.floor(nowMs / TELL_EVERY_MS)}`;
      const [appended] = await this.#options.log.append(roomId, [{ draft, dedupeKey }]);
      // Another one told it, perhaps without what is new here.
      if (appended?.repeated) this.note(roomId);
    } catch (error) {
      this.note(roomId);
      throw error;
    }
  }
}
