/**
 * What stands between somebody and a text, before it is sent; pure, and in the order of the server's
 * own gate, which decides.
 *
 * @module
 */
import { isEmoteOnly } from "../../im/protocol/emotes.ts";
import { ROLES } from "../../im/protocol/message.ts";
import type { Way } from "./room.ts";
import type { Restraint, Standing } from "./standing.ts";
import type { Rules } from "./states.ts";

/** Why nothing can be said, or not this. */
export type Obstacle =
  | { readonly is: "missing" | "visitors" | "followers" | "emotes" }
  | { readonly is: "banned" | "muted"; readonly by: Restraint }
  | { readonly is: "level"; readonly needed: number; readonly own: number };

/** What is known. */
export interface ObstacleInput {
  readonly rules: Rules;
  readonly standing: Standing;
  /** Null: not known; the server says. */
  readonly follows: boolean | null;
  readonly way: Way;
  readonly draft: string;
  readonly nowMs: number;
}

/** The first obstacle; null: none that is known. */
export function obstacleOf(input: ObstacleInput): Obstacle | null {
  const { rules, standing, follows, way, draft, nowMs } = input;
  const { role, ban, mute, level } = standing;
  if (way === "missing") return { is: "missing" };
  if (ROLES.indexOf(role) >= ROLES.indexOf("moderator")) return null;
  if (ban !== null && holds(ban, nowMs)) return { is: "banned", by: ban };
  if (way === "banned") return { is: "banned", by: ban ?? { untilMs: null, reason: "" } };
  if (mute !== null && holds(mute, nowMs)) return { is: "muted", by: mute };
  if (role === "visitor" && !rules.visitors) return { is: "visitors" };
  // Who is not logged in cannot follow.
  const follower = role === "visitor" ? false : follows;
  if (rules.followersOnly && follower === false) return { is: "followers" };
  if (level !== null && level < rules.minLevel) {
    return { is: "level", needed: rules.minLevel, own: level };
  }
  const words = draft.trim();
  if (rules.emotesOnly && words !== "" && !isEmoteOnly(words)) return { is: "emotes" };
  return null;
}

function holds({ untilMs }: Restraint, nowMs: number): boolean {
  return untilMs === null || untilMs > nowMs;
}
