/**
 * The thread of the money: each commit waits for the disk. Requests run one after the other; `close`
 * ends the Worker.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { DatabaseSync } from "node:sqlite";
import { failureOf, MoneyBook } from "./operations.ts";
import type { MoneyAnswer, MoneyRequest } from "./protocol.ts";

let opened: { database: DatabaseSync; book: MoneyBook } | null = null;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const answer = (message: MoneyAnswer) => scope.postMessage(message);

scope.onmessage = ({ data }: MessageEvent<MoneyRequest>) => {
  try {
    switch (data.kind) {
      case "open":
        opened = open(data.path);
        return answer({ kind: "done" });
      case "run":
        if (opened === null) throw new Error("it is not open");
        return answer({ kind: "ran", results: opened.book.run(data.calls) });
      case "close":
        opened?.database.close();
        opened = null;
        answer({ kind: "done" });
        return scope.close();
    }
  } catch (error) {
    answer({
      kind: "failed",
      failure: failureOf(error),
      message: error instanceof Error ? error.message : String(error),
    });
  }
};

function open(path: string) {
  const database = new DatabaseSync(path);
  // First of all: a process that is about to end may still hold the file.
  database.exec("PRAGMA busy_timeout = 5000");
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  // A commit is on the disk when it is acknowledged: it survives a power cut.
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA foreign_keys = ON");
  database.exec("PRAGMA cache_size = -32768");
  database.exec("PRAGMA wal_autocheckpoint = 4000");
  return { database, book: new MoneyBook(database) };
}
