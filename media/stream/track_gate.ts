/**
 * Decides when a publisher's tracks are complete enough to begin, and from which unit on.
 * Pure: the wall clock is passed in, results go to a sink.
 *
 * ```text
 * collecting -> seeking   the tracks are decided, no key frame has come yet
 * collecting -> open      … and one is among the held units
 * seeking    -> open      the first key frame (any unit when there is no video)
 * open       -> seeking   resync(): the publisher's clock jumped
 * ```
 *
 * @module
 */
import {
  type AccessUnit,
  type AudioTrack,
  CLOCK_HZ,
  type MetadataItem,
  type Tracks,
  type VideoTrack,
} from "../access_unit.ts";

/** For how long a second track is waited for, on the wall or in the media. */
export const COLLECT_MS = 1000;
const COLLECT_TICKS = 2 * CLOCK_HZ;
/** What may be held meanwhile; above, the tracks known so far are taken. */
export const MAX_HELD_BYTES = 16 * 1024 * 1024;
const MAX_HELD_UNITS = 2048;

/** What comes out of the gate; called synchronously. */
export interface GateSink {
  /**
   * The following units are decoded with `tracks`. `dts` is the first unit's on the publisher's
   * clock; `rebase` when that clock must be tied to the line anew.
   */
  begin(start: {
    readonly tracks: Tracks;
    readonly dts: number;
    readonly arrivedAtMs: number;
    readonly rebase: boolean;
  }): void;
  /** A unit of the current tracks. */
  unit(unit: AccessUnit, arrivedAtMs: number): void;
}

interface HeldUnit {
  readonly unit: AccessUnit;
  readonly arrivedAtMs: number;
}

/** The gate of one publishing session. */
export class TrackGate {
  readonly #sink: GateSink;
  #state: "collecting" | "seeking" | "open" = "collecting";
  #current: Tracks | null = null;
  /** Complete tracks that wait for a key frame; null when {@linkcode #current} holds. */
  #pending: Tracks | null = null;
  #metadata: MetadataItem | null = null;
  #firstAtMs: number | null = null;
  #held: HeldUnit[] = [];
  #heldBytes = 0;
  #dropped = 0;

  constructor(sink: GateSink) {
    this.#sink = sink;
  }

  /** Whether units pass. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Units that were left out because they could not be decoded. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The complete known tracks of the publisher. */
  tracks(tracks: Tracks, nowMs: number): void {
    this.#firstAtMs ??= nowMs;
    const known = this.#pending ?? this.#current;
    if (known !== null && sameTracks(known, tracks)) return;
    this.#pending = this.#current !== null && sameTracks(this.#current, tracks) ? null : tracks;
    if (this.#state === "collecting") this.#decide(nowMs, null);
  }

  /** What the publisher says of itself; tells which tracks to wait for. */
  metadata(item: MetadataItem, nowMs: number): void {
    this.#metadata = item;
    if (this.#state === "collecting") this.#decide(nowMs, null);
  }

  /** The publisher's clock jumped: begin again at the next key frame. */
  resync(): void {
    if (this.#state === "collecting") {
      this.#dropHeld();
      return;
    }
    this.#state = "seeking";
  }

  /** The next unit. */
  unit(unit: AccessUnit, nowMs: number): void {
    if (this.#state === "open") {
      if (this.#pending !== null) this.#unitBeforeChange(unit, nowMs);
      else if (this.#current![unit.kind] !== null) this.#sink.unit(unit, nowMs);
      else this.#dropped++;
      return;
    }
    if (this.#state === "seeking") {
      this.#seek(unit, nowMs);
      return;
    }
    this.#firstAtMs ??= nowMs;
    this.#held.push({ unit, arrivedAtMs: nowMs });
    this.#heldBytes += unit.data.length;
    this.#decide(nowMs, unit.dts);
  }

  #decide(nowMs: number, dts: number | null): void {
    const tracks = this.#pending;
    const full = this.#heldBytes > MAX_HELD_BYTES || this.#held.length > MAX_HELD_UNITS;
    if (tracks === null || (tracks.video === null && tracks.audio === null)) {
      if (full) this.#dropHeld();
      return;
    }
    const first = this.#held[0];
    const waited = nowMs - (this.#firstAtMs ?? nowMs) >= COLLECT_MS ||
      (dts !== null && first !== undefined && dts - first.unit.dts >= COLLECT_TICKS);
    if (!full && !waited && !isComplete(tracks, this.#metadata)) return;
    this.#state = "seeking";
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const { unit, arrivedAtMs } of held) this.unit(unit, arrivedAtMs);
  }

  #seek(unit: AccessUnit, nowMs: number): void {
    const tracks = this.#pending ?? this.#current!;
    const starts = tracks.video === null ? unit.kind === "audio" : isKeyFrame(unit);
    if (!starts) {
      this.#dropped++;
      return;
    }
    this.#state = "open";
    this.#begin({ tracks, unit, nowMs, rebase: true });
  }

  /**
   * Tracks change at a key frame only, so that what follows can be decoded: until then a track
   * that stays as it was goes on, and units of the changed one are left out.
   */
  #unitBeforeChange(unit: AccessUnit, nowMs: number): void {
    const next = this.#pending!;
    const current = this.#current!;
    const starts = next.video === null ? unit.kind === "audio" : isKeyFrame(unit);
    if (starts) {
      this.#begin({ tracks: next, unit, nowMs, rebase: false });
      return;
    }
    const unchanged = unit.kind === "video"
      ? sameVideo(current.video, next.video)
      : sameAudio(current.audio, next.audio);
    if (unchanged && current[unit.kind] !== null) this.#sink.unit(unit, nowMs);
    else this.#dropped++;
  }

  #begin(
    start: {
      readonly tracks: Tracks;
      readonly unit: AccessUnit;
      readonly nowMs: number;
      readonly rebase: boolean;
    },
  ): void {
    const { tracks, unit, nowMs, rebase } = start;
    this.#current = tracks;
    this.#pending = null;
    this.#sink.begin({ tracks, dts: unit.dts, arrivedAtMs: nowMs, rebase });
    this.#sink.unit(unit, nowMs);
  }

  #dropHeld(): void {
    this.#dropped += this.#held.length;
    this.#held = [];
    this.#heldBytes = 0;
  }
}

function isKeyFrame(unit: AccessUnit): boolean {
  return unit.kind === "video" && unit.keyFrame;
}

/** Whether no further track is to be expected. */
function isComplete(tracks: Tracks, metadata: MetadataItem | null): boolean {
  if (tracks.video !== null && tracks.audio !== null) return true;
  if (metadata === null) return false;
  const values = metadata.values;
  const saysVideo = isSet(values.videocodecid);
  const saysAudio = isSet(values.audiocodecid);
  // Without any codec field the metadata says nothing about tracks.
  if (!saysVideo && !saysAudio) return false;
  return (!saysVideo || tracks.video !== null) && (!saysAudio || tracks.audio !== null);
}

function isSet(value: string | number | boolean | undefined): boolean {
  return value !== undefined && value !== 0 && value !== "" && value !== false;
}

/** Whether two sets of tracks are decoded alike. */
export function sameTracks(a: Tracks, b: Tracks): boolean {
  return a === b || (sameVideo(a.video, b.video) && sameAudio(a.audio, b.audio));
}

function sameVideo(a: VideoTrack | null, b: VideoTrack | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.codec === b.codec && a.codecString === b.codecString &&
    a.width === b.width && a.height === b.height && sameBytes(a.description, b.description);
}

function sameAudio(a: AudioTrack | null, b: AudioTrack | null): boolean {
  if (a === b) return true;
  return a !== null && b !== null && a.codec === b.codec && a.sampleRate === b.sampleRate &&
    a.channels === b.channels && a.samplesPerUnit === b.samplesPerUnit &&
    sameBytes(a.description, b.description);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
