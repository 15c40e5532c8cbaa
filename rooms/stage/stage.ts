/**
 * Guests on the stage of a live room. Pure: a stage and what happened go in, the stage as it is then
 * comes out, or why it may not happen. It is one document, so that several `web` share it by its
 * version.
 *
 * | guest is | ask | invite | accept | decline | mute | leave | remove | time is up |
 * |---|---|---|---|---|---|---|---|---|
 * | nobody | asking | invited | | | | | | |
 * | asking | asking | seated | seated, by the host | gone, by the host | | gone | gone | gone after `ASK_MS` |
 * | invited | seated | invited | seated, by the guest | gone, by the guest | | gone | gone | gone after `INVITE_MS` |
 * | seated | | | | | muted or heard | gone | gone, for a while | gone after `AWAY_MS` off the air |
 *
 * What stands empty is refused. The host and the moderators of the room are one to a stage: `host`.
 *
 * @module
 */

/** Where a guest is. */
export type GuestPhase = "asking" | "invited" | "seated";

/** Somebody who asks, was invited, or is on stage. */
export interface Guest {
  readonly account: string;
  /** Shown; as it was when the guest came. */
  readonly name: string;
  readonly phase: GuestPhase;
  /** When the phase began, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** From 1, of a seated guest; the others have none. */
  readonly seat: number | null;
  /** The host has turned the sound off. */
  readonly muted: boolean;
  /** SHA-256 of the key that the guest publishes with, hexadecimal; null: none was given out. */
  readonly keyHash: string | null;
  readonly keyUntilMs: number;
  /** When the guest was last seen on the air, or sat down. */
  readonly seenAtMs: number;
}

/** Who makes the picture: this platform, or the studio of the host. */
export type StageMode = "mixed" | "canvas";
/** How the mixer arranges pictures. */
export type StageLayout = "grid" | "speaker" | "side_by_side" | "picture_in_picture";

/** A room's stage. */
export interface Stage {
  readonly room: string;
  readonly mode: StageMode;
  readonly layout: StageLayout;
  /** Viewers may ask. */
  readonly open: boolean;
  /** Why the picture is not mixed although it should be, in one word; null: nothing is wrong. */
  readonly trouble: string | null;
  /** In order of their coming. */
  readonly guests: readonly Guest[];
  /** Accounts that were removed, with the time until which they stay away; newest last. */
  readonly barred: readonly { readonly account: string; readonly untilMs: number }[];
}

/** Guests on stage at once: with the host the mixer has nine pictures. */
export const MAX_SEATS = 8;
/** Those who ask and are invited at once. */
export const MAX_WAITING = 50;
/** A wish that nobody answers is gone after this time, milliseconds. */
export const ASK_MS = 5 * 60_000;
/** An invitation likewise. */
export const INVITE_MS = 60_000;
/** A seated guest may be off the air for so long; to begin with as well. */
export const AWAY_MS = 60_000;
/** A key is good for so long; a guest who publishes with it goes on. */
export const KEY_MS = 2 * 60_000;
/** Who was removed stays away so long. */
export const BARRED_MS = 10 * 60_000;
const MAX_BARRED = 100;

/** What happens on a stage. */
export type StageEvent =
  & { readonly atMs: number }
  & (
    | { readonly type: "ask"; readonly account: string; readonly name: string }
    | { readonly type: "invite"; readonly account: string; readonly name: string }
    /** By the host for one who asks, by the guest for an invitation. */
    | {
      readonly type: "accept" | "decline";
      readonly account: string;
      readonly by: "host" | "guest";
    }
    | { readonly type: "mute"; readonly account: string; readonly muted: boolean }
    | { readonly type: "leave" | "remove"; readonly account: string }
    /** The guest gets a key; the one before is worth nothing. */
    | { readonly type: "key"; readonly account: string; readonly keyHash: string }
    | {
      readonly type: "arrange";
      readonly mode?: StageMode;
      readonly layout?: StageLayout;
      readonly open?: boolean;
    }
    /** The mixer says how it is. */
    | { readonly type: "trouble"; readonly trouble: string | null }
    /** The host is off the air for good: everybody goes. */
    | { readonly type: "over" }
    /** Time passes; `onAir` are the seats whose streams were seen. */
    | { readonly type: "time"; readonly onAir: readonly number[] }
  );

/** Why something may not happen. */
export type StageRefusal =
  | "closed"
  | "barred"
  | "full"
  | "too_many_waiting"
  | "not_a_guest"
  | "wrong_phase";

/** The stage of a room on which nothing has happened yet. */
export function newStage(room: string): Stage {
  return {
    ...{ room, mode: "mixed", layout: "speaker", open: false, trouble: null },
    guests: [],
    barred: [],
  };
}

/** Somebody's part; null: none. */
export function guestOf(stage: Stage, account: string): Guest | null {
  return stage.guests.find((guest) => guest.account === account) ?? null;
}

/** Those on stage, by seat. */
export function seated(stage: Stage): readonly (Guest & { readonly seat: number })[] {
  return stage.guests
    .filter((guest): guest is Guest & { seat: number } => guest.seat !== null)
    .sort((a, b) => a.seat - b.seat);
}

/** Streams of seats lie above every room: 16 digits, the last one is the seat, 0 the host. */
const SEAT_STREAMS = 1_000_000_000_000_000;
const LAST_ROOM = 800_000_000_000_000;

/**
 * The stream that a seat publishes to; seat 0 is the host's while the mixer has the room.
 *
 * @throws {RangeError} when the room's number leaves no place for it, or there is no such seat.
 */
export function seatStream(room: string, seat: number): string {
  const number = Number(room);
  if (!Number.isSafeInteger(number) || number < 1 || number > LAST_ROOM) {
    throw new RangeError(`Cannot name a seat's stream: room ${room} is out of range`);
  }
  if (!Number.isInteger(seat) || seat < 0 || seat > MAX_SEATS) {
    throw new RangeError(`Cannot name a seat's stream: there is no seat ${seat}`);
  }
  return String(SEAT_STREAMS + number * 10 + seat);
}

/** The room and seat of a stream; null: it is no seat's. */
export function seatOfStream(
  stream: string,
): { readonly room: string; readonly seat: number } | null {
  if (!/^[1-9][0-9]{15}$/.test(stream)) return null;
  const rest = Number(stream) - SEAT_STREAMS;
  const seat = rest % 10;
  const room = (rest - seat) / 10;
  return room < 1 || room > LAST_ROOM || seat > MAX_SEATS ? null : { room: String(room), seat };
}

/** The stream of a room's host while the mixer has the room; null: the room can have none. */
export function hostStream(room: string): string | null {
  return /^[1-9][0-9]{0,14}$/.test(room) && Number(room) <= LAST_ROOM ? seatStream(room, 0) : null;
}

/** Whether a key opens a seat now: one that is on the air may come back with it. */
export function opens(
  guest: Guest,
  given: { readonly keyHash: string; readonly atMs: number; readonly onAir: boolean },
): boolean {
  return guest.phase === "seated" && guest.keyHash !== null && guest.keyHash === given.keyHash &&
    (given.onAir || given.atMs < guest.keyUntilMs);
}

/** The stage behind an event: the same one when nothing changes, or why it may not happen. */
export function transition(stage: Stage, event: StageEvent): Stage | StageRefusal {
  const { atMs } = event;
  switch (event.type) {
    case "ask":
      return ask(stage, event);
    case "invite":
      return inviteGuest(stage, event);
    case "accept":
    case "decline": {
      const guest = guestOf(stage, event.account);
      if (guest === null) return "not_a_guest";
      if (guest.phase !== (event.by === "host" ? "asking" : "invited")) return "wrong_phase";
      if (isOverdue(guest, atMs)) return "wrong_phase";
      return event.type === "decline" ? without(stage, guest) : seat(stage, guest, atMs);
    }
    case "mute": {
      const guest = guestOf(stage, event.account);
      if (guest === null) return "not_a_guest";
      if (guest.phase !== "seated") return "wrong_phase";
      return guest.muted === event.muted ? stage : put(stage, { ...guest, muted: event.muted });
    }
    case "leave": {
      const guest = guestOf(stage, event.account);
      return guest === null ? "not_a_guest" : without(stage, guest);
    }
    case "remove": {
      const guest = guestOf(stage, event.account);
      if (guest === null) return "not_a_guest";
      const gone = without(stage, guest);
      // An invitation that is taken back is no punishment.
      if (guest.phase === "invited") return gone;
      const barred = gone.barred.filter(({ account }) => account !== guest.account);
      return {
        ...gone,
        barred: [...barred, { account: guest.account, untilMs: atMs + BARRED_MS }]
          .slice(-MAX_BARRED),
      };
    }
    case "key": {
      const guest = guestOf(stage, event.account);
      if (guest === null) return "not_a_guest";
      if (guest.phase !== "seated") return "wrong_phase";
      return put(stage, { ...guest, keyHash: event.keyHash, keyUntilMs: atMs + KEY_MS });
    }
    case "arrange": {
      const { mode = stage.mode, layout = stage.layout, open = stage.open } = event;
      const isSame = mode === stage.mode && layout === stage.layout && open === stage.open;
      return isSame ? stage : { ...stage, mode, layout, open };
    }
    case "trouble":
      return event.trouble === stage.trouble ? stage : { ...stage, trouble: event.trouble };
    case "over":
      return stage.guests.length === 0 && stage.trouble === null
        ? stage
        : { ...stage, guests: [], trouble: null };
    case "time":
      return tick(stage, event);
  }
}

function ask(
  stage: Stage,
  event: { readonly account: string; readonly name: string; readonly atMs: number },
): Stage | StageRefusal {
  const guest = guestOf(stage, event.account);
  if (guest?.phase === "seated") return "wrong_phase";
  if (guest?.phase === "asking" && !isOverdue(guest, event.atMs)) return stage;
  // Both want it.
  if (guest?.phase === "invited" && !isOverdue(guest, event.atMs)) {
    return seat(stage, guest, event.atMs);
  }
  if (!stage.open) return "closed";
  const isBarred = stage.barred.some(({ account, untilMs }) =>
    account === event.account && event.atMs < untilMs
  );
  if (isBarred) return "barred";
  return wait(stage, { ...event, phase: "asking" });
}

function inviteGuest(
  stage: Stage,
  event: { readonly account: string; readonly name: string; readonly atMs: number },
): Stage | StageRefusal {
  const guest = guestOf(stage, event.account);
  if (guest?.phase === "seated") return "wrong_phase";
  if (guest?.phase === "asking" && !isOverdue(guest, event.atMs)) {
    return seat(stage, guest, event.atMs);
  }
  if (seated(stage).length >= MAX_SEATS) return "full";
  const barred = stage.barred.filter(({ account }) => account !== event.account);
  return wait({ ...stage, barred }, { ...event, phase: "invited" });
}

function wait(
  stage: Stage,
  made: {
    readonly account: string;
    readonly name: string;
    readonly phase: "asking" | "invited";
    readonly atMs: number;
  },
): Stage | StageRefusal {
  const { account, name, phase, atMs } = made;
  const others = stage.guests.filter((guest) => guest.account !== account);
  const waiting = others.filter((guest) => guest.phase !== "seated" && !isOverdue(guest, atMs));
  if (waiting.length >= MAX_WAITING) return "too_many_waiting";
  const guest: Guest = {
    account,
    name,
    phase,
    sinceMs: atMs,
    seat: null,
    muted: false,
    keyHash: null,
    keyUntilMs: 0,
    seenAtMs: atMs,
  };
  return { ...stage, guests: [...others, guest] };
}

/** The lowest free seat. */
function seat(stage: Stage, guest: Guest, atMs: number): Stage | StageRefusal {
  const taken = new Set(stage.guests.map((one) => one.seat));
  for (let number = 1; number <= MAX_SEATS; number++) {
    if (taken.has(number)) continue;
    return put(stage, { ...guest, phase: "seated", seat: number, sinceMs: atMs, seenAtMs: atMs });
  }
  return "full";
}

function tick(
  stage: Stage,
  { atMs, onAir }: { readonly atMs: number; readonly onAir: readonly number[] },
): Stage {
  let isChanged = false;
  const guests: Guest[] = [];
  for (const guest of stage.guests) {
    const isSeen = guest.seat !== null && onAir.includes(guest.seat);
    if (!isSeen && isOverdue(guest, atMs)) {
      isChanged = true;
      continue;
    }
    // Written down now and then: each change is a new version for everybody.
    const isNews = isSeen && atMs - guest.seenAtMs >= AWAY_MS / 4;
    isChanged ||= isNews;
    guests.push(isNews ? { ...guest, seenAtMs: atMs } : guest);
  }
  const barred = stage.barred.filter(({ untilMs }) => atMs < untilMs);
  if (barred.length < stage.barred.length) isChanged = true;
  return isChanged ? { ...stage, guests, barred } : stage;
}

function isOverdue(guest: Guest, atMs: number): boolean {
  switch (guest.phase) {
    case "asking":
      return atMs - guest.sinceMs >= ASK_MS;
    case "invited":
      return atMs - guest.sinceMs >= INVITE_MS;
    case "seated":
      return atMs - guest.seenAtMs >= AWAY_MS;
  }
}

function put(stage: Stage, guest: Guest): Stage {
  return {
    ...stage,
    guests: stage.guests.map((one) => one.account === guest.account ? guest : one),
  };
}

function without(stage: Stage, guest: Guest): Stage {
  return { ...stage, guests: stage.guests.filter((one) => one !== guest) };
}
