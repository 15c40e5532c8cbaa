/**
 * Colours of charts, by what they mean.
 *
 * @module
 */

/** What a line stands for. */
export type PlotColor = "jade" | "accent" | "violet" | "gold" | "blue" | "muted";

/** The custom property of a line: dark enough in the light set, light enough in the dark one. */
export function lineColor(color: PlotColor): string {
  return color === "muted" ? color : `${color}-text`;
}
