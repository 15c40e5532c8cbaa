/**
 * Coins: who has how many, what they were spent on, and who gave most. Every driver keeps these
 * guarantees, checked by `tests/conformance/money_conformance.ts`:
 *
 * - a call is one transaction, calls do not interleave, and a promise resolves after its work would
 *   survive the death of the process (and, in the embedded store, a power cut);
 * - no balance is ever below zero;
 * - every transaction is entered twice: what leaves one book enters others, so that the sum of all
 *   books is zero at all times;
 * - a payment, a grant and an addition to a board happen once for each of their ids, however often
 *   they are asked for;
 * - a store that has no room for more work rejects with `StoreBusyError` and has done nothing.
 *
 * A gift is a saga over stores that share no transaction: {@linkcode WalletRepository.pay} leaves the
 * payment unsettled, then the message is appended and the boards are added to, each idempotent by
 * the payment's id, and {@linkcode WalletRepository.settle} ends it. Whoever finds an old unsettled
 * payment does the same steps again.
 *
 * Times are milliseconds since the epoch and always come from the caller.
 *
 * @module
 */
import type { Role } from "../../im/protocol/message.ts";
import type { BattleRepository } from "../pk/repository.ts";

/** The same gift of the same sender within this time of the one before grows its combo. */
export const COMBO_MS = 10_000;
/** Between two gifts of one sender that are announced everywhere, milliseconds. */
export const ANNOUNCE_EVERY_MS = 10_000;
/** Part of a gift's coins that is the room's; the house has the rest. */
export const ROOM_SHARE = 0.5;
/** Most coins that an account may have. */
export const MAX_BALANCE = 1_000_000_000_000;

/** The room's part of a gift, whole coins. */
export function roomShare(value: number): number {
  return Math.floor(value * ROOM_SHARE);
}

/** A gift that somebody wants to pay. */
export interface Order {
  /** Unique for its account. */
  readonly requestId: string;
  readonly accountId: string;
  readonly roomId: string;
  /** Key of the catalogue. */
  readonly gift: string;
  readonly count: number;
  /** Coins of all of them. */
  readonly value: number;
  /** The battle it counts in, and for which room; null: none. */
  readonly battle: { readonly id: string; readonly side: string } | null;
  /** The sender as everybody sees them, without the level. */
  readonly sender: { readonly name: string; readonly role: Role };
  /** Whether it is big enough to be announced everywhere. */
  readonly announce: boolean;
  readonly atMs: number;
}

/** A gift that is paid. */
export interface Payment extends Omit<Order, "announce"> {
  /** How many of the gift in a row, with these. */
  readonly combo: number;
  /** Whether it shall be announced: it is big, and none of the sender's was announced just before. */
  readonly announce: boolean;
  /** Coins left behind it. */
  readonly balance: number;
  /** Coins that the account has spent in all, with these. */
  readonly spent: number;
  /** Score of its message; null: not settled. */
  readonly score: number | null;
}

/** What became of an order. */
export type PayOutcome =
  | { readonly outcome: "paid" | "repeated"; readonly payment: Payment }
  | { readonly outcome: "poor"; readonly balance: number };

/** Coins that an administrator gives, or that somebody bought. */
export interface Grant {
  /** Unique for its account, apart from the ids of orders. */
  readonly grantId: string;
  readonly accountId: string;
  readonly coins: number;
  /** For people. */
  readonly reason: string;
  readonly atMs: number;
}

/** What became of a grant; `too_many`: the balance would be above {@linkcode MAX_BALANCE}. */
export interface GrantOutcome {
  readonly outcome: "granted" | "repeated" | "too_many";
  readonly balance: number;
}

/** What an account has. */
export interface Wallet {
  readonly balance: number;
  readonly spent: number;
  readonly granted: number;
}

/** A line of an account's history. */
export interface WalletEntry {
  /** Rising. */
  readonly id: number;
  readonly atMs: number;
  readonly kind: "gift" | "grant";
  /** Coins that came (positive) or went. */
  readonly coins: number;
  /** Behind it. */
  readonly balance: number;
  /** Of a gift. */
  readonly roomId: string | null;
  readonly gift: string | null;
  readonly count: number;
  /** Of a grant. */
  readonly reason: string | null;
}

/** Sums over everything that was entered; they add up to zero. */
export interface Books {
  /** Where coins come from: zero or below. */
  readonly mint: number;
  readonly wallets: number;
  readonly rooms: number;
  readonly house: number;
  /** The balances as they are told; the same as `wallets`. */
  readonly balances: number;
}

/** Wallets, their ledger, and the payments that are not settled. */
export interface WalletRepository {
  /** Pays or answers the payment of the same id as it was made, whatever the order says else. */
  pay(order: Order): Promise<PayOutcome>;
  /** An account that never had a coin has none. */
  read(accountId: string): Promise<Wallet>;
  grant(grant: Grant): Promise<GrantOutcome>;
  /** Notes the score of the payment's message; does nothing when it is settled or unknown. */
  settle(
    payment: Pick<Payment, "accountId" | "requestId"> & { readonly score: number },
  ): Promise<void>;
  /** Unsettled payments from before an instant, oldest first. */
  unsettled(
    options: { readonly beforeMs: number; readonly limit: number },
  ): Promise<Payment[]>;
  /** Lines before the id (null: from the newest on), newest first; at least the last 1,000 are kept. */
  history(
    accountId: string,
    options: { readonly before: number | null; readonly limit: number },
  ): Promise<WalletEntry[]>;
  books(): Promise<Books>;
}

/** Coins that came into a room from an account. */
export interface BoardEntry {
  readonly roomId: string;
  readonly accountId: string;
  /** Of the payment. */
  readonly requestId: string;
  /** The sender's name of now. */
  readonly name: string;
  readonly coins: number;
  readonly atMs: number;
}

/** A place of a board. */
export interface Rank {
  readonly accountId: string;
  readonly name: string;
  readonly coins: number;
}

/** Who gave how much in a room. */
export interface BoardRepository {
  /** Adds to the day and to all time, once for each account and request. */
  add(entry: BoardEntry): Promise<void>;
  /** Those who gave most, at most `limit`; equals by account id. `day` null: of all time. */
  top(
    roomId: string,
    options: { readonly day: string | null; readonly limit: number },
  ): Promise<Rank[]>;
  /**
   * Coins that came into the room since it was asked with this mark for the first time. Marks of a
   * room rise; the newest alone is known, an older one answers 0.
   */
  since(roomId: string, mark: number): Promise<number>;
  /** Forgets days before this one. */
  trim(options: { readonly beforeDay: string }): Promise<void>;
}

/** The day of an instant, by which boards are kept: `2026-11-25`, UTC. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** One opened store of money. */
export interface MoneyStore {
  readonly wallets: WalletRepository;
  readonly boards: BoardRepository;
  readonly battles: BattleRepository;
  /** Calls that wait for the store. */
  readonly queued: number;
  /** Completes the accepted calls and closes; further calls are rejected. */
  close(): Promise<void>;
}

/** Opens the store of a data folder, made when missing. */
export type OpenMoney = (dataDir: string) => Promise<MoneyStore>;
