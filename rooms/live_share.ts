/**
 * What nodes reported, shared by all `web`: each takes the reports of the nodes that call it, and
 * sees those of all within {@linkcode SHARE_EVERY_MS}. Its own view stays in memory, so that a page
 * never waits for it.
 *
 * @module
 */
import type { LiveReport, LiveState } from "./live_state.ts";

/** The reports of all are read so often, milliseconds. */
export const SHARE_EVERY_MS = 1_000;

/** A report with how long ago it came, by the clock of the store. */
export interface AgedReport {
  readonly report: LiveReport;
  readonly ageMs: number;
}

/** Where reports are shared; a node's newer one takes the place of the older one. */
export interface LiveShare {
  put(report: LiveReport): Promise<void>;
  /** Those that came since the last call; the first time all that are fresh. */
  news(): Promise<readonly AgedReport[]>;
}

/** A view that is shared. */
export interface SharedLive {
  /** Reads once more and ends. */
  stop(): Promise<void>;
}

/** Shares a view; `onFailure` is called once for each loss of the store. */
export function shareLive(
  live: LiveState,
  options: {
    readonly share: LiveShare;
    readonly onFailure: (error: Error) => void;
    readonly everyMs?: number;
  },
): SharedLive {
  const { share, onFailure, everyMs = SHARE_EVERY_MS } = options;
  let failed = false;
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
      failed = false;
    } catch (error) {
      if (!failed) onFailure(error as Error);
      failed = true;
    }
  };
  const running = new Set<Promise<void>>();
  const start = (work: () => Promise<void>) => {
    const run = attempt(work).finally(() => running.delete(run));
    running.add(run);
    return run;
  };
  live.onReport = (report) => void start(() => share.put(report));
  let reading: Promise<void> | null = null;
  const read = () =>
    reading ??= start(async () => {
      const news = await share.news();
      const nowMs = Date.now();
      for (const { report, ageMs } of news) live.take(report, nowMs - ageMs);
    }).finally(() => reading = null);
  read();
  const timer = setInterval(read, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      live.onReport = null;
      await Promise.all([...running]);
    },
  };
}
