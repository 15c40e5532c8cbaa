/**
 * What accounts and rooms are; shapes shared by the rules, the stores, the API and the pages.
 *
 * @module
 */

/** Somebody who can log in. */
export interface Account {
  /** Opaque, stable. */
  readonly id: string;
  /** Log-in name, unique without regard to case and width (NFKC). */
  readonly name: string;
  /** Shown in the place of the name; nobody else has it as either. Null: none was chosen. */
  readonly displayName: string | null;
  /** Id of a picture below `/images/`, or null. */
  readonly avatar: string | null;
  readonly admin: boolean;
  /** An administrator took the account off the platform: no log-in, no broadcast. */
  readonly suspended: boolean;
  readonly createdAtMs: number;
}

/** Somebody as everybody sees them. */
export interface Person {
  readonly id: string;
  /** Display name, or the log-in name of who chose none. */
  readonly name: string;
  readonly avatar: string | null;
}

/** What others see of an account. */
export function personOf(account: Account): Person {
  return { id: account.id, name: account.displayName ?? account.name, avatar: account.avatar };
}

/** A broadcaster's place; one per account. */
export interface Room {
  /** Decimal number from 100001 on. */
  readonly id: string;
  readonly title: string;
  /** Plain text with line ends; may be empty. */
  readonly description: string;
  /** Key of a category of the settings, or null. */
  readonly category: string | null;
  /** Id of a picture below `/images/`, or null. */
  readonly cover: string | null;
  /** When the broadcaster means to be live next; null: not said. */
  readonly nextLiveAtMs: number | null;
  /** When the last broadcast ended or was last seen; null: there was none. */
  readonly lastLiveAtMs: number | null;
  /** An administrator closed the room, or its owner's account. */
  readonly suspended: boolean;
  readonly followers: number;
  readonly owner: Person;
  readonly createdAtMs: number;
}

/** One session of an account, for the eyes of its owner. */
export interface SessionInfo {
  /** Opaque; not the token. */
  readonly id: string;
  readonly createdAtMs: number;
  /** Within ten minutes. */
  readonly seenAtMs: number;
  /** As the browser called itself; may be empty. */
  readonly userAgent: string;
  /** Where it was begun from. */
  readonly address: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

/** One broadcast of a room, over or running; a re-connect within the grace belongs to the same. */
export interface Broadcast {
  readonly roomId: string;
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly endedAtMs: number | null;
  /** Last report that counted. */
  readonly seenAtMs: number;
  readonly peakViewers: number;
  /** Mean over the time that was seen. */
  readonly averageViewers: number;
  /** Mean over the time that was seen, kbit/s. */
  readonly averageKbps: number;
  readonly droppedFrames: number;
  readonly reconnects: number;
  /** Coins of the gifts that came in. */
  readonly giftCoins: number;
  readonly encoder: string | null;
  readonly protocol: string;
  /** 0 without video. */
  readonly width: number;
  readonly height: number;
}

/** Something an administrator did. */
export interface AuditEntry {
  /** Rising. */
  readonly id: number;
  readonly atMs: number;
  readonly actor: { readonly id: string; readonly name: string };
  readonly action: AuditAction;
  /** What it was done to: `account:<id>`, `room:<id>`, `setting:<key>`, `everyone`. */
  readonly target: string;
  /** For people: the name or title of the target at that time, a reason, a value. */
  readonly detail: string;
}

/** Closed catalogue of what is audited. */
export const AUDIT_ACTIONS = [
  "account_suspended",
  "account_restored",
  "account_password_reset",
  "account_sessions_ended",
  "account_made_admin",
  "account_made_member",
  "account_deleted",
  "room_suspended",
  "room_restored",
  "room_key_reset",
  "room_placed",
  "stream_cut_off",
  "setting_changed",
  "broadcast_sent",
  "coins_granted",
  "room_moderated",
] as const;

/** What was done. */
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** A room with what is going on in it now. */
export interface RoomState extends Room {
  readonly live: boolean;
  readonly startedAtMs: number | null;
  readonly viewers: number;
  readonly viewersByProtocol: ViewersByProtocol;
  /** Whether a still can be had: the stream has a picture, and its node has ffmpeg. */
  readonly still: boolean;
  /** Codecs and sizes of the running stream; null when not live. */
  readonly stream: StreamReport | null;
}

/** Open viewers of a room by what they take; `rtmp` with and without TLS. */
export interface ViewersByProtocol {
  readonly flv: number;
  readonly ws: number;
  readonly hls: number;
  readonly rtmp: number;
  readonly whep: number;
}

/** What `media` says of a running stream, every 2 s and on each change. */
export interface StreamReport {
  readonly room: string;
  /** `waiting`: the publisher dropped and may come back. */
  readonly state: "live" | "waiting";
  readonly startedAtMs: number;
  readonly protocol: string;
  readonly encoder: string | null;
  readonly remoteAddress: string;
  readonly video: {
    readonly codec: string;
    readonly codecString: string;
    readonly width: number;
    readonly height: number;
    /** Measured frames a second over the last seconds. */
    readonly fps: number;
    readonly bFrames: boolean;
    /** Largest `pts − dts` over the last seconds, milliseconds; 0 without B-frames. */
    readonly bFrameDelayMs: number;
    /** Milliseconds between the last two key frames; null before the second. */
    readonly keyFrameIntervalMs: number | null;
  } | null;
  readonly audio: {
    readonly codec: string;
    readonly codecString: string;
    readonly sampleRate: number;
    readonly channels: number;
  } | null;
  readonly bitrateKbps: number;
  /** Frames that the encoder left out since the stream began, told from gaps in its time stamps. */
  readonly droppedFrames: number;
  /** Those of the last 30 s. */
  readonly droppedFramesRecently: number;
  /**
   * How far the arrival of media lagged behind its own clock in the last 5 s at worst, beyond the
   * best of the last 30 s; milliseconds. Hundreds mean an unstable upload.
   */
  readonly uploadLagMs: number;
  readonly reconnects: number;
  /** Open readers by protocol, as `media` sees them (edges count as one FLV reader). */
  readonly readers: Readonly<Record<string, number>>;
  /** Which outputs carry these codecs. */
  readonly outputs: { readonly llhls: boolean; readonly hls: boolean };
}

/** Where and with what to publish; for the owner's eyes. */
export interface PublishAddress {
  readonly key: string;
  readonly rtmp: { readonly server: string; readonly streamKey: string };
  /** WHIP endpoint; null while the rtc role does not run. */
  readonly whip: string | null;
}

/** Absolute play addresses; null where the stream's codecs or the roles do not allow it. */
export interface PlaybackAddresses {
  readonly llhls: string | null;
  readonly hls: string | null;
  readonly flv: string | null;
  readonly rtmp: string | null;
  readonly whep: string | null;
}
