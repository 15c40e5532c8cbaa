/**
 * The way from a room's messages to its stage: what shows it is fetched when there is something to
 * show.
 *
 * @module
 */
import { effect, signal } from "@preact/signals";
import { isWorthShowing, type ToldStage } from "../stage/told.ts";
import { skewOf } from "./battle.ts";
import type { ChatProps } from "./props.ts";
import type { ChatRoom } from "./room.ts";
import { loadSheet } from "./sheet.ts";

/** A script that did not come is asked for again after this time, milliseconds. */
const RETRY_MS = 5_000;

/** Shows the room's stage to viewers as long as it is not ended by the answer. */
export function followStage(
  chat: ChatRoom,
  { locale, account, stage, battles }: ChatProps,
): () => void {
  const place = document.getElementById("stage-guest");
  if (place === null) return () => {};
  const me = account?.id ?? null;
  const told = signal<ToldStage | null>(null);
  const gone = new AbortController();
  const ends: (() => void)[] = [() => gone.abort()];
  let wanted = false;
  const load = async () => {
    while (!gone.signal.aborted) {
      try {
        const [later] = await Promise.all([
          import("../stage/later.tsx"),
          loadSheet(stage.sheet),
        ]);
        if (gone.signal.aborted) return;
        const skewMs = skewOf(battles.nowMs);
        ends.push(later.mountGuest({ room: chat.room, account: me, told, locale, skewMs }, place));
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  };
  ends.push(effect(() => {
    const now = chat.states.value.stage;
    // Of two processes' words the older may come in last.
    if (now !== null && now.version >= (told.peek()?.version ?? 0)) told.value = now;
    // Who asks is told to nobody: the page may have been loaded anew by one of them.
    const isOne = me !== null && now !== null && now.asking > 0;
    if (wanted || now === null || !(isOne || isWorthShowing(now, me))) return;
    wanted = true;
    void load();
  }));
  return () => ends.forEach((end) => end());
}
