/**
 * The desk as it is seen: the picture, what it is made of, the sound, and how good all of it is.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { browserStudioText } from "../../i18n/browser_studio.ts";
import type { Locale } from "../../i18n/mod.ts";
import { SelectField, SwitchField } from "../../ui/field.tsx";
import { Card } from "../../ui/card.tsx";
import { groupDigits } from "../../i18n/mod.ts";
import { FRAME_RATES, type FrameRate } from "../../capture/constraints.ts";
import type { Desk } from "./desk.ts";
import { goalOf, LIVE_RESOLUTIONS, type LiveQuality } from "./quality.ts";
import { SoundCard } from "./sound_card.tsx";
import { SourcesCard } from "./sources_card.tsx";
import { StageView } from "./stage_view.tsx";

/** The whole desk. */
export function DeskView({ desk, locale }: { readonly desk: Desk; readonly locale: Locale }) {
  useWarning(desk);
  return (
    <>
      <StageView desk={desk} locale={locale} />
      <div class="live-cards">
        <SourcesCard desk={desk} locale={locale} />
        <SoundCard desk={desk} locale={locale} />
        <QualityCard desk={desk} locale={locale} />
      </div>
    </>
  );
}

/** Who is on the air is asked before the page goes away. */
function useWarning(desk: Desk): void {
  const { onAir } = desk;
  // Read, so that the view follows it.
  void desk.phase.value;
  useEffect(() => {
    if (!onAir) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [onAir]);
}

function QualityCard({ desk, locale }: { readonly desk: Desk; readonly locale: Locale }) {
  const text = browserStudioText(locale);
  const quality = desk.quality.value;
  void desk.phase.value;
  const { onAir } = desk;
  const set = (change: Partial<LiveQuality>) => desk.setQuality({ ...quality, ...change });
  const hintOf = (hint: string) => onAir ? text.nextTime(hint) : hint;
  return (
    <Card id="live-quality" title={text.quality} class="live-quality">
      <div class="live-pair">
        <SelectField
          id="live-resolution"
          label={text.resolution}
          value={String(quality.resolution)}
          choices={LIVE_RESOLUTIONS.map((value) => ({ value: String(value), label: `${value}p` }))}
          onChange={(event) =>
            set({ resolution: Number(event.currentTarget.value) as LiveQuality["resolution"] })}
        />
        <SelectField
          id="live-rate"
          label={text.frameRate}
          value={String(quality.frameRate)}
          choices={FRAME_RATES.map((value) => ({ value: String(value), label: String(value) }))}
          onChange={(event) => set({ frameRate: Number(event.currentTarget.value) as FrameRate })}
        />
      </div>
      <p class="hint">{text.follows(groupDigits(goalOf(quality).kbps))}</p>
      <SwitchField
        id="live-music"
        label={text.music}
        hint={hintOf(text.musicHint)}
        checked={quality.music}
        onChange={(event) => set({ music: event.currentTarget.checked })}
      />
      <SwitchField
        id="live-simulcast"
        label={text.simulcast}
        hint={hintOf(text.simulcastHint)}
        checked={quality.simulcast}
        onChange={(event) => set({ simulcast: event.currentTarget.checked })}
      />
    </Card>
  );
}
