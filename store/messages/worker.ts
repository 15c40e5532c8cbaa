/**
 * The thread of the journal: its commits take milliseconds, its checkpoints more, and nobody who
 * serves viewers may wait for them. Requests run one after the other; `close` ends the Worker.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { DatabaseSync } from "node:sqlite";
import { Journal } from "./journal.ts";
import type { JournalAnswer, JournalFailure, JournalRequest, JournalWork } from "./protocol.ts";

/** SQLITE_BUSY, SQLITE_LOCKED and SQLITE_FULL, the low byte of the result code. */
const FAILURES: Readonly<Record<number, JournalFailure>> = { 5: "busy", 6: "busy", 13: "full" };

let opened: { database: DatabaseSync; journal: Journal } | null = null;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const answer = (message: JournalAnswer) => scope.postMessage(message);

scope.onmessage = ({ data }: MessageEvent<JournalRequest>) => {
  try {
    switch (data.kind) {
      case "open":
        opened = open(data);
        return answer({ kind: "done", value: null });
      case "work": {
        if (opened === null) throw new Error("they are not open");
        const work = opened.journal as JournalWork;
        const method = work[data.method] as (...input: readonly unknown[]) => unknown;
        return answer({ kind: "done", value: method.apply(work, [...data.input]) });
      }
      case "close":
        opened?.database.close();
        opened = null;
        answer({ kind: "done", value: null });
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

function open({ path, nowMs }: { readonly path: string; readonly nowMs: number }) {
  const database = new DatabaseSync(path);
  // First of all: a process that is about to end may still hold the file.
  database.exec("PRAGMA busy_timeout = 5000");
  // One writer gives the scores: a second process is held off by the file itself.
  database.exec("PRAGMA locking_mode = EXCLUSIVE");
  database.exec("PRAGMA journal_mode = WAL");
  // A commit is in the operating system's hands when it is acknowledged: it survives the death of
  // this process, and a power cut can cost the last ones but never the file.
  database.exec("PRAGMA synchronous = NORMAL");
  // 32 MiB of memory, and checkpoints after as much: keys of dedupe are spread over a whole index,
  // whose pages shall be written once for many of them.
  database.exec("PRAGMA cache_size = -32768");
  database.exec("PRAGMA wal_autocheckpoint = 8000");
  return { database, journal: new Journal(database, { nowMs }) };
}

function failureOf(error: unknown): JournalFailure {
  if (error instanceof RangeError) return "range";
  const code = (error as { errcode?: unknown }).errcode;
  // Not every error of node:sqlite has its code.
  if (error instanceof Error && error.message === "database is locked") return "busy";
  return typeof code === "number" ? FAILURES[code & 0xff] ?? "other" : "other";
}
