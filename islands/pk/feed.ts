/**
 * What a page knows of its room's battle, and what its broadcaster may do; from the room's talk on
 * the watch page, by asking in the studio.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { pkOf } from "../../im/protocol/bodies.ts";
import type { PkBody } from "../../im/protocol/message.ts";
import type { Locale } from "../i18n/mod.ts";
import type { PkText } from "../i18n/pk.ts";
import { api, ApiError } from "../ui/api.ts";
import { type BattleView, viewOf } from "./battle_view.ts";

/** Between two looks at the clock, milliseconds. */
const TICK_MS = 250;

/** What the parts of a battle stand on. */
export interface BattleFeed {
  readonly room: string;
  /** The newest that is known; null: nothing. */
  readonly battle: ReadonlySignal<PkBody | null>;
  /** Milliseconds to add to the browser's clock for the server's. */
  readonly skewMs: number;
  readonly locale: Locale;
  /** Address of hls.js's worker script. */
  readonly hlsWorkerUrl: string;
  /** Takes what an answer of the API brought. */
  readonly adopt: (body: PkBody) => void;
}

/** The battle now, with its clock; null: there is none to show. */
export function useBattle({ room, battle, skewMs }: BattleFeed): BattleView | null {
  const body = battle.value;
  const [nowMs, setNowMs] = useState(() => Date.now() + skewMs);
  // A look with each news, too: the next tick may be far.
  const view = viewOf(body, { room, nowMs: Math.max(nowMs, Date.now() + skewMs) });
  const ticking = view !== null;
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNowMs(Date.now() + skewMs), TICK_MS);
    return () => clearInterval(timer);
  }, [ticking]);
  return view;
}

/** What a broadcaster may do with a battle. */
export type BattleAction = "accept" | "decline" | "cancel" | "end";

/** Does it; answers what stood in the way in words, or null. */
export async function act(
  feed: BattleFeed,
  action: BattleAction,
  text: PkText,
): Promise<string | null> {
  try {
    const { pk } = await api.patch("/api/rooms/{room}/pk", {
      path: { room: feed.room },
      body: { action },
    });
    feed.adopt(pkOf(pk));
    return null;
  } catch (error) {
    return problemWords(error, text);
  }
}

/** Challenges another room; answers what stood in the way in words, or null. */
export async function challenge(
  feed: BattleFeed,
  asked: { readonly opponent: string; readonly durationS: number },
  text: PkText,
): Promise<string | null> {
  try {
    const { pk } = await api.post("/api/rooms/{room}/pk", {
      path: { room: feed.room },
      body: asked,
    });
    feed.adopt(pkOf(pk));
    return null;
  } catch (error) {
    return problemWords(error, text);
  }
}

function problemWords(error: unknown, text: PkText): string {
  switch (error instanceof ApiError ? error.code : "") {
    case "in_battle":
      return text.problemBattle;
    case "not_live":
      return text.problemLive;
    case "slow_down":
      return text.problemSlow;
    case "not_now":
      return text.problemLate;
    default:
      return text.problem;
  }
}
