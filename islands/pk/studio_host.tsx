/**
 * A broadcaster's line where no talk brings the news: it asks. A script of its own: nothing is
 * played here.
 *
 * @module
 */
// The studio has these anyway: they stay in one file with the rest.
import "../player/describe.ts";
import "../room/shell.ts";
import "../ui/copy_field.tsx";
import "../ui/field.tsx";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { pkOf } from "../../im/protocol/bodies.ts";
import type { PkBody } from "../../im/protocol/message.ts";
import type { Locale } from "../i18n/mod.ts";
import { api } from "../ui/api.ts";
import { poll } from "../ui/poll.ts";
import type { BattleFeed } from "./feed.ts";
import { HostRow } from "./host_row.tsx";

/** An invitation waits 30 s: it is seen early enough. */
const INTERVAL_MS = 2_000;

/** The line of a room that is live. */
export function StudioHost({ room, locale, skewMs }: {
  readonly room: string;
  readonly locale: Locale;
  /** Milliseconds to add to the browser's clock for the server's. */
  readonly skewMs: number;
}) {
  const [feed] = useState<BattleFeed>(() => {
    const battle = signal<PkBody | null>(null);
    const hlsWorkerUrl = "";
    return { room, battle, skewMs, locale, hlsWorkerUrl, adopt: (body) => battle.value = body };
  });
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      immediately: true,
      signal: end.signal,
      run: async (signal) => {
        const { pk } = await api.get("/api/rooms/{room}/pk", { path: { room }, signal });
        if (pk !== null) feed.adopt(pkOf(pk));
      },
    });
    return () => end.abort();
  }, []);
  return <HostRow feed={feed} />;
}
