/**
 * One SQLite connection with its prepared statements.
 *
 * @module
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** One row by column. */
export type Row = Record<string, SQLInputValue>;

/** SQLITE_CONSTRAINT_FOREIGNKEY, an extended result code. */
const FOREIGN_KEY_VIOLATED = 787;

/** Statements are prepared at their first use and kept. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** The first row, if any. */
  get(sql: string, ...input: SQLInputValue[]): Row | undefined {
    return this.#prepared(sql).get(...input) as Row | undefined;
  }

  /** Every row. */
  all(sql: string, ...input: SQLInputValue[]): Row[] {
    return this.#prepared(sql).all(...input) as Row[];
  }

  /** Runs a statement that changes rows; answers how many. */
  run(sql: string, ...input: SQLInputValue[]): number {
    return Number(this.#prepared(sql).run(...input).changes);
  }

  /** All of `body` or nothing. */
  transaction<T>(body: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = body();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      this.#statements.set(sql, statement = this.#database.prepare(sql));
    }
    return statement;
  }
}

/** Turns a violated reference into a TypeError of this message. */
export function naming<T>(message: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if ((error as { errcode?: unknown }).errcode === FOREIGN_KEY_VIOLATED) {
      throw new TypeError(message, { cause: error });
    }
    throw error;
  }
}

/** `SET` of an update: the columns whose value is given, in a fixed order. */
export function assignments(
  values: Readonly<Record<string, SQLInputValue | undefined>>,
): { readonly sql: string; readonly input: readonly SQLInputValue[] } | null {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  if (given.length === 0) return null;
  return {
    sql: given.map(([column]) => `${column} = ?`).join(", "),
    input: given.map(([, value]) => value as SQLInputValue),
  };
}

/** A nullable column's text. */
export function textOrNull(value: SQLInputValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** A nullable column's number. */
export function numberOrNull(value: SQLInputValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
