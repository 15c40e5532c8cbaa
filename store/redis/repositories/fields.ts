/**
 * How records stand in Redis: hashes of texts, in which an absent field is null.
 *
 * @module
 */
import type { RedisConnection, Reply } from "../connection.ts";
import type { Script, ScriptName, Scripts } from "../scripts.ts";

/** The tag that puts all accounts and rooms into one slot: each script is one transaction. */
const SLOT = "{store}:";

/** Where the repositories' keys begin. */
export function storePrefix(connection: RedisConnection): string {
  return connection.prefix + SLOT;
}

/** Runs one of the scripts of the repositories. */
export type Run = (name: ScriptName, args: readonly (string | number)[]) => Promise<Reply>;

/** Scripts over the keys of the repositories. */
export function runOver(connection: RedisConnection, scripts: Scripts): Run {
  const keys = [storePrefix(connection)];
  return (name, args) => connection.run(scripts[name] as Script, { keys, args });
}

/** A hash as an answer of RESP2. */
export function toFields(reply: Reply | undefined): ReadonlyMap<string, string> {
  const flat = toList(reply);
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields.set(String(flat[index]), String(flat[index + 1]));
  }
  return fields;
}

/** An answer that is a list. */
export function toList(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : [];
}

/** A field that must be there. */
export function text(fields: ReadonlyMap<string, string>, name: string): string {
  const value = fields.get(name);
  if (value === undefined) throw new TypeError(`Cannot read a record: it has no ${name}`);
  return value;
}

/** Text of an answer, or null. */
export function textOrNull(reply: Reply | undefined): string | null {
  return typeof reply === "string" ? reply : null;
}

/** Fields and values in a row; null and undefined are left out. */
export function toArgs(
  fields: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    return [name, typeof value === "boolean" ? String(Number(value)) : String(value)];
  });
}
