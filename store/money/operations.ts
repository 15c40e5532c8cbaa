/**
 * The contracts of money as synchronous operations on one SQLite connection, and how many of them
 * become one commit.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import type { MoneyStore } from "../../rooms/money/repository.ts";
import { Connection } from "../sqlite/connection.ts";
import { BATTLE_SCHEMA, battleOperations } from "./battles.ts";
import { boardOperations, BOOK_SCHEMA, walletOperations } from "./book.ts";

/** The groups of operations. */
export type MoneyGroup = "wallets" | "boards" | "battles";

type Synchronous<R> = {
  readonly [M in keyof R]: R[M] extends (...input: infer Input) => Promise<infer Output>
    ? (...input: Input) => Output
    : never;
};

/** Every method of the store, without the promise. */
export type MoneyOperations = { readonly [G in MoneyGroup]: Synchronous<MoneyStore[G]> };

const METHODS: { readonly [G in MoneyGroup]: Readonly<Record<keyof MoneyStore[G], true>> } = {
  wallets: {
    pay: true,
    read: true,
    grant: true,
    settle: true,
    unsettled: true,
    history: true,
    books: true,
  },
  boards: { add: true, top: true, since: true, trim: true },
  battles: { create: true, ofRoom: true, replace: true, score: true, open: true },
};

/** One operation by its name. */
export interface MoneyCall {
  readonly group: MoneyGroup;
  readonly method: string;
  readonly input: readonly unknown[];
}

/** What came of a call. */
export type MoneyResult =
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly failure: MoneyFailure; readonly message: string };

/** What kind of failure a caller can tell apart. */
export type MoneyFailure = "busy" | "full" | "range" | "other";

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_FULL, the low byte of the result code. */
const FAILURES: Readonly<Record<number, MoneyFailure>> = { 5: "busy", 6: "busy", 13: "full" };
const VERSION = 1;

/** Repositories whose every method goes through `invoke`. */
export function moneyOver(
  invoke: (call: MoneyCall) => Promise<unknown>,
): Pick<MoneyStore, MoneyGroup> {
  const group = <G extends MoneyGroup>(name: G): MoneyStore[G] =>
    Object.fromEntries(
      Object.keys(METHODS[name]).map((method) => [
        method,
        (...input: readonly unknown[]) => invoke({ group: name, method, input }),
      ]),
    ) as unknown as MoneyStore[G];
  return { wallets: group("wallets"), boards: group("boards"), battles: group("battles") };
}

/** The only writer of its file. */
export class MoneyBook {
  readonly #connection: Connection;
  readonly #operations: MoneyOperations;

  /**
   * Makes the tables when they are missing.
   *
   * @throws {RangeError} when a newer version wrote the file.
   */
  constructor(database: DatabaseSync) {
    const found = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    if (found > VERSION) {
      throw new RangeError(
        `Cannot open the money: it is of version ${found}, this one knows ${VERSION}`,
      );
    }
    database.exec(BOOK_SCHEMA);
    database.exec(BATTLE_SCHEMA);
    database.exec(`PRAGMA user_version = ${VERSION}`);
    this.#connection = new Connection(database);
    this.#operations = {
      wallets: walletOperations(this.#connection),
      boards: boardOperations(this.#connection),
      battles: battleOperations(this.#connection),
    };
  }

  /**
   * Runs calls in order in one commit. When one fails, each has a commit of its own, so that none
   * takes others down; when the commit itself fails, all have failed.
   */
  run(calls: readonly MoneyCall[]): MoneyResult[] {
    try {
      return this.#commit(calls);
    } catch {
      return calls.map((call) => {
        try {
          return this.#commit([call])[0] as MoneyResult;
        } catch (error) {
          return { kind: "failed", failure: failureOf(error), message: (error as Error).message };
        }
      });
    }
  }

  #commit(calls: readonly MoneyCall[]): MoneyResult[] {
    return this.#connection.transaction(() =>
      calls.map((call) => ({ kind: "done", value: this.#runOne(call) }))
    );
  }

  #runOne({ group, method, input }: MoneyCall): unknown {
    if (!Object.hasOwn(METHODS[group] ?? {}, method)) {
      throw new TypeError(`Cannot run ${group}.${method}: no such operation`);
    }
    const methods = this.#operations[group] as Record<string, (...input: unknown[]) => unknown>;
    return (methods[method] as (...input: unknown[]) => unknown)(...input);
  }
}

/** What kind of failure an error is. */
export function failureOf(error: unknown): MoneyFailure {
  if (error instanceof RangeError) return "range";
  const code = (error as { errcode?: unknown }).errcode;
  // Not every error of node:sqlite has its code.
  if (error instanceof Error && error.message === "database is locked") return "busy";
  return typeof code === "number" ? FAILURES[code & 0xff] ?? "other" : "other";
}
