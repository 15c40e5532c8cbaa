import { signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { pkOf } from "../im/protocol/bodies.ts";
import type { PkBody } from "../im/protocol/message.ts";
import { loadSheet } from "./chat/sheet.ts";
import type { Locale } from "./i18n/mod.ts";
import { pkCardText } from "./i18n/pk_card.ts";
import type { BattleFeed } from "./pk/feed.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { studioStore, useStudio } from "./studio/store.ts";
import { api } from "./ui/api.ts";
import { Card } from "./ui/card.tsx";
import { poll } from "./ui/poll.ts";

/** An invitation waits 30 s: it is seen early enough. */
const INTERVAL_MS = 2_000;

/** Props of {@linkcode PkCard}. */
export interface PkCardProps {
  readonly studio: StudioSnapshot;
  readonly locale: Locale;
  /** Address of the sheet `pk.css`. */
  readonly sheet: string | null;
}

type Later = typeof import("./pk/later.tsx");

/** Battles, for the broadcaster who looks at the studio and not at the room. */
export default function PkCard({ studio, locale, sheet }: PkCardProps) {
  const text = pkCardText(locale);
  const { stream } = useStudio(studio);
  const live = stream?.state === "live";
  const [later, setLater] = useState<Later | null>(null);
  const battle = useMemo(() => signal<PkBody | null>(null), []);
  const [feed, setFeed] = useState<BattleFeed | null>(null);
  useEffect(() => {
    if (!live) return;
    const end = new AbortController();
    const { roomId } = studio;
    setFeed({
      room: roomId,
      battle,
      skewMs: studioStore(studio).nowMs() - Date.now(),
      locale,
      hlsWorkerUrl: "",
      adopt: (body) => battle.value = body,
    });
    poll({
      intervalMs: INTERVAL_MS,
      immediately: true,
      signal: end.signal,
      run: async (signal) => {
        const { pk } = await api.get("/api/rooms/{room}/pk", { path: { room: roomId }, signal });
        battle.value = pk === null ? null : pkOf(pk);
        // Here, so that a script that did not come is asked for again.
        const [loaded] = await Promise.all([import("./pk/later.tsx"), loadSheet(sheet)]);
        if (!signal.aborted) setLater(loaded);
      },
    });
    return () => end.abort();
  }, [live]);
  return (
    <Card id="pk" title={text.battle}>
      <div class="pk-place">
        {!live
          ? <p class="muted">{text.whenLive}</p>
          : later !== null && feed !== null
          ? <later.HostRow feed={feed} />
          : <div class="skeleton pk-loading" aria-hidden="true" />}
      </div>
    </Card>
  );
}
