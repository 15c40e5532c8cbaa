/**
 * What rooms hear by themselves: who came in, and how many watch. Fewer words the more people there
 * are.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import type { Draft, NoticeBody, NoticeName, Sender } from "../../im/protocol/message.ts";
import type { LiveState } from "../live_state.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import type { Settings } from "../settings.ts";

/** Somebody who comes again within this time does not come in, milliseconds. */
export const ENTER_AGAIN_MS = 600_000;
/** Between two looks at how many watch, milliseconds. */
export const VIEWERS_EVERY_MS = 5_000;
/** What did not change is said again after so long, milliseconds: a frame may have been lost. */
export const SAY_AGAIN_MS = 60_000;
/** Who came lately, at most; above, the longest ago counts as not having come. */
const MAX_ENTERED = 100_000;
/** Names of one notice; the others are counted. */
const MAX_NAMES = 3;
/** Between two notices of people who came in, milliseconds: small, middle and big rooms. */
const ENTER_EVERY_MS = [1_000, 3_000, 10_000] as const;
const SMALL_ROOM_VIEWERS = 100;
const MAX_ROOMS = 20_000;

/** What {@linkcode RoomNotices} stands on. */
export interface RoomNoticesOptions {
  readonly log: Pick<MessageLog, "append">;
  readonly live: LiveState;
  readonly settings: Pick<Settings, "values">;
  /** Who came in by any process; left out: this one is the only one. */
  readonly buckets?: SharedBuckets | null;
}

interface Entering {
  names: string[];
  count: number;
  /** When the first of them came. */
  readonly sinceMs: number;
}

/**
 * Whoever owns it calls {@linkcode RoomNotices.tick} every second; the clock is passed in. Every process
 * says who came in by it; how many watch says one of them.
 */
export class RoomNotices {
  readonly #options: RoomNoticesOptions;
  /** When somebody came into a room, in this order. */
  readonly #entered = new Map<string, number>();
  readonly #entering = new Map<string, Entering>();
  /** Viewers as each room heard them last, and when. */
  #viewers = new Map<string, { readonly total: number; readonly saidAtMs: number }>();
  #viewersAtMs = -Infinity;

  /** Null: what is known here is all. */
  readonly #comings: RateLimiter | null;

  constructor(options: RoomNoticesOptions) {
    this.#options = options;
    const { buckets = null } = options;
    const policy = { burst: 1, refillMs: ENTER_AGAIN_MS };
    this.#comings = buckets && new RateLimiter("enter", policy, { buckets, maxKeys: MAX_ENTERED });
  }

  /** Somebody came into a room. */
  enter(sender: Sender, roomId: string, nowMs: number): void {
    const key = `${roomId} ${sender.id}`;
    const before = this.#entered.get(key);
    if (before !== undefined && nowMs - before < ENTER_AGAIN_MS) return;
    this.#entered.delete(key);
    this.#entered.set(key, nowMs);
    if (this.#entered.size > MAX_ENTERED) {
      const oldest = this.#entered.keys().next();
      if (!oldest.done) this.#entered.delete(oldest.value);
    }
    if (this.#comings === null) {
      this.#come(sender, roomId, nowMs);
      return;
    }
    this.#comings.take(key, nowMs).then((waitS) => {
      if (waitS === 0) this.#come(sender, roomId, nowMs);
    });
  }

  #come(sender: Sender, roomId: string, nowMs: number): void {
    const entering = this.#entering.get(roomId);
    if (entering !== undefined) {
      entering.count++;
      entering.names = [...entering.names, sender.name].slice(-MAX_NAMES);
    } else if (this.#entering.size < MAX_ROOMS) {
      this.#entering.set(roomId, { names: [sender.name], count: 1, sinceMs: nowMs });
    }
  }

  /** One look: says what is due. */
  async tick(
    nowMs: number,
    { viewers = true }: { readonly viewers?: boolean } = {},
  ): Promise<void> {
    const due: Promise<unknown>[] = [];
    for (const [roomId, { names, count, sinceMs }] of this.#entering) {
      if (nowMs - sinceMs < this.#enterEveryMs(roomId, nowMs)) continue;
      this.#entering.delete(roomId);
      due.push(this.#say(roomId, { notice: "enter", data: { names, count } }, null));
    }
    if (!viewers) {
      // Whose turn comes later does not know what the rooms heard last.
      this.#viewers.clear();
    } else if (nowMs - this.#viewersAtMs >= VIEWERS_EVERY_MS) {
      this.#viewersAtMs = nowMs;
      due.push(...this.#sayViewers(nowMs));
    }
    await Promise.all(due);
  }

  /** Rooms that are live and whose number changed, or was said long ago. */
  #sayViewers(nowMs: number): Promise<unknown>[] {
    const before = this.#viewers;
    this.#viewers = new Map();
    const said: Promise<unknown>[] = [];
    for (const { stream, viewers } of this.#options.live.list(nowMs)) {
      const heard = before.get(stream.room);
      if (heard?.total === viewers && nowMs - heard.saidAtMs < SAY_AGAIN_MS) {
        this.#viewers.set(stream.room, heard);
        continue;
      }
      this.#viewers.set(stream.room, { total: viewers, saidAtMs: nowMs });
      said.push(this.#say(stream.room, { notice: "viewers", data: { total: viewers } }, "viewers"));
    }
    return said;
  }

  #enterEveryMs(roomId: string, nowMs: number): number {
    const { viewers } = this.#options.live.of(roomId, nowMs);
    const { bigRoomViewers } = this.#options.settings.values.im;
    const [small, middle, big] = ENTER_EVERY_MS;
    if (viewers >= bigRoomViewers) return big;
    return viewers >= SMALL_ROOM_VIEWERS ? middle : small;
  }

  async #say(
    roomId: string,
    body: NoticeBody & { readonly notice: NoticeName },
    stateKey: string | null,
  ): Promise<void> {
    const draft: Draft = { kind: "notice", body, lane: "low", from: null, stateKey };
    await this.#options.log.append(roomId, [{ draft, dedupeKey: null }]);
  }
}
