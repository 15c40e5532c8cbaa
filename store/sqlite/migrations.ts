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
  `
  ALTER TABLE accounts ADD COLUMN display_name TEXT;
  ALTER TABLE accounts ADD COLUMN display_key TEXT;
  ALTER TABLE accounts ADD COLUMN avatar TEXT;
  ALTER TABLE accounts ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
  CREATE UNIQUE INDEX accounts_by_display_key ON accounts (display_key)
    WHERE display_key IS NOT NULL;
  CREATE INDEX accounts_by_avatar ON accounts (avatar) WHERE avatar IS NOT NULL;

  -- Sessions of before have no name of their own: the half of a digest tells nothing of a token.
  ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT '';
  ALTER TABLE sessions ADD COLUMN seen_at_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN user_agent TEXT NOT NULL DEFAULT '';
  ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
  UPDATE sessions SET id = substr(token_hash, 1, 24), seen_at_ms = created_at_ms;
  CREATE UNIQUE INDEX sessions_by_id ON sessions (id);

  ALTER TABLE rooms ADD COLUMN title_key TEXT NOT NULL DEFAULT '';
  ALTER TABLE rooms ADD COLUMN description TEXT NOT NULL DEFAULT '';
  ALTER TABLE rooms ADD COLUMN category TEXT;
  ALTER TABLE rooms ADD COLUMN cover TEXT;
  ALTER TABLE rooms ADD COLUMN next_live_at_ms INTEGER;
  ALTER TABLE rooms ADD COLUMN last_live_at_ms INTEGER;
  ALTER TABLE rooms ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE rooms ADD COLUMN followers INTEGER NOT NULL DEFAULT 0;
  -- Good enough until the title is saved again: it folds ASCII alone.
  UPDATE rooms SET title_key = lower(title);
  CREATE INDEX rooms_by_cover ON rooms (cover) WHERE cover IS NOT NULL;

  CREATE TABLE follows (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    room_id    INTEGER NOT NULL REFERENCES rooms (id),
    at_ms      INTEGER NOT NULL,
    PRIMARY KEY (account_id, room_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX follows_by_room ON follows (room_id);

  CREATE TABLE broadcasts (
    room_id         INTEGER NOT NULL REFERENCES rooms (id),
    started_at_ms   INTEGER NOT NULL,
    ended_at_ms     INTEGER,
    seen_at_ms      INTEGER NOT NULL,
    peak_viewers    INTEGER NOT NULL,
    average_viewers REAL NOT NULL,
    average_kbps    REAL NOT NULL,
    dropped_frames  INTEGER NOT NULL,
    reconnects      INTEGER NOT NULL,
    encoder         TEXT,
    protocol        TEXT NOT NULL,
    width           INTEGER NOT NULL,
    height          INTEGER NOT NULL,
    PRIMARY KEY (room_id, started_at_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX broadcasts_running ON broadcasts (started_at_ms) WHERE ended_at_ms IS NULL;

  CREATE TABLE settings (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    at_ms      INTEGER NOT NULL,
    actor_id   TEXT NOT NULL,
    actor_name TEXT NOT NULL
  ) STRICT;
  CREATE INDEX settings_by_key ON settings (key, id);

  CREATE TABLE audit (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms      INTEGER NOT NULL,
    actor_id   TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    action     TEXT NOT NULL,
    target     TEXT NOT NULL,
    detail     TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_action ON audit (action, id);
  `,
  `
  -- Numbers of rooms are never given twice: what outlives its room harms nobody.
  CREATE TABLE likes (
    room_id TEXT PRIMARY KEY,
    total   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE broadcasts ADD COLUMN gift_coins INTEGER NOT NULL DEFAULT 0;
  `,
  `
  CREATE TABLE moderation (
    list     TEXT NOT NULL,
    item     TEXT NOT NULL,
    at_ms    INTEGER NOT NULL,
    until_ms INTEGER,
    about    TEXT,
    value    TEXT NOT NULL,
    PRIMARY KEY (list, item)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX moderation_by_time ON moderation (list, at_ms, item);
  CREATE INDEX moderation_by_about ON moderation (about) WHERE about IS NOT NULL;

  CREATE TABLE turns (
    room_id TEXT NOT NULL,
    sender  TEXT NOT NULL,
    at_ms   INTEGER NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (room_id, sender)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX turns_by_time ON turns (at_ms);
  `,
  `
  CREATE TABLE leases (
    name     TEXT PRIMARY KEY,
    holder   TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    fence    INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE likes ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX likes_untold ON likes (room_id) WHERE untold > 0;
  `,
  `
  CREATE TABLE calls (
    name       TEXT PRIMARY KEY,
    owner_id   TEXT,
    version    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    document   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX calls_by_owner ON calls (owner_id, name) WHERE owner_id IS NOT NULL;
  CREATE INDEX calls_by_end ON calls (expires_ms);
  `,
  `
  CREATE TABLE stages (
    room_id    TEXT PRIMARY KEY,
    version    INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    document   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stages_by_end ON stages (expires_ms);
  CREATE TABLE stage_holders (
    account_id TEXT PRIMARY KEY,
    room_id    TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX stage_holders_by_room ON stage_holders (room_id);
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
