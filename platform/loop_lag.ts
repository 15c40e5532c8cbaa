/**
 * How late the event loop is: the signal that drives batches and degradation.
 *
 * @module
 */
import type { Metrics } from "./metrics.ts";

/** How {@linkcode watchLoopLag} measures. */
export interface LoopLagOptions {
  /** Monotonic milliseconds; default `performance.now`. */
  readonly now?: () => number;
  /** Milliseconds between two looks. */
  readonly intervalMs?: number;
}

/** A running measurement; disposing of it stops the timer. */
export interface LoopLagWatch extends Disposable {
  /** Smoothed lag in milliseconds, 0 when the loop keeps up. */
  readonly lagMs: number;
  /** Worst lag in milliseconds since {@linkcode LoopLagWatch.resetMax} or the start. */
  readonly maxMs: number;
  resetMax(): void;
}

/** Share of a new sample in the smoothed value: the last second decides at 100 ms a sample. */
const SMOOTHING = 0.2;

/**
 * Watches how much later than asked a timer fires; exports the smoothed value and the worst one
 * between two scrapes as `wanren_event_loop_lag_seconds` and `wanren_event_loop_lag_max_seconds`.
 */
export function watchLoopLag(metrics: Metrics, options: LoopLagOptions = {}): LoopLagWatch {
  const now = options.now ?? (() => performance.now());
  const intervalMs = options.intervalMs ?? 100;
  let expected = now() + intervalMs;
  let smoothed = 0;
  let worst = 0;
  let worstSinceScrape = 0;
  const timer = setInterval(() => {
    const at = now();
    const late = Math.max(0, at - expected);
    expected = at + intervalMs;
    smoothed += (late - smoothed) * SMOOTHING;
    worst = Math.max(worst, late);
    worstSinceScrape = Math.max(worstSinceScrape, late);
  }, intervalMs);
  metrics.gauge({
    name: "wanren_event_loop_lag_seconds",
    help: "Smoothed lateness of timers.",
    collect: (gauge) => gauge.set(smoothed / 1000),
  });
  metrics.gauge({
    name: "wanren_event_loop_lag_max_seconds",
    help: "Worst lateness of a timer since the last scrape.",
    collect: (gauge) => {
      gauge.set(worstSinceScrape / 1000);
      worstSinceScrape = 0;
    },
  });
  return {
    get lagMs() {
      return smoothed;
    },
    get maxMs() {
      return worst;
    },
    resetMax() {
      worst = 0;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
}
