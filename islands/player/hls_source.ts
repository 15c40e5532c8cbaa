/**
 * LL-HLS and HLS through hls.js. Its own rate control stays off (it stops at 1 s of buffer and flaps
 * at an unreachable target); the session holds the latency.
 *
 * The light build carries all that live playback needs; codec work happens in its worker, a script
 * of our own origin.
 *
 * @module
 */
import type HlsClass from "hls.js";
import type { ErrorData } from "hls.js";
import { chosenQuality, qualitiesOf, type Quality, qualityOfVariant } from "./quality.ts";
import type { QualityChoice } from "./quality_choice.ts";
import { RateMeter } from "./rate_meter.ts";
import type { FailureKind, Source, SourceFacts, SourceOptions } from "./source.ts";
// @ts-types="hls.js"
import Hls from "hls.js/light";

/** A media error is repaired inside hls.js this often before the session hears of it. */
const MEDIA_REPAIRS = 1;

/** Opens an HLS source; see {@linkcode Source}. */
export function openHlsSource(options: SourceOptions): Source {
  return new HlsSource(options);
}

class HlsSource implements Source {
  readonly protocol;
  readonly #video: HTMLVideoElement;
  readonly #hls: HlsClass;
  readonly #meter = new RateMeter();
  #videoCodec: string | null = null;
  #audioCodec: string | null = null;
  #qualities: readonly Quality[] = [];
  #repairs = 0;
  #done = false;

  constructor(options: SourceOptions) {
    this.protocol = options.protocol;
    this.#video = options.video;
    const lowLatency = options.protocol === "llhls";
    const stable = options.mode === "stable";
    const hls = this.#hls = new Hls({
      debug: false,
      enableWorker: true,
      workerPath: options.hlsWorkerUrl,
      lowLatencyMode: true,
      maxLiveSyncPlaybackRate: 1,
      ...(stable
        ? { liveSyncDuration: lowLatency ? 3 : 7 }
        : lowLatency
        ? {}
        : { liveSyncDurationCount: 2, liveMaxLatencyDurationCount: 10 }),
      liveDurationInfinity: true,
      backBufferLength: 30,
      maxBufferLength: 12,
      maxMaxBufferLength: 30,
      manifestLoadPolicy: policy({ firstByteMs: 8_000, retries: 0 }),
      // A held playlist is answered after at most three target durations.
      playlistLoadPolicy: policy({ firstByteMs: 8_000, retries: 2 }),
      fragLoadPolicy: policy({ firstByteMs: 6_000, retries: 2 }),
    });
    hls.on(Hls.Events.ERROR, (_event, data) => this.#onError(data, options));
    hls.on(Hls.Events.MANIFEST_PARSED, (_event, { levels }) => {
      this.#qualities = qualitiesOf(levels.map(({ width, height, frameRate, bitrate }) => ({
        height: width > 0 ? Math.min(width, height) : height,
        frameRate,
        bitrate,
      })));
      const chosen = chosenQuality(this.#qualities, options.quality);
      if (chosen !== null) hls.loadLevel = chosen.variants[0] ?? -1;
    });
    hls.on(Hls.Events.FRAG_LOADED, (_event, data) => {
      const bytes = (data.part ?? data.frag).stats.total;
      this.#meter.add(bytes, Date.now());
    });
    // Tracks may be announced one by one, or both in one string.
    hls.on(Hls.Events.BUFFER_CODECS, (_event, { video, audio, audiovideo }) => {
      const both = audiovideo?.codec?.split(",") ?? [];
      this.#videoCodec = video?.codec ?? both.find((codec) => !isAudio(codec)) ?? this.#videoCodec;
      this.#audioCodec = audio?.codec ?? both.find(isAudio) ?? this.#audioCodec;
    });
    hls.loadSource(options.url);
    hls.attachMedia(options.video);
  }

  latencyS(_nowMs: number): number | null {
    const latencyS = this.#hls.latency;
    return latencyS > 0 ? latencyS : null;
  }

  /**
   * From EXT-X-PROGRAM-DATE-TIME, when this machine's clock agrees with the playlist to within what
   * the playlist cannot know (a list of whole segments ends up to a segment late); else the
   * distance to the end of the playlist.
   */
  shownLatencyS(nowMs: number): number | null {
    return this.#programDateLatencyS(nowMs) ?? this.latencyS(nowMs);
  }

  jumpTo(latencyS: number, nowMs: number): void {
    const behindS = this.latencyS(nowMs);
    const sync = this.#hls.liveSyncPosition;
    if (behindS === null || sync === null) return;
    const target = this.#video.currentTime + behindS - latencyS;
    const position = latencyS < (this.#hls.targetLatency ?? 0) ? sync : Math.max(sync, target);
    if (Math.abs(position - this.#video.currentTime) > 0.1) this.#video.currentTime = position;
  }

  facts(): SourceFacts {
    const nowMs = Date.now();
    return {
      codecs: [this.#videoCodec, this.#audioCodec].filter((codec) => codec !== null),
      bitrateKbps: this.#meter.kbps(nowMs),
      latencyBasis: this.#programDateLatencyS(nowMs) !== null
        ? "program-date-time"
        : this.latencyS(nowMs) !== null
        ? "playlist"
        : "unknown",
      qualities: this.#qualities,
      quality: qualityOfVariant(this.#qualities, this.#hls.currentLevel),
    };
  }

  chooseQuality(choice: QualityChoice): void {
    this.#hls.nextLevel = chosenQuality(this.#qualities, choice)?.variants[0] ?? -1;
  }

  destroy(): void {
    this.#done = true;
    this.#hls.destroy();
  }

  #programDateLatencyS(nowMs: number): number | null {
    const listS = this.latencyS(nowMs);
    const playing = this.#hls.playingDate;
    if (listS === null || playing === null) return null;
    const clockS = (nowMs - playing.getTime()) / 1000;
    const slackS = this.protocol === "llhls"
      ? 0.7
      : (this.#hls.latestLevelDetails?.targetduration ?? 2) + 0.5;
    return clockS > listS - 0.3 && clockS < listS + slackS ? clockS : null;
  }

  #onError(data: ErrorData, options: SourceOptions): void {
    if (this.#done || !data.fatal) return;
    const kind = failureKind(data);
    if (kind === "media" && this.#repairs++ < MEDIA_REPAIRS) {
      this.#hls.recoverMediaError();
      return;
    }
    this.#done = true;
    options.onFailure({ kind, detail: String(data.details) });
  }
}

function isAudio(codec: string): boolean {
  return /^(?:mp4a|opus|ac-3|ec-3|flac)/i.test(codec);
}

function failureKind(data: ErrorData): FailureKind {
  if (
    data.details === Hls.ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR ||
    data.details === Hls.ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR ||
    data.details === Hls.ErrorDetails.BUFFER_ADD_CODEC_ERROR
  ) return "unplayable";
  if (data.type === Hls.ErrorTypes.NETWORK_ERROR) {
    const status = data.response?.code;
    if (status === 404 || status === 410) return "absent";
    if (status === 503) return "unavailable";
    return "network";
  }
  return "media";
}

function policy(limits: { readonly firstByteMs: number; readonly retries: number }) {
  const retry = limits.retries === 0 ? null : {
    maxNumRetry: limits.retries,
    retryDelayMs: 400,
    maxRetryDelayMs: 1_000,
  };
  return {
    default: {
      maxTimeToFirstByteMs: limits.firstByteMs,
      maxLoadTimeMs: limits.firstByteMs * 2,
      timeoutRetry: retry,
      errorRetry: retry,
    },
  };
}
