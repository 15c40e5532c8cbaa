/**
 * Figures over time: a small line beside a number, and a chart with axes. The drawing comes with
 * uPlot when the page has it in sight; until then, and without script, its place is kept and its
 * summary is there to be read out.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Plot, PlotData, PlotSeries } from "./plot.ts";
import { lineColor, type PlotColor } from "./plot_color.ts";

/** Props of {@linkcode Sparkline}. */
export interface SparklineProps {
  /** What the line says, in words: read out instead of the drawing. */
  readonly summary: string;
  /** Oldest first; null where nothing was measured. */
  readonly values: readonly (number | null)[];
  readonly color?: PlotColor;
  /** CSS pixels. */
  readonly height?: number;
  /** The line fills its width from the right until it has so many points. */
  readonly span?: number;
  /** Smallest upper end of the scale. */
  readonly least?: number;
}

/** The last minutes of one figure. */
export function Sparkline(
  { summary, values, color = "jade", height = 48, span = 0, least = 1 }: SparklineProps,
) {
  const missing = Math.max(0, span - values.length);
  const padded = [...Array<null>(missing).fill(null), ...values];
  const data = {
    times: padded.map((_, index) => index),
    series: [{ label: summary, color, values: padded }],
  };
  const place = usePlot(data, { drawn: [values, color], height, least, bare: true });
  return (
    <div
      ref={place}
      class="plot bare"
      style={`height:${height}px`}
      role="img"
      aria-label={summary}
    />
  );
}

/** Props of {@linkcode LineChart}. */
export interface LineChartProps {
  readonly summary: string;
  /** Milliseconds since the epoch, ascending. */
  readonly timesMs: readonly number[];
  readonly series: readonly PlotSeries[];
  /** CSS pixels. */
  readonly height?: number;
  readonly least?: number;
  /** Values with their unit, in the legend. */
  readonly format: (value: number) => string;
  /** Values on the axis; default: as in the legend. */
  readonly formatAxis?: (value: number) => string;
  /** What stands in the middle while there is nothing to draw. */
  readonly empty: string;
}

/** Several figures over time, with a legend that follows the pointer. */
export function LineChart(props: LineChartProps) {
  const { summary, timesMs, series, height = 180, least = 1, format, formatAxis, empty } = props;
  const [at, setAt] = useState<number | null>(null);
  const data = { times: timesMs.map((timeMs) => timeMs / 1000), series };
  const place = usePlot(data, {
    drawn: [timesMs, series],
    height,
    least,
    bare: false,
    onCursor: setAt,
    formatValue: formatAxis ?? format,
  });
  const shown = at ?? timesMs.length - 1;
  return (
    <figure class="chart">
      <figcaption class="chart-legend">
        {series.map(({ label, color, values }) => (
          <span key={label}>
            <span
              class="chart-key"
              style={`--color:var(--${lineColor(color)})`}
              aria-hidden="true"
            />
            {label} <b class="tabular">{valueText(values[shown], format)}</b>
          </span>
        ))}
        <span class="chart-time tabular muted">
          {at === null ? "" : clockText((timesMs[at] ?? 0) / 1000)}
        </span>
      </figcaption>
      <div class="chart-place">
        <div
          ref={place}
          class="plot"
          style={`height:${height}px`}
          role="img"
          aria-label={summary}
        />
        {timesMs.length === 0 && <p class="chart-empty muted">{empty}</p>}
      </div>
    </figure>
  );
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value == null ? "–" : format(value);
}

/** Wall clock of the reader: `14:05:09`. */
function clockText(timeS: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = new Date(timeS * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

interface UsePlot {
  /** What the data was made of. */
  readonly drawn: readonly unknown[];
  readonly height: number;
  readonly least: number;
  readonly bare: boolean;
  readonly formatValue?: (value: number) => string;
  readonly onCursor?: (index: number | null) => void;
}

function usePlot(data: PlotData, options: UsePlot) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const end = new AbortController();
    const { height, least, bare, formatValue = String, onCursor } = options;
    import("./plot.ts").then(({ createPlot }) => {
      if (end.signal.aborted) return;
      plot.current = createPlot(latest.current, {
        element,
        height,
        least,
        bare,
        formatValue,
        formatTime: (timeS) => clockText(timeS).slice(0, 5),
        onCursor,
        signal: end.signal,
      });
    }, () => {
      // Offline: the figures beside the drawing say the same.
    });
    return () => {
      plot.current = null;
      end.abort();
    };
  }, [options.height, options.bare]);
  // The caller makes new objects each time; only what they are made of tells a change.
  useEffect(() => plot.current?.setData(latest.current), [...options.drawn]);
  return place;
}
