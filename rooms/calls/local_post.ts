/**
 * The letters of calls where there is one `web`: they stay in the process.
 *
 * @module
 */
import type { CallPost, Follower, Letter } from "./repository.ts";

/** Hands letters to the followers of this process. */
export class LocalPost implements CallPost {
  readonly #followers = new Map<string, Set<(letters: readonly Letter[]) => void>>();

  send(name: string, letters: readonly Letter[]): Promise<void> {
    for (const take of [...this.#followers.get(name) ?? []]) take(letters);
    return Promise.resolve();
  }

  follow(name: string, take: (letters: readonly Letter[]) => void): Promise<Follower> {
    const followers = this.#followers.get(name) ?? new Set();
    this.#followers.set(name, followers.add(take));
    return Promise.resolve({
      close: () => {
        followers.delete(take);
        if (followers.size === 0 && this.#followers.get(name) === followers) {
          this.#followers.delete(name);
        }
      },
    });
  }

  close(): Promise<void> {
    this.#followers.clear();
    return Promise.resolve();
  }
}
