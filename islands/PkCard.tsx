import { useEffect, useState } from "preact/hooks";
import { loadSheet } from "./chat/sheet.ts";
import type { Locale } from "./i18n/mod.ts";
import { pkCardText } from "./i18n/pk_card.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { studioStore, useStudio } from "./studio/store.ts";
import { Card } from "./ui/card.tsx";

/** A script that did not come is asked for again after this time, milliseconds. */
const RETRY_MS = 5_000;

/** Props of {@linkcode PkCard}. */
export interface PkCardProps {
  readonly studio: StudioSnapshot;
  readonly locale: Locale;
  /** Address of the sheet `pk.css`. */
  readonly sheet: string | null;
}

/** Battles, for the broadcaster who looks at the studio and not at the room. */
export default function PkCard({ studio, locale, sheet }: PkCardProps) {
  const text = pkCardText(locale);
  const live = useStudio(studio).stream?.state === "live";
  const [later, setLater] = useState<typeof import("./pk/studio_host.tsx") | null>(null);
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    if (!live || later !== null) return;
    const load = () =>
      Promise.all([import("./pk/studio_host.tsx"), loadSheet(sheet)])
        .then(([loaded]) => setLater(loaded), () => setFailures(failures + 1));
    const timer = setTimeout(load, failures === 0 ? 0 : RETRY_MS);
    return () => clearTimeout(timer);
  }, [live, failures]);
  return (
    <Card id="pk" title={text.battle}>
      <div class="pk-place">
        {!live
          ? <p class="muted">{text.whenLive}</p>
          : later === null
          ? <div class="skeleton pk-loading" aria-hidden="true" />
          : (
            <later.StudioHost
              room={studio.roomId}
              locale={locale}
              skewMs={studioStore(studio).nowMs() - Date.now()}
            />
          )}
      </div>
    </Card>
  );
}
