/**
 * Battles of rooms: who may begin and end them, what is due, and telling both rooms. Several
 * processes do this over one store; each change is made by one of them, and what one of them left
 * untold another one tells.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import type { Draft } from "../../im/protocol/message.ts";
import { ServiceError } from "../errors.ts";
import type { LiveState } from "../live_state.ts";
import type { People } from "../messages/people.ts";
import type { Account, Room } from "../model.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import { randomToken } from "../secrets.ts";
import {
  type Battle,
  type BattleEvent,
  battleStream,
  DURATION_S,
  invite,
  isFinal,
  OFF_AIR_MS,
  pkBodyOf,
  transition,
} from "./battle.ts";
import type { BattleRepository } from "./repository.ts";

/** Both rooms are told the totals at most so often, milliseconds. */
export const TELL_EVERY_MS = 500;
/** What did not change is told again after so long, milliseconds: a frame may have been lost. */
const TELL_AGAIN_MS = 60_000;
/** Without a single report of `media`, a room is believed to be off the air only after so long. */
const SILENCE_MS = 60_000;
/** Battles at once, on the whole platform. */
const MAX_OPEN = 2_000;
/** Tries of a change while gifts come in. */
const MAX_TRIES = 50;
/** Invitations of one room, and of one room to the same other one. */
const INVITE_POLICY = { burst: 6, refillMs: 10_000 };
const PAIR_POLICY = { burst: 2, refillMs: 30_000 };
const ID_BYTES = 9;
/** What was seen longer ago is not relied on, milliseconds. */
const MAX_LOOK_AGE_MS = 1_000;

/** What a broadcaster may do with a battle. */
export type BattleAction = "accept" | "decline" | "cancel" | "end";

/** What {@linkcode Battles} stands on. */
export interface BattlesOptions {
  readonly battles: BattleRepository;
  readonly log: Pick<MessageLog, "append">;
  readonly live: LiveState;
  readonly people: Pick<People, "room">;
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** Implements the routes' `PkService`; whoever owns it calls {@linkcode Battles.tick} twice a second. */
export class Battles {
  readonly #options: BattlesOptions;
  readonly #invitations: RateLimiter;
  readonly #pairs: RateLimiter;
  /** Open battles by id, as last seen. */
  #open = new Map<string, Battle>();
  /** The same by room. */
  readonly #byRoom = new Map<string, Battle>();
  /** What the rooms heard from here last, by battle. */
  readonly #told = new Map<
    string,
    { readonly words: string; readonly battle: Battle; readonly atMs: number }
  >();
  #lookedAtMs = -Infinity;
  /** Since when a room of an open battle is off the air. */
  readonly #offSince = new Map<string, number>();

  constructor(options: BattlesOptions) {
    this.#options = options;
    const { buckets } = options;
    this.#invitations = new RateLimiter("invite", INVITE_POLICY, { buckets });
    this.#pairs = new RateLimiter("invite_pair", PAIR_POLICY, { buckets });
  }

  /**
   * The battle that a room is in; null: it is in none. One that was proposed and accepted elsewhere
   * within the time between two looks is not known yet.
   */
  async of(roomId: string): Promise<Battle | null> {
    // Nobody has looked yet, the store did not answer for a while, or the invitation may have been
    // accepted elsewhere just now.
    const isOld = this.#options.now() - this.#lookedAtMs > MAX_LOOK_AGE_MS;
    if (isOld || this.#byRoom.get(roomId)?.phase === "invited") {
      const battle = await this.#options.battles.ofRoom(roomId);
      if (battle !== null) this.#see(battle);
    }
    return this.#byRoom.get(roomId) ?? null;
  }

  /** A gift counted. */
  scored(battle: Battle): void {
    this.#see(battle);
  }

  /**
   * The room's battle, or its last one; null: there is none.
   *
   * @throws {ServiceError} `not_found`, `suspended`.
   */
  async read(viewer: Account | null, roomId: string): Promise<Battle | null> {
    const room = await this.#options.people.room(roomId, viewer);
    return await this.#options.battles.ofRoom(room.id);
  }

  /**
   * The room's owner asks another room for a battle.
   *
   * @throws {ServiceError} `forbidden`, `not_found`, `suspended`, `invalid`, `not_live`, `in_battle`,
   * `slow_down`.
   */
  async invite(
    account: Account,
    roomId: string,
    input: { readonly opponent: string; readonly durationS: number },
  ): Promise<Battle> {
    const { battles, people, live, rateLimits, now } = this.#options;
    const { durationS } = input;
    if (!Number.isInteger(durationS) || durationS < DURATION_S.min || durationS > DURATION_S.max) {
      throw new ServiceError(
        "invalid",
        `Cannot accept durationS: it must be a whole number from ${DURATION_S.min} to ${DURATION_S.max}`,
        { field: "durationS" },
      );
    }
    const challenger = await this.#owned(account, roomId);
    if (input.opponent === challenger.id) {
      throw new ServiceError("invalid", "Cannot accept opponent: it is the same room", {
        field: "opponent",
      });
    }
    const opponent = await people.room(input.opponent, null);
    const atMs = now();
    for (const { id } of [challenger, opponent]) {
      if (live.of(id, atMs).stream === null) {
        throw new ServiceError("not_live", `Cannot begin a battle: room ${id} is not live`);
      }
    }
    const waitS = rateLimits
      ? await this.#invitations.take(challenger.id, atMs) ||
        await this.#pairs.take(`${challenger.id} ${opponent.id}`, atMs)
      : 0;
    if (waitS > 0) {
      throw new ServiceError("slow_down", `Cannot invite again: try again in ${waitS} s`, {
        retryAfterS: waitS,
      });
    }
    const battle = invite({
      id: randomToken(ID_BYTES),
      challenger: { room: challenger.id, name: challenger.owner.name },
      opponent: { room: opponent.id, name: opponent.owner.name },
      durationS,
      atMs,
    });
    if (await battles.create(battle) === "busy") {
      throw new ServiceError("in_battle", "Cannot begin a battle: one of the rooms is in one");
    }
    return await this.#tellPhase(battle);
  }

  /**
   * The owner of one of the rooms does something with its battle.
   *
   * @throws {ServiceError} `forbidden`, `not_found`, `suspended`, or `not_now` when it may not be done
   * now.
   */
  async act(account: Account, roomId: string, action: BattleAction): Promise<Battle> {
    const room = await this.#owned(account, roomId);
    const atMs = this.#options.now();
    const changed = await this.#change(
      () => this.#options.battles.ofRoom(room.id),
      { type: action, room: room.id, atMs },
    );
    if (changed === null) {
      throw new ServiceError("not_now", `Cannot ${action} now: there is no battle for it`);
    }
    return changed;
  }

  /** The stream with both pictures of a battle, while it is live. */
  mixOf(battle: Battle): string | null {
    const stream = battleStream(battle);
    // Its end is shown over both pictures.
    if (stream === null || battle.phase === "invited" || battle.phase === "declined") return null;
    const { live, now } = this.#options;
    const report = live.of(stream, now()).stream;
    return report?.state === "live" && report.protocol === "mix" ? stream : null;
  }

  /** One look at all open battles: what is due is done, what is new is told. */
  async tick(): Promise<void> {
    const { battles, now } = this.#options;
    const open = await battles.open({ limit: MAX_OPEN });
    const nowMs = now();
    await this.#tellEnds(open, nowMs);
    this.#forget(open);
    for (const battle of open) this.#see(battle);
    this.#lookedAtMs = nowMs;
    const outcomes = await Promise.allSettled(open.map((battle) => this.#look(battle, nowMs)));
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  /** Figures for metrics. */
  inspect(): { readonly open: number } {
    return { open: this.#open.size };
  }

  async #look(battle: Battle, nowMs: number): Promise<void> {
    let now: Battle = battle;
    if (!isFinal(now.phase)) {
      const rooms = this.#offAir(now, nowMs);
      const events: BattleEvent[] = [{ type: "time", atMs: nowMs }];
      // What the clock ended is not lost for being off the air after it.
      if (rooms.length > 0) events.push({ type: "off_air", rooms, atMs: nowMs });
      for (const event of events) {
        if (transition(now, event) === null) continue;
        const read = async () =>
          (await this.#options.battles.open({ limit: MAX_OPEN }))
            .find(({ id }) => id === battle.id) ?? null;
        now = await this.#change(read, event, now) ?? now;
        break;
      }
    }
    if (now.told !== now.phase) await this.#tellPhase(now);
    else await this.#tellNews(now, nowMs);
  }

  /**
   * Battles that ended elsewhere. What was told of them from here may have come in after their end:
   * the rooms hear the end again, or they would show a battle that runs for ever.
   */
  async #tellEnds(open: readonly Battle[], nowMs: number): Promise<void> {
    const ids = new Set(open.map(({ id }) => id));
    for (const [id, { battle }] of this.#told) {
      if (ids.has(id)) continue;
      if (!isFinal(battle.phase)) {
        const now = await this.#options.battles.ofRoom(battle.sides[0].room);
        if (now?.id === id) {
          await this.#tell(now, `pk ${id} at ${Math.floor(nowMs / TELL_EVERY_MS)}`);
        }
      }
      this.#told.delete(id);
    }
  }

  /** Rooms of a battle that have been off the air for too long. */
  #offAir(battle: Battle, nowMs: number): string[] {
    const { live } = this.#options;
    const graceMs = live.inspect(nowMs).mediaNodes > 0 ? OFF_AIR_MS : SILENCE_MS;
    const off: string[] = [];
    for (const { room } of battle.sides) {
      if (live.of(room, nowMs).stream?.state === "live") {
        this.#offSince.delete(room);
        continue;
      }
      const sinceMs = this.#offSince.get(room) ?? nowMs;
      this.#offSince.set(room, sinceMs);
      if (nowMs - sinceMs > graceMs) off.push(room);
    }
    return off;
  }

  /** Does what an event does to a battle, as long as others change it at the same time. */
  async #change(
    read: () => Promise<Battle | null>,
    event: BattleEvent,
    first: Battle | null = null,
  ): Promise<Battle | null> {
    let battle = first ?? await read();
    for (let tries = 0; battle !== null && tries < MAX_TRIES; tries++) {
      const next = transition(battle, event);
      if (next === null) return null;
      const replaced = await this.#options.battles.replace(next);
      if (replaced !== null) return await this.#tellPhase(replaced);
      battle = await read();
    }
    return null;
  }

  /** Tells both rooms of the phase, and the store that they were told. */
  async #tellPhase(battle: Battle): Promise<Battle> {
    const { battles } = this.#options;
    this.#see(battle);
    await this.#tell(battle, `pk ${battle.id} ${battle.phase}`);
    this.#told.set(battle.id, {
      words: wordsOf(battle, this.mixOf(battle)),
      battle,
      atMs: this.#options.now(),
    });
    let known: Battle | null = battle;
    for (let tries = 0; known !== null && tries < MAX_TRIES; tries++) {
      if (known.phase !== battle.phase || known.told === battle.phase) return known;
      const told: Battle | null = await battles.replace({ ...known, told: known.phase });
      if (told !== null) {
        this.#see(told);
        return told;
      }
      known = await battles.ofRoom(battle.sides[0].room);
      if (known?.id !== battle.id) return battle;
    }
    return battle;
  }

  /** Tells both rooms how the battle stands when that is not what they heard from here. */
  async #tellNews(battle: Battle, nowMs: number): Promise<void> {
    const words = wordsOf(battle, this.mixOf(battle));
    const told = this.#told.get(battle.id);
    const isKnown = told?.words === words;
    if (isFinal(battle.phase) || (isKnown && nowMs - told.atMs < TELL_AGAIN_MS)) return;
    // However many processes tell it, the rooms hear it once in this time; who was not heard says it
    // again.
    const slot = Math.floor(nowMs / TELL_EVERY_MS);
    const heard = await this.#tell(battle, `pk ${battle.id} at ${slot}`);
    if (heard || isKnown) this.#told.set(battle.id, { words, battle, atMs: nowMs });
  }

  async #tell(battle: Battle, dedupeKey: string): Promise<boolean> {
    const draft: Draft = {
      kind: "pk",
      body: pkBodyOf(battle, this.mixOf(battle)),
      lane: "pk",
      from: null,
      stateKey: "pk",
    };
    const appended = await Promise.all(
      battle.sides.map(({ room }) => this.#options.log.append(room, [{ draft, dedupeKey }])),
    );
    return appended.flat().every(({ repeated }) => !repeated);
  }

  #see(battle: Battle): void {
    const known = this.#open.get(battle.id);
    if (known !== undefined && known.version > battle.version) return;
    const isOpen = !isFinal(battle.phase) || battle.told !== battle.phase;
    if (isOpen) this.#open.set(battle.id, battle);
    else this.#open.delete(battle.id);
    for (const { room } of battle.sides) {
      if (!isFinal(battle.phase)) this.#byRoom.set(room, battle);
      else if (this.#byRoom.get(room)?.id === battle.id) this.#byRoom.delete(room);
    }
  }

  /** What is open no more leaves the memory. */
  #forget(open: readonly Battle[]): void {
    const ids = new Set(open.map(({ id }) => id));
    const rooms = new Set(open.flatMap(({ sides }) => sides.map(({ room }) => room)));
    for (const id of this.#open.keys()) if (!ids.has(id)) this.#open.delete(id);
    for (const [room, { id }] of this.#byRoom) if (!ids.has(id)) this.#byRoom.delete(room);
    for (const room of this.#offSince.keys()) if (!rooms.has(room)) this.#offSince.delete(room);
  }

  async #owned(account: Account, roomId: string): Promise<Room> {
    const room = await this.#options.people.room(roomId, account);
    if (room.owner.id !== account.id) {
      throw new ServiceError("forbidden", "Cannot do this: the room belongs to somebody else");
    }
    if (room.suspended) {
      throw new ServiceError("suspended", "Cannot do this: the room is suspended");
    }
    return room;
  }
}

function wordsOf({ phase, sides: [a, b] }: Battle, mix: string | null): string {
  return `${phase} ${a.score} ${b.score} ${mix ?? ""}`;
}
