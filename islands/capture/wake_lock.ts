/**
 * Keeps the screen on while somebody records, broadcasts or calls.
 *
 * @module
 */

/** What is needed of a page. */
export interface AwakePage {
  readonly document: Pick<
    Document,
    "visibilityState" | "addEventListener" | "removeEventListener"
  >;
  /** Absent where the browser has none: then nothing is kept on. */
  readonly wakeLock: Pick<WakeLock, "request"> | undefined;
}

/**
 * The wish that the screen stays on. Browsers let go of it with every page that is hidden: it is
 * asked for again when the page comes back.
 */
export class ScreenAwake implements Disposable {
  readonly #page: AwakePage;
  #wanted = false;
  #asking = false;
  #lock: WakeLockSentinel | null = null;

  /** Asks for nothing yet. */
  constructor(page: AwakePage = { document, wakeLock: navigator.wakeLock }) {
    this.#page = page;
  }

  /** Whether the screen is kept on right now. */
  get held(): boolean {
    return this.#lock !== null && !this.#lock.released;
  }

  /** From now on. A browser that says no (low battery) is asked again when the page comes back. */
  hold(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#page.document.addEventListener("visibilitychange", this.#ask);
    this.#ask();
  }

  /** No longer. */
  release(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#page.document.removeEventListener("visibilitychange", this.#ask);
    const lock = this.#lock;
    this.#lock = null;
    lock?.release().catch(() => {});
  }

  /** The same as {@linkcode ScreenAwake.release}. */
  [Symbol.dispose](): void {
    this.release();
  }

  readonly #ask = () => {
    const { document, wakeLock } = this.#page;
    if (!this.#wanted || this.#asking || this.held || wakeLock === undefined) return;
    if (document.visibilityState !== "visible") return;
    this.#asking = true;
    wakeLock.request("screen").then((lock) => {
      this.#asking = false;
      if (this.#wanted) this.#lock = lock;
      else lock.release().catch(() => {});
    }, () => this.#asking = false);
  };
}
