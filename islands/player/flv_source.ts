/**
 * HTTP-FLV and WebSocket-FLV through mpegts.js: every chunk goes to the decoder as it arrives (no
 * stash), nothing is skipped or hurried by the library; the session holds the latency.
 *
 * FLV carries no wall clock. Latency is the distance from the play head to the live edge as
 * {@linkcode LiveEdgeClock} follows it from arrivals, plus half a batch of the edge: what the
 * fastest unit waited there on average. The encoder's own delay is not seen by this.
 *
 * @module
 */
import library from "mpegts.js";
import { declaredCodecs, flvFailureKind } from "./flv_failure.ts";
import { LiveEdgeClock } from "./live_edge.ts";
import { socketLoader } from "./socket_loader.ts";
import type { PlayHead, Source, SourceFacts, SourceOptions } from "./source.ts";

/** Half of the edge's default batch of 100 ms. */
const BATCH_DELAY_S = 0.05;
/** Data kept ahead when jumping, so that the jump does not end in an empty buffer. */
const JUMP_MARGIN_S = 0.2;

// The types describe an ES module, the file is CommonJS: bundlers differ in where the API ends up.
const mpegts = (library as { readonly default?: typeof library.default }).default ??
  (library as unknown as typeof library.default);

mpegts.LoggingControl.applyConfig({
  enableVerbose: false,
  enableDebug: false,
  enableInfo: false,
  enableWarn: false,
  enableError: false,
});

/** Opens an FLV source; see {@linkcode Source}. */
export function openFlvSource(options: SourceOptions): Source {
  return new FlvSource(options);
}

class FlvSource implements Source {
  readonly protocol;
  readonly #video: HTMLVideoElement;
  readonly #playHead: PlayHead;
  readonly #player: ReturnType<typeof mpegts.createPlayer>;
  readonly #edge = new LiveEdgeClock();
  readonly #onProgress: () => void;
  #codecs: readonly string[] = [];
  #bitrateKbps: number | null = null;
  #done = false;
  #destroyed = false;

  constructor(options: SourceOptions) {
    this.protocol = options.protocol;
    this.#video = options.video;
    this.#playHead = options.playHead;
    const player = this.#player = mpegts.createPlayer(
      { type: "flv", isLive: true, url: options.url },
      {
        enableWorker: false,
        enableStashBuffer: false,
        lazyLoad: false,
        liveBufferLatencyChasing: false,
        liveSync: false,
        autoCleanupSourceBuffer: true,
        autoCleanupMaxBackwardDuration: 40,
        autoCleanupMinBackwardDuration: 20,
        // A publisher that comes back leaves a gap. Without silence in it the library draws the
        // sound together but not the picture, and they stay apart by the length of the gap.
        fixAudioTimestampGap: true,
        ...(options.connection !== null && {
          customLoader: socketLoader(mpegts, options.connection),
        }),
      },
    );
    player.on(mpegts.Events.ERROR, (type: string, detail: string, info: unknown) => {
      const kind = flvFailureKind({ type, detail, info });
      this.#finish(() => options.onFailure({ kind, detail }));
    });
    player.on(mpegts.Events.LOADING_COMPLETE, () => this.#finish(options.onEnd));
    player.on(
      mpegts.Events.METADATA_ARRIVED,
      (metadata: Parameters<typeof declaredCodecs>[0]) => {
        if (this.#codecs.length === 0) this.#codecs = declaredCodecs(metadata);
      },
    );
    player.on(
      mpegts.Events.MEDIA_INFO,
      (info: { readonly videoCodec?: unknown; readonly audioCodec?: unknown }) => {
        this.#codecs = [info.videoCodec, info.audioCodec]
          .filter((codec): codec is string => typeof codec === "string" && codec !== "");
      },
    );
    player.on(mpegts.Events.STATISTICS_INFO, (info: { readonly speed?: number }) => {
      if (typeof info.speed !== "number") return;
      const kbps = info.speed * 8;
      this.#bitrateKbps = this.#bitrateKbps === null ? kbps : this.#bitrateKbps * 0.8 + kbps * 0.2;
    });
    this.#onProgress = () => this.#observe(Date.now());
    options.video.addEventListener("progress", this.#onProgress);
    player.attachMediaElement(options.video);
    player.load();
  }

  latencyS(nowMs: number): number | null {
    this.#observe(nowMs);
    const edgeS = this.#edge.edgeS(nowMs);
    if (edgeS === null) return null;
    return Math.max(0, edgeS - this.#video.currentTime) + BATCH_DELAY_S;
  }

  shownLatencyS(nowMs: number): number | null {
    return this.latencyS(nowMs);
  }

  jumpTo(latencyS: number, nowMs: number): void {
    const edgeS = this.#edge.edgeS(nowMs);
    const endS = this.#playHead.bufferedEndS();
    if (edgeS === null || endS === null) return;
    const target = Math.min(edgeS + BATCH_DELAY_S - latencyS, endS - JUMP_MARGIN_S);
    if (target > this.#video.currentTime + 0.1 || this.#playHead.aheadS() === 0) {
      this.#video.currentTime = target;
    }
  }

  facts(): SourceFacts {
    return {
      codecs: this.#codecs,
      bitrateKbps: this.#bitrateKbps === null ? null : Math.round(this.#bitrateKbps),
      latencyBasis: this.#edge.edgeS(0) === null ? "unknown" : "arrival",
      qualities: [],
      quality: null,
    };
  }

  /** One address carries one quality. */
  chooseQuality(): void {}

  destroy(): void {
    this.#done = true;
    this.#destroyed = true;
    this.#video.removeEventListener("progress", this.#onProgress);
    this.#player.destroy();
  }

  /**
   * Reports the end once, and not from inside the library: it goes on with what it holds after an
   * error event and trips over a player that was destroyed meanwhile.
   */
  #finish(report: () => void): void {
    if (this.#done) return;
    this.#done = true;
    setTimeout(() => {
      if (!this.#destroyed) report();
    }, 0);
  }

  #observe(nowMs: number): void {
    const { buffered } = this.#video;
    if (buffered.length > 0) this.#edge.observe(buffered.end(buffered.length - 1), nowMs);
  }
}
