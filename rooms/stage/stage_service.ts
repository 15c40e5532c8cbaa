/**
 * Guests on stage: who may do what, keys of seats, and what the mixer is told. Several processes do
 * this over one store, and a restart loses nothing.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import { ServiceError } from "../errors.ts";
import type { LiveState } from "../live_state.ts";
import type { People } from "../messages/people.ts";
import type { Account, Room } from "../model.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import { nameKey } from "../rules.ts";
import { randomToken, sha256Hex } from "../secrets.ts";
import { holders, type KeptStage, type StageRepository } from "./repository.ts";
import {
  AWAY_MS,
  guestOf,
  hostStream,
  KEY_MS,
  newStage,
  opens,
  seated,
  seatOfStream,
  seatStream,
  type Stage,
  type StageEvent,
  type StageLayout,
  type StageMode,
  type StageRefusal,
  transition,
} from "./stage.ts";
import { type StageMixer, StageMixes } from "./stage_mixes.ts";
import { StageNotices } from "./stage_notices.ts";

/** Stages at once, on the whole platform. */
const MAX_STAGES = 2_000;
/** A stage on which nothing happens is forgotten after this time, milliseconds. */
const KEPT_MS = 24 * 3_600_000;
/** Tries of a change while others make theirs. */
const MAX_TRIES = 20;
const KEY_BYTES = 24;
/** Wishes of one account, in all rooms. */
const ASK_POLICY = { burst: 5, refillMs: 10_000 };
/** Invitations of one room. */
const INVITE_POLICY = { burst: 10, refillMs: 5_000 };

/** What a host or moderator does with a guest. */
export type HostAction = "accept" | "decline" | "mute" | "unmute" | "remove";
/** What a guest does. */
export type GuestAction = "accept" | "decline" | "leave";

/** A stage as somebody may see it. */
export interface StageView {
  readonly stage: Stage;
  /** Rises with each change; 0: nothing has happened yet. */
  readonly version: number;
  /** Those who ask, also where they themselves are not shown. */
  readonly asking: number;
  /** The viewer's place among those who ask, from 1; null: they do not. */
  readonly place: number | null;
  /** Streams that the viewer may watch besides the room's: of the others on stage, by seat. */
  readonly streams: readonly {
    /** 0: the host. */
    readonly seat: number;
    readonly stream: string;
  }[];
  /** Whether the viewer leads it: the owner of the room, or a moderator. */
  readonly leads: boolean;
}

/** What a guest publishes with. */
export interface SeatKey {
  readonly stream: string;
  readonly key: string;
  /** A publication must begin before; milliseconds since the epoch. */
  readonly untilMs: number;
}

/** What {@linkcode Stages} stands on. */
export interface StagesOptions {
  readonly stages: StageRepository;
  readonly people: Pick<People, "room">;
  readonly accounts: {
    byId(id: string): Promise<Account | null>;
    byNameKey(nameKey: string): Promise<Account | null>;
  };
  readonly moderators: { isModerator(roomId: string, accountId: string): Promise<boolean> };
  readonly live: Pick<LiveState, "of" | "report">;
  readonly log: Pick<MessageLog, "append">;
  readonly mixer: StageMixer;
  /** Ends what is published to a seat. */
  readonly closeStream: (stream: string) => Promise<void>;
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

const REFUSALS: Readonly<
  Record<StageRefusal, { readonly code: ServiceError["code"]; readonly why: string }>
> = {
  closed: { code: "closed", why: "the stage takes no wishes" },
  barred: { code: "forbidden", why: "the host removed you from the stage a while ago" },
  full: { code: "too_many", why: "every seat is taken" },
  too_many_waiting: { code: "too_many", why: "too many are waiting already" },
  not_a_guest: { code: "not_found", why: "this account has no part in the stage" },
  wrong_phase: { code: "not_now", why: "the guest is somewhere else by now" },
};

/** See the module's docstring; whoever owns it calls {@linkcode Stages.tick} every few seconds. */
export class Stages {
  readonly #options: StagesOptions;
  readonly #asks: RateLimiter;
  readonly #invitations: RateLimiter;
  readonly #mixes: StageMixes;
  readonly #notices: StageNotices;
  /** Since when the hosts of stages are off the air. */
  readonly #offSince = new Map<string, number>();

  constructor(options: StagesOptions) {
    this.#options = options;
    const { buckets } = options;
    this.#asks = new RateLimiter("stage_ask", ASK_POLICY, { buckets });
    this.#invitations = new RateLimiter("stage_invite", INVITE_POLICY, { buckets });
    this.#mixes = new StageMixes(options);
    this.#notices = new StageNotices(options.log);
  }

  /**
   * The stage as `viewer` may see it: who leads it sees everybody, others see the seats and
   * themselves.
   *
   * @throws {ServiceError} `not_found`, `suspended`.
   */
  async read(viewer: Account | null, roomId: string): Promise<StageView> {
    const room = await this.#options.people.room(roomId, viewer);
    const { stage, version } = await this.#kept(room.id) ??
      { stage: newStage(room.id), version: 0 };
    const leads = viewer !== null && await this.#leads(viewer, room);
    const guests = stage.guests.filter((guest) =>
      leads || guest.phase === "seated" || guest.account === viewer?.id
    );
    const asking = stage.guests.filter(({ phase }) => phase === "asking");
    const place = asking.findIndex(({ account }) => account === viewer?.id) + 1;
    return {
      stage: leads ? stage : { ...stage, guests, barred: [] },
      version,
      leads,
      asking: asking.length,
      place: place === 0 ? null : place,
      streams: viewer === null ? [] : this.#streamsFor(stage, { viewer, leads }),
    };
  }

  /**
   * Somebody wants to come on stage.
   *
   * @throws {ServiceError} `forbidden` for the host and for who was removed, `not_live`, `closed`,
   * `too_many`, `not_now`, `slow_down`, `not_found`, `suspended`.
   */
  async ask(account: Account, roomId: string): Promise<Stage> {
    const room = await this.#options.people.room(roomId, account);
    this.#mayStand(account);
    if (room.owner.id === account.id) {
      throw new ServiceError("forbidden", "Cannot ask to come on stage: it is your own");
    }
    this.#isLive(room);
    await this.#slowDown(this.#asks, account.id);
    return await this.#change(room.id, this.#event({ type: "ask", ...named(account) }));
  }

  /**
   * The host or a moderator asks somebody to come, by the name they log in with.
   *
   * @throws {ServiceError} `forbidden`, `invalid` for the host, `not_live`, `too_many`, `not_now`,
   * `slow_down`, `not_found`, `suspended`.
   */
  async invite(actor: Account, roomId: string, name: string): Promise<Stage> {
    const room = await this.#led(actor, roomId);
    const key = nameKey(name);
    const guest = key === "" ? null : await this.#options.accounts.byNameKey(key);
    if (guest === null || guest.suspended) {
      throw new ServiceError("not_found", "Cannot invite the account: it is unknown");
    }
    if (guest.id === room.owner.id) {
      throw new ServiceError("invalid", "Cannot invite the host: the stage is theirs", {
        field: "name",
      });
    }
    this.#isLive(room);
    await this.#slowDown(this.#invitations, room.id);
    return await this.#change(room.id, this.#event({ type: "invite", ...named(guest) }));
  }

  /**
   * The host or a moderator does something with a guest.
   *
   * @throws {ServiceError} `forbidden`, `not_found`, `not_now`, `too_many`, `suspended`.
   */
  async lead(
    actor: Account,
    roomId: string,
    { account, action }: { readonly account: string; readonly action: HostAction },
  ): Promise<Stage> {
    const room = await this.#led(actor, roomId);
    switch (action) {
      case "accept":
      case "decline":
        return await this.#change(room.id, this.#event({ type: action, account, by: "host" }));
      case "mute":
      case "unmute":
        return await this.#change(
          room.id,
          this.#event({ type: "mute", account, muted: action === "mute" }),
        );
      case "remove":
        return await this.#change(room.id, this.#event({ type: "remove", account }));
    }
  }

  /**
   * A guest answers an invitation, or goes.
   *
   * @throws {ServiceError} `not_found`, `not_now`, `too_many`, `suspended`.
   */
  async act(account: Account, roomId: string, action: GuestAction): Promise<Stage> {
    const room = await this.#options.people.room(roomId, account);
    const by = { account: account.id };
    if (action === "leave") {
      return await this.#change(room.id, this.#event({ type: "leave", ...by }));
    }
    this.#mayStand(account);
    return await this.#change(room.id, this.#event({ type: action, ...by, by: "guest" }));
  }

  /**
   * The host or a moderator arranges the stage.
   *
   * @throws {ServiceError} `forbidden`, `not_found`, `suspended`.
   */
  async arrange(
    actor: Account,
    roomId: string,
    wish: {
      readonly mode?: StageMode;
      readonly layout?: StageLayout;
      readonly open?: boolean;
    },
  ): Promise<Stage> {
    const room = await this.#led(actor, roomId);
    return await this.#change(room.id, this.#event({ type: "arrange", ...wish }));
  }

  /**
   * What a seated guest publishes with; the key before is worth nothing any more.
   *
   * @throws {ServiceError} `not_found`, `not_now`, `suspended`.
   */
  async key(account: Account, roomId: string): Promise<SeatKey> {
    const room = await this.#options.people.room(roomId, account);
    this.#mayStand(account);
    const key = randomToken(KEY_BYTES);
    const event = this.#event({
      type: "key" as const,
      account: account.id,
      keyHash: sha256Hex(key),
    });
    const stage = await this.#change(room.id, event);
    const guest = guestOf(stage, account.id);
    if (guest?.seat == null) {
      throw new ServiceError("not_now", "Cannot give a key: the seat is gone");
    }
    return { stream: seatStream(room.id, guest.seat), key, untilMs: event.atMs + KEY_MS };
  }

  /** Whether a key opens the stream of a seat; null: the stream is no seat's. */
  async admits(
    request: { readonly stream: string; readonly key: string },
  ): Promise<boolean | null> {
    const place = seatOfStream(request.stream);
    if (place === null || place.seat === 0) return null;
    const kept = await this.#kept(place.room);
    const guest = kept === null
      ? undefined
      : seated(kept.stage).find(({ seat }) => seat === place.seat);
    if (guest === undefined) return false;
    const atMs = this.#options.now();
    return opens(guest, {
      keyHash: sha256Hex(request.key),
      atMs,
      onAir: this.#options.live.report(request.stream, atMs) !== null,
    });
  }

  /** One look at every stage: who did not come in time is forgotten, the mixer is told the rest. */
  async tick(): Promise<void> {
    const { stages, now } = this.#options;
    const rooms = await stages.rooms({ nowMs: now(), limit: MAX_STAGES });
    this.#mixes.keep(rooms);
    this.#notices.keep(rooms);
    const kept = new Set(rooms);
    for (const room of this.#offSince.keys()) if (!kept.has(room)) this.#offSince.delete(room);
    const outcomes = await Promise.allSettled(rooms.map((room) => this.#look(room)));
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async #look(room: string): Promise<void> {
    const { live, now } = this.#options;
    const nowMs = now();
    const kept = await this.#kept(room);
    if (kept === null) return;
    const onAir = seated(kept.stage)
      .filter(({ seat }) => live.report(seatStream(room, seat), nowMs)?.state === "live")
      .map(({ seat }) => seat);
    const hostName = await this.#hostName(room);
    const isOver = hostName === null || this.#isOffAir(room, nowMs);
    const stage = await this.#change(
      room,
      isOver ? { type: "over", atMs: nowMs } : { type: "time", onAir, atMs: nowMs },
    );
    const trouble = await this.#mixes.tend(stage, { hostName: hostName ?? "", nowMs });
    await this.#change(room, { type: "trouble", trouble, atMs: nowMs });
    const told = await this.#kept(room);
    if (told !== null) await this.#notices.say(told, nowMs);
  }

  /** Null: the room may not be used any more. */
  async #hostName(room: string): Promise<string | null> {
    try {
      return (await this.#options.people.room(room, null)).owner.name;
    } catch (error) {
      if (error instanceof ServiceError) return null;
      throw error;
    }
  }

  /** Whether the host has been off the air for too long. */
  #isOffAir(room: string, nowMs: number): boolean {
    const { live } = this.#options;
    const host = hostStream(room);
    const isOn = live.report(room, nowMs) !== null ||
      (host !== null && live.report(host, nowMs) !== null);
    if (isOn) {
      this.#offSince.delete(room);
      return false;
    }
    const sinceMs = this.#offSince.get(room) ?? nowMs;
    this.#offSince.set(room, sinceMs);
    return nowMs - sinceMs >= AWAY_MS;
  }

  /**
   * Those on stage see each other without delay, who is on the air; a host who is not to be mixed is
   * seen in the room.
   */
  #streamsFor(
    stage: Stage,
    { viewer, leads }: { readonly viewer: Account; readonly leads: boolean },
  ): StageView["streams"] {
    const own = guestOf(stage, viewer.id)?.seat ?? null;
    if (own === null && !leads) return [];
    const { live, now } = this.#options;
    const nowMs = now();
    const isOn = (stream: string) => live.report(stream, nowMs) !== null;
    const streams = seated(stage).filter(({ seat }) => seat !== own)
      .map(({ seat }) => ({ seat, stream: seatStream(stage.room, seat) }))
      .filter(({ stream }) => isOn(stream));
    const host = hostStream(stage.room);
    if (leads || host === null) return streams;
    if (isOn(host)) return [{ seat: 0, stream: host }, ...streams];
    return stage.mode === "mixed" && stage.trouble === null
      ? streams
      : [{ seat: 0, stream: stage.room }, ...streams];
  }

  /** Does what an event does, as long as others change the stage at the same time. */
  async #change(room: string, event: StageEvent): Promise<Stage> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const kept = await this.#kept(room);
      const stage = kept?.stage ?? newStage(room);
      const next = transition(stage, event);
      if (typeof next === "string") {
        const { code, why } = REFUSALS[next];
        throw new ServiceError(code, `Cannot ${event.type} on the stage: ${why}`);
      }
      if (next === stage) return stage;
      const put = await this.#options.stages.put(room, {
        version: kept?.version ?? 0,
        stage: next,
        holders: holders(next),
        expiresAtMs: event.atMs + KEPT_MS,
        nowMs: event.atMs,
      }, { max: MAX_STAGES });
      if (put === "elsewhere") {
        throw new ServiceError("not_now", "Cannot sit down: the account is on another stage");
      }
      if (put === "full") {
        throw new ServiceError("busy", "Cannot open another stage: there are too many");
      }
      if (put !== "changed") {
        await this.#closeSeats(stage, next);
        await this.#notices.say({ stage: next, version: put }, event.atMs);
        return next;
      }
    }
    throw new ServiceError("busy", "Cannot change the stage: too many change it at once");
  }

  /** Who has left a seat does not publish to it any more. */
  async #closeSeats(before: Stage, after: Stage): Promise<void> {
    for (const { account, seat } of seated(before)) {
      if (guestOf(after, account)?.seat === seat) continue;
      await this.#options.closeStream(seatStream(before.room, seat));
    }
  }

  #kept(room: string): Promise<KeptStage | null> {
    return this.#options.stages.read(room, { nowMs: this.#options.now() });
  }

  #event<T extends object>(what: T): T & { readonly atMs: number } {
    return { ...what, atMs: this.#options.now() };
  }

  #isLive(room: Room): void {
    if (this.#options.live.of(room.id, this.#options.now()).stream === null) {
      throw new ServiceError("not_live", `Cannot use the stage: room ${room.id} is not live`);
    }
  }

  #mayStand(account: Account): void {
    if (account.suspended) {
      throw new ServiceError("suspended", "Cannot do this: the account is suspended");
    }
  }

  async #slowDown(limiter: RateLimiter, who: string): Promise<void> {
    if (!this.#options.rateLimits) return;
    const waitS = await limiter.take(who, this.#options.now());
    if (waitS > 0) {
      throw new ServiceError("slow_down", `Cannot do this again: try again in ${waitS} s`, {
        retryAfterS: waitS,
      });
    }
  }

  async #leads(account: Account, room: Room): Promise<boolean> {
    return room.owner.id === account.id ||
      await this.#options.moderators.isModerator(room.id, account.id);
  }

  async #led(actor: Account, roomId: string): Promise<Room> {
    const room = await this.#options.people.room(roomId, actor);
    this.#mayStand(actor);
    if (!await this.#leads(actor, room)) {
      throw new ServiceError("forbidden", "Cannot do this: the stage is led by somebody else");
    }
    if (room.suspended) {
      throw new ServiceError("suspended", "Cannot do this: the room is suspended");
    }
    return room;
  }
}

function named(account: Account): { readonly account: string; readonly name: string } {
  return { account: account.id, name: account.displayName ?? account.name };
}
