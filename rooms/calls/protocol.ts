/**
 * What the two sides of a call's signalling say to each other: JSON texts over the WebSocket
 * `/signal/<name>` (docs/calls.md).
 *
 * @module
 */

/** Subprotocol of the WebSocket; a client that names none is served alike. */
export const SIGNAL_PROTOCOL = "wanren.signal.v1";

/** People of one call that is a mesh: each sends to each other one. */
export const MESH_CAPACITY = 4;
/** People of one call that `rtc` carries: each sends once, to it (`media/rtc/sfu/`). */
export const SFU_CAPACITY = 16;
/** With so few people a call that grew goes back to the mesh. */
export const MESH_AGAIN = 2;

/** Bounds of what a client may send. */
export const SIGNAL_LIMITS = {
  /** One message, bytes of UTF-8. */
  frameBytes: 192 * 1024,
  /** A session description for one peer, UTF-16 units. */
  sdp: 48_000,
  /** An offer to `rtc`, UTF-16 units: it has places for everybody. */
  sfuSdp: 160_000,
  /** A text of the chat, UTF-16 units. */
  chat: 2_000,
  /** Faces that are wanted large. */
  large: 4,
  /** A candidate's line, UTF-16 units. */
  candidate: 1_024,
  /** A display name, code points. */
  name: { min: 1, max: 32 },
  /** A stream's id, UTF-16 units. */
  stream: 64,
  password: 256,
  token: 1_024,
} as const;

/** The first message must come within this time, milliseconds. */
export const JOIN_WITHIN_MS = 10_000;
/** The server gives a sign of life so often, milliseconds; clients answer each. */
export const BEAT_EVERY_MS = 10_000;
/** Who was not heard for so long is taken for gone, milliseconds. */
export const SILENT_AFTER_MS = 25_000;
/** A seat is kept so long for somebody whose signalling broke, milliseconds. */
export const SEAT_KEPT_MS = 30_000;

/** How somebody gets in. */
export type CallAccess = "open" | "password" | "invited";
/** Who sends to whom: `mesh`, everybody to everybody; `sfu`, everybody to `rtc` and it to all. */
export type CallTopology = "mesh" | "sfu";
/** What one connection to `rtc` carries: a face with its voice, or a screen with its sound. */
export type SfuSeatKind = "camera" | "screen";
/** Seat in `rtc` of somebody's screen: beside that of the face, as a stream of its own. */
export function screenSeat(peer: string): string {
  return `${peer}.screen`;
}

/** A call as people see it before they are in it. */
export interface CallView {
  readonly name: string;
  readonly access: CallAccess;
  /** Whether people without an account may join. */
  readonly guests: boolean;
  readonly locked: boolean;
  /** People in it now. */
  readonly people: number;
  readonly capacity: number;
  /** Whose it is; null: whoever is in it longest leads it. */
  readonly ownerId: string | null;
}

/** Somebody in a call, as the others see them. */
export interface PeerView {
  /** Opaque; new with each joining, the same after a resumption. */
  readonly id: string;
  readonly name: string;
  /** Picture's id below `/images/`, or null. */
  readonly avatar: string | null;
  /** Whether this is somebody with an account. */
  readonly member: boolean;
  /** Rises with each that joins: of two, who has the lower one is the impolite peer. */
  readonly order: number;
  /** False: their signalling is broken just now; their media may run on. */
  readonly present: boolean;
  readonly audio: boolean;
  readonly video: boolean;
  /** Id of the stream that carries their screen, or null. */
  readonly screen: string | null;
  /** When the hand was raised, milliseconds since the epoch; null: it is down. */
  readonly handAtMs: number | null;
  /** Connections to `rtc` that they made so far; when it rises there is something new to ask for. */
  readonly sfuTurn: number;
}

/** Who is in a call now; a higher version takes the place of a lower one. */
export interface Roster {
  readonly version: number;
  readonly locked: boolean;
  /** Who leads the call; null: nobody that is in it. */
  readonly host: string | null;
  readonly topology: CallTopology;
  readonly peers: readonly PeerView[];
}

/** `RTCSessionDescriptionInit` of an offer or an answer. */
export interface Description {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

/** `RTCIceCandidateInit`. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** What somebody says of themselves; what is left out stays. */
export interface OwnState {
  readonly audio?: boolean;
  readonly video?: boolean;
  readonly screen?: string | null;
  readonly hand?: boolean;
}

/** The first message of a connection. */
export interface JoinMessage {
  readonly type: "join";
  /** Display name of a guest; members have their own. */
  readonly name?: string;
  readonly password?: string;
  /** Of an invitation's link. */
  readonly invitation?: string;
  /** From the last `welcome`: takes the seat again. */
  readonly resume?: string;
  readonly audio: boolean;
  readonly video: boolean;
}

/**
 * What one peer says to another one. `session` counts the connections between the two, from 0 on: what
 * belongs to an earlier one is passed over. `reset` of the impolite peer begins the connection with
 * this number; of the polite one it asks for another connection than this one.
 */
export type PeerMessage =
  | { readonly type: "description"; readonly session: number; readonly description: Description }
  | { readonly type: "candidate"; readonly session: number; readonly candidate: Candidate | null }
  | { readonly type: "reset"; readonly session: number };

/** An offer to `rtc`. */
export interface SfuOffer {
  readonly type: "sfu";
  /** Comes back with the answer. */
  readonly id: number;
  readonly seat: SfuSeatKind;
  /** It is the first one of a connection: what was there of the seat is over. */
  readonly fresh: boolean;
  readonly sdp: string;
}

/** Why `rtc` did not answer: `not_now` the call is a mesh, `refused` the offer, `away` itself. */
export type SfuRefusal = "not_now" | "refused" | "away";

/** From a client. */
export type ClientMessage =
  | JoinMessage
  | ({ readonly to: string } & PeerMessage)
  | SfuOffer
  /** Whose faces are wanted large; null: whoever speaks. */
  | { readonly type: "view"; readonly large: readonly string[] | null }
  /** To everybody; used where there is no data channel. */
  | { readonly type: "chat"; readonly text: string }
  | ({ readonly type: "state" } & OwnState)
  | { readonly type: "lock"; readonly locked: boolean }
  | { readonly type: "kick"; readonly peer: string }
  | { readonly type: "invite" }
  | { readonly type: "end" }
  | { readonly type: "leave" }
  | { readonly type: "beat" };

/** Credentials of STUN and TURN servers, for `RTCConfiguration.iceServers`. */
export interface IceServerView {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** What passes from one peer to another one. */
export type RelayedMessage = { readonly from: string } & PeerMessage;
/** What somebody says to all. */
export interface SaidMessage {
  readonly type: "chat";
  readonly from: string;
  readonly text: string;
}
/** `rtc`'s answer, or why there is none. */
export type SfuAnswer =
  | { readonly type: "sfu"; readonly id: number; readonly sdp: string }
  | { readonly type: "sfu"; readonly id: number; readonly refused: SfuRefusal };

/** From the server. */
export type ServerMessage =
  | {
    readonly type: "welcome";
    readonly self: string;
    readonly resume: string;
    /** The seat that `resume` named was still there. */
    readonly resumed: boolean;
    readonly call: CallView;
    readonly roster: Roster;
    readonly iceServers: readonly IceServerView[];
    readonly beatMs: number;
  }
  | ({ readonly type: "roster" } & Roster)
  | RelayedMessage
  | SaidMessage
  | SfuAnswer
  | { readonly type: "invitation"; readonly token: string; readonly expiresAtMs: number }
  | {
    readonly type: "refused";
    readonly code: CallRefusal;
    /** Seconds until another try makes sense. */
    readonly retryAfterS: number | null;
    /** How many a call takes, when it is full. */
    readonly capacity?: number;
  }
  | { readonly type: "ended"; readonly code: CallEnd }
  | { readonly type: "beat" };

/** Why somebody is not let in. */
export type CallRefusal =
  | "bad_name"
  | "account_needed"
  | "password_needed"
  | "wrong_password"
  | "invitation_needed"
  | "invitation_invalid"
  | "kicked"
  | "locked"
  | "full"
  | "too_many_attempts"
  | "too_many_calls"
  | "busy";

/** Why somebody is in it no more. */
export type CallEnd = "left" | "kicked" | "ended" | "elsewhere" | "lost";

/** Close codes (RFC 6455 §7.4.2) with the sentence that stands in the close frame. */
export const CLOSES = {
  left: [1000, "You left the call"],
  restart: [1012, "The server restarts: come back and resume"],
  bad_message: [4400, "Cannot read the message"],
  too_slow: [4408, "No join message came in time, or no sign of life"],
  too_fast: [4429, "Too many messages at once"],
  kicked: [4410, "You were removed from the call"],
  ended: [4411, "The call has ended"],
  elsewhere: [4412, "The seat was taken by another connection"],
  lost: [4413, "The seat was given up: join again"],
  bad_name: [4420, "The name cannot be used"],
  account_needed: [4421, "Only people with an account may join: log in"],
  password_needed: [4422, "The call has a password"],
  wrong_password: [4423, "The password is wrong"],
  invitation_needed: [4424, "Only people with an invitation may join"],
  invitation_invalid: [4425, "The invitation is not valid, or no more"],
  locked: [4426, "The call is locked"],
  full: [4427, "The call is full"],
  too_many_attempts: [4428, "Too many attempts: try again later"],
  too_many_calls: [4430, "There are too many calls"],
  busy: [4431, "Too busy just now: try again"],
} as const satisfies Record<string, readonly [code: number, sentence: string]>;
/** Name of a close. */
export type CloseName = keyof typeof CLOSES;

/** The name of a close code; null: none of ours. */
export function closeNamed(code: number): CloseName | null {
  const found = Object.entries(CLOSES).find(([, [known]]) => known === code);
  return found === undefined ? null : found[0] as CloseName;
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_-]{0,47}$/u;

/**
 * A call's name as it is kept: NFKC, lower case, white space as one hyphen; letters and digits of any
 * script, hyphens and low lines, at most 48. Null: it cannot be one.
 */
export function parseCallName(text: string): string | null {
  if (text.length > 200 || !text.isWellFormed()) return null;
  const name = text.normalize("NFKC").trim().toLowerCase().replace(/[\s-]+/gu, "-")
    .replace(/^-+|-+$/g, "").normalize("NFKC");
  return NAME.test(name) ? name : null;
}
