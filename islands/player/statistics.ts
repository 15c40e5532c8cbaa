/**
 * Figures of a running player, for the overlay and for tests.
 *
 * @module
 */
import type { Protocol } from "./protocol.ts";
import type { Quality } from "./quality.ts";
import type { NetworkFacts, PlayHead, Source, SourceFacts } from "./source.ts";

/** One sample; null where a figure is not known (yet). */
export interface PlayerStatistics {
  readonly protocol: Protocol | null;
  readonly codecs: readonly string[];
  /** What can be chosen, best first; fewer than two: nothing can. */
  readonly qualities: readonly Quality[];
  /** Key of the quality that plays; null while it is not known, or the only one. */
  readonly quality: string | null;
  /** Size of the decoded picture; 0 before the first frame. */
  readonly width: number;
  readonly height: number;
  readonly latencyMs: number | null;
  readonly latencyBasis: SourceFacts["latencyBasis"];
  /** The distance to live the player is holding. */
  readonly targetMs: number | null;
  readonly bufferMs: number;
  readonly decodedFrames: number;
  readonly droppedFrames: number;
  /** Frames shown a second, over the last sample. */
  readonly fps: number | null;
  readonly bitrateKbps: number | null;
  /** How packets travel; null where there are none to be seen. */
  readonly network: NetworkFacts | null;
  readonly playbackRate: number;
  /** From opening the source to the first moving picture. */
  readonly firstFrameMs: number | null;
  /** Since the page opened. */
  readonly reconnects: number;
  readonly stalls: number;
  readonly jumps: number;
}

/** Counters that outlive a source. */
export interface SessionCounters {
  reconnects: number;
  stalls: number;
  jumps: number;
  firstFrameMs: number | null;
}

/** Takes samples of one `<video>`; remembers the last one to find the frame rate. */
export class StatisticsSampler {
  readonly #video: HTMLVideoElement;
  readonly #playHead: PlayHead;
  #frames = 0;
  #atMs = 0;
  #fps: number | null = null;

  constructor(video: HTMLVideoElement, playHead: PlayHead) {
    this.#video = video;
    this.#playHead = playHead;
  }

  /** A new sample; `targetS` is the distance the rate control holds. */
  sample(
    source: Source | null,
    context: {
      readonly nowMs: number;
      readonly targetS: number | null;
      readonly counters: Readonly<SessionCounters>;
    },
  ): PlayerStatistics {
    const { nowMs, counters } = context;
    const quality = this.#video.getVideoPlaybackQuality?.();
    const frames = quality?.totalVideoFrames ?? 0;
    if (frames < this.#frames || nowMs - this.#atMs > 5_000) {
      this.#fps = null;
      this.#frames = frames;
      this.#atMs = nowMs;
    } else if (nowMs - this.#atMs >= 900) {
      this.#fps = Math.round((frames - this.#frames) * 1000 / (nowMs - this.#atMs));
      this.#frames = frames;
      this.#atMs = nowMs;
    }
    const facts = source?.facts();
    const latencyS = source?.shownLatencyS(nowMs) ?? null;
    return {
      protocol: source?.protocol ?? null,
      codecs: facts?.codecs ?? [],
      qualities: facts?.qualities ?? [],
      quality: facts?.quality?.key ?? null,
      width: this.#video.videoWidth,
      height: this.#video.videoHeight,
      latencyMs: latencyS === null ? null : Math.round(latencyS * 1000),
      latencyBasis: facts?.latencyBasis ?? "unknown",
      targetMs: context.targetS === null ? null : Math.round(context.targetS * 1000),
      bufferMs: Math.round(this.#playHead.aheadS() * 1000),
      decodedFrames: frames,
      droppedFrames: quality?.droppedVideoFrames ?? 0,
      fps: this.#fps,
      bitrateKbps: facts?.bitrateKbps ?? null,
      network: facts?.network ?? null,
      playbackRate: this.#video.playbackRate,
      firstFrameMs: counters.firstFrameMs,
      reconnects: counters.reconnects,
      stalls: counters.stalls,
      jumps: counters.jumps,
    };
  }
}
