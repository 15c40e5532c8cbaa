/**
 * What every way of fetching a stream looks like to the session: opened on a `<video>`, asked for
 * its distance to live, told to jump, destroyed. Sources never retry for long by themselves; the
 * session decides what comes after a failure.
 *
 * @module
 */
import type { EarlySocket } from "./early_socket.ts";
import type { LatencyMode, Protocol } from "./protocol.ts";
import type { Quality } from "./quality.ts";
import type { QualityChoice } from "./quality_choice.ts";
import type { Capabilities } from "./selection.ts";

/**
 * Why a source cannot go on. `network`: connection lost or refused · `absent`: the address is not
 * there (404), so the room is probably not live · `unavailable`: the server asks to come back later
 * (503) · `media`: the data could not be decoded · `unplayable`: the codec is not supported here.
 */
export type FailureKind = "network" | "absent" | "unavailable" | "media" | "unplayable";

/** A failure with a short technical word for the statistics overlay; never shown as an explanation. */
export interface SourceFailure {
  readonly kind: FailureKind;
  readonly detail: string;
}

/** What a source knows of the stream. */
export interface SourceFacts {
  /** RFC 6381 codec strings, video first; empty before they are known. */
  readonly codecs: readonly string[];
  /** Bits that arrived in the last seconds, kilobits a second; null before it is known. */
  readonly bitrateKbps: number | null;
  /** How {@linkcode Source.latencyS} was found. */
  readonly latencyBasis: "playlist" | "program-date-time" | "arrival" | "round-trip" | "unknown";
  /** What can be chosen, best first; fewer than two: nothing can. */
  readonly qualities: readonly Quality[];
  /** The quality that plays; null while it is not known. */
  readonly quality: Quality | null;
  /** How the packets travel; left out where there are none to be seen. */
  readonly network?: NetworkFacts;
}

/** How packets travel; null while it is not known. */
export interface NetworkFacts {
  readonly roundTripMs: number | null;
  readonly jitterMs: number | null;
  /** Share of the packets of the last seconds that did not come, 0 to 1. */
  readonly loss: number | null;
  readonly packetsLost: number;
  /** Times that the picture stood still for want of data. */
  readonly freezes: number;
}

/** Detail of the failure of a protocol whose packets do not get through. */
export const NO_ROUTE = "no route";

/** A running source. */
export interface Source {
  readonly protocol: Protocol;
  /** Distance from the play head to live in seconds, for the rate control; null while unknown. */
  latencyS(nowMs: number): number | null;
  /** The best estimate of the distance to show to a viewer; may use the wall clock. */
  shownLatencyS(nowMs: number): number | null;
  /**
   * Rises while the picture moves, seconds; for sources whose `<video>` has a clock that runs on
   * without a picture.
   */
  positionS?(nowMs: number): number;
  /** Moves the play head to this distance from live, in seconds, within what can be played. */
  jumpTo(latencyS: number, nowMs: number): void;
  facts(): SourceFacts;
  /** Plays another quality from the next moment on that allows it. */
  chooseQuality(choice: QualityChoice): void;
  /** Detaches from the video and ends every request. The handlers are not called afterwards. */
  destroy(): void;
}

/** What a source is opened with. */
export interface SourceOptions {
  readonly video: HTMLVideoElement;
  /** Of the same video. */
  readonly playHead: PlayHead;
  readonly url: string;
  /** Opened already, for protocols that are one connection; the source owns it from now on. */
  readonly connection: EarlySocket | null;
  readonly protocol: Protocol;
  readonly mode: LatencyMode;
  readonly quality: QualityChoice;
  /** Address of hls.js's worker script, on this page's origin. */
  readonly hlsWorkerUrl: string;
  /** Called at most once. */
  readonly onFailure: (failure: SourceFailure) => void;
  /** The stream came to a proper end, or the server closed it; called at most once. */
  readonly onEnd: () => void;
}

/** Opens a source. */
export type SourceOpener = (options: SourceOptions) => Source;

/**
 * Loads the engine a protocol needs; each is its own script, fetched when first chosen.
 *
 * @throws {TypeError} when the script cannot be fetched
 */
export async function loadSource(
  protocol: Protocol,
  capabilities: Capabilities,
): Promise<SourceOpener> {
  switch (protocol) {
    case "flv":
    case "ws-flv":
      return (await import("./flv_source.ts")).openFlvSource;
    case "llhls":
    case "hls":
      if (!capabilities.mse) return (await import("./native_source.ts")).openNativeSource;
      return (await import("./hls_source.ts")).openHlsSource;
    case "whep":
      return (await import("./whep_source.ts")).openWhepSource;
  }
}

/** What lies around the play head of a video. */
export class PlayHead {
  readonly #video: HTMLVideoElement;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** End of the buffered range the play head is in (or the next one), seconds; null without data. */
  bufferedEndS(): number | null {
    const { buffered, currentTime } = this.#video;
    for (let index = 0; index < buffered.length; index++) {
      if (currentTime < buffered.end(index)) return buffered.end(index);
    }
    return buffered.length === 0 ? null : buffered.end(buffered.length - 1);
  }

  /** Data ahead of the play head without a hole, seconds. */
  aheadS(): number {
    const { buffered, currentTime } = this.#video;
    for (let index = 0; index < buffered.length; index++) {
      if (currentTime >= buffered.start(index) - 0.1 && currentTime < buffered.end(index)) {
        return buffered.end(index) - currentTime;
      }
    }
    return 0;
  }
}
