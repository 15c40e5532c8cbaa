/**
 * The time stamps of a relayed stream go on when its source is lost and comes back.
 *
 * @module
 */
import {
  FLV_TAG,
  type FlvTag,
  isSequenceHeader,
  writeTagTimestamp,
} from "../media/container/flv/tag.ts";

/** Two estimates of the source's zero instant this close together mean the same run of a stream. */
const SAME_RUN_TOLERANCE_MS = 1000;

/**
 * Maps the source's time stamps onto one line that never goes back. While one source lasts they pass
 * unchanged. After {@linkcode FlvTimeline.resume} either the same run goes on (what was already
 * relayed is left out, nothing else changes), or a new run begins where the wall clock says.
 *
 * Times on both lines are unwrapped milliseconds; on the wire they have 32 bits.
 */
export class FlvTimeline {
  /** Output minus source. */
  #offsetMs = 0;
  #lastSourceMs = 0;
  /** Highest output time per tag type. */
  readonly #lastOut: Record<FlvTag["type"], number> = {
    [FLV_TAG.AUDIO]: -1,
    [FLV_TAG.VIDEO]: -1,
    [FLV_TAG.SCRIPT]: -1,
  };
  /** Wall clock minus source time of the newest tag: where the source's zero lies. */
  #zeroAtMs = 0;
  #lastArrivalMs = -1;

  /** Moves the tag onto the line, in place. `nowMs` is monotonic. */
  map(tag: FlvTag, nowMs: number): FlvTag {
    // Metadata has the time 0 wherever it stands.
    if (tag.type === FLV_TAG.SCRIPT) return tag;
    const sourceMs = this.#lastArrivalMs < 0
      ? tag.timestampMs
      : unwrap(tag.timestampMs, this.#lastSourceMs);
    this.#lastSourceMs = sourceMs;
    this.#lastArrivalMs = nowMs;
    this.#zeroAtMs = nowMs - sourceMs;
    const out = sourceMs + this.#offsetMs;
    if (out > this.#lastOut[tag.type]) this.#lastOut[tag.type] = out;
    if (this.#offsetMs === 0) return tag;
    writeTagTimestamp(tag.bytes, 0, out);
    return { ...tag, timestampMs: out >>> 0 };
  }

  /**
   * The source is connected again; `tags` is its first burst (its cached group of pictures), in
   * order. Gives the tags to relay, moved onto the line.
   */
  resume(tags: readonly FlvTag[], nowMs: number): FlvTag[] {
    const media = tags.filter(isMedia);
    if (this.#lastArrivalMs < 0 || media.length === 0) {
      return tags.map((tag) => this.#keepTime(tag));
    }
    const first = unwrap(media[0].timestampMs, this.#lastSourceMs);
    let newest = first;
    for (const tag of media) newest = Math.max(newest, unwrap(tag.timestampMs, first));
    const sameRun = newest === this.#lastSourceMs ||
      Math.abs(nowMs - newest - this.#zeroAtMs) <= SAME_RUN_TOLERANCE_MS &&
        newest > this.#lastSourceMs - SAME_RUN_TOLERANCE_MS;
    if (!sameRun) {
      const lastOut = Math.max(...Object.values(this.#lastOut));
      const elapsedMs = Math.round(nowMs - this.#lastArrivalMs);
      // The burst is as old as it is long: its end, not its beginning, belongs to now.
      const start = Math.max(lastOut + 1, lastOut + elapsedMs - (newest - first));
      this.#offsetMs = start - first;
      this.#lastSourceMs = first;
      return tags.map((tag) => isMedia(tag) ? this.map(tag, nowMs) : this.#keepTime(tag));
    }
    const relayed = { ...this.#lastOut };
    const result: FlvTag[] = [];
    for (const tag of tags) {
      if (!isMedia(tag)) {
        result.push(this.#keepTime(tag));
        continue;
      }
      const out = unwrap(tag.timestampMs, this.#lastSourceMs) + this.#offsetMs;
      if (out > relayed[tag.type]) result.push(this.map(tag, nowMs));
    }
    return result;
  }

  /** Configuration has no time of its own: it stands at the end of what was relayed. */
  #keepTime(tag: FlvTag): FlvTag {
    if (tag.type === FLV_TAG.SCRIPT) return tag;
    const time = Math.max(0, ...Object.values(this.#lastOut));
    writeTagTimestamp(tag.bytes, 0, time);
    return { ...tag, timestampMs: time >>> 0 };
  }
}

/** The unwrapped time that has these low 32 bits and lies nearest to `near`. */
function unwrap(timestampMs: number, near: number): number {
  return near + ((timestampMs - near) | 0);
}

function isMedia(tag: FlvTag): boolean {
  return tag.type !== FLV_TAG.SCRIPT && !isSequenceHeader(tag);
}
