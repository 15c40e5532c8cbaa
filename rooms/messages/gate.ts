/**
 * What stands between somebody and a room: whether a text is let through, and what somebody is there.
 *
 * @module
 */
import type { Draft, Sender } from "../../im/protocol/message.ts";
import type { ServiceErrorCode } from "../errors.ts";
import type { Account, Room } from "../model.ts";

/** A text that wants to be said. */
export interface GateRequest {
  /** Null: a private text. */
  readonly room: Room | null;
  /** Null: it is for a room. */
  readonly receiver: Account | null;
  /** Null: a visitor. */
  readonly account: Account | null;
  readonly sender: Sender;
  /** As it would be appended. */
  readonly draft: Draft;
  /** Under which it would be appended, for a gate that holds it and appends it later. */
  readonly dedupeKey: string;
}

/** What becomes of a text. */
export type Verdict =
  | {
    readonly outcome: "allowed";
    /** The text as it may be said; left out: as it is. */
    readonly text?: string;
  }
  /** The gate keeps it: somebody looks at it first. */
  | { readonly outcome: "held" }
  | {
    readonly outcome: "refused";
    readonly code: ServiceErrorCode;
    /** For people: `Cannot say this: <why>`. */
    readonly reason: string;
    /** Milliseconds until a retry makes sense; null: never by itself. */
    readonly retryAfterMs: number | null;
    /** Figures that stand in the answer. */
    readonly members?: Readonly<Record<string, number>>;
  };

/** Decides about every text before it is appended. */
export interface Gate {
  check(request: GateRequest): Verdict | Promise<Verdict>;
}

/** What somebody has become. */
export interface Standing {
  /** Level of an account by coins spent. */
  levelOf(accountId: string): number | Promise<number>;
  isModerator(roomId: string, accountId: string): boolean | Promise<boolean>;
  /** Until when somebody is shown out of a room (null: for ever); undefined: they are not. */
  bannedUntil?(roomId: string, accountId: string): Promise<number | null | undefined>;
}

/** Lets everybody talk who is logged in. */
export const OPEN_GATE: Gate = {
  check: ({ account }) =>
    account === null
      ? {
        outcome: "refused",
        code: "unauthenticated",
        reason: "Cannot say this: visitors may not talk here",
        retryAfterMs: null,
      }
      : { outcome: "allowed" },
};

/** Everybody is at the beginning, and nobody helps an owner. */
export const PLAIN_STANDING: Standing = { levelOf: () => 0, isModerator: () => false };
