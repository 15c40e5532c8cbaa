/**
 * EXT-X-TARGETDURATION and PART-TARGET of a stream: chosen once from the first segments, because
 * they must not change after they were published (RFC 8216bis §6.2.1).
 *
 * @module
 */
import { DEFAULT_PART_TARGET_S, MAX_SEGMENT_S } from "./segmenter.ts";

/** Target duration of a publisher with key frames every 2 s or more often. */
const USUAL_S = 2;
/** Two GOPs that differ by less are taken to be regular. */
const REGULAR = 0.05;
const PART_MINIMUM_SHARE = 0.85;

/**
 * Target duration of the low-latency playlist, from the first complete segment. A first segment
 * longer than usual may have been cut at an accidental key frame (scene cut), so the ceiling is
 * declared: low-latency clients take their distance from PART-HOLD-BACK, and lose nothing by it.
 */
export function lowLatencyTargetDurationS(firstSegmentS: number): number {
  return Math.round(firstSegmentS) <= USUAL_S ? USUAL_S : MAX_SEGMENT_S;
}

/**
 * Target duration of the plain playlist, whose clients stay three of them behind: the first segment
 * when it is usual or the second confirms it, else the ceiling. Null: wait for the second.
 */
export function plainTargetDurationS(
  segmentsS: readonly number[],
  options: { readonly ended: boolean },
): number | null {
  const [first, second] = segmentsS;
  if (first === undefined) return null;
  const rounded = Math.max(USUAL_S, Math.round(first));
  if (rounded === USUAL_S) return USUAL_S;
  if (second === undefined) return options.ended ? rounded : null;
  return Math.abs(second - first) <= REGULAR * first ? rounded : MAX_SEGMENT_S;
}

/**
 * PART-TARGET from the parts of the first segments: 0.35 s, but longer for pictures that are further
 * apart, and shorter where no number of them comes to 85 % of it. The middle one counts, so that a
 * single hole in the video decides nothing.
 */
export function partTargetS(segments: readonly (readonly number[])[]): number {
  // The last part of a segment may be of any length.
  const lengths = segments.flatMap((parts) => parts.length > 1 ? parts.slice(0, -1) : parts);
  if (lengths.length === 0) return DEFAULT_PART_TARGET_S;
  const usual = lengths.sort((a, b) => a - b)[lengths.length >>> 1];
  const fits = usual <= DEFAULT_PART_TARGET_S &&
    usual >= PART_MINIMUM_SHARE * DEFAULT_PART_TARGET_S;
  return fits ? DEFAULT_PART_TARGET_S : Math.min(MAX_SEGMENT_S, Math.ceil(usual * 105) / 100);
}
