/**
 * The one writer of the store's file. Requests run one after the other; `close` ends the Worker
 * (it must never be terminated: a terminated one held its lock for seconds and then committed).
 * Its rights are those of the process; see `rooms/password_worker.ts`.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { DatabaseSync } from "node:sqlite";
import { type Operations, runOperation } from "../operations.ts";
import { migrate } from "./migrations.ts";
import { sqliteOperations } from "./operations.ts";
import type { StoreAnswer, StoreFailure, StoreRequest } from "./protocol.ts";

/** SQLITE_BUSY and SQLITE_LOCKED, the low byte of the result code. */
const BUSY_CODES = new Set([5, 6]);

let opened: { database: DatabaseSync; operations: Operations } | null = null;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const answer = (message: StoreAnswer) => scope.postMessage(message);

scope.onmessage = ({ data }: MessageEvent<StoreRequest>) => {
  try {
    switch (data.kind) {
      case "open":
        opened = open(data.path);
        return answer({ kind: "opened" });
      case "run": {
        if (opened === null) throw new Error("Cannot use the store: it is not open");
        return answer({ kind: "done", id: data.id, value: runOperation(opened.operations, data) });
      }
      case "close":
        opened?.database.close();
        opened = null;
        answer({ kind: "closed" });
        return scope.close();
    }
  } catch (error) {
    answer({
      kind: "failed",
      id: data.kind === "run" ? data.id : null,
      failure: failureOf(error),
      message: error instanceof Error ? error.message : String(error),
    });
  }
};

function open(path: string) {
  const database = new DatabaseSync(path);
  // First of all: the default of 0 would fail at once while another process closes the file.
  database.exec("PRAGMA busy_timeout = 5000");
  database.exec("PRAGMA journal_mode = WAL");
  // A commit is in the operating system's hands when it is acknowledged: it survives the death of
  // this process, and a power cut can cost the last ones but never the file.
  database.exec("PRAGMA synchronous = NORMAL");
  database.exec("PRAGMA foreign_keys = ON");
  migrate(database, { nowMs: Date.now() });
  return { database, operations: sqliteOperations(database) };
}

function failureOf(error: unknown): StoreFailure {
  const code = (error as { errcode?: unknown }).errcode;
  if (typeof code === "number" && BUSY_CODES.has(code & 0xff)) return "busy";
  if (error instanceof TypeError) return "type";
  if (error instanceof RangeError) return "range";
  return "other";
}
