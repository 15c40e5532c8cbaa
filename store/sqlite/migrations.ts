/**
 * The steps that make the file what this version expects. A step that was released is never
 * changed; a new one is added.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";

/** SQL of each step; step numbers begin at 1. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    admin         INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    password_hash TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX accounts_by_admin ON accounts (admin) WHERE admin = 1;

  CREATE TABLE sessions (
    token_hash    TEXT PRIMARY KEY,
    account_id    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_account ON sessions (account_id, created_at_ms);
  CREATE INDEX sessions_by_end ON sessions (expires_at_ms);

  -- AUTOINCREMENT: an id is never given twice, not even after its room is gone.
  CREATE TABLE rooms (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id      TEXT NOT NULL UNIQUE REFERENCES accounts (id),
    title         TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    sealed_key    BLOB NOT NULL
  ) STRICT;
  INSERT INTO sqlite_sequence (name, seq) VALUES ('rooms', 100000);
  `,
];

/**
 * Runs the steps that are missing, each in a transaction of its own together with its mark.
 *
 * @throws {RangeError} when a newer version wrote the file.
 */
export function migrate(database: DatabaseSync, options: { readonly nowMs: number }): void {
  database.exec(
    "CREATE TABLE IF NOT EXISTS migrations (step INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT",
  );
  const last = database.prepare("SELECT coalesce(max(step), 0) AS step FROM migrations").get();
  const done = Number(last?.step);
  if (done > STEPS.length) {
    throw new RangeError(
      `Cannot open the store: it is at step ${done}, this version knows ${STEPS.length}`,
    );
  }
  for (let step = done + 1; step <= STEPS.length; step++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(STEPS[step - 1] as string);
      database.prepare("INSERT INTO migrations (step, at_ms) VALUES (?, ?)")
        .run(step, options.nowMs);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }
}
