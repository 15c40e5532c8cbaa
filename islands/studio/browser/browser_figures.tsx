/**
 * What leaves this machine, beside what arrives at the server: figures, and advice in words.
 *
 * @module
 */
import { browserStudioText } from "../../i18n/browser_studio.ts";
import { groupDigits, type Locale } from "../../i18n/mod.ts";
import { Icon } from "../../ui/icons.tsx";
import { type Figure, UNKNOWN } from "../figures.ts";
import { browserAdvice, isBrowserTip } from "./advice.ts";
import type { Desk } from "./desk.ts";
import { desk as deskOfPage } from "./link.ts";
import { goalOf } from "./quality.ts";
import { browserAdviceWords } from "./words.ts";

/** Nothing, unless this browser is on the air. */
export function BrowserFigures({ locale }: { readonly locale: Locale }) {
  const desk = deskOfPage.value;
  if (desk === null || desk.publisher.value === null) return null;
  const text = browserStudioText(locale);
  const advice = adviceOf(desk);
  return (
    <div class="from-here">
      <h3>{text.fromHere}</h3>
      <dl class="figures">
        {figuresOf(desk, locale).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="tabular">{value}</dd>
          </div>
        ))}
      </dl>
      {advice.length > 0 && (
        <div role="status" class="advice-list">
          {advice.map((item) => (
            <p key={item.kind} class={isBrowserTip(item) ? "advice tip" : "advice"}>
              <Icon name={isBrowserTip(item) ? "info" : "triangle-alert"} size={18} />
              <span>{browserAdviceWords(item, text)}</span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

function adviceOf(desk: Desk) {
  const publisher = desk.publisher.value;
  const figures = publisher?.figures.value ?? null;
  if (publisher === null || figures === null) return [];
  return browserAdvice({
    figures,
    scene: desk.compositor.figures.value,
    goal: goalOf(desk.quality.value),
    rung: publisher.rung.value,
  });
}

function figuresOf(desk: Desk, locale: Locale): readonly Figure[] {
  const text = browserStudioText(locale);
  const publisher = desk.publisher.value;
  const figures = publisher?.figures.value ?? null;
  const scene = desk.compositor.figures.value;
  const of = (value: string | null) => figures === null || value === null ? UNKNOWN : value;
  return [
    [
      text.sending,
      of(figures && `${groupDigits(figures.videoKbps + figures.audioKbps)} kbps`),
    ],
    [
      text.picture,
      of(
        figures && figures.width > 0
          ? `${figures.width} × ${figures.height} · ${Math.round(figures.fps ?? 0)} fps` +
            (figures.layers > 1 ? ` · ${text.layers(figures.layers)}` : "")
          : null,
      ),
    ],
    [
      text.roundTrip,
      of(figures && figures.roundTripMs !== null ? `${figures.roundTripMs} ms` : null),
    ],
    [
      text.loss,
      of(figures && figures.loss !== null ? `${(figures.loss * 100).toFixed(1)} %` : null),
    ],
    [
      text.encoder,
      of(figures && [figures.codecs.join(" + "), figures.encoder].filter(Boolean).join(" · ")),
    ],
    [
      text.drawing,
      scene === null ? UNKNOWN : text.drawn(scene.fps.toFixed(0), scene.drawMs.toFixed(0)),
    ],
    [
      text.route,
      of(figures && (figures.route === "relay" ? text.routeRelay : text.routeDirect)),
    ],
    [text.reconnects, String(publisher?.reconnects.value ?? 0)],
  ];
}
