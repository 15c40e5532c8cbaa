/**
 * Charts as uPlot draws them. Loaded when a chart comes into a page, never with the page.
 *
 * @module
 */
import uPlot from "uplot";
import { lineColor, type PlotColor } from "./plot_color.ts";

/** One line. */
export interface PlotSeries {
  readonly label: string;
  readonly color: PlotColor;
  /** One for each time; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** What is drawn. */
export interface PlotData {
  /** Seconds since the epoch, or any count that grows. */
  readonly times: readonly number[];
  readonly series: readonly PlotSeries[];
}

/** How it is drawn. */
export interface PlotOptions {
  readonly element: HTMLElement;
  /** CSS pixels. */
  readonly height: number;
  /** The line alone: no axes, no cursor. */
  readonly bare: boolean;
  /** Smallest upper end of the scale, so that noise around zero stays small. */
  readonly least: number;
  readonly formatValue: (value: number) => string;
  readonly formatTime: (time: number) => string;
  /** The pointer stands over this index; null: it left. */
  readonly onCursor?: (index: number | null) => void;
  readonly signal: AbortSignal;
}

/** A chart that is on the page. */
export interface Plot {
  setData(data: PlotData): void;
}

/** Distances of times on the axis, seconds: what clocks show. */
const TIME_STEPS = [
  1,
  5,
  15,
  30,
  60,
  120,
  300,
  600,
  1200,
  1800,
  3600,
  7200,
  14_400,
  43_200,
  86_400,
];
const AXIS_FONT = "12px system-ui, sans-serif";

/** Draws a chart into an element and keeps it in its width and in the page's colours. */
export function createPlot(data: PlotData, options: PlotOptions): Plot {
  const { element, height, signal } = options;
  let present = data;
  let plot = draw(present, options);
  const redraw = () => {
    plot.destroy();
    plot = draw(present, options);
  };
  const sizes = new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height });
  });
  sizes.observe(element);
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw, { signal });
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    themes.disconnect();
    plot.destroy();
  }, { once: true });
  return {
    setData(next) {
      const same = next.series.length === present.series.length &&
        next.series.every(({ label, color }, index) => {
          const before = present.series[index]!;
          return before.label === label && before.color === color;
        });
      present = next;
      if (same) plot.setData(aligned(next));
      else redraw();
    },
  };
}

function draw(data: PlotData, options: PlotOptions): uPlot {
  const { element, height, bare, least } = options;
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    font: AXIS_FONT,
    stroke: color("muted"),
    ticks: { show: false },
    grid: { stroke: color("line"), width: 1 },
  };
  return new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height,
      pxAlign: 0,
      padding: bare ? [3, 0, 0, 0] : [8, 16, 0, 0],
      legend: { show: false },
      cursor: bare ? { show: false } : { y: false, drag: { setScale: false }, points: { size: 7 } },
      scales: {
        x: { time: false },
        y: { range: (_plot, _low, high) => [0, Math.max(least, (high ?? 0) * 1.1)] },
      },
      axes: bare ? [{ show: false }, { show: false }] : [
        {
          ...axis,
          space: 70,
          incrs: [...TIME_STEPS],
          size: 26,
          grid: { show: false },
          values: (_plot, times) => times.map(options.formatTime),
        },
        {
          ...axis,
          space: 34,
          size: (plot, labels) => widthOf(plot, labels),
          values: (_plot, values) => values.map(options.formatValue),
        },
      ],
      series: [
        {},
        ...data.series.map((series, index) => {
          const stroke = color(lineColor(series.color));
          return {
            label: series.label,
            stroke,
            width: 2,
            points: { show: false },
            // One line has its area; several would cover each other.
            ...(data.series.length === 1 && index === 0 && { fill: transparent(stroke, 0.14) }),
          };
        }),
      ],
      hooks: {
        setCursor: [(plot) => options.onCursor?.(plot.cursor.idx ?? null)],
      },
    },
    aligned(data),
    element,
  );
}

function aligned({ times, series }: PlotData): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

function widthOf(plot: uPlot, labels: readonly string[] | null): number {
  if (labels === null || labels.length === 0) return 30;
  plot.ctx.save();
  plot.ctx.font = AXIS_FONT;
  const widest = Math.max(...labels.map((label) => plot.ctx.measureText(label).width));
  plot.ctx.restore();
  return Math.ceil(widest) + 14;
}

/** A `#rrggbb` colour with so much of itself left. */
function transparent(color: string, part: number): string {
  const alpha = Math.round(part * 255).toString(16).padStart(2, "0");
  return /^#[0-9a-f]{6}$/i.test(color) ? color + alpha : "transparent";
}
