/**
 * Shapes of what administrators see and do in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import { type Account, AUDIT_ACTIONS, type AuditEntry, type RoomState } from "../../rooms/model.ts";
import { KINDS } from "../../im/protocol/message.ts";
import type { ListedAccount, SettingChange } from "../../rooms/repository.ts";
import type { SettingValues } from "../../rooms/settings.ts";
import type { Place } from "../addresses.ts";
import { profileJson, ProfileSchema } from "./account_schemas.ts";
import { WordListSchema } from "./moderation_schemas.ts";
import { AdminRoomSchema, CategorySchema, roomJson, type RoomView } from "./room_schemas.ts";
import { described, iso, text, time, whole } from "./schema_parts.ts";

const reason = v.optional(
  text("For the audit log; what is beyond 300 characters is left out", "Spam"),
);

/** Body that changes an account. */
export const AdminAccountChangeBody = v.pipe(
  v.object({
    suspended: v.optional(
      described(v.boolean(), "True ends its sessions and its stream, and nobody logs in to it"),
    ),
    admin: v.optional(v.boolean()),
    reason,
  }),
  v.check(
    ({ suspended, admin }) => suspended !== undefined || admin !== undefined,
    "suspended, admin, or both",
  ),
  v.title("AdminAccountChange"),
);

/** Body that closes or opens a room. */
export const AdminRoomChangeBody = v.pipe(
  v.object({
    suspended: described(v.boolean(), "True ends its stream, and nobody publishes into it"),
    reason,
  }),
  v.title("AdminRoomChange"),
);

/** An account as administrators see it. */
export const AdminAccountSchema = v.pipe(
  v.object({ ...ProfileSchema.entries, suspended: v.boolean() }),
  v.title("AdminAccount"),
);

/** An account in their list. */
export const ListedAccountSchema = v.pipe(
  v.object({
    ...AdminAccountSchema.entries,
    roomId: described(v.nullable(v.string()), "Id of its room"),
    sessions: whole("Its open sessions; some that ended of age may count for a minute"),
  }),
  v.title("ListedAccount"),
);

/** One account, changed. */
export const AdminAccountAnswer = v.object({ account: AdminAccountSchema });
/** A page of accounts. */
export const AccountsAnswer = v.object({
  accounts: described(v.array(ListedAccountSchema), "The newest first"),
  total: whole("How many match in all"),
});
/** A password to hand out. */
export const PasswordAnswer = v.object({
  password: text("Shown this once; the account's sessions ended"),
});
/** One room, changed. */
export const AdminRoomAnswer = v.object({ room: AdminRoomSchema });
/** A page of rooms. */
export const AdminRoomsAnswer = v.object({
  rooms: described(v.array(AdminRoomSchema), "The newest first"),
  total: whole("How many match in all"),
});

/** Where a room's messages shall be. */
export const RoomPlaceBody = v.pipe(
  v.object({
    place: described(
      v.nullable(v.pipe(v.string(), v.maxLength(24))),
      "One of `places`; null: the room may be moved by itself",
    ),
  }),
  v.title("RoomPlace"),
);
/** Rooms whose messages are elsewhere than those of all others. */
export const HotRoomsAnswer = v.object({
  places: described(v.array(v.string()), "Names; `main` is where all rooms begin"),
  rooms: v.array(v.object({
    room: text("Number of the room"),
    place: v.string(),
    pinned: described(v.boolean(), "An administrator put it there"),
  })),
});

const kinds = v.array(v.picklist(KINDS));
const MESSAGE_SETTINGS = {
  maxPerSecond: whole("Messages that reach a viewer in a second, at most"),
  ageMs: described(
    v.record(v.string(), v.number()),
    "By lane: a message older than this goes to the history only; a change names some lanes",
  ),
  batchMs: whole("Time from one batch of the long connection to the next"),
  poll: described(
    v.array(v.object({ viewers: v.number(), afterMs: v.number() })),
    "Time to the next poll: the first step whose `viewers` is above the room's",
  ),
  bigRoomViewers: whole("From so many viewers on a room is big"),
  bigRoomPush: described(kinds, "Kinds that big rooms push; the others are polled"),
  bigGiftCoins: whole("A gift from so many coins on is announced in every room"),
  chatPerTenSeconds: whole("Texts of one account in a room in ten seconds"),
  roomChatPerSecond: whole("Texts that a room takes in a second from everybody"),
  valuedLevel: whole("From this level on texts come before others"),
  hotRoomPerSecond: whole("Messages a second that move a room to a Redis of HOT_REDIS_URLS"),
};

/** Rates, ages and intervals of messages. */
export const MessageSettingsSchema = v.pipe(v.object(MESSAGE_SETTINGS), v.title("MessageSettings"));

const SETTINGS = {
  siteName: text("1–40 characters", "Wanren"),
  notice: text(
    "One line on top of the pages, at most 200 characters; empty: none",
    "Maintenance on Sunday at 4:00",
  ),
  signUp: v.picklist(["open", "closed"]),
  broadcasting: described(v.picklist(["everyone", "administrators"]), "Who may broadcast"),
  embedFrames: described(
    v.array(v.string()),
    "Origins that may frame `/embed/`, at most 50; `*` alone: all",
  ),
  categories: described(v.array(CategorySchema), "At most 24"),
  demo: described(v.boolean(), "Whether the demo channel runs"),
  topUp: described(
    v.picklist(["off", "development"]),
    "`development`: everybody may have coins for the asking",
  ),
  pkMix: described(
    v.boolean(),
    "Whether both pictures of a battle are also mixed into one stream; needs ffmpeg",
  ),
  words: WordListSchema,
  im: MessageSettingsSchema,
};

/** Every setting. */
export const SettingsSchema = v.pipe(v.object(SETTINGS), v.title("Settings"));

/** Body that changes settings. */
export const SettingsChangeBody = v.pipe(
  v.strictObject({
    siteName: v.optional(SETTINGS.siteName),
    notice: v.optional(SETTINGS.notice),
    signUp: v.optional(SETTINGS.signUp),
    broadcasting: v.optional(SETTINGS.broadcasting),
    embedFrames: v.optional(SETTINGS.embedFrames),
    categories: v.optional(SETTINGS.categories),
    demo: v.optional(SETTINGS.demo),
    topUp: v.optional(SETTINGS.topUp),
    pkMix: v.optional(SETTINGS.pkMix),
    words: v.optional(SETTINGS.words),
    // The rule of the settings looks at what is named.
    im: v.optional(
      described(v.record(v.string(), v.unknown()), "Some of the MessageSettings; the rest stays"),
    ),
  }),
  v.check((input) => Object.keys(input).length > 0, "a setting"),
  v.metadata({ jsonSchema: { minProperties: 1 } }),
  v.title("SettingsChange"),
);

/** The settings in force. */
export const SettingsAnswer = v.object({ settings: SettingsSchema });

const ActorSchema = v.pipe(
  v.object({ id: v.string(), name: text("At that time") }),
  v.title("Actor"),
);
const next = described(
  v.nullable(v.number()),
  "`before` of the call for the page behind this one; null: there is none",
);

/** One change of a setting. */
export const SettingChangeSchema = v.pipe(
  v.object({
    id: v.number(),
    at: time,
    actor: ActorSchema,
    key: v.string(),
    value: described(v.unknown(), "What it was set to"),
  }),
  v.title("SettingChange"),
);

/** A page of changes. */
export const SettingHistoryAnswer = v.object({
  changes: described(v.array(SettingChangeSchema), "The newest first"),
  next,
});

/** Something an administrator did. */
export const AuditEntrySchema = v.pipe(
  v.object({
    id: v.number(),
    at: time,
    actor: ActorSchema,
    action: v.picklist(AUDIT_ACTIONS),
    target: text("`account:<id>`, `room:<id>` or `setting:<key>`"),
    detail: text("Name or title of the target at that time, a reason, a value"),
  }),
  v.title("AuditEntry"),
);

/** A page of the audit log. */
export const AuditAnswer = v.object({
  entries: described(v.array(AuditEntrySchema), "The newest first"),
  next,
});

/** An account as administrators see it. */
export function adminAccountJson(
  account: Account,
  place: Place,
): v.InferInput<typeof AdminAccountSchema> {
  return { ...profileJson(account, place), suspended: account.suspended };
}

/** An account of their list. */
export function listedAccountJson(
  account: ListedAccount,
  place: Place,
): v.InferInput<typeof ListedAccountSchema> {
  const { roomId, sessions } = account;
  return { ...adminAccountJson(account, place), roomId, sessions };
}

/** A room as administrators see it. */
export function adminRoomJson(
  room: RoomState,
  view: RoomView,
): v.InferInput<typeof AdminRoomSchema> {
  return {
    ...roomJson(room, view),
    suspended: room.suspended,
    createdAt: iso(room.createdAtMs),
  };
}

/** The settings as the API shows them. */
export function settingsJson(values: SettingValues): v.InferInput<typeof SettingsSchema> {
  return {
    ...values,
    embedFrames: [...values.embedFrames],
    categories: values.categories.map((category) => ({ ...category })),
    words: { ...values.words, list: [...values.words.list] },
    im: {
      ...values.im,
      poll: values.im.poll.map((step) => ({ ...step })),
      bigRoomPush: [...values.im.bigRoomPush],
    },
  };
}

/** A change of a setting as the API shows it. */
export function settingChangeJson(
  change: SettingChange,
): v.InferInput<typeof SettingChangeSchema> {
  const { id, atMs, actor, key, value } = change;
  return { id, at: iso(atMs), actor, key, value: JSON.parse(value) };
}

/** An entry of the audit log as the API shows it. */
export function auditJson(entry: AuditEntry): v.InferInput<typeof AuditEntrySchema> {
  const { atMs, ...rest } = entry;
  return { ...rest, at: iso(atMs) };
}
