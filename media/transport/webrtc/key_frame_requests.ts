/**
 * When to ask a sender for a key frame (PLI, RFC 4585 §6.3.1). Pure: the clock is passed in.
 *
 * @module
 */

/** How often key frames are asked for. */
export interface KeyFrameRequestOptions {
  /** Shortest time between two requests, in milliseconds. Default: 500. */
  readonly minIntervalMs?: number;
  /** A key frame is asked for at least this often, for segments; null: never. Default: null. */
  readonly periodMs?: number | null;
}

/**
 * The requests of one stream, whoever wants them: a loss that cannot be repaired, a viewer who joins,
 * a segment that is due. Any number of wishes becomes one request; it is repeated until a key frame
 * comes.
 */
export class KeyFrameRequests {
  readonly #minIntervalMs: number;
  readonly #periodMs: number | null;
  #wanted = false;
  #askedAt = -Infinity;
  #keyFrameAt: number | null = null;
  #requests = 0;

  constructor(options: KeyFrameRequestOptions = {}) {
    this.#minIntervalMs = options.minIntervalMs ?? 500;
    this.#periodMs = options.periodMs ?? null;
  }

  /** Requests so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Somebody needs a key frame. */
  want(): void {
    this.#wanted = true;
  }

  /** A key frame has begun to arrive. */
  arrived(nowMs: number): void {
    this.#wanted = false;
    this.#keyFrameAt = nowMs;
  }

  /** Whether a request is to be sent now; it is taken to be sent then. */
  due(nowMs: number): boolean {
    const isPeriodOver = this.#periodMs !== null && this.#keyFrameAt !== null &&
      nowMs - this.#keyFrameAt >= this.#periodMs;
    if (!this.#wanted && !isPeriodOver) return false;
    if (nowMs - this.#askedAt < this.#minIntervalMs) return false;
    this.#askedAt = nowMs;
    this.#requests++;
    return true;
  }
}
