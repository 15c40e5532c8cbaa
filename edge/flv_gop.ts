/**
 * What a viewer who comes in the middle of an FLV stream gets first.
 *
 * @module
 */
import {
  FILE_HEADER_BYTES,
  FLV_TAG,
  type FlvTag,
  isMetadata,
  isSequenceHeader,
  isVideoKeyFrame,
  withTimestamp,
} from "../media/container/flv/tag.ts";
import { FlvBytes } from "./flv_bytes.ts";

/** Bounds of a {@linkcode FlvGop}. */
export interface FlvGopOptions {
  /** Bytes of the cached tags. Default: 32 MiB. */
  readonly maxBytes?: number;
  /** Media time that may be cached. Default: 12,000 ms. */
  readonly maxDurationMs?: number;
}

/** Sound alone starts anywhere; this much fills a player's buffer. */
const AUDIO_ONLY_CACHE_MS = 2000;
/** Without a picture for so long, the stream counts as sound alone. */
const VIDEO_GONE_MS = 5000;

interface Configuration {
  metadata: FlvTag | null;
  video: FlvTag | null;
  audio: FlvTag | null;
}

/**
 * The group of pictures that is under way, and the metadata and sequence headers that belong to it.
 * Policy on overflow: the whole group is given up and counted; viewers then start at the next key
 * frame.
 */
export class FlvGop {
  readonly #maxBytes: number;
  readonly #maxDurationMs: number;
  #tags: FlvTag[] = [];
  #bytes = 0;
  /** The group begins with a key frame. */
  #keyed = false;
  #overflows = 0;
  /** In force at the first cached tag; later ones stand among the tags. */
  #atStart: Configuration = { metadata: null, video: null, audio: null };
  #latest: Configuration = { metadata: null, video: null, audio: null };
  #seenVideo = false;
  #seenAudio = false;
  #lastVideoMs: number | null = null;
  #lastMs = 0;
  #snapshot: FlvBytes | null = null;

  constructor(options: FlvGopOptions = {}) {
    this.#maxBytes = options.maxBytes ?? 32 * 1024 * 1024;
    this.#maxDurationMs = options.maxDurationMs ?? 12_000;
  }

  /** Bytes of the cached tags. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Groups that were given up because they were too large or too long. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Whether pictures are coming, so that decoding can start at key frames alone. */
  get hasVideo(): boolean {
    return this.#lastVideoMs !== null && this.#lastMs - this.#lastVideoMs < VIDEO_GONE_MS;
  }

  /** Whether anything came yet. */
  get started(): boolean {
    return this.#tags.length > 0 || this.#seenVideo || this.#seenAudio ||
      this.#latest.metadata !== null;
  }

  /** Whether {@linkcode FlvGop.snapshot} ends where the next tag continues to decode. */
  get decodable(): boolean {
    return this.#keyed || !this.hasVideo;
  }

  /** Takes the next tag of the stream. */
  add(tag: FlvTag): void {
    this.#snapshot = null;
    if (tag.type === FLV_TAG.SCRIPT) {
      if (isMetadata(tag)) this.#latest.metadata = tag;
      if (this.#tags.length > 0) this.#push(tag);
      return;
    }
    this.#lastMs = tag.timestampMs;
    if (tag.type === FLV_TAG.VIDEO) this.#seenVideo = true;
    else this.#seenAudio = true;
    if (isSequenceHeader(tag)) {
      if (tag.type === FLV_TAG.VIDEO) this.#latest.video = tag;
      else this.#latest.audio = tag;
      if (this.#tags.length > 0) this.#push(tag);
      return;
    }
    if (tag.type === FLV_TAG.VIDEO) {
      this.#lastVideoMs = tag.timestampMs;
      if (isVideoKeyFrame(tag)) {
        this.#restart();
        this.#keyed = true;
      } else if (!this.#keyed) {
        return;
      }
    } else if (!this.hasVideo) {
      this.#keyed = false;
      this.#trimAudio();
    } else if (!this.#keyed) {
      return;
    }
    this.#push(tag);
  }

  /** File header, metadata, sequence headers and the group so far; shared until the next tag. */
  snapshot(): FlvBytes {
    if (this.#snapshot !== null) return this.#snapshot;
    const startMs = this.#tags.length > 0 ? this.#tags[0].timestampMs : this.#lastMs;
    const parts = [fileHeader({ video: this.#seenVideo, audio: this.#seenAudio })];
    const from = this.#tags.length > 0 ? this.#atStart : this.#latest;
    // Metadata keeps its time 0, or ffmpeg would take it for a subtitle.
    if (from.metadata !== null) parts.push(from.metadata.bytes);
    for (const tag of [from.video, from.audio]) {
      if (tag !== null) parts.push(withTimestamp(tag, startMs).bytes);
    }
    for (const tag of this.#tags) parts.push(tag.bytes);
    return this.#snapshot = new FlvBytes(parts);
  }

  /** The sequence headers in force, for a viewer who skipped; they carry the time `atMs`. */
  configuration(atMs: number): Uint8Array[] {
    const { video, audio } = this.#latest;
    return [video, audio].filter((tag) => tag !== null)
      .map((tag) => withTimestamp(tag, atMs).bytes);
  }

  #push(tag: FlvTag): void {
    this.#tags.push(tag);
    this.#bytes += tag.bytes.byteLength;
    const durationMs = (tag.timestampMs - this.#tags[0].timestampMs) | 0;
    if (this.#bytes > this.#maxBytes || durationMs > this.#maxDurationMs) {
      this.#overflows++;
      this.#restart();
    }
  }

  #restart(): void {
    this.#tags = [];
    this.#bytes = 0;
    this.#keyed = false;
    this.#atStart = { ...this.#latest };
  }

  #trimAudio(): void {
    if (this.#tags.length === 0) {
      this.#atStart = { ...this.#latest };
      return;
    }
    const keepFrom = this.#lastMs - AUDIO_ONLY_CACHE_MS;
    let count = 0;
    while (count < this.#tags.length && this.#tags[count].timestampMs < keepFrom) {
      this.#bytes -= this.#tags[count++].bytes.byteLength;
    }
    if (count > 0) this.#tags.splice(0, count);
    if (this.#tags.length === 0) this.#atStart = { ...this.#latest };
  }
}

/** FLV file header (E.2) with the first previous tag size. */
function fileHeader(has: { readonly video: boolean; readonly audio: boolean }): Uint8Array {
  const header = new Uint8Array(FILE_HEADER_BYTES);
  header.set([0x46, 0x4c, 0x56, 1, (has.video ? 1 : 0) | (has.audio ? 4 : 0)]);
  header[8] = 9;
  return header;
}
