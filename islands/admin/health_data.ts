/**
 * The processes of the platform as administrators see them.
 *
 * @module
 */
import type { Schemas } from "../ui/api.ts";

/** One process. */
export interface NodeRow {
  readonly node: string;
  readonly role: string;
  readonly up: boolean;
  readonly startedAtMs: number;
  readonly heardAtMs: number;
  readonly restarts: number;
  readonly lastDeath: DeathRow | null;
  readonly rssBytes: number;
  /** Share of one core. */
  readonly cpu: number;
  readonly lagMs: number;
  readonly lagMaxMs: number;
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number } | null;
  /** What only its role has. */
  readonly figures: Readonly<Record<string, number>>;
  /** Null: it is one too many to be drawn. */
  readonly series: SeriesRow | null;
}

/** How a process ended. */
export interface DeathRow {
  readonly code: number;
  readonly signal: string | null;
  readonly atMs: number;
}

/** The last half hour in columns of equal length. */
export interface SeriesRow {
  readonly stepMs: number;
  /** Begin of the first step, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly lagMaxMs: readonly (number | null)[];
  readonly cpu: readonly (number | null)[];
  readonly rssBytes: readonly (number | null)[];
  readonly hitRate: readonly (number | null)[];
}

/** One of the columns. */
export type SeriesName = Exclude<keyof SeriesRow, "stepMs" | "fromMs">;

/** Processes that charts draw: as many as there are colours. */
export const MAX_DRAWN = 6;

/** A process as the API tells it; `index` among all of them. */
export function nodeRowOf(
  { startedAt, heardAt, lastDeath, series, ...node }: Schemas["Node"],
  index: number,
): NodeRow {
  return {
    ...node,
    startedAtMs: Date.parse(startedAt),
    heardAtMs: Date.parse(heardAt),
    lastDeath: lastDeath &&
      { code: lastDeath.code, signal: lastDeath.signal, atMs: Date.parse(lastDeath.at) },
    series: index < MAX_DRAWN ? series : null,
  };
}

/** One column of all drawn processes on a common line of time. */
export function chartOf(
  nodes: readonly NodeRow[],
  column: SeriesName,
): {
  readonly timesMs: readonly number[];
  readonly lines: readonly {
    readonly node: string;
    readonly values: readonly (number | null)[];
  }[];
} {
  const drawn = nodes.flatMap(({ node, series }) => series === null ? [] : [{ node, series }])
    // A process without any value, such as a relay that nobody asked, has no line.
    .filter(({ series }) => series[column].some((value) => value !== null));
  const [first] = drawn;
  if (first === undefined) return { timesMs: [], lines: [] };
  const { stepMs } = first.series;
  const fromMs = Math.min(...drawn.map(({ series }) => series.fromMs));
  const toMs = Math.max(
    ...drawn.map(({ series }) => series.fromMs + (series[column].length - 1) * stepMs),
  );
  const steps = Math.min(1_000, Math.round((toMs - fromMs) / stepMs) + 1);
  const timesMs = Array.from({ length: steps }, (_, index) => fromMs + index * stepMs);
  const lines = drawn.map(({ node, series }) => {
    const shift = Math.round((series.fromMs - fromMs) / stepMs);
    return { node, values: timesMs.map((_, index) => series[column][index - shift] ?? null) };
  });
  // The step that runs has just begun, and not everybody has been heard in it.
  const early = lines.some(({ values }) => values.at(-1) === null && values.at(-2) != null);
  if (!early) return { timesMs, lines };
  return {
    timesMs: timesMs.slice(0, -1),
    lines: lines.map(({ node, values }) => ({ node, values: values.slice(0, -1) })),
  };
}

/** What processes are called where there is little room: by their role while that tells them apart. */
export function nodeNames(
  nodes: readonly Pick<NodeRow, "node" | "role">[],
): ReadonlyMap<string, string> {
  return new Map(
    nodes.map(({ node, role }) => {
      const alone = nodes.filter((other) => other.role === role).length === 1;
      return [node, alone ? role : node];
    }),
  );
}

/** What all edges send, kbit/s, between two looks; null while it is not known. */
export function sendingKbps(
  before: readonly NodeRow[] | null,
  now: readonly NodeRow[],
): number | null {
  let kbps = 0;
  let known = false;
  for (const { node, heardAtMs, startedAtMs, figures } of now) {
    const sent = figures.sentBytes;
    if (sent === undefined) continue;
    const last = before?.find((other) => other.node === node && other.startedAtMs === startedAtMs);
    const lastSent = last?.figures.sentBytes;
    if (last === undefined || lastSent === undefined || heardAtMs <= last.heardAtMs) continue;
    known = true;
    kbps += Math.max(0, sent - lastSent) * 8 / (heardAtMs - last.heardAtMs);
  }
  return known ? kbps : null;
}

/** What comes in from all publishers, kbit/s. */
export function receivingKbps(nodes: readonly NodeRow[]): number {
  return nodes.reduce((sum, { up, figures }) => sum + (up ? figures.ingestKbps ?? 0 : 0), 0);
}
