/**
 * The way from a room's messages to its battle: whatever shows one is fetched when there is one, or
 * when the broadcaster looks.
 *
 * @module
 */
import { effect, signal } from "@preact/signals";
import type { PkBody } from "../../im/protocol/message.ts";
import type { BattleFeed } from "../pk/feed.ts";
import { watchRoom } from "../room/room_watch.ts";
import type { ChatProps } from "./props.ts";
import type { ChatRoom } from "./room.ts";
import { loadSheet } from "./sheet.ts";

/** A script that did not come is asked for again after this time, milliseconds. */
const RETRY_MS = 5_000;
/** The player may come later than the talk: it is looked for so often, milliseconds. */
const LOOK_EVERY_MS = 250;

/** Shows the room's battles as long as it is not ended by the answer. */
export function followBattles(
  chat: ChatRoom,
  { locale, account, owner, battles }: ChatProps,
): () => void {
  const battle = signal<PkBody | null>(null);
  const feed: BattleFeed = {
    room: chat.room,
    battle,
    skewMs: skewOf(battles.nowMs),
    locale,
    hlsWorkerUrl: battles.hlsWorkerUrl,
    adopt: (body) => battle.value = body,
  };
  const ends: (() => void)[] = [];
  const gone = new AbortController();
  const place = account?.id === owner ? document.getElementById("pk-host") : null;
  let stageWanted = false;
  const load = async (mount: (later: typeof import("../pk/later.tsx")) => void) => {
    while (!gone.signal.aborted) {
      try {
        const [later] = await Promise.all([import("../pk/later.tsx"), loadSheet(battles.sheet)]);
        if (!gone.signal.aborted) mount(later);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  ends.push(effect(() => {
    const told = chat.states.value.battle;
    if (told !== null) battle.value = told;
  }));
  ends.push(effect(() => {
    const phase = battle.value?.phase;
    if (stageWanted || (phase !== "running" && phase !== "penalty")) return;
    stageWanted = true;
    void load(async (later) => {
      const player = await findPlayer(gone.signal);
      if (player !== null) ends.push(later.mountBattle(feed, player));
    });
  }));
  if (place !== null) {
    ends.push(followHost(place, () => load((later) => ends.push(later.mountHost(feed, place)))));
  }
  return () => {
    gone.abort();
    ends.forEach((end) => end());
  };
}

/** Shows the broadcaster's line while the room is live, and else the way to the studio. */
function followHost(place: HTMLElement, load: () => Promise<void>): () => void {
  let wanted = false;
  const show = (live: boolean) => {
    place.hidden = !live;
    document.getElementById("own-away")?.toggleAttribute("hidden", live);
    if (!live || wanted) return;
    wanted = true;
    void load();
  };
  show(!place.hidden);
  return watchRoom(({ room }) => show(room.live));
}

/** What the browser's clock lacks: the page was made when its first bytes left. */
export function skewOf(nowMs: number): number {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const startedAtMs = performance.timeOrigin + (navigation?.responseStart ?? 0);
  return nowMs - startedAtMs;
}

async function findPlayer(gone: AbortSignal): Promise<HTMLElement | null> {
  while (!gone.aborted) {
    const player = document.querySelector<HTMLElement>("[data-player]");
    if (player !== null) return player;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return null;
}
