/**
 * Accounts that the reader does not want to hear from. The list is kept by the platform, for all of
 * the reader's devices.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";

/** How the list is read and changed. */
export interface BlockCalls {
  list(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  block(account: string): Promise<void>;
  unblock(account: string): Promise<void>;
}

/** The list of one reader. */
export class Blocks {
  readonly #calls: BlockCalls;
  readonly #names = signal<ReadonlyMap<string, string>>(new Map());

  constructor(calls: BlockCalls) {
    this.#calls = calls;
  }

  /** Names by account. */
  get names(): ReadonlySignal<ReadonlyMap<string, string>> {
    return this.#names;
  }

  /** Reads the list; without it everybody is heard. */
  async load(): Promise<void> {
    const list = await this.#calls.list().catch(() => []);
    // What was blocked meanwhile stays.
    const read = list.map(({ id, name }) => [id, name] as const);
    this.#names.value = new Map([...read, ...this.#names.value]);
  }

  /** Hears no more of an account; rejects with the platform's problem. */
  async block({ id, name }: { readonly id: string; readonly name: string }): Promise<void> {
    await this.#calls.block(id);
    this.#names.value = new Map([...this.#names.value, [id, name]]);
  }

  /** Hears of it again. */
  async unblock(id: string): Promise<void> {
    await this.#calls.unblock(id);
    this.#names.value = new Map([...this.#names.value].filter(([key]) => key !== id));
  }
}
