/**
 * States of rooms, said again and again: whoever missed a frame, and an edge that begins to follow a
 * room, has them within a minute.
 *
 * How many watch, and battles that run, are said again by whoever says them anyway
 * (`room_notices.ts`, `pk_service.ts`).
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import type { Draft, Json, NoticeBody } from "../../im/protocol/message.ts";
import type { LiveState } from "../live_state.ts";
import type { ModerationLists } from "../moderation/lists.ts";
import { DEFAULT_ROOM_RULES, type RoomRules } from "../moderation/room_rules.ts";
import type { Leaderboards } from "../money/leaderboards.ts";
import { isFinal, pkBodyOf } from "../pk/battle.ts";
import type { BattleRepository } from "../pk/repository.ts";
import type { LikeRepository } from "../repository.ts";
import { SAY_AGAIN_MS } from "./room_notices.ts";

/** Rooms that are seen to in one look. */
const MAX_PER_TICK = 500;
/** The end of a battle is said again for so long, milliseconds. */
const ENDED_LATELY_MS = 150_000;
/** What changes while it is said is said once more, so often at most. */
const MAX_TRIES = 3;

/** What {@linkcode StateRepeats} stands on. */
export interface StateRepeatsOptions {
  readonly log: Pick<MessageLog, "append">;
  readonly live: Pick<LiveState, "rooms">;
  readonly lists: Pick<ModerationLists, "rules">;
  readonly likes: Pick<LikeRepository, "totals">;
  readonly leaderboards: Pick<Leaderboards, "top" | "note">;
  readonly battles: Pick<BattleRepository, "ofRoom">;
}

/** Whoever owns it calls {@linkcode StateRepeats.tick} every second; of several processes one does. */
export class StateRepeats {
  readonly #options: StateRepeatsOptions;
  /** The last turn of each room that somebody is in. */
  #turns = new Map<string, number>();

  constructor(options: StateRepeatsOptions) {
    this.#options = options;
  }

  /** One look: rooms whose minute is over, each at its own second of it. */
  async tick(nowMs: number): Promise<void> {
    const before = this.#turns;
    this.#turns = new Map();
    const due: { readonly roomId: string; readonly turn: number }[] = [];
    for (const roomId of this.#options.live.rooms(nowMs)) {
      const turn = turnOf(roomId, nowMs);
      const last = before.get(roomId);
      if (last === turn || due.length >= MAX_PER_TICK) {
        if (last !== undefined) this.#turns.set(roomId, last);
        continue;
      }
      this.#turns.set(roomId, turn);
      due.push({ roomId, turn });
    }
    const outcomes = await Promise.allSettled(due.map((each) => this.#repeat(each, nowMs)));
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async #repeat(
    { roomId, turn }: { readonly roomId: string; readonly turn: number },
    nowMs: number,
  ): Promise<void> {
    const { lists, likes, leaderboards, battles } = this.#options;
    await this.#say(roomId, turn, async () => {
      const rules = await lists.rules(roomId);
      return rules === DEFAULT_ROOM_RULES ? null : rulesDraft(rules);
    });
    await this.#say(roomId, turn, async () => {
      const [total = 0] = await likes.totals([roomId]);
      return total === 0
        ? null
        : noticeDraft({ notice: "likes", data: { total, added: 0 } }, "likes");
    });
    await this.#say(roomId, turn, async () => {
      const battle = await battles.ofRoom(roomId);
      if (battle === null || !isFinal(battle.phase)) return null;
      if (nowMs - battle.endsAtMs > ENDED_LATELY_MS) return null;
      return { kind: "pk", body: pkBodyOf(battle), lane: "pk", from: null, stateKey: "pk" };
    });
    const top = await leaderboards.top(roomId, { period: "day", limit: 1, nowMs });
    if (top.length > 0) leaderboards.note(roomId);
  }

  /** Says a state as it is; one that changed meanwhile may have been said before, so it is said anew. */
  async #say(roomId: string, turn: number, read: () => Promise<Draft | null>): Promise<void> {
    let draft = await read();
    for (let tries = 0; draft !== null && tries < MAX_TRIES; tries++) {
      const dedupeKey = `again ${draft.stateKey} ${turn} ${tries}`;
      await this.#options.log.append(roomId, [{ draft, dedupeKey }]);
      const now = await read();
      if (JSON.stringify(now) === JSON.stringify(draft)) return;
      draft = now;
    }
  }
}

/** The rules of a room as everybody may see them. */
export function rulesDraft(rules: RoomRules): Draft {
  const { words: _words, ...shown } = rules;
  return {
    ...noticeDraft({ notice: "rules", data: { ...shown } }, "rules"),
    lane: "moderation",
  };
}

function noticeDraft(
  body: NoticeBody & { readonly data: { readonly [key: string]: Json } },
  stateKey: string,
): Draft {
  return { kind: "notice", body, lane: "low", from: null, stateKey };
}

/** Number of the minute of a room; the rooms' minutes begin at different seconds. */
function turnOf(roomId: string, nowMs: number): number {
  const offsetMs = Number(roomId) * 7_919 % SAY_AGAIN_MS;
  return Math.floor((nowMs + offsetMs) / SAY_AGAIN_MS);
}
