/**
 * Which texts fly: only as many as the picture has lanes for. Pure; the clock is passed in.
 *
 * @module
 */
import type { Mode } from "../../im/protocol/message.ts";
import type { DanmakuSettings } from "./danmaku_settings.ts";

/** Where texts fly, CSS pixels. */
export interface Sky {
  readonly width: number;
  /** Of the area that they may use. */
  readonly height: number;
  readonly lineHeight: number;
  /** Pixels per second. */
  readonly speed: number;
}

/** Free pixels behind a text, as a share of the width; below zero they may overlap. */
const GAPS: Readonly<Record<DanmakuSettings["density"], number>> = {
  few: 0.4,
  normal: 0.03,
  many: -0.15,
};
/** Lanes at most, and those of a small picture. */
const MAX_LANES = 40;

/** Counts lanes; one per layer. */
export class LaneLimiter {
  /** When each lane takes the next text, by mode, milliseconds. */
  readonly #free: Record<Mode, number[]> = { scroll: [], top: [], bottom: [] };

  /** Whether a text may fly now; if so, its lane is taken. */
  admit(
    text: { readonly width: number; readonly mode: Mode; readonly own: boolean },
    { sky, density, nowMs }: {
      readonly sky: Sky;
      readonly density: DanmakuSettings["density"];
      readonly nowMs: number;
    },
  ): boolean {
    const free = this.#free[text.mode];
    const lane = freest(free, sky);
    // The writer's own text is always seen.
    if (free[lane]! > nowMs && !text.own) return false;
    free[lane] = nowMs + holdMs(text, { sky, density });
    return true;
  }

  /** Whether a text of this mode would be let through now, however wide it is. */
  hasRoom(mode: Mode, { sky, nowMs }: { readonly sky: Sky; readonly nowMs: number }): boolean {
    const free = this.#free[mode];
    return free[freest(free, sky)]! <= nowMs;
  }

  /** Everything is gone: the picture is another size, or empty. */
  clear(): void {
    for (const lanes of Object.values(this.#free)) lanes.length = 0;
  }
}

/** The lane that takes a text first. */
function freest(free: number[], { height, lineHeight }: Sky): number {
  const lanes = Math.max(1, Math.min(MAX_LANES, Math.floor(height / lineHeight)));
  free.length = lanes;
  let lane = -1;
  for (let i = 0; i < lanes; i++) {
    const at = free[i] ??= 0;
    if (lane < 0 || at < free[lane]!) lane = i;
  }
  return lane;
}

/** How long a text keeps its lane, milliseconds. */
function holdMs(
  { width, mode }: { readonly width: number; readonly mode: Mode },
  { sky, density }: { readonly sky: Sky; readonly density: DanmakuSettings["density"] },
): number {
  if (mode !== "scroll") return sky.width / sky.speed * 1_000 * (density === "few" ? 1.5 : 1);
  // Every text crosses in the same time, so that a long one is faster.
  const own = (sky.width + width) / (sky.width / sky.speed);
  return Math.max(100, (width + sky.width * GAPS[density]) / own * 1_000);
}
