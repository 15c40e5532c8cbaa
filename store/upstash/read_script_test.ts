import { deepStrictEqual } from "node:assert/strict";
import { loadScripts } from "../redis/scripts.ts";
import { READ_SCRIPT, READ_SCRIPT_SHA } from "./read_script.ts";

Deno.test("READ_SCRIPT is the script of the other drivers", async () => {
  const { log_read: script } = await loadScripts();
  deepStrictEqual({ text: READ_SCRIPT, sha: READ_SCRIPT_SHA }, { ...script });
});
