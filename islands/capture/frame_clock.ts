/**
 * When the next frame is drawn: with the camera's frames while the page is seen, by a timer that
 * browsers do not slow down while it is hidden and something is recorded, and else not at all.
 *
 * @module
 */

/**
 * - `off`: nothing is drawn;
 * - `frames`: with each new frame of the camera;
 * - `animation`: at the frame rate, for a screen that may stand still;
 * - `timer`: at the frame rate, while nobody sees the page.
 */
export type ClockMode = "off" | "frames" | "animation" | "timer";

/** What decides. */
export interface ClockFacts {
  readonly hidden: boolean;
  readonly recording: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
}

/** The mode for a moment. */
export function clockMode({ hidden, recording, camera, screen }: ClockFacts): ClockMode {
  if (!camera && !screen) return "off";
  if (hidden) return recording ? "timer" : "off";
  return camera ? "frames" : "animation";
}

/** Timers of hidden pages run once a second; those of workers do not know what is hidden. */
const TICKER =
  "let t;onmessage=({data})=>{clearInterval(t);if(data>0)t=setInterval(()=>postMessage(0),data)}";

/** Calls `draw` as the mode says. Disposing stops it. */
export class FrameClock implements Disposable {
  readonly #draw: (nowMs: number) => void;
  #mode: ClockMode = "off";
  #video: HTMLVideoElement | null = null;
  #intervalMs = 1000 / 30;
  /** Raised with each change: callbacks of what was before do nothing. */
  #turn = 0;
  #ticker: Worker | null = null;
  #drawnAtMs = -Infinity;

  constructor(draw: (nowMs: number) => void) {
    this.#draw = draw;
  }

  /** How it goes on from now. `video` is the camera's, for the mode `frames`. */
  set(
    { mode, video, frameRate }: {
      readonly mode: ClockMode;
      readonly video: HTMLVideoElement | null;
      readonly frameRate: number;
    },
  ): void {
    const intervalMs = 1000 / Math.max(1, frameRate);
    if (mode === this.#mode && video === this.#video && intervalMs === this.#intervalMs) return;
    this.#mode = mode;
    this.#video = video;
    this.#intervalMs = intervalMs;
    this.#turn++;
    this.#ticker?.postMessage(0);
    if (mode === "frames" && video !== null && "requestVideoFrameCallback" in video) {
      this.#follow(video, this.#turn);
    } else if (mode === "frames" || mode === "animation") this.#animate(this.#turn);
    else if (mode === "timer") this.#tick();
  }

  /** Stops. */
  [Symbol.dispose](): void {
    this.set({ mode: "off", video: null, frameRate: 1 });
    this.#ticker?.terminate();
    this.#ticker = null;
  }

  #follow(video: HTMLVideoElement, turn: number): void {
    const step = (nowMs: number) => {
      if (turn !== this.#turn) return;
      // First the next one: a frame that cannot be drawn does not end the picture.
      video.requestVideoFrameCallback(step);
      this.#draw(nowMs);
    };
    video.requestVideoFrameCallback(step);
  }

  #animate(turn: number): void {
    const step = (nowMs: number) => {
      if (turn !== this.#turn) return;
      requestAnimationFrame(step);
      // A little early is on time: displays and frame rates never match.
      if (nowMs - this.#drawnAtMs < this.#intervalMs - 4) return;
      this.#drawnAtMs = nowMs;
      this.#draw(nowMs);
    };
    requestAnimationFrame(step);
  }

  #tick(): void {
    if (this.#ticker === null) {
      const url = URL.createObjectURL(new Blob([TICKER], { type: "text/javascript" }));
      this.#ticker = new Worker(url);
      URL.revokeObjectURL(url);
      this.#ticker.onmessage = () => {
        if (this.#mode === "timer") this.#draw(performance.now());
      };
    }
    this.#ticker.postMessage(this.#intervalMs);
  }
}
