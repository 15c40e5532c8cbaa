/**
 * HLS played by the browser itself, where Media Source Extensions are missing (older iPhones).
 *
 * @module
 */
import type { PlayHead, Source, SourceFacts, SourceOptions } from "./source.ts";

/** Opens a native HLS source; see {@linkcode Source}. */
export function openNativeSource(options: SourceOptions): Source {
  return new NativeSource(options);
}

class NativeSource implements Source {
  readonly protocol;
  readonly #video: HTMLVideoElement & { getStartDate?: () => Date };
  readonly #playHead: PlayHead;
  readonly #onError: () => void;
  #done = false;

  constructor(options: SourceOptions) {
    this.protocol = options.protocol;
    this.#video = options.video;
    this.#playHead = options.playHead;
    this.#onError = () => {
      if (this.#done) return;
      this.#done = true;
      const code = this.#video.error?.code;
      options.onFailure({
        kind: code === MediaError.MEDIA_ERR_DECODE ? "media" : "network",
        detail: `media error ${code ?? 0}`,
      });
    };
    this.#video.addEventListener("error", this.#onError);
    this.#video.src = options.url;
  }

  latencyS(nowMs: number): number | null {
    const startMs = this.#video.getStartDate?.().getTime() ?? NaN;
    if (Number.isFinite(startMs)) {
      return Math.max(0, (nowMs - startMs) / 1000 - this.#video.currentTime);
    }
    const edgeS = this.#edgeS();
    return edgeS === null ? null : Math.max(0, edgeS - this.#video.currentTime);
  }

  shownLatencyS(nowMs: number): number | null {
    return this.latencyS(nowMs);
  }

  jumpTo(latencyS: number, _nowMs: number): void {
    const edgeS = this.#edgeS();
    if (edgeS !== null) this.#video.currentTime = Math.max(0, edgeS - latencyS);
  }

  facts(): SourceFacts {
    const dated = Number.isFinite(this.#video.getStartDate?.().getTime() ?? NaN);
    return {
      codecs: [],
      bitrateKbps: null,
      latencyBasis: dated ? "program-date-time" : "playlist",
      qualities: [],
      quality: null,
    };
  }

  /** The browser chooses among the variants by itself. */
  chooseQuality(): void {}

  destroy(): void {
    this.#done = true;
    this.#video.removeEventListener("error", this.#onError);
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #edgeS(): number | null {
    const { seekable } = this.#video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : this.#playHead.bufferedEndS();
  }
}
