/**
 * The time of the texts over the picture: it stands while the picture is paused, and knows nothing
 * of the jumps by which a player stays live.
 *
 * @module
 */

/** The part of a media element that the danmaku engine looks at. */
export class PictureClock extends EventTarget {
  readonly playbackRate = 1;
  #paused = false;
  #base = 0;
  #sinceMs = performance.now();

  /** Whether it stands. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Seconds. */
  get currentTime(): number {
    return this.#base + (this.#paused ? 0 : (performance.now() - this.#sinceMs) / 1_000);
  }

  /** Lets it stand or go. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    if (paused) this.#base = this.currentTime;
    this.#paused = paused;
    this.#sinceMs = performance.now();
    this.dispatchEvent(new Event(paused ? "pause" : "play"));
    if (!paused) this.dispatchEvent(new Event("playing"));
  }
}
