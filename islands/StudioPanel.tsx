import type { Locale } from "./i18n/mod.ts";
import { Elsewhere, GoLiveCard } from "./studio/browser/go_live_card.tsx";
import { ChecklistCard } from "./studio/checklist_card.tsx";
import { checklistOf } from "./studio/checklist.ts";
import { HealthCard } from "./studio/health_card.tsx";
import { HeldNotice } from "./studio/held_notice.tsx";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { studioStore, useNow, useStudio } from "./studio/store.ts";
import { SummaryCard } from "./studio/summary_card.tsx";

/** Props of {@linkcode StudioPanel}. */
export interface StudioPanelProps {
  readonly studio: StudioSnapshot;
  readonly locale: Locale;
  /** Broadcasts from this browser: address of `scene.worker.js`; null: from an encoder. */
  readonly workerUrl: string | null;
}

/** What matters now: the checklist before, the stream's health during, the summary after. */
export default function StudioPanel({ studio, locale, workerUrl }: StudioPanelProps) {
  const state = useStudio(studio);
  const { room, stream, heldUntilMs, ended, nowMs: lookedAtMs } = state;
  const nowMs = useNow(studio, { lookedAtMs, ticking: heldUntilMs !== null });
  const checks = checklistOf({ room, ownerName: studio.ownerName, stream });
  return (
    <div id="studio-panel" class="studio-panel" tabIndex={-1}>
      {stream === null && heldUntilMs !== null && heldUntilMs > nowMs && (
        <HeldNotice studio={studio} leftMs={heldUntilMs - nowMs} locale={locale} />
      )}
      {stream !== null && workerUrl !== null && (
        <Elsewhere place={{ roomId: studio.roomId, workerUrl, locale }} />
      )}
      {stream !== null
        ? <HealthCard state={state} checks={checks} locale={locale} />
        : ended !== null
        ? (
          <SummaryCard
            ended={ended}
            locale={locale}
            onClose={() => studioStore(studio).dismissSummary()}
          />
        )
        : workerUrl !== null
        ? (
          <GoLiveCard
            state={state}
            ownerName={studio.ownerName}
            place={{ roomId: studio.roomId, workerUrl, locale }}
          />
        )
        : (
          <ChecklistCard
            checks={checks}
            failures={state.failures}
            signedOut={state.signedOut}
            locale={locale}
          />
        )}
    </div>
  );
}
