/**
 * What asks for an operator's attention, from the figures of the processes.
 *
 * @module
 */
import type { DeathRow, NodeRow } from "./health_data.ts";

/** Closed catalogue, the heaviest first; the words stand in the language tables. */
export type Warning =
  | { readonly kind: "down"; readonly node: string; readonly heardAtMs: number }
  | {
    readonly kind: "disk";
    readonly node: string;
    /** 0 to 1. */
    readonly free: number;
    readonly freeBytes: number;
  }
  | { readonly kind: "lag"; readonly node: string; readonly lagMs: number }
  | { readonly kind: "restarted"; readonly node: string; readonly death: DeathRow }
  | { readonly kind: "no_ffmpeg" };

/** How it is altogether. */
export interface Verdict {
  readonly state: "unknown" | "good" | "care" | "bad";
  readonly warnings: readonly Warning[];
}

/** Less of a disk than this is free: it asks for attention. */
export const DISK_FREE = 0.1;
/** A restart is told for so long. */
export const RESTART_TOLD_MS = 3_600_000;
/** A loop that lags more than this cannot keep up. */
export const LAG_MS = 200;

const ORDER = ["down", "disk", "lag", "restarted", "no_ffmpeg"] as const;

/** Judges; the clock is passed in. */
export function judge(
  nodes: readonly NodeRow[],
  { nowMs }: { readonly nowMs: number },
): Verdict {
  if (nodes.length === 0) return { state: "unknown", warnings: [] };
  const warnings: Warning[] = [];
  for (const { node, role, up, heardAtMs, disk, lagMs, lastDeath, figures } of nodes) {
    if (!up) {
      // What it last said of itself is not so any more.
      warnings.push({ kind: "down", node, heardAtMs });
      continue;
    }
    const free = disk === null || disk.totalBytes <= 0 ? 1 : disk.freeBytes / disk.totalBytes;
    if (disk !== null && free < DISK_FREE) {
      warnings.push({ kind: "disk", node, free, freeBytes: disk.freeBytes });
    }
    if (lagMs > LAG_MS) warnings.push({ kind: "lag", node, lagMs });
    if (lastDeath !== null && nowMs - lastDeath.atMs < RESTART_TOLD_MS) {
      warnings.push({ kind: "restarted", node, death: lastDeath });
    }
    const noFfmpeg = role === "media" && figures.ffmpeg === 0;
    if (noFfmpeg && !warnings.some(({ kind }) => kind === "no_ffmpeg")) {
      warnings.push({ kind: "no_ffmpeg" });
    }
  }
  warnings.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  const state = warnings.some(({ kind }) => kind === "down")
    ? "bad"
    : warnings.length > 0
    ? "care"
    : "good";
  return { state, warnings };
}
