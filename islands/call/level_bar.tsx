/**
 * The level of a microphone, drawn without drawing the page anew.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import type { VoiceMeter } from "./voice_meter.ts";

const EVERY_MS = 60;

/** A bar that moves with the voice; `label` is its name. */
export function LevelBar({ meter, label }: {
  readonly meter: VoiceMeter | null;
  readonly label: string;
}) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (meter === null) return;
    const timer = setInterval(() => {
      if (document.hidden || bar.current === null) return;
      const { level } = meter.read(performance.now());
      bar.current.style.setProperty("--level", level.toFixed(3));
      bar.current.ariaValueNow = String(Math.round(level * 100));
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [meter]);
  return (
    <div
      ref={bar}
      class="call-level"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <span />
    </div>
  );
}
