import { useEffect, useState } from "preact/hooks";
import { loadSheet } from "./chat/sheet.ts";
import type { Locale } from "./i18n/mod.ts";
import { stageCardText } from "./i18n/stage_card.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { useStudio } from "./studio/store.ts";
import { Card } from "./ui/card.tsx";

/** A script that did not come is asked for again after this time, milliseconds. */
const RETRY_MS = 5_000;

/** Props of {@linkcode StageCard}. */
export interface StageCardProps {
  readonly studio: StudioSnapshot;
  readonly locale: Locale;
  /** Address of the sheet `guests.css`. */
  readonly sheet: string | null;
}

/** Guests on stage, for the broadcaster who leads them from the studio. */
export default function StageCard({ studio, locale, sheet }: StageCardProps) {
  const text = stageCardText(locale);
  const live = useStudio(studio).stream !== null;
  const [later, setLater] = useState<typeof import("./stage/host_panel.tsx") | null>(null);
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    if (!live || later !== null) return;
    const load = () =>
      Promise.all([import("./stage/host_panel.tsx"), loadSheet(sheet)])
        .then(([loaded]) => setLater(loaded), () => setFailures(failures + 1));
    const timer = setTimeout(load, failures === 0 ? 0 : RETRY_MS);
    return () => clearTimeout(timer);
  }, [live, failures]);
  return (
    <Card id="stage-guests" title={text.title}>
      {!live
        ? <p class="muted">{text.whenLive}</p>
        : later === null
        ? <div class="skeleton guests-loading" aria-hidden="true" />
        : <later.HostPanel room={studio.roomId} locale={locale} />}
    </Card>
  );
}
