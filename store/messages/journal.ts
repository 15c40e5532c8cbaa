/**
 * The messages on disk: one SQLite file, synchronous; whoever uses it decides in which thread. It
 * gives the scores, knows what was said before, and keeps the history.
 *
 * @module
 */
import type { DatabaseSync } from "node:sqlite";
import {
  type Channel,
  type Draft,
  EVERYONE,
  type Kind,
  KINDS,
  type Message,
  scoreAt,
} from "../../im/protocol/message.ts";
import { Connection } from "../sqlite/connection.ts";

/** A draft on its way to the disk. */
export interface JournalEntry {
  /** Place in `KINDS`. */
  readonly kind: number;
  /** The draft as JSON text; {@linkcode messageOf} reads it. */
  readonly text: string;
  readonly dedupeKey: string | null;
}

/** Entries that are placed next to each other. */
export interface JournalCall {
  readonly channel: Channel;
  readonly entries: readonly JournalEntry[];
}

/** Where an entry stands. */
export interface Placed {
  readonly score: number;
  /**
   * Null: it is new. Otherwise the text of the first message with its dedupe key, or of the entry
   * itself when that one is gone.
   */
  readonly repeated: string | null;
}

/** A message as it is kept. */
export interface Kept {
  readonly score: number;
  readonly text: string;
}

/** The live part of a channel. */
export interface LivePart {
  /** In order. */
  readonly messages: readonly Kept[];
  /** Score of the newest message that is no more, or not in {@linkcode messages}; 0: none. */
  readonly trimmed: number;
  /** Score of the newest message there was; 0: none. */
  readonly head: number;
}

/** What {@linkcode Journal.trim} did. */
export interface Trimmed {
  readonly removed: number;
  /** Where the next slice goes on; null: the round is over. */
  readonly next: Channel | null;
}

/** A key is remembered for at least so long, milliseconds. */
export const DEDUPE_LIFE_MS = 24 * 3_600_000;
/** Channels whose last score is known without asking the disk. */
const MAX_LAST_SCORES = 10_000;
/** Rows that one slice of {@linkcode Journal.trim} removes, and channels it looks at. */
const SLICE_ROWS = 1_000;
const SLICE_CHANNELS = 500;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS messages (
    channel TEXT NOT NULL,
    score   INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (channel, score)
  ) STRICT, WITHOUT ROWID;
  -- The newest message of a channel that was removed for its age.
  CREATE TABLE IF NOT EXISTS trimmed (
    channel TEXT PRIMARY KEY,
    score   INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  -- Two generations: the older one is emptied when it holds nothing that is still needed.
  CREATE TABLE IF NOT EXISTS dedupe_0 (
    channel TEXT NOT NULL,
    key     TEXT NOT NULL,
    score   INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (channel, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS dedupe_1 (
    channel TEXT NOT NULL,
    key     TEXT NOT NULL,
    score   INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (channel, key)
  ) STRICT, WITHOUT ROWID;
  -- score: the largest that was ever given; generation: the younger one, begun at since_ms.
  CREATE TABLE IF NOT EXISTS state (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    version    INTEGER NOT NULL,
    score      INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    since_ms   INTEGER NOT NULL
  ) STRICT;
`;
const VERSION = 1;

/** The only writer of its file. */
export class Journal {
  readonly #at: Connection;
  /** No channel has a score above it. */
  #highest: number;
  #generation: 0 | 1;
  #sinceMs: number;
  #olderHasKeys: boolean;
  /** In the order of the last use. */
  readonly #lastScores = new Map<Channel, number>();

  /**
   * Makes the tables when they are missing.
   *
   * @throws {RangeError} when a newer version wrote the file.
   */
  constructor(database: DatabaseSync, options: { readonly nowMs: number }) {
    database.exec(SCHEMA);
    this.#at = new Connection(database);
    this.#at.run(
      "INSERT OR IGNORE INTO state (id, version, score, generation, since_ms) VALUES (1, ?, 0, 0, ?)",
      VERSION,
      options.nowMs,
    );
    const state = this.#at.get("SELECT * FROM state");
    if (Number(state?.version) > VERSION) {
      throw new RangeError(
        `Cannot open the messages: they are of version ${state?.version}, this one knows ${VERSION}`,
      );
    }
    this.#highest = Number(state?.score);
    this.#generation = Number(state?.generation) === 0 ? 0 : 1;
    this.#sinceMs = Number(state?.since_ms);
    this.#olderHasKeys =
      this.#at.get(`SELECT 1 FROM dedupe_${1 - this.#generation} LIMIT 1`) !== undefined;
  }

  /** Appends every call, or none; the answers stand as the calls and their entries do. */
  append(calls: readonly JournalCall[], options: { readonly nowMs: number }): Placed[][] {
    this.#turnGenerations(options.nowMs);
    return this.#at.transaction(() => {
      const placed = calls.map((call) => this.#place(call, options.nowMs));
      this.#at.run("UPDATE state SET score = ?", this.#highest);
      return placed;
    });
  }

  /** The newest messages of each kind with a score above `since`. */
  live(
    channel: Channel,
    options: { readonly since: number; readonly maxPerKind: number },
  ): LivePart {
    const { since, maxPerKind } = options;
    const messages: Kept[] = [];
    let trimmed = Number(
      this.#at.get("SELECT score FROM trimmed WHERE channel = ?", channel)?.score ?? 0,
    );
    const older = this.#at.get(
      "SELECT max(score) AS score FROM messages WHERE channel = ? AND score <= ?",
      channel,
      since,
    );
    trimmed = Math.max(trimmed, Number(older?.score ?? 0));
    for (let kind = 0; kind < KINDS.length; kind++) {
      const rows = this.#at.all(
        `SELECT score, text FROM messages WHERE channel = ? AND score > ? AND kind = ?
         ORDER BY score DESC LIMIT ?`,
        channel,
        since,
        kind,
        maxPerKind + 1,
      ).map(toKept);
      const beyond = rows[maxPerKind];
      if (beyond !== undefined) trimmed = Math.max(trimmed, beyond.score);
      messages.push(...rows.slice(0, maxPerKind));
    }
    messages.sort((a, b) => a.score - b.score);
    return { messages, trimmed, head: Math.max(trimmed, messages.at(-1)?.score ?? 0) };
  }

  /** Messages with scores from `from` (inclusive) to `to` (exclusive), in order. */
  range(
    channel: Channel,
    options: { readonly from: number; readonly to: number; readonly limit: number },
  ): Kept[] {
    const { from, to, limit } = options;
    return this.#at.all(
      `SELECT score, text FROM messages WHERE channel = ? AND score >= ? AND score < ?
       ORDER BY score LIMIT ?`,
      channel,
      from,
      to,
      limit,
    ).map(toKept);
  }

  /** Takes messages out as if they had never been. */
  remove(channel: Channel, scores: readonly number[]): void {
    this.#at.transaction(() => {
      for (const score of scores) {
        this.#at.run("DELETE FROM messages WHERE channel = ? AND score = ?", channel, score);
      }
    });
  }

  /**
   * Removes a slice of what is too old, channel after channel: rooms keep their history until
   * `historyScore`, accounts theirs until `privateScore`, everybody until `otherScore`.
   */
  trim(
    options: {
      readonly from: Channel;
      readonly historyScore: number;
      readonly privateScore: number;
      readonly otherScore: number;
    },
  ): Trimmed {
    let channel = options.from;
    let removed = 0;
    for (let looked = 0; looked < SLICE_CHANNELS; looked++) {
      const next = this.#at.get(
        "SELECT min(channel) AS channel FROM messages WHERE channel >= ?",
        channel,
      );
      if (next?.channel === null || next?.channel === undefined) return { removed, next: null };
      channel = String(next.channel);
      const below = !channel.startsWith("@")
        ? options.historyScore
        : channel === EVERYONE
        ? options.otherScore
        : options.privateScore;
      removed += this.#trimChannel(channel, { below, limit: SLICE_ROWS - removed });
      if (removed >= SLICE_ROWS) return { removed, next: channel };
      // The next channel there can be.
      channel += "\0";
    }
    return { removed, next: channel };
  }

  #trimChannel(
    channel: Channel,
    { below, limit }: { readonly below: number; readonly limit: number },
  ): number {
    const last = this.#at.get(
      `SELECT max(score) AS score FROM (
         SELECT score FROM messages WHERE channel = ? AND score < ? ORDER BY score LIMIT ?)`,
      channel,
      below,
      limit,
    )?.score;
    if (last === null || last === undefined) return 0;
    return this.#at.transaction(() => {
      this.#at.run(
        `INSERT INTO trimmed (channel, score) VALUES (?, ?)
         ON CONFLICT (channel) DO UPDATE SET score = max(score, excluded.score)`,
        channel,
        last,
      );
      return this.#at.run("DELETE FROM messages WHERE channel = ? AND score <= ?", channel, last);
    });
  }

  #place({ channel, entries }: JournalCall, nowMs: number): Placed[] {
    // What was forgotten is not above the highest of all.
    let last = this.#lastScores.get(channel) ?? this.#highest;
    const placed = entries.map(({ kind, text, dedupeKey }): Placed => {
      const score = Math.max(scoreAt(nowMs), last + 1);
      if (dedupeKey !== null) {
        const first = this.#claim({ channel, key: dedupeKey, score, nowMs });
        if (first !== null) return { score: first.score, repeated: first.text ?? text };
      }
      last = score;
      this.#at.run(
        "INSERT INTO messages (channel, score, kind, text) VALUES (?, ?, ?, ?)",
        channel,
        score,
        kind,
        text,
      );
      return { score, repeated: null };
    });
    this.#highest = Math.max(this.#highest, last);
    this.#lastScores.delete(channel);
    this.#lastScores.set(channel, last);
    if (this.#lastScores.size > MAX_LAST_SCORES) {
      const oldest = this.#lastScores.keys().next();
      if (!oldest.done) this.#lastScores.delete(oldest.value);
    }
    return placed;
  }

  /**
   * Notes a message under its key; when the key was taken within a day, the message it was taken by,
   * whose text is null when it is gone.
   */
  #claim(
    claim: {
      readonly channel: Channel;
      readonly key: string;
      readonly score: number;
      readonly nowMs: number;
    },
  ): { readonly score: number; readonly text: string | null } | null {
    const { channel, key, score, nowMs } = claim;
    if (this.#olderHasKeys) {
      const older = this.#at.get(
        `SELECT score, at_ms FROM dedupe_${1 - this.#generation} WHERE channel = ? AND key = ?`,
        channel,
        key,
      );
      if (older !== undefined && Number(older.at_ms) > nowMs - DEDUPE_LIFE_MS) {
        return this.#keptAs(channel, Number(older.score));
      }
    }
    // The younger generation is not a day old, and so is nothing in it.
    const claimed = this.#at.run(
      `INSERT INTO dedupe_${this.#generation} (channel, key, score, at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (channel, key) DO NOTHING`,
      channel,
      key,
      score,
      nowMs,
    );
    if (claimed === 1) return null;
    const first = this.#at.get(
      `SELECT score FROM dedupe_${this.#generation} WHERE channel = ? AND key = ?`,
      channel,
      key,
    );
    return this.#keptAs(channel, Number(first?.score));
  }

  #keptAs(
    channel: Channel,
    score: number,
  ): { readonly score: number; readonly text: string | null } {
    const row = this.#at.get(
      "SELECT text FROM messages WHERE channel = ? AND score = ?",
      channel,
      score,
    );
    return { score, text: row === undefined ? null : String(row.text) };
  }

  #turnGenerations(nowMs: number): void {
    if (nowMs - this.#sinceMs < DEDUPE_LIFE_MS) return;
    const younger = this.#generation === 0 ? 1 : 0;
    this.#at.transaction(() => {
      this.#at.run(`DELETE FROM dedupe_${younger}`);
      this.#at.run("UPDATE state SET generation = ?, since_ms = ?", younger, nowMs);
    });
    this.#generation = younger;
    this.#sinceMs = nowMs;
    this.#olderHasKeys = true;
  }
}

/** A draft as the journal takes it. */
export function entryOf(draft: Draft, dedupeKey: string | null): JournalEntry {
  const { kind, body, lane, from, stateKey } = draft;
  return {
    kind: KINDS.indexOf(kind satisfies Kind),
    text: JSON.stringify({ lane, from, stateKey, kind, body }),
    dedupeKey,
  };
}

/** A message from what is kept of it. */
export function messageOf({ score, text }: Kept): Message {
  return { score, merged: 1, ...JSON.parse(text) };
}

function toKept(row: Record<string, unknown>): Kept {
  return { score: Number(row.score), text: String(row.text) };
}
