/**
 * Letters of calls in Redis: a short stream for each call that is followed, and a sharded channel
 * that says that there is something in it. A wake that is lost costs a look of
 * {@linkcode LOOK_EVERY_MS}, never a letter.
 *
 * @module
 */
import {
  type CallPost,
  type Follower,
  type Letter,
  LETTERS_KEPT_MS,
} from "../../rooms/calls/repository.ts";
import type { RedisConnection, Reply } from "./connection.ts";
import type { Scripts } from "./scripts.ts";

/** A followed call is looked at so often without being woken, milliseconds. */
export const LOOK_EVERY_MS = 2_000;
/** Letters that a stream keeps, about. */
const MAX_LETTERS = 2_000;
const PAGE = 500;

interface Followed {
  readonly key: string;
  readonly take: (letters: readonly Letter[]) => void;
  readonly unwatch: () => void;
  after: string;
  reading: boolean;
  /** Woken while it was being read. */
  again: boolean;
  closed: boolean;
}

/** The post of a connection, which is closed by whoever opened it, after it. */
export class RedisPost implements CallPost {
  readonly #connection: RedisConnection;
  readonly #scripts: Scripts;
  readonly #followed = new Set<Followed>();
  readonly #running = new Set<Promise<void>>();
  readonly #looking: ReturnType<typeof setInterval>;

  constructor(connection: RedisConnection, scripts: Scripts) {
    this.#connection = connection;
    this.#scripts = scripts;
    this.#looking = setInterval(() => {
      for (const followed of this.#followed) this.#wake(followed);
    }, LOOK_EVERY_MS);
  }

  async send(name: string, letters: readonly Letter[]): Promise<void> {
    await this.#connection.run(this.#scripts.call_post, {
      keys: [this.#key(name)],
      args: [LETTERS_KEPT_MS, MAX_LETTERS, ...letters.map((letter) => JSON.stringify(letter))],
    });
  }

  async follow(name: string, take: (letters: readonly Letter[]) => void): Promise<Follower> {
    const key = this.#key(name);
    const after = String(
      await this.#connection.run(this.#scripts.call_follow, { keys: [key], args: [] }),
    );
    const followed: Followed = {
      key,
      take,
      unwatch: this.#connection.watch(key, () => this.#wake(followed)),
      after,
      reading: false,
      again: false,
      closed: false,
    };
    this.#followed.add(followed);
    return { close: () => this.#unfollow(followed) };
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    for (const followed of this.#followed) this.#unfollow(followed);
    await Promise.all([...this.#running]);
  }

  #key(name: string): string {
    return `${this.#connection.prefix}{call:${name}}:post`;
  }

  #unfollow(followed: Followed): void {
    if (!this.#followed.delete(followed)) return;
    followed.closed = true;
    followed.unwatch();
  }

  #wake(followed: Followed): void {
    if (followed.closed) return;
    if (followed.reading) {
      followed.again = true;
      return;
    }
    followed.reading = true;
    // What cannot be read now is read with the next look.
    const running = this.#read(followed).catch(() => {}).finally(() => {
      followed.reading = false;
      this.#running.delete(running);
    });
    this.#running.add(running);
  }

  async #read(followed: Followed): Promise<void> {
    do {
      followed.again = false;
      const { key } = followed;
      const range = ["XRANGE", key, `(${followed.after}`, "+", "COUNT", String(PAGE)];
      const entries = await this.#connection.call(key, range) as readonly Reply[];
      const letters = entries.map((entry) => {
        const [id, fields] = entry as [string, readonly string[]];
        followed.after = id;
        return JSON.parse(fields[1]!) as Letter;
      });
      if (entries.length === PAGE) followed.again = true;
      if (!followed.closed) followed.take(letters);
    } while (followed.again && !followed.closed);
  }
}
