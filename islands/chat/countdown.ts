/**
 * A time that comes nearer.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { BROWSER_CLOCK } from "./clock.ts";

/** Between two looks at the clock, milliseconds. */
const TICK_MS = 250;

/** Whole seconds until a time, counted down to 0. */
export function useCountdown(untilMs: number): number {
  const [nowMs, setNowMs] = useState(BROWSER_CLOCK.now());
  useEffect(() => {
    setNowMs(BROWSER_CLOCK.now());
    if (untilMs <= BROWSER_CLOCK.now()) return;
    const timer = setInterval(() => {
      setNowMs(BROWSER_CLOCK.now());
      if (BROWSER_CLOCK.now() >= untilMs) clearInterval(timer);
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [untilMs]);
  return Math.max(0, Math.ceil((untilMs - nowMs) / 1_000));
}
