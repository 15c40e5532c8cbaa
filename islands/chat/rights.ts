/**
 * What somebody may do with a message; pure. The server decides again.
 *
 * @module
 */
import { atMsOf, type Message, type Role } from "../../im/protocol/message.ts";

/** What can be done, in the order of the menu; the last three are for who looks after the room. */
export const ACTIONS = [
  "reply",
  "mention",
  "copy",
  "whisper",
  "report",
  "block",
  "remove",
  "mute",
  "ban",
] as const;
/** One of {@linkcode ACTIONS}. */
export type Action = (typeof ACTIONS)[number];

/** Whoever said something may take it back for so long, milliseconds; the server's figure less a second. */
export const TAKE_BACK_MS = 119_000;

/** Who looks at a message. */
export interface Onlooker {
  /** Null: a visitor. */
  readonly id: string | null;
  readonly role: Role;
  /** Whether they may say something here. */
  readonly mayTalk: boolean;
}

/** The actions that an onlooker may take on a message. */
export function actionsOn(
  message: Message,
  { id, role, mayTalk }: Onlooker,
  { nowMs }: { readonly nowMs: number },
): readonly Action[] {
  const { from, kind } = message;
  if (kind === "pk" || from === null) return kind === "chat" ? ["copy"] : [];
  const said = kind === "chat";
  const own = id !== null && from.id === id;
  const isAccount = from.role !== "visitor";
  const other = id !== null && !own;
  // Not even an administrator does anything to an owner in their room.
  const mayReach = !own && from.role !== "owner" && rankOf(from.role) < rankOf(role);
  const cares = rankOf(role) > 0;
  const allowed: Readonly<Record<Action, boolean>> = {
    reply: said && mayTalk,
    mention: mayTalk && !own,
    copy: said,
    whisper: other && isAccount,
    report: said && other,
    block: other && isAccount,
    remove: said &&
      (own
        ? cares || nowMs - atMsOf(message.score) <= TAKE_BACK_MS
        : cares && rankOf(from.role) <= Math.max(1, rankOf(role))),
    mute: cares && isAccount && mayReach,
    ban: cares && isAccount && mayReach,
  };
  return ACTIONS.filter((action) => allowed[action]);
}

/** Nobody does anything to their like. */
function rankOf(role: Role): number {
  return role === "admin" ? 3 : role === "owner" ? 2 : role === "moderator" ? 1 : 0;
}
