/**
 * How texts fly over the picture on this device.
 *
 * @module
 */
import type { Shelf } from "./drafts.ts";

/** Shares of the picture's height. */
export const AREAS = [0.25, 0.5, 1] as const;
/** How many fly at once. */
export const DENSITIES = ["few", "normal", "many"] as const;
/** How fast they fly. */
export const SPEEDS = ["slow", "normal", "fast"] as const;
/** Sizes, as shares of the usual one. */
export const SIZES = { min: 0.6, max: 1.6 } as const;
/** Opacity. */
export const OPACITIES = { min: 0.2, max: 1 } as const;
const MAX_WORDS = 50;
const KEY = "wanren.danmaku";

/** The settings. */
export interface DanmakuSettings {
  readonly on: boolean;
  readonly area: typeof AREAS[number];
  readonly density: typeof DENSITIES[number];
  readonly speed: typeof SPEEDS[number];
  readonly size: number;
  readonly opacity: number;
  /** Texts with one of these are not shown; lower case. */
  readonly words: readonly string[];
}

/** Of a new viewer; who does not like motion begins without. */
export function defaultSettings({ calm }: { readonly calm: boolean }): DanmakuSettings {
  return {
    on: !calm,
    area: 0.5,
    density: "normal",
    speed: "normal",
    size: 1,
    opacity: 0.9,
    words: [],
  };
}

/** Reads what is kept; what makes no sense is as for a new viewer. */
export function parseSettings(
  stored: string | null,
  device: { readonly calm: boolean },
): DanmakuSettings {
  const plain = defaultSettings(device);
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(stored ?? "{}") ?? {};
  } catch {
    return plain;
  }
  const { on, area, density, speed, size, opacity, words } = value;
  const within = (number: unknown, { min, max }: { min: number; max: number }, otherwise: number) =>
    typeof number === "number" && number >= min && number <= max ? number : otherwise;
  return {
    on: typeof on === "boolean" ? on : plain.on,
    area: AREAS.find((one) => one === area) ?? plain.area,
    density: DENSITIES.find((one) => one === density) ?? plain.density,
    speed: SPEEDS.find((one) => one === speed) ?? plain.speed,
    size: within(size, SIZES, plain.size),
    opacity: within(opacity, OPACITIES, plain.opacity),
    words: Array.isArray(words)
      ? splitWords(words.filter((w) => typeof w === "string").join(" "))
      : [],
  };
}

/** Words of a field. */
export function splitWords(text: string): readonly string[] {
  const words = text.normalize("NFKC").toLowerCase().split(/[\s,，、]+/).filter((word) =>
    word !== ""
  );
  return [...new Set(words)].slice(0, MAX_WORDS).map((word) => [...word].slice(0, 20).join(""));
}

/** Whether a text is to be hidden. */
export function isFiltered(text: string, words: readonly string[]): boolean {
  const said = text.normalize("NFKC").toLowerCase();
  return words.some((word) => said.includes(word));
}

/** The device's settings. */
export function loadSettings(shelf: Shelf | null): DanmakuSettings {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let stored: string | null = null;
  try {
    stored = shelf?.getItem(KEY) ?? null;
  } catch {
    // Forbidden: as for a new viewer.
  }
  return parseSettings(stored, { calm });
}

/** Keeps them. */
export function saveSettings(shelf: Shelf | null, settings: DanmakuSettings): void {
  try {
    shelf?.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Private mode or a full store: they hold as long as the page.
  }
}
