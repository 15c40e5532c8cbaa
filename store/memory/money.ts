/**
 * Money in the memory of the process, without a Worker: for tests; nothing survives. The statements
 * are those of the embedded store, so that a test against it tells of both.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { MoneyStore } from "../../rooms/money/repository.ts";
import { groupCommits } from "../money/mod.ts";
import { MoneyBook } from "../money/operations.ts";

/** An empty store. */
export function openMemoryMoney(): MoneyStore {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA foreign_keys = ON");
  const book = new MoneyBook(database);
  return groupCommits(
    (calls) => Promise.resolve(structuredClone(book.run(calls))),
    () => {
      database.close();
      return Promise.resolve();
    },
  );
}
