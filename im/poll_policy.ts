/**
 * When a viewer polls again; pure.
 *
 * @module
 */
import type { ImSettings } from "./settings.ts";

/** What the time to the next poll depends on. */
export interface PollState {
  readonly settings: Pick<ImSettings, "poll">;
  /** Viewers of the room. */
  readonly viewers: number;
  /** How late the event loop of this node is, milliseconds. */
  readonly lagMs: number;
  /** Share of the room's last polls that brought nothing, 0 to 1. */
  readonly emptyShare: number;
  /** The viewer's tab is not seen. */
  readonly hidden: boolean;
  /** Something important waits that had no room in this answer. */
  readonly more: boolean;
  /** From 0 to 1: spreads viewers who came together. */
  readonly random: number;
}

const LEAST_MS = 300;
const MOST_MS = 60_000;
/** A lag that is no load. */
const USUAL_LAG_MS = 30;
const MAX_LOAD_FACTOR = 4;
const HIDDEN_MS = 15_000;
/** Up and down by this share. */
const JITTER = 0.1;

/** Milliseconds to the next poll. */
export function pollAfterMs(state: PollState): number {
  const { settings, viewers, lagMs, emptyShare, hidden, more, random } = state;
  const step = settings.poll.find((one) => viewers < one.viewers) ?? settings.poll.at(-1);
  const base = step?.afterMs ?? 5_000;
  const load = Math.min(MAX_LOAD_FACTOR, 1 + Math.max(0, lagMs - USUAL_LAG_MS) / 100);
  const idle = emptyShare > 0.95 ? 2 : emptyShare > 0.8 ? 1.5 : 1;
  let afterMs = more ? Math.min(base, 1_000) / 2 * load : base * load * idle;
  if (hidden) afterMs = Math.max(afterMs, HIDDEN_MS);
  const spread = 1 + (random * 2 - 1) * JITTER;
  return Math.round(Math.min(MOST_MS, Math.max(LEAST_MS, afterMs)) * spread);
}
