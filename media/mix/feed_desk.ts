/**
 * Hands the tracks of inputs to ffmpeg over loopback: each has an address with a secret that works
 * once, so that nobody else on this machine reads a stream by it.
 *
 * @module
 */
import { randomBytes } from "node:crypto";

/** What waits for ffmpeg to take it; above, the track ends. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Tracks whose address was given out and not asked for; the oldest goes. */
const MAX_TRACKS = 512;

/** Where a track's bytes go: an HTTP answer. */
export interface FeedSink {
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  end(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** One track on its way into ffmpeg. */
export class FeedTrack {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #sink: FeedSink | null = null;
  #ended = false;

  /** Nothing goes through any more. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Writes at once, or as soon as ffmpeg asks. */
  write(bytes: Uint8Array): void {
    if (this.#ended) return;
    const unsent = this.#sink === null ? this.#waitingBytes : this.#sink.writableLength;
    if (unsent + bytes.length > MAX_WAITING_BYTES) return this.end();
    if (this.#sink !== null) {
      this.#sink.write(bytes);
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
  }

  /** ffmpeg asks for it. */
  attach(sink: FeedSink): void {
    this.#sink = sink;
    sink.once("close", () => this.#ended = true);
    for (const bytes of this.#waiting) sink.write(bytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#ended) sink.end();
  }

  /** Nothing more comes: ffmpeg goes on without this track. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#sink?.end();
  }
}

/** See the module's docstring. */
export class FeedDesk {
  readonly #tracks = new Map<string, FeedTrack>();

  /** A secret under which `track` can be taken once. */
  offer(track: FeedTrack): string {
    if (this.#tracks.size >= MAX_TRACKS) this.withdraw(this.#tracks.keys().next().value!);
    const secret = randomBytes(16).toString("hex");
    this.#tracks.set(secret, track);
    return secret;
  }

  /** It will not be asked for any more. */
  withdraw(secret: string): void {
    this.#tracks.delete(secret);
  }

  /** The track of a secret, which is worth nothing from now on; null: there is none. */
  take(secret: string): FeedTrack | null {
    const track = this.#tracks.get(secret) ?? null;
    this.#tracks.delete(secret);
    return track;
  }
}
