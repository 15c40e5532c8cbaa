/**
 * The message log in the memory of the process, without a Worker: for tests; nothing survives. The
 * journal is that of the embedded store, so that a test against it tells of both.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { Journal } from "../messages/journal.ts";
import { EmbeddedLog, type EmbeddedLogOptions } from "../messages/log.ts";

/** An empty log. */
export function openMemoryLog(options: EmbeddedLogOptions = {}): EmbeddedLog {
  const database = new DatabaseSync(":memory:");
  const journal = new Journal(database, { nowMs: options.now?.() ?? Date.now() });
  return new EmbeddedLog({
    append: (calls, at) => Promise.try(() => journal.append(calls, at)),
    live: (channel, which) => Promise.try(() => journal.live(channel, which)),
    range: (channel, which) => Promise.try(() => journal.range(channel, which)),
    remove: (channel, scores) => Promise.try(() => journal.remove(channel, scores)),
    trim: (which) => Promise.try(() => journal.trim(which)),
    sizeBytes: () => Promise.resolve(0),
    close() {
      database.close();
      return Promise.resolve();
    },
  }, options);
}
