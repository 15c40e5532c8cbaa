/**
 * The qualities of a stream as viewers choose them: from the variant streams of a multivariant
 * playlist (RFC 8216 §4.3.4.2), or the one picture that there is.
 *
 * @module
 */
import type { QualityChoice } from "./quality_choice.ts";
import type { PlayerStatistics } from "./statistics.ts";

/** A variant stream as the playlist declares it; 0 where it says nothing. */
export interface Variant {
  /** Lines of the picture; those of its shorter side when it stands upright. */
  readonly height: number;
  /** Frames a second. */
  readonly frameRate: number;
  /** Bits a second. */
  readonly bitrate: number;
}

/** One quality to choose. */
export interface Quality {
  /** Stays the same from one playlist of the room to the next: `1080p60`. */
  readonly key: string;
  readonly height: number;
  /** Positions of its variants in the playlist, best first. */
  readonly variants: readonly number[];
}

/** Above this a frame rate is worth a word. */
const USUAL_FRAME_RATE = 33;

/** How people name a picture: its lines, and the frames when there are many: `720p`, `1080p60`. */
export function qualityName(picture: Pick<Variant, "height" | "frameRate">): string {
  const rate = picture.frameRate > USUAL_FRAME_RATE ? String(Math.round(picture.frameRate)) : "";
  return `${picture.height}p${rate}`;
}

/**
 * The qualities of a playlist, best first. Variants of the same name (other codecs, other bit
 * rates) are one quality; a playlist that declares no sizes is told apart by its bit rates.
 */
export function qualitiesOf(variants: readonly Variant[]): readonly Quality[] {
  const byKey = new Map<string, { height: number; bitrate: number; variants: number[] }>();
  variants.forEach((variant, index) => {
    const key = variant.height > 0
      ? qualityName(variant)
      : `${Math.max(1, Math.round(variant.bitrate / 1000))}k`;
    const known = byKey.get(key);
    if (known === undefined) {
      byKey.set(key, { height: variant.height, bitrate: variant.bitrate, variants: [index] });
      return;
    }
    known.variants.push(index);
    known.bitrate = Math.max(known.bitrate, variant.bitrate);
  });
  const best = (a: number, b: number) => (variants[b]?.bitrate ?? 0) - (variants[a]?.bitrate ?? 0);
  return [...byKey]
    .sort(([, a], [, b]) => b.height - a.height || b.bitrate - a.bitrate)
    .map(([key, { height, variants }]) => ({ key, height, variants: variants.sort(best) }));
}

/**
 * The quality that a choice means in this playlist: the one of the same name, else the best one
 * that is not larger, else the smallest. Null for `auto`, and where there is nothing to choose.
 */
export function chosenQuality(
  qualities: readonly Quality[],
  choice: QualityChoice,
): Quality | null {
  if (choice === "auto" || qualities.length < 2) return null;
  const wantedHeight = Number.parseInt(choice, 10);
  return qualities.find(({ key }) => key === choice) ??
    qualities.find(({ height }) => height <= wantedHeight) ?? qualities.at(-1) ?? null;
}

/** The quality that a variant belongs to; null when none does. */
export function qualityOfVariant(
  qualities: readonly Quality[],
  variant: number,
): Quality | null {
  return qualities.find(({ variants }) => variants.includes(variant)) ?? null;
}

/** Rates that people speak of; what is measured is near one of them. */
const NAMED_FRAME_RATES = [30, 50, 60, 120] as const;

/** What plays, as people name it: `720p`, `1080p60`; null before the first picture. */
export function pictureName(
  figures: Pick<PlayerStatistics, "quality" | "width" | "height" | "fps">,
): string | null {
  if (figures.quality !== null) return figures.quality;
  const height = Math.min(figures.width, figures.height);
  const fps = figures.fps ?? 0;
  const frameRate = NAMED_FRAME_RATES.findLast((rate) => fps > rate * 0.92) ?? 0;
  return height === 0 ? null : qualityName({ height, frameRate });
}
