import { useEffect, useMemo, useState } from "preact/hooks";
import {
  chartOf,
  MAX_DRAWN,
  nodeNames,
  type NodeRow,
  nodeRowOf,
  receivingKbps,
  sendingKbps,
  type SeriesName,
} from "./admin/health_data.ts";
import { ProcessTable } from "./admin/process_table.tsx";
import { megabytesText, millisecondsText, percentText, rateText } from "./admin/units.ts";
import { judge } from "./admin/verdict.ts";
import { VerdictCard } from "./admin/verdict_card.tsx";
import { adminOverviewText } from "./i18n/admin_overview.ts";
import { formatCount, type Locale } from "./i18n/mod.ts";
import { api } from "./ui/api.ts";
import { LineChart, Sparkline } from "./ui/chart.tsx";
import type { PlotColor } from "./ui/plot_color.ts";
import { poll } from "./ui/poll.ts";

/** Live figures. */
export interface LiveFigures {
  readonly viewers: number;
  readonly streams: number;
}

/** Props of {@linkcode AdminOverview}. */
export interface AdminOverviewProps {
  readonly nodes: readonly NodeRow[];
  readonly live: LiveFigures;
  readonly locale: Locale;
  /** When both were read. */
  readonly nowMs: number;
}

const INTERVAL_MS = 4_000;
/** Points of the line of viewers: ten minutes. */
const SPAN = 150;
/** The line fills its place from so many points on. */
const LEAST_SPAN = 15;
const QUIET_FAILURES = 2;
const COLORS: readonly PlotColor[] = ["jade", "violet", "blue", "gold", "muted", "accent"];

interface State {
  readonly nodes: readonly NodeRow[];
  readonly live: LiveFigures;
  readonly nowMs: number;
  readonly sending: number | null;
  readonly viewers: readonly number[];
}

/** How the platform is: in words, in figures, over the last half hour, and process by process. */
export default function AdminOverview(props: AdminOverviewProps) {
  const { locale } = props;
  const text = adminOverviewText(locale);
  const [state, setState] = useState<State>({
    nodes: props.nodes,
    live: props.live,
    nowMs: props.nowMs,
    sending: null,
    viewers: [props.live.viewers],
  });
  const [failures, setFailures] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      signal: end.signal,
      onOutcome: setFailures,
      run: async (signal) => {
        const [health, running] = await Promise.all([
          api.get("/api/admin/health", { signal }),
          api.get("/api/admin/streams", { signal }),
        ]);
        const nodes = health.nodes.map(nodeRowOf);
        const { streams } = running;
        const viewers = streams.reduce((sum, stream) => sum + stream.viewers, 0);
        setState((before) => ({
          nodes,
          live: { viewers, streams: streams.length },
          nowMs: Date.now(),
          sending: sendingKbps(before.nodes, nodes) ?? before.sending,
          viewers: [...before.viewers, viewers].slice(-SPAN),
        }));
      },
    });
    return () => end.abort();
  }, []);
  const { nodes, live, nowMs } = state;
  const range = [Math.min(...state.viewers), Math.max(...state.viewers)]
    .map((count) => formatCount(count, locale));
  return (
    <div class="overview">
      <div class="overview-top">
        <VerdictCard verdict={judge(nodes, { nowMs })} nowMs={nowMs} locale={locale} />
        <dl class="tiles">
          <div class="tile">
            <dt>{text.viewers}</dt>
            <dd class="tabular">
              {formatCount(live.viewers, locale)}
              <Sparkline
                summary={text.viewersOver(range[0]!, range[1]!)}
                values={state.viewers}
                color="jade"
                height={28}
                span={LEAST_SPAN}
              />
            </dd>
          </div>
          <div class="tile">
            <dt>{text.streams}</dt>
            <dd class="tabular">{formatCount(live.streams, locale)}</dd>
          </div>
          <div class="tile">
            <dt>{text.sending}</dt>
            <dd class="tabular">
              {state.sending === null
                ? <span class="muted tile-word">{text.measuring}</span>
                : rateText(state.sending)}
            </dd>
          </div>
          <div class="tile">
            <dt>{text.receiving}</dt>
            <dd class="tabular">{rateText(receivingKbps(nodes))}</dd>
          </div>
        </dl>
      </div>
      <p class="hint overview-note" role="status">
        {failures > QUIET_FAILURES ? text.stale : ""}
      </p>
      <Charts nodes={nodes} locale={locale} />
      <ProcessTable nodes={nodes} nowMs={nowMs} locale={locale} />
    </div>
  );
}

const CHARTS = [
  { column: "lagMaxMs", title: "chartLag", least: 20, format: millisecondsText },
  { column: "cpu", title: "chartCpu", least: 1, format: percentText },
  { column: "rssBytes", title: "chartMemory", least: 100, format: megabytesText },
  { column: "hitRate", title: "chartHits", least: 1, format: percentText },
] as const satisfies readonly {
  readonly column: SeriesName;
  readonly title: string;
  readonly least: number;
  readonly format: (value: number) => string;
}[];

function Charts(
  { nodes, locale }: { readonly nodes: readonly NodeRow[]; readonly locale: Locale },
) {
  const text = adminOverviewText(locale);
  const colors = useMemo(
    () => new Map(nodes.map(({ node }, index) => [node, COLORS[index % COLORS.length]!])),
    [nodes],
  );
  return (
    <div class="overview-charts">
      {CHARTS.map(({ column, title, least, format }) => (
        <section key={column} class="card overview-chart" aria-labelledby={`chart-${column}`}>
          <h2 id={`chart-${column}`}>{text[title]}</h2>
          <Chart {...{ nodes, column, least, format, colors, locale }} title={text[title]} />
        </section>
      ))}
      {nodes.length > MAX_DRAWN && <p class="hint">{text.chartSome(MAX_DRAWN, nodes.length)}</p>}
    </div>
  );
}

function megabytes(bytes: number | null): number | null {
  return bytes === null ? null : bytes / 2 ** 20;
}

function Chart(
  { nodes, column, title, least, format, colors, locale }: {
    readonly nodes: readonly NodeRow[];
    readonly column: SeriesName;
    readonly title: string;
    readonly least: number;
    readonly format: (value: number) => string;
    readonly colors: ReadonlyMap<string, PlotColor>;
    readonly locale: Locale;
  },
) {
  const text = adminOverviewText(locale);
  const { timesMs, series } = useMemo(() => {
    const chart = chartOf(nodes, column);
    const names = nodeNames(nodes);
    return {
      timesMs: chart.timesMs,
      series: chart.lines.map(({ node, values }) => ({
        label: names.get(node) ?? node,
        color: colors.get(node) ?? "muted",
        // Whole megabytes make whole marks on the axis.
        values: column === "rssBytes" ? values.map(megabytes) : values,
      })),
    };
  }, [nodes, colors]);
  const now = series.map(({ label, values }) => {
    const last = values.findLast((value) => value !== null);
    return `${label} ${last == null ? "–" : format(last)}`;
  });
  return (
    <LineChart
      summary={text.chartSummary(title, now.join(", "))}
      timesMs={timesMs}
      series={series}
      height={148}
      least={least}
      format={format}
      empty={column === "hitRate" ? text.chartNoHits : text.chartEmpty}
    />
  );
}
