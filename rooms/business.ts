/**
 * Puts the business together over a store.
 *
 * @module
 */
import type { MessageLog } from "../im/log.ts";
import { Accounts } from "./account_service.ts";
import { Administration } from "./admin_service.ts";
import { ATTEMPT_POLICIES } from "./attempt_limits.ts";
import { Calls } from "./calls/call_service.ts";
import { LocalPost } from "./calls/local_post.ts";
import { type CallMediaPort, NO_CALL_MEDIA } from "./calls/media_port.ts";
import type { CallPost } from "./calls/repository.ts";
import { ServiceError } from "./errors.ts";
import { BroadcastRecorder } from "./broadcast_recorder.ts";
import type { HotRooms } from "./hot_rooms.ts";
import type { KeyVault } from "./key_vault.ts";
import type { LiveState } from "./live_state.ts";
import type { Gate, Standing } from "./messages/gate.ts";
import { Likes } from "./messages/like_service.ts";
import { MessageService } from "./messages/message_service.ts";
import { People } from "./messages/people.ts";
import { RoomNotices } from "./messages/room_notices.ts";
import { StateRepeats } from "./messages/state_repeats.ts";
import { ModerationLists } from "./moderation/lists.ts";
import { Moderation } from "./moderation/moderation_service.ts";
import { RoomGuard } from "./moderation/room_guard.ts";
import { Gifts } from "./money/gift_service.ts";
import { Leaderboards } from "./money/leaderboards.ts";
import type { MoneyStore } from "./money/repository.ts";
import { Levels } from "./money/standing.ts";
import { Wallets } from "./money/wallet_service.ts";
import type { PasswordHasher } from "./password_hasher.ts";
import { type BattleMixer, BattleMixes } from "./pk/battle_mixes.ts";
import { Battles } from "./pk/pk_service.ts";
import { type PictureStore, Profiles } from "./profile_service.ts";
import { RateLimiter, type SharedBuckets } from "./rate_limits.ts";
import type { Repositories } from "./repository.ts";
import { Rooms, type StreamCloser } from "./room_service.ts";
import { Settings } from "./settings.ts";
import type { StageMixer } from "./stage/stage_mixes.ts";
import { Stages } from "./stage/stage_service.ts";

/** What the business stands on. */
export interface BusinessOptions {
  readonly repositories: Repositories;
  readonly messages: MessageLog;
  readonly money: MoneyStore;
  readonly hasher: PasswordHasher;
  readonly vault: KeyVault;
  readonly live: LiveState;
  readonly closer: StreamCloser;
  /** Mixes pictures: those on stage, and those of battles. Left out: nothing is mixed here. */
  readonly mixer?: StageMixer & BattleMixer;
  readonly pictures: PictureStore;
  /** Left out: there is one place for the messages of all rooms. */
  readonly hotRooms?: HotRooms | null;
  /** Secret of the set-up link. */
  readonly setupToken: string;
  /** False: attempts are not limited (load tests on a loopback address). */
  readonly rateLimits: boolean;
  /** Limits of all processes; left out: this one is the only one. */
  readonly buckets?: SharedBuckets | null;
  /** Letters of calls between processes; left out: this one is the only one. */
  readonly callPost?: CallPost | null;
  /** Calls by `rtc`; left out: every call is a mesh. */
  readonly callMedia?: CallMediaPort | null;
  /** Default: the rules of rooms and of the instance. */
  readonly gate?: Gate;
  /** Default: levels by coins spent, and the moderators of rooms. */
  readonly standing?: Standing;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The services over one store. */
export interface Business {
  readonly accounts: Accounts;
  readonly profiles: Profiles;
  readonly rooms: Rooms;
  readonly admin: Administration;
  readonly settings: Settings;
  readonly broadcasts: BroadcastRecorder;
  readonly people: People;
  readonly messages: MessageService;
  readonly moderation: Moderation;
  readonly likes: Likes;
  readonly notices: RoomNotices;
  readonly states: StateRepeats;
  readonly wallets: Wallets;
  readonly gifts: Gifts;
  readonly leaderboards: Leaderboards;
  readonly pk: Battles;
  readonly battleMixes: BattleMixes;
  readonly calls: Calls;
  readonly stages: Stages;
}

const NO_MIXER: StageMixer & BattleMixer = {
  put: () => Promise.resolve("unavailable"),
  remove: () => Promise.resolve(),
};

/** Reads what the services keep in memory and makes them. */
export async function openBusiness(options: BusinessOptions): Promise<Business> {
  const { repositories, now = Date.now, buckets = null } = options;
  const settings = await Settings.open({ repository: repositories.settings, now });
  const shared = { ...options, now, settings, buckets };
  const accounts = new Accounts(shared);
  const rooms = new Rooms(shared);
  const profiles = new Profiles({
    ...shared,
    attempts: options.rateLimits
      ? new RateLimiter("password", ATTEMPT_POLICIES.password, { buckets })
      : null,
  });
  const admin = new Administration({ ...shared, rooms, profiles });
  const broadcasts = await BroadcastRecorder.open({
    broadcasts: repositories.broadcasts,
    rooms: repositories.rooms,
    live: options.live,
    boards: options.money.boards,
  }, { nowMs: now() });
  const levels = new Levels({ wallets: options.money.wallets, now });
  const notices = new RoomNotices({ log: options.messages, live: options.live, settings, buckets });
  const lists = new ModerationLists(repositories.moderation, now);
  const guard = new RoomGuard({
    lists,
    turns: repositories.moderation,
    follows: repositories.follows,
    levelOf: (id) => levels.of(id),
    settings,
    now,
  });
  const people = new People({
    entered: (sender, roomId, nowMs) => notices.enter(sender, roomId, nowMs),
    rooms: repositories.rooms,
    standing: options.standing ?? guard,
    visitorKey: await options.vault.secretFor("visitors"),
    now,
  });
  const talk = { log: options.messages, people, rateLimits: options.rateLimits, buckets, now };
  const messages = new MessageService({
    ...talk,
    repositories,
    settings,
    gate: options.gate ?? guard,
  });
  const moderation = new Moderation({ ...talk, lists, guard, repositories, settings });
  const likes = new Likes({ ...talk, likes: repositories.likes });
  const { money, rateLimits } = options;
  const { wallets } = money;
  const leaderboards = new Leaderboards({ log: options.messages, boards: money.boards });
  const pk = new Battles({ ...talk, battles: money.battles, live: options.live });
  return {
    accounts,
    profiles,
    rooms,
    admin,
    settings,
    broadcasts,
    people,
    messages,
    moderation,
    likes,
    notices,
    states: new StateRepeats({
      ...talk,
      lists,
      leaderboards,
      live: options.live,
      likes: repositories.likes,
      battles: money.battles,
    }),
    wallets: new Wallets({ repositories, wallets, settings, levels, rateLimits, buckets, now }),
    gifts: new Gifts({
      ...talk,
      money,
      settings,
      levels,
      leaderboards,
      rooms: repositories.rooms,
      battles: pk,
    }),
    leaderboards,
    pk,
    stages: new Stages({
      ...talk,
      stages: repositories.stages,
      accounts: repositories.accounts,
      moderators: guard,
      live: options.live,
      mixer: options.mixer ?? NO_MIXER,
      async closeStream(stream) {
        try {
          await options.closer.close(stream, "cut_off");
        } catch (error) {
          // The closer goes on trying, and the key is worth nothing already.
          if (!(error instanceof ServiceError)) throw error;
        }
      },
    }),
    battleMixes: new BattleMixes({
      battles: money.battles,
      live: options.live,
      settings,
      mixer: options.mixer ?? NO_MIXER,
      now,
    }),
    calls: new Calls({
      calls: repositories.calls,
      post: options.callPost ?? new LocalPost(),
      media: options.callMedia ?? NO_CALL_MEDIA,
      hasher: options.hasher,
      invitationKey: await options.vault.secretFor("call-invitations"),
      rateLimits,
      buckets,
      now,
    }),
  };
}
