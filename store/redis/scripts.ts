/**
 * The Lua scripts of the driver: files below `lua/`, each with what `-- include: <file>` names in
 * front. Read once and called by their SHA-1.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A script as Redis knows it. */
export interface Script {
  /** Hexadecimal SHA-1 of {@linkcode text}, for `EVALSHA`. */
  readonly sha: string;
  readonly text: string;
}

/** Every script's file without `.lua`. */
const NAMES = [
  "account_create",
  "account_delete",
  "account_read",
  "account_update",
  "accounts_page",
  "battle",
  "board",
  "broadcast_put",
  "broadcast_read",
  "bucket",
  "call_follow",
  "call_post",
  "call_put",
  "call_read",
  "stage_put",
  "stage_read",
  "follow",
  "image_index",
  "lease",
  "likes",
  "live_put",
  "live_read",
  "log_append",
  "log_history",
  "log_move",
  "log_read",
  "log_remove",
  "moderation_lists",
  "moderation_turn",
  "money_grant",
  "money_pay",
  "money_read",
  "money_settle",
  "records_append",
  "room_create",
  "room_update",
  "rooms_page",
  "rooms_read",
  "session_create",
  "session_end",
  "session_read",
] as const;
/** The name of a script. */
export type ScriptName = (typeof NAMES)[number];
/** All scripts. */
export type Scripts = { readonly [Name in ScriptName]: Script };

let loaded: Scripts | null = null;

/** Reads the scripts; needs to read this folder. */
export async function loadScripts(): Promise<Scripts> {
  if (loaded !== null) return loaded;
  const folder = new URL("./lua/", import.meta.url);
  const read = (name: string) => Deno.readTextFile(new URL(`${name}.lua`, folder));
  const entries = await Promise.all(NAMES.map(async (name): Promise<[ScriptName, Script]> => {
    const own = await read(name);
    const included = [...own.matchAll(/^-- include: (\w+)$/gm)].map(([, part]) => part!);
    const text = [...await Promise.all(included.map(read)), own].join("\n");
    return [name, { text, sha: createHash("sha1").update(text).digest("hex") }];
  }));
  return loaded = Object.fromEntries(entries) as unknown as Scripts;
}
