/**
 * How the running stream arrives: three lines, the figures, one word and at most three sentences.
 *
 * @module
 */
import { checklistText } from "../i18n/checklist.ts";
import { healthText } from "../i18n/health.ts";
import { formatCount, groupDigits, type Locale } from "../i18n/mod.ts";
import { isTip, verdictOn } from "../ui/advice.ts";
import { Card } from "../ui/card.tsx";
import { Sparkline } from "../ui/chart.tsx";
import { Icon } from "../ui/icons.tsx";
import type { PlotColor } from "../ui/plot_color.ts";
import { adviceWords } from "./advice_words.ts";
import { type Check, progressOf } from "./checklist.ts";
import { Checks } from "./checklist_card.tsx";
import { figuresOf, kbps, UNKNOWN } from "./figures.ts";
import { useHeir } from "./focus.ts";
import type { Point, StudioState } from "./state.ts";
import { looks } from "./browser/link.ts";
import { Trouble } from "./trouble.tsx";

type Text = ReturnType<typeof healthText>;

/** The lines keep their scale until they hold a minute. */
const LEAST_POINTS = 30;
const LINE_HEIGHT = 40;

/** The card of the running stream. */
export function HealthCard(
  { state, checks, locale }: {
    readonly state: StudioState;
    readonly checks: readonly Check[];
    readonly locale: Locale;
  },
) {
  const text = healthText(locale);
  const { stream, advice } = state;
  const later = looks.value;
  useHeir(".health");
  const verdict = verdictOn(stream, advice);
  const { encoder = null, protocol = "" } = stream ?? {};
  return (
    <Card
      id="health"
      title={text.health}
      aside={<span class={`verdict ${verdict}`}>{text[verdict]}</span>}
      class="health"
    >
      {stream !== null && (
        <p class="hint ellipsis">
          {[browserName(encoder), protocol.toUpperCase()].filter(Boolean).join(" · ")}
        </p>
      )}
      <Metrics state={state} text={text} locale={locale} />
      <dl class="figures">
        {figuresOf(stream, text).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="tabular">{value}</dd>
          </div>
        ))}
      </dl>
      <div role="status" class="advice-list">
        {advice.map((item) => (
          <p key={item.kind} class={isTip(item) ? "advice tip" : "advice"}>
            <Icon name={isTip(item) ? "info" : "triangle-alert"} size={18} />
            <span>{adviceWords(item, text)}</span>
          </p>
        ))}
        {advice.length === 0 && (
          <p class="advice good">
            <Icon name="circle-check" size={18} />
            <span>{text.adviceGood}</span>
          </p>
        )}
      </div>
      {later !== null && <later.BrowserFigures locale={locale} />}
      <Trouble failures={state.failures} signedOut={state.signedOut} text={text} />
      <FoldedChecks checks={checks} locale={locale} />
    </Card>
  );
}

/** A browser as people call it; an encoder's own name stays. */
function browserName(encoder: string | null): string | null {
  if (encoder?.startsWith("Mozilla/") !== true) return encoder;
  const [, family = "Safari", version = ""] =
    /(Edg|Firefox|Chrome|Version)\/(\d+)/.exec(encoder.replace(/Chrome(?=.*Edg)/, "")) ?? [];
  return `${{ Edg: "Edge", Version: "Safari" }[family] ?? family} ${version}`.trim();
}

interface Metric {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly color: PlotColor;
  /** Smallest upper end of the scale. */
  readonly least: number;
  readonly of: (point: Point) => number | null;
}

function Metrics(
  { state, text, locale }: {
    readonly state: StudioState;
    readonly text: Text;
    readonly locale: Locale;
  },
) {
  const { stream, points, viewers, viewersByProtocol: by } = state;
  const video = stream?.video ?? null;
  const metrics: readonly Metric[] = [
    {
      label: text.bitrate,
      value: stream === null ? UNKNOWN : kbps(stream.bitrateKbps),
      unit: "kbps",
      color: "jade",
      least: 500,
      of: (point) => point.bitrateKbps,
    },
    {
      label: text.frameRate,
      value: video === null ? UNKNOWN : video.fps.toFixed(1),
      unit: "fps",
      color: "blue",
      least: 30,
      of: (point) => point.fps,
    },
    {
      label: text.viewers,
      value: formatCount(viewers, locale),
      unit: "",
      color: "violet",
      least: 4,
      of: (point) => point.viewers,
    },
  ];
  const protocols = [
    ["LL-HLS · HLS", by.hls],
    ["HTTP-FLV", by.flv],
    ["WS-FLV", by.ws],
    ["RTMP", by.rtmp],
    ["WebRTC", by.whep],
  ] as const;
  return (
    <div class="metrics">
      {metrics.map(({ label, value, unit, color, least, of }) => {
        const values = points.map(of);
        return (
          <div key={color} class="metric">
            <p class="metric-text">
              <span class="muted">{label}</span>
              <b class="tabular">{value} {unit !== "" && <small>{unit}</small>}</b>
            </p>
            <Sparkline
              summary={summaryOf(values, { label, unit, text })}
              values={values}
              color={color}
              height={LINE_HEIGHT}
              span={LEAST_POINTS}
              least={least}
            />
          </div>
        );
      })}
      <details class="by-protocol">
        <summary
          title={protocols.map(([name, count]) => `${name} ${formatCount(count, locale)}`).join(
            ", ",
          )}
        >
          {text.byProtocol}
          <Icon name="chevron-down" size={18} />
        </summary>
        <dl class="figures">
          {protocols.map(([name, count]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="tabular">{formatCount(count, locale)}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

function summaryOf(
  values: readonly (number | null)[],
  { label, unit, text }: { readonly label: string; readonly unit: string; readonly text: Text },
): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return label;
  const shown = (value: number) => `${groupDigits(Math.round(value))} ${unit}`.trim();
  return text.lastMinutes(label, shown(Math.min(...known)), shown(Math.max(...known)));
}

function FoldedChecks(
  { checks, locale }: { readonly checks: readonly Check[]; readonly locale: Locale },
) {
  const text = checklistText(locale);
  const { done, of } = progressOf(checks);
  return (
    <details class="checks-fold">
      <summary>
        <span>
          {text.liveHeading}{" "}
          <span class="muted tabular">{text.progress(String(done), String(of))}</span>
        </span>
        <Icon name="chevron-down" size={18} />
      </summary>
      <Checks checks={checks} text={text} />
    </details>
  );
}
