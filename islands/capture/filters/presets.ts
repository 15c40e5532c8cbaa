/**
 * The filters that are chosen by their picture: most are CSS filter lists, some are more than CSS
 * can say.
 *
 * @module
 */
import { type ColorTransform, parseCssFilter } from "./css_filter.ts";

/**
 * What a filter does beside its colours:
 *
 * - `glow`: the blurred picture shines through;
 * - `film`: grain, darker corners;
 * - `comic`: few colours, dark outlines;
 * - `pixels`: large ones;
 * - `bulge`: the middle comes forward;
 * - `twins`: the left half twice;
 * - `heat`: as a heat camera sees.
 */
export type Effect = "none" | "glow" | "film" | "comic" | "pixels" | "bulge" | "twins" | "heat";

/** One filter. */
export interface FilterPreset {
  readonly id: PresetId;
  /** CSS filter functions; also what a browser without WebGL2 shows. */
  readonly css: string;
  readonly effect: Effect;
}

const TABLE = [
  ["none", "none", "none"],
  ["vivid", "saturate(1.55) contrast(1.08)", "none"],
  ["warm", "sepia(0.28) saturate(1.35) brightness(1.05)", "none"],
  ["cool", "saturate(0.92) hue-rotate(14deg) brightness(1.06)", "none"],
  ["fade", "contrast(0.76) brightness(1.14) saturate(0.82)", "none"],
  ["dream", "blur(7px) saturate(1.15) brightness(1.02)", "glow"],
  ["mono", "grayscale(1)", "none"],
  ["noir", "grayscale(1) contrast(1.65) brightness(0.94)", "none"],
  ["sepia", "sepia(0.95)", "none"],
  ["film", "sepia(0.22) contrast(1.1) saturate(0.88)", "film"],
  ["comic", "saturate(1.45) contrast(1.12)", "comic"],
  ["pixels", "saturate(1.2)", "pixels"],
  ["bulge", "none", "bulge"],
  ["twins", "none", "twins"],
  ["heat", "grayscale(1)", "heat"],
  ["pop", "hue-rotate(140deg) saturate(1.7)", "none"],
  ["invert", "invert(1)", "none"],
  ["blur", "blur(9px)", "none"],
] as const satisfies readonly (readonly [string, string, Effect])[];

/** Names of the filters. */
export type PresetId = (typeof TABLE)[number][0];

/** All of them, in the order in which they are offered. */
export const PRESETS: readonly FilterPreset[] = TABLE.map(([id, css, effect]) => ({
  id,
  css,
  effect,
}));

const transforms = new Map<PresetId, ColorTransform>();

/** What a filter's CSS comes to; read once. */
export function transformOf({ id, css }: FilterPreset): ColorTransform {
  let transform = transforms.get(id);
  if (transform === undefined) transforms.set(id, transform = parseCssFilter(css));
  return transform;
}

/** The filter of a name, or the first one: none. */
export function presetOf(id: unknown): FilterPreset {
  return PRESETS.find((preset) => preset.id === id) ?? PRESETS[0]!;
}

/** The neighbour of a filter, round the ends. */
export function presetBeside(id: PresetId, step: 1 | -1): FilterPreset {
  const index = PRESETS.findIndex((preset) => preset.id === id);
  return PRESETS[(index + step + PRESETS.length) % PRESETS.length]!;
}
