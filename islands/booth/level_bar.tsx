/**
 * How loud the microphone is: a bar that moves by itself, without rendering anything anew.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { BoothText } from "../i18n/booth.ts";
import type { BoothSession } from "./session.ts";

/** Between two positions of the bar, milliseconds. */
const STEP_MS = 50;
/** Between two values for those who listen to them. */
const SAID_MS = 1_000;

/** The bar alone; with words it is a meter for screen readers, too. */
export function LevelBar(
  { session, text }: { readonly session: BoothSession | null; readonly text?: BoothText },
) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let saidAtMs = -Infinity;
    // Browsers slow this down by themselves while the page is hidden.
    const timer = setInterval(() => {
      const element = bar.current;
      if (element === null || document.visibilityState === "hidden") return;
      const nowMs = performance.now();
      const level = session?.meter?.read(nowMs);
      element.style.setProperty("--level", String(level?.level ?? 0));
      element.style.setProperty("--peak", String(level?.peak ?? 0));
      element.classList.toggle("clipping", level?.clipping === true);
      if (text === undefined || nowMs - saidAtMs < SAID_MS) return;
      saidAtMs = nowMs;
      const percent = Math.round((level?.level ?? 0) * 100);
      element.setAttribute("aria-valuenow", String(percent));
      element.setAttribute(
        "aria-valuetext",
        level?.clipping === true ? text.clipping : text.levelSaid(percent),
      );
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [session, text]);
  return (
    <div
      ref={bar}
      class="level-bar"
      {...(text && {
        role: "meter",
        "aria-label": text.level,
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        "aria-valuenow": 0,
      })}
    >
      <span class="level-fill" />
      <span class="level-peak" />
    </div>
  );
}
