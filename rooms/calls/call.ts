/**
 * A call and who sits in it, as a pure state machine: every function takes a call and answers the
 * next one, or the same one when nothing changes. Stores keep it as one document
 * (`rooms/calls/repository.ts`), so that several `web` share it.
 *
 * | event    | by                                  | a seat becomes                                |
 * | -------- | ----------------------------------- | --------------------------------------------- |
 * | `enter`  | somebody who was admitted           | taken, present                                |
 * | `away`   | a connection that broke             | taken, away; kept `SEAT_KEPT_MS`              |
 * | `resume` | a new connection with its token     | taken, present                                |
 * | `leave`  | its owner, or the host by `kick`    | free                                          |
 * | `sweep`  | time                                | free when it was away or not heard for long   |
 *
 * @module
 */
import {
  type CallAccess,
  type CallRefusal,
  type CallTopology,
  type CallView,
  MESH_AGAIN,
  MESH_CAPACITY,
  type OwnState,
  type PeerView,
  type Roster,
  SEAT_KEPT_MS,
  SFU_CAPACITY,
} from "./protocol.ts";

/** Somebody's place in a call. */
export interface Seat {
  readonly id: string;
  readonly order: number;
  readonly name: string;
  readonly accountId: string | null;
  readonly avatar: string | null;
  /** SHA-256 of the resume token, hexadecimal. */
  readonly resumeHash: string;
  readonly joinedAtMs: number;
  /** Last time the process of its connection said that it is there; away: since when. */
  readonly seenAtMs: number;
  readonly present: boolean;
  /** Rises with each resumption: tells connections of the same seat apart. */
  readonly turn: number;
  readonly audio: boolean;
  readonly video: boolean;
  readonly screen: string | null;
  readonly handAtMs: number | null;
  /** See `PeerView`; left out: none. */
  readonly sfuTurn?: number;
}

/** A call as it is kept. */
export interface Call {
  /** New with each making of a name, so that invitations of an earlier call open nothing. */
  readonly id: string;
  readonly name: string;
  readonly access: CallAccess;
  /** PHC string of a call with a password, else null. */
  readonly passwordHash: string | null;
  readonly guests: boolean;
  /** Null: made by whoever came first; it is gone when the last one leaves. */
  readonly ownerId: string | null;
  readonly createdAtMs: number;
  readonly locked: boolean;
  readonly lastOrder: number;
  /** Left out: a mesh. */
  readonly topology?: CallTopology;
  /** Accounts that may not come back. */
  readonly barred: readonly string[];
  /** Seats that the host took away, newest last. */
  readonly kicked: readonly string[];
  readonly seats: readonly Seat[];
}

/** A present seat that nobody spoke for is swept after so long, milliseconds. */
export const UNHEARD_MS = 45_000;
/** A process speaks for its seats so often, milliseconds. */
export const TOUCH_EVERY_MS = 15_000;
/** An unowned call is forgotten so long after the last sign of it, milliseconds. */
export const UNOWNED_KEPT_MS = 10 * 60_000;
/** An owned one, since its last use. */
export const OWNED_KEPT_MS = 30 * 24 * 3_600_000;
const MAX_BARRED = 100;
const MAX_KICKED = 32;

/** What a call is made of. */
export interface NewCall {
  readonly id: string;
  readonly name: string;
  readonly access: CallAccess;
  readonly passwordHash: string | null;
  readonly guests: boolean;
  readonly ownerId: string | null;
}

/** A call without anybody in it. */
export function newCall(made: NewCall, nowMs: number): Call {
  return {
    ...made,
    createdAtMs: nowMs,
    locked: false,
    lastOrder: 0,
    barred: [],
    kicked: [],
    seats: [],
  };
}

/** Until when a call is kept when nothing happens. */
export function keptUntilMs({ ownerId }: Call, nowMs: number): number {
  return nowMs + (ownerId === null ? UNOWNED_KEPT_MS : OWNED_KEPT_MS);
}

/** Whether nothing is lost when the call is forgotten now. */
export function isOver({ ownerId, seats }: Call): boolean {
  return ownerId === null && seats.length === 0;
}

/** What somebody shows who wants in. */
export interface Credentials {
  readonly accountId: string | null;
  /** Null: none was given. */
  readonly passwordMatches: boolean | null;
  /** Null: none was given; false: not of this call, or too old. */
  readonly invitationHolds: boolean | null;
}

/** Why somebody is not let in, as far as it does not depend on the seats; null: they are. */
export function refusalOf(call: Call, shown: Credentials): CallRefusal | null {
  const { accountId, passwordMatches, invitationHolds } = shown;
  if (accountId !== null && accountId === call.ownerId) return null;
  if (accountId !== null && call.barred.includes(accountId)) return "kicked";
  if (call.locked) return "locked";
  if (invitationHolds === false) return "invitation_invalid";
  if (invitationHolds === true) return null;
  if (!call.guests && accountId === null) return "account_needed";
  switch (call.access) {
    case "open":
      return null;
    case "password":
      if (passwordMatches === null) return "password_needed";
      return passwordMatches ? null : "wrong_password";
    case "invited":
      return "invitation_needed";
  }
}

/** Who takes a seat. */
export interface Entrant {
  readonly id: string;
  readonly name: string;
  readonly accountId: string | null;
  readonly avatar: string | null;
  readonly resumeHash: string;
  readonly audio: boolean;
  readonly video: boolean;
}

/** How many people fit into a call. */
export function capacityOf({ hasSfu }: { readonly hasSfu: boolean }): number {
  return hasSfu ? SFU_CAPACITY : MESH_CAPACITY;
}

/**
 * The call with the topology that its people need: the fifth makes it one by `rtc`; it stays so until
 * two are left, so that somebody who comes and goes does not move everybody. Where no `rtc` is left,
 * those who fit into a mesh make one.
 */
export function arrange(call: Call, { hasSfu }: { readonly hasSfu: boolean }): Call {
  const people = call.seats.length;
  const most = hasSfu ? MESH_AGAIN : MESH_CAPACITY;
  const topology = call.topology === "sfu"
    ? people <= most ? "mesh" : "sfu"
    : hasSfu && people > MESH_CAPACITY
    ? "sfu"
    : "mesh";
  return topology === (call.topology ?? "mesh") ? call : { ...call, topology };
}

/** Somebody made a connection to `rtc`: the others ask for what is new. */
export function publish(call: Call, id: string): Call {
  const seat = call.seats.find((each) => each.id === id);
  if (seat === undefined) return call;
  return replace(call, { ...seat, sfuTurn: (seat.sfuTurn ?? 0) + 1 });
}

/** Gives a seat; `full` when there is none. */
export function enter(
  call: Call,
  entrant: Entrant,
  { nowMs, capacity }: { readonly nowMs: number; readonly capacity: number },
): Call | "full" {
  // Who has not been heard for long makes room for who stands at the door.
  const swept = sweep(call, { nowMs, unheardMs: UNHEARD_MS });
  if (swept.seats.length >= capacity) return "full";
  const order = swept.lastOrder + 1;
  return {
    ...swept,
    lastOrder: order,
    seats: [...swept.seats, {
      ...entrant,
      order,
      joinedAtMs: nowMs,
      seenAtMs: nowMs,
      present: true,
      turn: 1,
      screen: null,
      handAtMs: null,
    }],
  };
}

/** Takes a seat again; null: no seat has this token. */
export function resume(
  call: Call,
  { resumeHash, nowMs }: { readonly resumeHash: string; readonly nowMs: number },
): { readonly call: Call; readonly seat: Seat } | null {
  const found = call.seats.find((seat) => seat.resumeHash === resumeHash);
  if (found === undefined) return null;
  const seat = { ...found, present: true, seenAtMs: nowMs, turn: found.turn + 1 };
  return { call: replace(call, seat), seat };
}

/** The connection of a seat broke; one that resumed meanwhile stays. */
export function away(
  call: Call,
  { id, turn, nowMs }: { readonly id: string; readonly turn: number; readonly nowMs: number },
): Call {
  const seat = call.seats.find((each) => each.id === id);
  if (seat === undefined || seat.turn !== turn || !seat.present) return call;
  return replace(call, { ...seat, present: false, seenAtMs: nowMs });
}

/** Frees a seat. */
export function leave(call: Call, id: string): Call {
  if (!call.seats.some((seat) => seat.id === id)) return call;
  return { ...call, seats: call.seats.filter((seat) => seat.id !== id) };
}

/** A process speaks for the seats of its connections. */
export function touch(call: Call, ids: ReadonlySet<string>, nowMs: number): Call {
  return {
    ...call,
    seats: call.seats.map((seat) =>
      ids.has(seat.id) && seat.present ? { ...seat, seenAtMs: nowMs } : seat
    ),
  };
}

/** Frees seats that were away, or not heard of, for long. */
export function sweep(
  call: Call,
  { nowMs, unheardMs }: { readonly nowMs: number; readonly unheardMs: number },
): Call {
  const seats = call.seats.filter(({ present, seenAtMs }) =>
    nowMs - seenAtMs <= (present ? unheardMs : SEAT_KEPT_MS)
  );
  return seats.length === call.seats.length ? call : { ...call, seats };
}

/** What somebody says of themselves. */
export function declare(
  call: Call,
  { id, state, nowMs }: { readonly id: string; readonly state: OwnState; readonly nowMs: number },
): Call {
  const seat = call.seats.find((each) => each.id === id);
  if (seat === undefined) return call;
  const { audio = seat.audio, video = seat.video, screen = seat.screen, hand } = state;
  const handAtMs = hand === undefined ? seat.handAtMs : hand ? seat.handAtMs ?? nowMs : null;
  if (
    audio === seat.audio && video === seat.video && screen === seat.screen &&
    handAtMs === seat.handAtMs
  ) return call;
  return replace(call, { ...seat, audio, video, screen, handAtMs });
}

/** Who leads: the owner, or in a call of nobody whoever is in it longest. */
export function hostOf({ ownerId, seats }: Call): Seat | null {
  const candidates = ownerId === null
    ? seats.some(({ present }) => present) ? seats.filter(({ present }) => present) : seats
    : seats.filter(({ accountId }) => accountId === ownerId);
  return candidates.reduce<Seat | null>(
    (first, seat) => first === null || seat.order < first.order ? seat : first,
    null,
  );
}

/** Whether a seat may lock, kick, invite and end: the owner from wherever, else the host. */
export function mayLead(call: Call, id: string): boolean {
  const seat = call.seats.find((each) => each.id === id);
  if (seat === undefined) return false;
  if (call.ownerId !== null) return seat.accountId === call.ownerId;
  return hostOf(call)?.id === id;
}

/** Locks or unlocks. */
export function lock(call: Call, locked: boolean): Call {
  return call.locked === locked ? call : { ...call, locked };
}

/** Takes a seat away; an account does not come back, a guest does unless the call is locked. */
export function kick(call: Call, id: string): Call {
  const seat = call.seats.find((each) => each.id === id);
  if (seat === undefined) return call;
  const { accountId } = seat;
  return {
    ...leave(call, id),
    kicked: [...call.kicked, id].slice(-MAX_KICKED),
    barred: accountId === null || accountId === call.ownerId || call.barred.includes(accountId)
      ? call.barred
      : [...call.barred, accountId].slice(-MAX_BARRED),
  };
}

/** The call as those see it who are not in it. */
export function viewOf(call: Call, capacity: number): CallView {
  const { name, access, guests, locked, seats, ownerId } = call;
  return { name, access, guests, locked, people: seats.length, capacity, ownerId };
}

/** Who is in it, as they see it. */
export function rosterOf(call: Call, version: number): Roster {
  return {
    version,
    locked: call.locked,
    host: hostOf(call)?.id ?? null,
    topology: call.topology ?? "mesh",
    peers: call.seats.map(peerOf),
  };
}

function peerOf(seat: Seat): PeerView {
  const { id, name, avatar, order, present, audio, video, screen, handAtMs, sfuTurn = 0 } = seat;
  const member = seat.accountId !== null;
  return { id, name, avatar, member, order, present, audio, video, screen, handAtMs, sfuTurn };
}

function replace(call: Call, seat: Seat): Call {
  return { ...call, seats: call.seats.map((each) => each.id === seat.id ? seat : each) };
}
