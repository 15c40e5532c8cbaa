/**
 * The levels of accounts as many ask for them: remembered for a while, since each message shows one.
 *
 * @module
 */
import { levelOf } from "./levels.ts";
import type { WalletRepository } from "./repository.ts";

/** Another `web` may have taken a payment: what is remembered is asked for again after this time. */
const LIFE_MS = 30_000;
const MAX_ACCOUNTS = 50_000;

/** What {@linkcode Levels} stands on. */
export interface LevelsOptions {
  readonly wallets: Pick<WalletRepository, "read">;
  readonly now: () => number;
}

/** Tells levels; holds at most 50,000, the one that was asked for longest ago goes. */
export class Levels {
  readonly #options: LevelsOptions;
  readonly #known = new Map<string, { readonly spent: number; readonly atMs: number }>();

  constructor(options: LevelsOptions) {
    this.#options = options;
  }

  /** Accounts that are remembered. */
  get size(): number {
    return this.#known.size;
  }

  /** The level of an account; while the store is busy the last known one. */
  async of(accountId: string): Promise<number> {
    const known = this.#known.get(accountId);
    if (known !== undefined && Math.abs(this.#options.now() - known.atMs) < LIFE_MS) {
      return levelOf(known.spent);
    }
    try {
      const { spent } = await this.#options.wallets.read(accountId);
      return this.note(accountId, spent);
    } catch {
      // A text must not wait for the money.
      return levelOf(known?.spent ?? 0);
    }
  }

  /** The account has spent so much; answers its level. */
  note(accountId: string, spent: number): number {
    // Payments may be told out of order.
    const most = Math.max(spent, this.#known.get(accountId)?.spent ?? 0);
    this.#known.delete(accountId);
    this.#known.set(accountId, { spent: most, atMs: this.#options.now() });
    if (this.#known.size > MAX_ACCOUNTS) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    return levelOf(most);
  }
}
