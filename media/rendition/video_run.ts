/**
 * Pictures made anew: H.264 without B-frames of whatever came in.
 *
 * @module
 */
import { type AccessUnit, CLOCK_HZ, type VideoTrack } from "../access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../container/flv/mod.ts";
import { MatroskaMuxer } from "../container/matroska/muxer.ts";
import { h264Argv } from "../transcode/argv.ts";
import type { EncoderRun, RunOutput } from "./run.ts";

const TICKS_PER_MS = CLOCK_HZ / 1000;

/** What a {@linkcode VideoRun} is made with. */
export interface VideoRunOptions {
  readonly track: VideoTrack;
  /** Bits a second at most. */
  readonly maxKbps: number;
  /** Ticks of the stream; what lies before was given out by another run. Null: nothing was. */
  readonly resumeAt: number | null;
  /** Ticks of the first picture that will be fed. */
  readonly start: number;
}

/** See the module's docstring. */
export class VideoRun implements EncoderRun {
  readonly args: readonly string[];
  readonly #muxer: MatroskaMuxer;
  readonly #parser = new FlvTagParser();
  readonly #demuxer = new FlvDemuxer();
  readonly #start: number;
  readonly #resumeAt: number | null;
  #skipping: boolean;

  constructor(options: VideoRunOptions) {
    const { track, maxKbps, resumeAt, start } = options;
    this.#start = start;
    this.#resumeAt = resumeAt;
    this.#skipping = resumeAt !== null;
    this.#muxer = new MatroskaMuxer(track);
    this.args = h264Argv({
      maxKbps,
      keyFrameAtMs: resumeAt === null || resumeAt <= start ? null : this.#ms(resumeAt),
    });
  }

  header(): Uint8Array {
    return this.#muxer.header();
  }

  feed(unit: AccessUnit): readonly Uint8Array[] {
    return unit.kind === "video" ? [this.#muxer.block(unit, this.#ms(unit.pts))] : [];
  }

  discontinuity(): void {
    // Pictures carry their times through the encoder.
  }

  read(bytes: Uint8Array): readonly RunOutput[] {
    const outputs: RunOutput[] = [];
    for (const tag of this.#parser.push(bytes)) {
      for (const item of this.#demuxer.push(tag)) {
        if (item.kind === "tracks" && item.tracks.video !== null) outputs.push(item.tracks.video);
        if (item.kind !== "video") continue;
        const dts = this.#start + item.dts;
        if (this.#skipping && !(item.keyFrame && dts > this.#resumeAt! - TICKS_PER_MS)) continue;
        this.#skipping = false;
        outputs.push({
          kind: "video",
          dts,
          pts: this.#start + item.pts,
          keyFrame: item.keyFrame,
          data: item.data,
        });
      }
    }
    return outputs;
  }

  #ms(ticks: number): number {
    return Math.max(0, Math.round((ticks - this.#start) / TICKS_PER_MS));
  }
}

/** Bits for a picture of H.264 that looks like its source, per pixel. */
const BITS_PER_PIXEL = 0.1;
/** With less even a small picture loses what moves: the bound holds at every moment, not on average. */
const MIN_KBPS = 1000;
const MAX_KBPS = 12_000;
/** How much more H.264 needs than these codecs. */
const COST: Readonly<Record<VideoTrack["codec"], number>> = {
  h264: 1.2,
  vp8: 1.2,
  vp9: 1.6,
  h265: 1.6,
  av1: 1.8,
};

/**
 * The bound of a rendition's bit rate: near the source's, or what its size deserves, whichever is more,
 * since a WebRTC publisher begins far below of what it sends later. Pure.
 */
export function maxKbpsOf(track: VideoTrack, sourceKbps: number): number {
  const rate = Math.min(track.frameRate ?? 30, 60);
  const deserved = track.width * track.height * rate * BITS_PER_PIXEL / 1000;
  const near = sourceKbps * COST[track.codec];
  return Math.round(Math.min(MAX_KBPS, Math.max(MIN_KBPS, near, deserved)));
}
