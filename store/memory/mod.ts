/**
 * The repositories in the memory of the process, without a Worker: for tests; nothing survives.
 * The statements are those of the embedded store, so that a test against it tells of both.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { Repositories } from "../../rooms/repository.ts";
import { repositoriesOver, runOperation } from "../operations.ts";
import { migrate } from "../sqlite/migrations.ts";
import { sqliteOperations } from "../sqlite/operations.ts";

/** An empty store. */
export function openMemoryStore(): Repositories {
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA foreign_keys = ON");
  migrate(database, { nowMs: 0 });
  const operations = sqliteOperations(database);
  let closed = false;
  return {
    ...repositoriesOver((group, method, input) => {
      if (closed) return Promise.reject(new Error("Cannot use the store: it is closed"));
      return Promise.try(() => structuredClone(runOperation(operations, { group, method, input })));
    }),
    queued: 0,
    close() {
      if (!closed) database.close();
      closed = true;
      return Promise.resolve();
    },
  };
}
