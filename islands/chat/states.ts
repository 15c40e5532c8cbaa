/**
 * A room's states as the page shows them, out of the newest snapshot of each.
 *
 * @module
 */
import type { Json, Message, PkBody } from "../../im/protocol/message.ts";
import { readStage, type ToldStage } from "../stage/told.ts";

/** Who gave most today. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly coins: number;
}

/** How a room is talked in. */
export interface Rules {
  /** Seconds between two texts of one person; 0: no slow mode. */
  readonly slowS: number;
  /** Whether people may talk who are not logged in. */
  readonly visitors: boolean;
  readonly followersOnly: boolean;
  /** Lowest level that talks. */
  readonly minLevel: number;
  readonly emotesOnly: boolean;
  /** Texts are looked at first. */
  readonly review: boolean;
}

/** What a room says of itself; null: not yet. */
export interface RoomStates {
  readonly likes: number | null;
  readonly viewers: number | null;
  readonly places: readonly Place[] | null;
  readonly battle: PkBody | null;
  readonly stage: ToldStage | null;
  readonly rules: Rules;
}

/** Before a room says anything. */
export const NO_STATES: RoomStates = {
  likes: null,
  viewers: null,
  places: null,
  battle: null,
  stage: null,
  rules: {
    slowS: 0,
    visitors: false,
    followersOnly: false,
    minLevel: 0,
    emotesOnly: false,
    review: false,
  },
};

type Data = { readonly [key: string]: Json };

/** Reads the snapshots. */
export function readStates(states: ReadonlyMap<string, Message>): RoomStates {
  const data = (key: string): Data => {
    const message = states.get(key);
    return message?.kind === "notice" ? message.body.data : {};
  };
  const pk = states.get("pk");
  const rules = data("rules");
  return {
    likes: count(data("likes").total),
    viewers: count(data("viewers").total),
    places: states.has("leaderboard") ? placesIn(data("leaderboard").top) : null,
    battle: pk?.kind === "pk" ? pk.body : null,
    stage: readStage(data("stage")),
    rules: {
      slowS: count(rules.slowS ?? rules.slowModeS) ?? 0,
      visitors: rules.visitors === true || rules.anonymous === true,
      followersOnly: rules.followersOnly === true,
      minLevel: count(rules.minLevel) ?? 0,
      emotesOnly: rules.emotesOnly === true,
      review: rules.review === true,
    },
  };
}

function count(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function placesIn(list: Json | undefined): readonly Place[] {
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).slice(0, 50).flatMap((one) => {
    if (typeof one !== "object" || one === null || Array.isArray(one)) return [];
    const { id, name, coins } = one as Data;
    return typeof id === "string" && typeof name === "string" && typeof coins === "number"
      ? [{ id, name, coins }]
      : [];
  });
}
