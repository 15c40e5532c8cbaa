/**
 * What the reader is in the room: whether they look after it, what keeps them silent, and their level.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Message, type Role, ROLES } from "../../im/protocol/message.ts";
import type { ChatProps } from "./props.ts";

/** Something that somebody who looks after the room has laid on the reader. */
export interface Restraint {
  /** Milliseconds since the epoch; null: for ever. */
  readonly untilMs: number | null;
  /** May be empty. */
  readonly reason: string;
}

/** Where the reader stands. */
export interface Standing {
  readonly role: Role;
  /** By coins spent; null: not known. */
  readonly level: number | null;
  readonly mute: Restraint | null;
  readonly ban: Restraint | null;
}

/** What {@linkcode OwnStanding} asks the platform. */
export interface StandingCalls {
  /** `GET /api/rooms/{room}/rules` */
  rules(): Promise<{
    readonly moderates: boolean;
    readonly muted: boolean;
    readonly mutedUntil: string | null;
    readonly banned: boolean;
    readonly bannedUntil: string | null;
    readonly reason: string;
  }>;
  /** The reader's level by coins spent. */
  level(): Promise<number>;
}

/** Keeps the standing of one reader. */
export class OwnStanding {
  readonly #account: ChatProps["account"];
  readonly #calls: StandingCalls;
  readonly #now: ReturnType<typeof signal<Standing>>;

  constructor(
    who: Pick<ChatProps, "account" | "owner">,
    calls: StandingCalls,
  ) {
    const { account, owner } = who;
    this.#account = account;
    this.#calls = calls;
    const role = account === null
      ? "visitor"
      : account.admin
      ? "admin"
      : account.id === owner
      ? "owner"
      : "member";
    this.#now = signal<Standing>({
      role,
      level: role === "visitor" ? 0 : null,
      mute: null,
      ban: null,
    });
  }

  /** The standing as it is now. */
  get now(): ReadonlySignal<Standing> {
    return this.#now as ReadonlySignal<Standing>;
  }

  /** Asks the platform; what cannot be had stays as it was. */
  async refresh(): Promise<void> {
    if (this.#account === null) return;
    try {
      const { moderates, muted, mutedUntil, banned, bannedUntil, reason } = await this.#calls
        .rules();
      const { role } = this.now.value;
      this.#set({
        role: isOwners(role) ? role : moderates ? "moderator" : "member",
        mute: muted ? { untilMs: timeOf(mutedUntil), reason } : null,
        ban: banned ? { untilMs: timeOf(bannedUntil), reason } : null,
      });
    } catch {
      // The next refusal, or notice, asks again.
    }
  }

  /** Asks for the level: it decides where a room has a lowest one. */
  async refreshLevel(): Promise<void> {
    if (this.#account === null) return;
    await this.#calls.level().then((level) => this.#set({ level }), () => {});
  }

  /** Reads what the room tells of the reader. */
  note(messages: readonly Message[]): void {
    const id = this.#account?.id;
    if (id === undefined) return;
    for (const message of messages) {
      if (message.from?.id === id) this.#meet(message.from);
      if (message.kind !== "notice") continue;
      const { notice, data } = message.body;
      if ((notice !== "muted" && notice !== "banned") || data.account !== id) continue;
      const until = typeof data.untilMs === "number" ? data.untilMs : null;
      const restraint = data.lifted === true ? null : { untilMs: until, reason: "" };
      this.#set(notice === "muted" ? { mute: restraint } : { ban: restraint });
      // The room is not told the reason; whom it concerns is.
      if (restraint !== null) void this.refresh();
    }
  }

  /** The reader as the platform just showed them to the room. */
  #meet({ role, level }: { readonly role: Role; readonly level: number }): void {
    const before = this.now.value;
    const most = Math.max(level, before.level ?? 0);
    if (before.role !== role || before.level !== most) this.#set({ role, level: most });
  }

  #set(change: Partial<Standing>): void {
    this.#now.value = { ...this.now.value, ...change };
  }
}

function isOwners(role: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf("owner");
}

function timeOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
