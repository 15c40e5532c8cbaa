/**
 * What people have, and how they get it.
 *
 * @module
 */
import { ServiceError } from "../errors.ts";
import { parseOnceId } from "../messages/words.ts";
import type { Account } from "../model.ts";
import { RateLimiter, type SharedBuckets } from "../rate_limits.ts";
import type { Repositories } from "../repository.ts";
import { parseLine } from "../rules.ts";
import { randomToken } from "../secrets.ts";
import type { Settings } from "../settings.ts";
import { coinsFor, levelOf, MAX_LEVEL } from "./levels.ts";
import type { WalletEntry, WalletRepository } from "./repository.ts";
import type { Levels } from "./standing.ts";

/** Coins of one top-up. */
export const TOP_UP_COINS = 10_000;
/** Coins that an administrator may give at once. */
export const MAX_GRANT = 1_000_000_000;
/** Rows of a page of history. */
export const MAX_WALLET_PAGE = 100;
const MAX_REASON = 200;
const MAX_AUDIT_ENTRIES = 100_000;
const TOP_UP_POLICY = { burst: 10, refillMs: 6_000 };

/** A wallet as its owner sees it. */
export interface WalletView {
  readonly balance: number;
  readonly spent: number;
  readonly level: number;
  /** Coins spent from which on the next level is reached; null: there is none. */
  readonly nextLevelAt: number | null;
  /** Whether coins may be had for the asking. */
  readonly topUp: boolean;
}

/** What {@linkcode Wallets} stands on. */
export interface WalletsOptions {
  readonly wallets: WalletRepository;
  readonly repositories: Pick<Repositories, "accounts" | "audit">;
  readonly settings: Pick<Settings, "values">;
  readonly levels: Levels;
  readonly rateLimits: boolean;
  readonly buckets: SharedBuckets | null;
  readonly now: () => number;
}

/** Implements the routes' `WalletService`. */
export class Wallets {
  readonly #options: WalletsOptions;
  readonly #topUps: RateLimiter;

  constructor(options: WalletsOptions) {
    this.#options = options;
    this.#topUps = new RateLimiter("top_up", TOP_UP_POLICY, { buckets: options.buckets });
  }

  /** The account's wallet. */
  async read(account: Account): Promise<WalletView> {
    const { balance, spent } = await this.#options.wallets.read(account.id);
    const level = levelOf(spent);
    return {
      balance,
      spent,
      level,
      nextLevelAt: level === MAX_LEVEL ? null : coinsFor(level + 1),
      topUp: this.#options.settings.values.topUp === "development",
    };
  }

  /** What came and went, newest first. */
  async history(
    account: Account,
    page: { readonly before: number | null; readonly limit: number },
  ): Promise<readonly WalletEntry[]> {
    return await this.#options.wallets.history(account.id, page);
  }

  /**
   * Coins for the asking, on an instance for development.
   *
   * @throws {ServiceError} `closed` where it is none, `invalid`, `slow_down`, `too_many`.
   */
  async topUp(account: Account, input: { readonly requestId: string }): Promise<WalletView> {
    const { settings, rateLimits, now } = this.#options;
    if (settings.values.topUp !== "development") {
      throw new ServiceError("closed", "Cannot top up: coins are given by administrators here");
    }
    const requestId = parseOnceId(input.requestId, "requestId");
    const waitS = rateLimits ? await this.#topUps.take(account.id, now()) : 0;
    if (waitS > 0) {
      throw new ServiceError("slow_down", `Cannot top up: try again in ${waitS} s`, {
        retryAfterS: waitS,
      });
    }
    await this.#grant({
      grantId: `top-up ${requestId}`,
      accountId: account.id,
      coins: TOP_UP_COINS,
      reason: "top-up",
    });
    return await this.read(account);
  }

  /**
   * An administrator gives coins; answers the balance.
   *
   * @throws {ServiceError} `forbidden`, `invalid`, `not_found`, `too_many`.
   */
  async grant(
    actor: Account,
    accountId: string,
    input: { readonly coins: number; readonly reason: string; readonly requestId?: string },
  ): Promise<number> {
    if (!actor.admin) throw new ServiceError("forbidden", "Cannot do this: administrators only");
    const { coins } = input;
    if (!Number.isInteger(coins) || coins < 1 || coins > MAX_GRANT) {
      throw invalid("coins", `it must be a whole number from 1 to ${MAX_GRANT}`);
    }
    const reason = input.reason.trim() === ""
      ? ""
      : parseLine(input.reason, { min: 1, max: MAX_REASON, field: "reason" });
    const requestId = input.requestId === undefined
      ? randomToken(12)
      : parseOnceId(input.requestId, "requestId");
    const { repositories, now } = this.#options;
    const account = /^[0-9a-z-]{1,40}$/.test(accountId)
      ? await repositories.accounts.byId(accountId)
      : null;
    if (account === null) {
      throw new ServiceError("not_found", "Cannot find the account: unknown");
    }
    const { outcome, balance } = await this.#grant({
      grantId: `admin ${actor.id} ${requestId}`,
      accountId,
      coins,
      reason,
    });
    if (outcome === "granted") {
      await repositories.audit.append({
        atMs: now(),
        actor: { id: actor.id, name: actor.name },
        action: "coins_granted",
        target: `account:${accountId}`,
        detail: `${account.name}: ${coins}${reason === "" ? "" : ` (${reason})`}`,
      }, { maxEntries: MAX_AUDIT_ENTRIES });
    }
    return balance;
  }

  async #grant(
    grant: {
      readonly grantId: string;
      readonly accountId: string;
      readonly coins: number;
      readonly reason: string;
    },
  ) {
    const { wallets, now } = this.#options;
    const granted = await wallets.grant({ ...grant, atMs: now() });
    if (granted.outcome === "too_many") {
      throw new ServiceError("too_many", "Cannot give the coins: the account was given too many");
    }
    return granted;
  }
}

function invalid(field: string, why: string): ServiceError {
  return new ServiceError("invalid", `Cannot accept ${field}: ${why}`, { field });
}
