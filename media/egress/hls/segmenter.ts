/**
 * Where parts and segments are cut. Pure: it knows no bytes of any container and no clock but that
 * of the units.
 *
 * The clock of a stream with video is its video, else its audio. Boundaries are presentation times:
 * a segment begins at the presentation time of its first key frame, and parts in between follow the
 * decoding times by the same distance, so that renditions with and without B-frames cut alike.
 *
 * @module
 */
import {
  type AudioUnit,
  CLOCK_HZ,
  type StreamItem,
  type Tracks,
  type VideoUnit,
} from "../../access_unit.ts";

/** Longest GOP in seconds that segments follow; longer ones are cut between key frames. */
export const MAX_SEGMENT_S = 10;
/** PART-TARGET in seconds: 333 ms of frames with some room for the rounding of time stamps. */
export const DEFAULT_PART_TARGET_S = 0.35;

const SEGMENT_TARGET_TICKS = 2 * CLOCK_HZ;
/** A key frame this much before the target is near enough. */
const SEGMENT_TOLERANCE_TICKS = 0.1 * CLOCK_HZ;
const SEGMENT_MINIMUM_TICKS = 0.5 * CLOCK_HZ;
/** EXTINF may round up to the target duration (RFC 8216bis §4.4.3.1), less a frame of doubt. */
const ROUNDING_TICKS = 0.45 * CLOCK_HZ;
const PART_TARGET_TICKS = CLOCK_HZ / 3;
/** Millisecond time stamps make parts of the same frames differ by this. */
const PART_ROUNDING_TICKS = 0.005 * CLOCK_HZ;
/** Longest part under the default PART-TARGET. */
const PART_MAXIMUM_TICKS = DEFAULT_PART_TARGET_S * CLOCK_HZ - PART_ROUNDING_TICKS;
/** A key frame inside a segment begins a part when the one before it has this length. */
const PART_MINIMUM_TICKS = 0.3 * CLOCK_HZ;
/** Video that is this much behind the audio is taken to have stopped for now. */
const VIDEO_SILENCE_TICKS = 0.7 * CLOCK_HZ;
/** Nothing for this long, in media time: what follows is a discontinuity. */
const GAP_TICKS = CLOCK_HZ;
/** Audio before the first key frame that is kept. */
const AUDIO_PREROLL_TICKS = 0.1 * CLOCK_HZ;
const GOPS_REMEMBERED = 4;
/** Bounds against publishers whose clock stands still; far above what a real stream needs. */
const MAX_PART_UNITS = 2000;
const MAX_PART_BYTES = 16 * 1024 * 1024;
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

/** What goes into one part. Times in ticks of the stream. */
export interface SegmenterPart {
  readonly video: readonly VideoUnit[];
  readonly audio: readonly AudioUnit[];
  /** Decode time of the picture after the last one of `video`. */
  readonly videoEndDts: number;
  readonly start: number;
  readonly end: number;
  /** Begins with a key frame, or is audio alone. */
  readonly independent: boolean;
}

/** Takes what the segmenter decides, in order. */
export interface SegmenterSink {
  /** What follows needs a new initialisation section. */
  tracks(tracks: Tracks): void;
  /** A segment begins; `independent` when decoding can start there. */
  segmentStart(segment: {
    readonly start: number;
    readonly discontinuity: boolean;
    readonly independent: boolean;
  }): void;
  /** A part of the open segment. */
  part(part: SegmenterPart): void;
  /** The open segment is complete. */
  segmentEnd(end: number): void;
}

/** Cuts one stream. */
export class Segmenter {
  readonly #sink: SegmenterSink;
  #tracks: Tracks | null = null;
  #open = false;
  #anySegment = false;
  #discontinuity = false;
  #video: VideoUnit[] = [];
  #audio: AudioUnit[] = [];
  #segmentStart = 0;
  #partStart = 0;
  /** Presentation minus decoding time of the segment's first key frame. */
  #shift = 0;
  #lastVideo: VideoUnit | null = null;
  /** Ticks between the last two pictures; 0 before. */
  #interval = 0;
  #lastEnd = 0;
  #lastKeyPts: number | null = null;
  #gops: number[] = [];
  #declaredS: number | null = null;
  #partMaximum = PART_MAXIMUM_TICKS;
  #forcedCuts = 0;
  #partUnits = 0;
  #partBytes = 0;
  #segmentBytes = 0;

  constructor(sink: SegmenterSink) {
    this.#sink = sink;
  }

  /** Segments that had to begin without a key frame. */
  get forcedCuts(): number {
    return this.#forcedCuts;
  }

  /** Ticks between the last two pictures; 0 when there are none. */
  get frameInterval(): number {
    return this.#interval;
  }

  /** From now on no segment gets longer than this published EXT-X-TARGETDURATION. */
  declareTargetDuration(seconds: number): void {
    this.#declaredS = Math.min(this.#declaredS ?? seconds, seconds);
  }

  /** From now on no part gets longer than this published PART-TARGET, as far as frames allow. */
  declarePartTarget(seconds: number): void {
    this.#partMaximum = seconds * CLOCK_HZ - PART_ROUNDING_TICKS;
  }

  /** Takes the next item of the stream. */
  push(item: StreamItem): void {
    switch (item.kind) {
      case "tracks":
        this.#flush();
        this.#tracks = item.tracks;
        this.#discontinuity = this.#anySegment;
        this.#sink.tracks(item.tracks);
        return;
      case "video":
        if (this.#tracks?.video) this.#pushVideo(item);
        return;
      case "audio":
        if (!this.#tracks?.audio) return;
        if (this.#tracks.video === null) this.#pushAudioClock(item);
        else this.#pushAudio(item);
    }
  }

  /** Closes the open part and segment. */
  end(): void {
    this.#flush();
  }

  #pushVideo(unit: VideoUnit): void {
    this.#breakAtGap(unit.dts);
    if (!this.#open) {
      if (!unit.keyFrame) return;
      this.#audio = this.#audio.filter((one) => one.pts >= unit.pts - AUDIO_PREROLL_TICKS);
      this.#begin(unit.pts, { shift: unit.pts - unit.dts, independent: true });
      this.#lastKeyPts = unit.pts;
      this.#take(unit);
      return;
    }
    const time = Math.max(
      this.#partStart + 1,
      unit.keyFrame ? unit.pts : unit.dts + this.#shift,
    );
    if (this.#lastVideo !== null) this.#interval = Math.max(1, unit.dts - this.#lastVideo.dts);
    this.#catchUp(time, unit.dts);
    const elapsed = time - this.#segmentStart;
    if (unit.keyFrame) {
      this.#noteGop(unit.pts);
      if (this.#cutsAtKeyFrame(elapsed)) {
        this.#closeSegment(time, unit.dts);
        this.#begin(time, { shift: unit.pts - unit.dts, independent: true });
      } else if (time - this.#partStart >= PART_MINIMUM_TICKS) this.#closePart(time, unit.dts);
    } else if (elapsed + this.#interval > this.#longest()) {
      this.#closeSegment(time, unit.dts);
      this.#begin(time, { shift: this.#shift, independent: false });
    }
    if (this.#cutsPart(time, this.#interval)) this.#closePart(time, unit.dts);
    else if (this.#isFull()) this.#relieve(time, unit.dts);
    this.#take(unit);
  }

  /** Audio beside video: it is cut where the video is, unless that fell silent. */
  #pushAudio(unit: AudioUnit): void {
    this.#breakAtGap(unit.dts);
    this.#audio.push(unit);
    this.#weigh(unit);
    this.#lastEnd = Math.max(this.#lastEnd, unit.dts + this.#duration(unit));
    if (!this.#open) {
      while (this.#audio[0].dts < unit.dts - CLOCK_HZ || this.#audio.length > MAX_PART_UNITS) {
        this.#audio.shift();
      }
      return;
    }
    if (this.#isFull()) this.#relieve(Math.max(this.#partStart + 1, unit.pts + 1), null);
    if (unit.dts - this.#partStart <= this.#partMaximum + VIDEO_SILENCE_TICKS) return;
    const end = this.#partStart + PART_TARGET_TICKS;
    // The last picture waits, because its length is not known yet.
    if (end - this.#segmentStart > this.#longest()) {
      this.#closeSegment(end, null);
      this.#begin(end, { shift: this.#shift, independent: false });
    } else this.#closePart(end, null);
  }

  #pushAudioClock(unit: AudioUnit): void {
    this.#breakAtGap(unit.dts);
    const duration = this.#duration(unit);
    if (!this.#open) this.#begin(unit.pts, { shift: 0, independent: true });
    else {
      const time = Math.max(this.#partStart + 1, unit.pts);
      if (time - this.#segmentStart + duration / 2 >= SEGMENT_TARGET_TICKS) {
        this.#closeSegment(time, null);
        this.#begin(time, { shift: 0, independent: true });
      } else if (this.#cutsPart(time, duration)) this.#closePart(time, null);
      else if (this.#isFull()) this.#relieve(time, null);
    }
    this.#audio.push(unit);
    this.#weigh(unit);
    this.#lastEnd = unit.dts + duration;
  }

  #take(unit: VideoUnit): void {
    this.#video.push(unit);
    this.#weigh(unit);
    this.#lastVideo = unit;
    this.#lastEnd = Math.max(this.#lastEnd, unit.dts + this.#interval);
  }

  #weigh(unit: VideoUnit | AudioUnit): void {
    this.#partUnits++;
    this.#partBytes += unit.data.length;
    this.#segmentBytes += unit.data.length;
  }

  #isFull(): boolean {
    return this.#partUnits > MAX_PART_UNITS || this.#partBytes > MAX_PART_BYTES ||
      this.#segmentBytes > MAX_SEGMENT_BYTES;
  }

  /** Cuts because of the amount, not the time. */
  #relieve(time: number, videoEndDts: number | null): void {
    if (this.#segmentBytes > MAX_SEGMENT_BYTES) {
      this.#closeSegment(time, videoEndDts);
      this.#begin(time, { shift: this.#shift, independent: this.#tracks!.video === null });
    } else this.#closePart(time, videoEndDts);
    this.#partUnits = 0;
    this.#partBytes = 0;
  }

  #duration(unit: AudioUnit): number {
    return unit.samples * CLOCK_HZ / this.#tracks!.audio!.sampleRate;
  }

  /** A hole in the media time: everything before it is closed, what follows starts afresh. */
  #breakAtGap(dts: number): void {
    if (!this.#open || dts - this.#lastEnd <= Math.max(GAP_TICKS, 3 * this.#interval)) return;
    // Of video with unknown frame rate the first interval may be anything.
    if (this.#lastVideo !== null && this.#interval === 0) return;
    this.#flush();
    this.#discontinuity = true;
  }

  /** Pictures stayed away while audio came: the parts in between are cut by the time. */
  #catchUp(time: number, videoEndDts: number): void {
    while (
      time - this.#partStart > this.#partMaximum &&
      this.#audio.some((unit) => unit.pts >= this.#partStart + PART_TARGET_TICKS)
    ) {
      const end = this.#partStart + PART_TARGET_TICKS;
      if (end >= time || !this.#closePart(end, videoEndDts)) return;
    }
  }

  #noteGop(pts: number): void {
    if (this.#lastKeyPts !== null) this.#gops.push(pts - this.#lastKeyPts);
    if (this.#gops.length > GOPS_REMEMBERED) this.#gops.shift();
    this.#lastKeyPts = pts;
  }

  /** Now, or when waiting for the next key frame would make the segment too long. */
  #cutsAtKeyFrame(elapsed: number): boolean {
    if (elapsed >= SEGMENT_TARGET_TICKS - SEGMENT_TOLERANCE_TICKS) return true;
    const gop = Math.max(...this.#gops);
    const planned = Math.max(2, Math.round(gop / CLOCK_HZ));
    const longest = (this.#declaredS ?? planned) * CLOCK_HZ + ROUNDING_TICKS;
    return elapsed >= SEGMENT_MINIMUM_TICKS && elapsed + gop > longest;
  }

  #longest(): number {
    return (this.#declaredS ?? MAX_SEGMENT_S) * CLOCK_HZ + ROUNDING_TICKS;
  }

  /** Whether the part ends before a unit at `time` that lasts about `duration`. */
  #cutsPart(time: number, duration: number): boolean {
    const length = time - this.#partStart;
    if (length <= 1) return false;
    return length + duration / 2 > PART_TARGET_TICKS || length + duration > this.#partMaximum;
  }

  #begin(
    start: number,
    { shift, independent }: { readonly shift: number; readonly independent: boolean },
  ): void {
    if (!independent) this.#forcedCuts++;
    this.#sink.segmentStart({ start, discontinuity: this.#discontinuity, independent });
    this.#open = true;
    this.#segmentBytes = 0;
    this.#anySegment = true;
    this.#discontinuity = false;
    this.#segmentStart = start;
    this.#partStart = start;
    this.#shift = shift;
  }

  /** Ends the open part; with null the last picture stays for the next. False: nothing in it. */
  #closePart(end: number, videoEndDts: number | null): boolean {
    const held = videoEndDts === null && this.#video.length > 0 ? this.#video.at(-1)! : null;
    const video = this.#video;
    if (held !== null) video.pop();
    let count = this.#audio.length;
    while (count > 0 && this.#audio[count - 1].pts >= end) count--;
    if (video.length === 0 && count === 0) {
      if (held !== null) video.push(held);
      return false;
    }
    const audio = this.#audio;
    this.#audio = count === audio.length ? [] : audio.splice(count);
    this.#video = held === null ? [] : [held];
    const audioOnly = this.#tracks!.video === null;
    this.#partUnits = 0;
    this.#partBytes = 0;
    this.#sink.part({
      video,
      audio,
      videoEndDts: videoEndDts ?? held?.dts ?? end,
      start: this.#partStart,
      end,
      independent: audioOnly || video.length > 0 && video[0].keyFrame,
    });
    this.#partStart = end;
    return true;
  }

  #closeSegment(end: number, videoEndDts: number | null): void {
    this.#closePart(end, videoEndDts);
    this.#open = false;
    this.#sink.segmentEnd(end);
  }

  /** Closes everything with what is there; lengths of the last units are estimates. */
  #flush(): void {
    if (this.#open) {
      const last = this.#video.at(-1);
      const sound = this.#audio.at(-1);
      let end = this.#partStart;
      if (last !== undefined) end = Math.max(end, last.dts + this.#shift + this.#interval);
      if (end === this.#partStart && sound !== undefined) {
        end = Math.max(end, sound.pts + this.#duration(sound));
      }
      if (end === this.#partStart && last !== undefined) end++;
      this.#closeSegment(end, last === undefined ? null : last.dts + Math.max(1, this.#interval));
    }
    this.#video = [];
    this.#audio = [];
    this.#lastVideo = null;
    this.#lastKeyPts = null;
    this.#interval = 0;
    this.#lastEnd = 0;
  }
}
