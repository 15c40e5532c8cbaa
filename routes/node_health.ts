/**
 * How every process of the platform is, as its heartbeats say. Lives in memory: after a restart of
 * `web` the next heartbeats (2 s) bring it back, the history begins anew.
 *
 * @module
 */
import type { HealthBeat, HealthReceipt } from "../platform/heartbeat.ts";
import type { LogTail } from "./log_tail.ts";
import { NodeSeries, type SeriesColumns } from "./node_series.ts";

/** A process that was silent for so long is down. */
export const DOWN_AFTER_MS = 6_000;
/** A process that was silent for so long is forgotten. */
export const FORGET_AFTER_MS = 10 * 60_000;
/** Processes known at the same time. */
export const MAX_NODES = 256;

/** A heartbeat without its lines. */
export type NodeBeat = Omit<HealthBeat, "lines" | "linesFrom">;

/** One process as administrators see it. */
export interface NodeState {
  readonly beat: NodeBeat;
  readonly up: boolean;
  /** When it was last heard, milliseconds since the epoch. */
  readonly heardAtMs: number;
  readonly series: SeriesColumns;
}

interface NodeRecord {
  beat: NodeBeat;
  heardAtMs: number;
  /** Number of the last event that was taken from this process. */
  linesUntil: number;
  readonly series: NodeSeries;
}

/** The latest heartbeat of each process, with its history; the clock is passed in. */
export class NodeHealth {
  readonly #nodes = new Map<string, NodeRecord>();
  readonly #log: LogTail;

  constructor(options: { readonly log: LogTail }) {
    this.#log = options.log;
  }

  /**
   * Takes a heartbeat; null when too many processes report. When there is no room, the one that
   * has been down the longest is forgotten first.
   */
  put(beat: HealthBeat, nowMs: number): HealthReceipt | null {
    this.#forget(nowMs);
    const { lines, linesFrom, ...rest } = beat;
    const known = this.#nodes.get(beat.node);
    if (known === undefined && this.#nodes.size >= MAX_NODES && !this.#makeRoom(nowMs)) return null;
    const record = known ??
      { beat: rest, heardAtMs: nowMs, linesUntil: 0, series: new NodeSeries(nowMs) };
    const sameProcess = known !== undefined && known.beat.pid === beat.pid &&
      known.beat.startedAtMs === beat.startedAtMs;
    if (!sameProcess) record.linesUntil = 0;
    const before = sameProcess ? record.beat.figures : {};
    record.series.add({
      lagMaxMs: beat.lagMaxMs,
      cpu: beat.cpu,
      rssBytes: beat.rssBytes,
      cacheHits: risen(before.cacheHits, beat.figures.cacheHits),
      cacheMisses: risen(before.cacheMisses, beat.figures.cacheMisses),
    }, nowMs);
    record.beat = rest;
    record.heardAtMs = nowMs;
    // A process that this `web` meets while it runs, after a restart of `web`, begins at its oldest.
    const begins = record.linesUntil > 0 || lines[0]?.n === linesFrom;
    if (begins) this.#takeLines(record, lines);
    this.#nodes.set(beat.node, record);
    return { linesUntil: record.linesUntil };
  }

  /** Every known process: by role, then by name. */
  list(nowMs: number): readonly NodeState[] {
    this.#forget(nowMs);
    return [...this.#nodes.values()]
      .map(({ beat, heardAtMs, series }) => ({
        beat,
        up: nowMs - heardAtMs < DOWN_AFTER_MS,
        heardAtMs,
        series: series.read(nowMs),
      }))
      .sort((a, b) => compare(a.beat.role, b.beat.role) || compare(a.beat.node, b.beat.node));
  }

  /** Figures for metrics and `/debug`. */
  inspect(nowMs: number): { readonly up: number; readonly down: number } {
    const heard = [...this.#nodes.values()];
    const up = heard.filter(({ heardAtMs }) => nowMs - heardAtMs < DOWN_AFTER_MS).length;
    return { up, down: heard.length - up };
  }

  #takeLines(record: NodeRecord, lines: HealthBeat["lines"]): void {
    const fresh = lines.filter(({ n }) => n > record.linesUntil);
    if (fresh.length === 0) return;
    const { node, role } = record.beat;
    // Of what came before the first heartbeat that this `web` took nobody can say whether it is new.
    const lost = record.linesUntil === 0 ? 0 : fresh[0].n - record.linesUntil - 1;
    if (lost > 0) {
      const atMs = record.heardAtMs;
      this.#log.append({ node, role }, [
        { atMs, level: "warn", event: "lines_lost", text: `count=${lost}` },
      ]);
    }
    this.#log.append({ node, role }, fresh);
    record.linesUntil = fresh.at(-1)!.n;
  }

  #forget(nowMs: number): void {
    for (const [node, { heardAtMs }] of this.#nodes) {
      if (nowMs - heardAtMs >= FORGET_AFTER_MS) this.#nodes.delete(node);
    }
  }

  #makeRoom(nowMs: number): boolean {
    let oldest: [node: string, heardAtMs: number] | null = null;
    for (const [node, { heardAtMs }] of this.#nodes) {
      if (nowMs - heardAtMs < DOWN_AFTER_MS) continue;
      if (oldest === null || heardAtMs < oldest[1]) oldest = [node, heardAtMs];
    }
    return oldest !== null && this.#nodes.delete(oldest[0]);
  }
}

/** How much a counter rose; one that fell was started anew. */
function risen(before = 0, now = 0): number {
  return now >= before ? now - before : now;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
