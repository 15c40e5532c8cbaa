/**
 * The encoder is held off, because its broadcaster ended the stream.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { formatDuration, type Locale } from "../i18n/mod.ts";
import { studioText } from "../i18n/studio.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { explainFailure } from "./failures.ts";
import { useHeir } from "./focus.ts";
import type { StudioSnapshot } from "./snapshot.ts";
import { studioStore } from "./store.ts";

/** For how long, why, and the way to end it. A plain form without script. */
export function HeldNotice(
  { studio, leftMs, locale }: {
    readonly studio: StudioSnapshot;
    readonly leftMs: number;
    readonly locale: Locale;
  },
) {
  const text = studioText(locale);
  const [busy, setBusy] = useState(false);
  useHeir(".held");
  const release = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await studioStore(studio).release();
      toast({ text: text.released, tone: "good" });
    } catch (error) {
      toast({ text: explainFailure(error, text), tone: "bad" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="card notice held" aria-labelledby="held-title">
      <h2 id="held-title" class="tabular">{text.heldTitle(formatDuration(leftMs))}</h2>
      <p>{text.heldText}</p>
      <form method="post" action="/studio/release" onSubmit={release}>
        <Button type="submit" busy={busy}>{text.release}</Button>
      </form>
    </section>
  );
}
