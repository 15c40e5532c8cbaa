/**
 * What the routes need from the business: the pages and the API stand on these ports alone.
 * Every method validates its input again and throws {@linkcode ServiceError} for what a caller
 * can do something about.
 *
 * @module
 */
import type { Accounts } from "../rooms/account_service.ts";
import type { Administration } from "../rooms/admin_service.ts";
import type { IceServer } from "../platform/turn.ts";
import type { Calls } from "../rooms/calls/call_service.ts";
import type { Gifts } from "../rooms/money/gift_service.ts";
import type { Wallets } from "../rooms/money/wallet_service.ts";
import type { Battles } from "../rooms/pk/pk_service.ts";
import type { Pictures } from "../rooms/images/pictures.ts";
import type { StreamReport } from "../rooms/model.ts";
import type { Likes } from "../rooms/messages/like_service.ts";
import type { MessageService as Messages } from "../rooms/messages/message_service.ts";
import type { Moderation } from "../rooms/moderation/moderation_service.ts";
import type { People } from "../rooms/messages/people.ts";
import type { Gateways } from "./im_gateways.ts";
import type { Profiles } from "../rooms/profile_service.ts";
import type { Rooms } from "../rooms/room_service.ts";
import type { Settings } from "../rooms/settings.ts";
import type { Stages } from "../rooms/stage/stage_service.ts";
import type { TailPage, TailQuery } from "./log_tail.ts";
import type { NodeState } from "./node_health.ts";

export { ServiceError, type ServiceErrorCode } from "../rooms/errors.ts";

/** Accounts and sessions. */
export type AccountService = Pick<
  Accounts,
  "signUp" | "logIn" | "logOut" | "authenticate" | "needsSetup" | "setUp"
>;

/** What people do with their own account. */
export type ProfileService = Pick<
  Profiles,
  | "rename"
  | "setAvatar"
  | "changePassword"
  | "sessions"
  | "endSession"
  | "endSessions"
  | "delete"
>;

/** Rooms with their live state. */
export type RoomService = Pick<
  Rooms,
  | "create"
  | "get"
  | "ofAccount"
  | "list"
  | "search"
  | "update"
  | "setCover"
  | "publishKey"
  | "rotatePublishKey"
  | "end"
  | "release"
  | "heldUntilMs"
  | "broadcasts"
  | "follow"
  | "unfollow"
  | "follows"
  | "followed"
>;

/** What administrators do. */
export type AdminService = Pick<
  Administration,
  | "account"
  | "accounts"
  | "rooms"
  | "streams"
  | "changeAccount"
  | "resetPassword"
  | "endSessions"
  | "deleteAccount"
  | "suspendRoom"
  | "resetKey"
  | "hotRooms"
  | "placeRoom"
  | "cutOff"
  | "settings"
  | "changeSettings"
  | "settingHistory"
  | "audit"
>;

/** The settings in force. */
export type SettingsView = Pick<Settings, "values" | "category">;

/** Running streams, for administrators. */
export interface StreamService {
  list(): readonly StreamReport[];
}

/** How the processes of the platform are and what they log, for administrators. */
export interface OperationsService {
  /** Every process that was heard lately, and the clock that says how lately. */
  health(): { readonly nodes: readonly NodeState[]; readonly nowMs: number };
  /** Lines of all processes. */
  log(query: TailQuery): TailPage;
}

/** Pictures that people upload; each lives at `/images/<id>.jpg` until nothing shows it. */
export type PictureService = Pick<Pictures, "avatar" | "cover" | "remove">;

/** What people say. */
export type MessageService = Pick<
  Messages,
  "say" | "tell" | "broadcast" | "history" | "privateHistory"
>;

/** What is done in rooms by those who look after them, and whom people do not want to hear from. */
export type ModerationService = Pick<
  Moderation,
  | "rules"
  | "changeRules"
  | "moderators"
  | "addModerator"
  | "removeModerator"
  | "restrictions"
  | "restrict"
  | "lift"
  | "removeMessage"
  | "report"
  | "reports"
  | "allReports"
  | "closeReport"
  | "held"
  | "decide"
  | "acts"
  | "blocks"
  | "block"
  | "unblock"
  | "find"
>;

/** What people like. */
export type LikeService = Pick<Likes, "like" | "total">;

/** Who talks, and where. */
export type PeopleService = Pick<People, "room" | "sender" | "enter">;

/** Where messages come from. */
export type GatewayService = Pick<Gateways, "offer">;

/** What people give. */
export type GiftService = Pick<Gifts, "give" | "leaderboard">;

/** What people have. */
export type WalletService = Pick<Wallets, "read" | "history" | "topUp" | "grant">;

/** Battles of rooms. */
export type PkService = Pick<Battles, "read" | "invite" | "act" | "mixOf">;

/** Calls of people. */
export type CallService = Pick<Calls, "make" | "find" | "ofAccount" | "invite" | "end">;

/** Guests on the stages of rooms. */
export type StageService = Pick<
  Stages,
  "read" | "ask" | "invite" | "lead" | "act" | "arrange" | "key"
>;

/** Everything the routes stand on. */
export interface Services {
  readonly accounts: AccountService;
  readonly profiles: ProfileService;
  readonly rooms: RoomService;
  readonly admin: AdminService;
  readonly settings: SettingsView;
  readonly streams: StreamService;
  readonly operations: OperationsService;
  readonly pictures: PictureService;
  readonly messages: MessageService;
  readonly moderation: ModerationService;
  readonly likes: LikeService;
  readonly people: PeopleService;
  readonly gateways: GatewayService;
  readonly gifts: GiftService;
  readonly wallets: WalletService;
  readonly pk: PkService;
  readonly calls: CallService;
  readonly stages: StageService;
  /** A pass to the stream of a seat, for a few minutes. */
  readonly streamPass: (stream: string) => string;
  /** STUN and TURN servers, with credentials for a user whose name tells nothing. */
  readonly iceServers: (user: string) => readonly IceServer[];
}
