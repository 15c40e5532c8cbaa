import type { Locale } from "./i18n/mod.ts";
import { Controls } from "./showcase/controls.tsx";
import { Figures } from "./showcase/figures.tsx";
import { Pictures } from "./showcase/pictures.tsx";
import { Surfaces } from "./showcase/surfaces.tsx";

/** Props of {@linkcode Showcase}. */
export interface ShowcaseProps {
  readonly locale: Locale;
  readonly nowMs: number;
}

/** Every component in every state, alive. */
export default function Showcase({ locale, nowMs }: ShowcaseProps) {
  return (
    <div class="specimens">
      <Controls locale={locale} />
      <Pictures locale={locale} />
      <Surfaces locale={locale} />
      <Figures locale={locale} nowMs={nowMs} />
    </div>
  );
}
