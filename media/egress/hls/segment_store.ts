/**
 * The segments of one stream that can be fetched: those in the playlist and, for one more window,
 * those that left it. Payload is kept once, in the parts.
 *
 * @module
 */
import { CLOCK_HZ, type Tracks } from "../../access_unit.ts";
import type { DiscontinuityNumbers } from "./discontinuity_numbers.ts";
import type { TsCounters, TsPackets } from "../../container/mpegts/muxer.ts";

/** Shortest window of the playlists in seconds and in segments. */
export const WINDOW_S = 30;
const WINDOW_SEGMENTS = 6;
/** HOLD-BACK is three target durations; a client that starts there needs some more. */
const WINDOW_TARGET_DURATIONS = 4;

/** A part; its bytes are one CMAF chunk. */
export interface StoredPart {
  readonly bytes: Uint8Array;
  /** As declared in playlists, never above PART-TARGET. */
  readonly durationS: number;
  readonly independent: boolean;
}

/** A set of tracks with its initialisation section. */
export interface StoredTracks {
  /** Rises with each change. */
  readonly number: number;
  readonly tracks: Tracks;
  readonly init: Uint8Array;
  readonly tsCarried: boolean;
}

/** A segment; the last one of a store may be open. */
export interface StoredSegment {
  readonly msn: number;
  readonly discontinuity: boolean;
  readonly discontinuitySequence: number;
  readonly independent: boolean;
  readonly tracks: StoredTracks;
  /** Ticks of the stream. */
  readonly start: number;
  /** Ticks; while the segment is open, of its last part. */
  end: number;
  complete: boolean;
  readonly parts: StoredPart[];
  /** Bytes of the CMAF segment. */
  bytes: number;
  videoFrames: number;
  /** Continuity counters at its start as MPEG-TS, and the packets it takes. */
  readonly tsCounters: TsCounters;
  tsPackets: TsPackets;
}

/** What the next segment is made with. */
export type NewSegment = Omit<
  StoredSegment,
  | "msn"
  | "discontinuitySequence"
  | "end"
  | "complete"
  | "parts"
  | "bytes"
  | "videoFrames"
  | "tsPackets"
>;

/** Duration of a segment in seconds. */
export function durationS(segment: StoredSegment): number {
  return (segment.end - segment.start) / CLOCK_HZ;
}

/** The segments of one stream, oldest first. */
export class SegmentStore {
  readonly #segments: StoredSegment[] = [];
  readonly #maxBytes: number;
  #firstListed = 0;
  #nextMsn: number;
  readonly #discontinuities: Pick<DiscontinuityNumbers, "first" | "used">;
  #discontinuitySequence: number;
  #bytes = 0;

  constructor(
    options: {
      readonly mediaSequence: number;
      readonly discontinuities: Pick<DiscontinuityNumbers, "first" | "used">;
      /** Bytes that are kept; above, segments leave sooner. */
      readonly maxBytes: number;
    },
  ) {
    this.#nextMsn = options.mediaSequence;
    this.#discontinuities = options.discontinuities;
    this.#discontinuitySequence = options.discontinuities.first();
    this.#maxBytes = options.maxBytes;
  }

  /** Bytes that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Segments that are held. */
  get count(): number {
    return this.#segments.length;
  }

  /** Number of the segment that is open or comes next. */
  get openMsn(): number {
    return this.open?.msn ?? this.#nextMsn;
  }

  /** The open segment, if there is one. */
  get open(): StoredSegment | null {
    const last = this.#segments.at(-1);
    return last === undefined || last.complete ? null : last;
  }

  /** The last complete segment. */
  get lastComplete(): StoredSegment | null {
    const last = this.#segments.at(-1);
    return (last?.complete ? last : this.#segments.at(-2)) ?? null;
  }

  /** The segments of the playlists; the last one may be open. */
  listed(): readonly StoredSegment[] {
    return this.#segments.slice(this.#firstListed);
  }

  /** A segment by its number, as long as it is held. */
  find(msn: number): StoredSegment | null {
    const first = this.#segments[0];
    return first === undefined ? null : this.#segments[msn - first.msn] ?? null;
  }

  /** Opens the next segment. */
  begin(segment: NewSegment): StoredSegment {
    if (segment.discontinuity) this.#discontinuities.used(++this.#discontinuitySequence);
    const stored: StoredSegment = {
      ...segment,
      msn: this.#nextMsn++,
      discontinuitySequence: this.#discontinuitySequence,
      end: segment.start,
      complete: false,
      parts: [],
      bytes: 0,
      videoFrames: 0,
      tsPackets: { total: 0, video: 0, audio: 0 },
    };
    this.#segments.push(stored);
    return stored;
  }

  /** Adds a part to the open segment. */
  add(segment: StoredSegment, part: StoredPart): void {
    segment.parts.push(part);
    segment.bytes += part.bytes.length;
    this.#bytes += part.bytes.length;
  }

  /** Completes the open segment, and lets go of what is too old. */
  finish(segment: StoredSegment, targetDurationS: number): void {
    segment.complete = true;
    const window = Math.max(WINDOW_S, WINDOW_TARGET_DURATIONS * targetDurationS);
    this.#firstListed = Math.max(this.#firstListed, this.#windowStart(window));
    const keepFrom = this.#segments[this.#firstListed].start - window * CLOCK_HZ;
    let drop = 0;
    let { length } = this.#segments;
    while (
      drop < this.#firstListed &&
      (this.#segments[drop].end <= keepFrom || this.#bytes > this.#maxBytes)
    ) this.#bytes -= this.#segments[drop++].bytes;
    // One stream may not take the memory of all: then the window shrinks, to two segments at least.
    length -= 2;
    while (this.#bytes > this.#maxBytes && drop < length) {
      this.#bytes -= this.#segments[drop++].bytes;
    }
    this.#segments.splice(0, drop);
    this.#firstListed = Math.max(0, this.#firstListed - drop);
  }

  /** Index of the first segment such that what follows is long enough. */
  #windowStart(windowS: number): number {
    let index = this.#segments.length;
    let seconds = 0;
    let count = 0;
    while (index > 0 && (seconds < windowS || count < WINDOW_SEGMENTS)) {
      seconds += durationS(this.#segments[--index]);
      count++;
    }
    return index;
  }
}
