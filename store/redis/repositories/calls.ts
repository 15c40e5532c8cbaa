/**
 * Calls in Redis: one document each.
 *
 * @module
 */
import type { Call } from "../../../rooms/calls/call.ts";
import type { CallRepository, KeptCall } from "../../../rooms/calls/repository.ts";
import { type Reply } from "../connection.ts";
import { type Run, toList } from "./fields.ts";

/** The calls behind `run`. */
export function callsOver(run: Run): CallRepository {
  return {
    async read(name, { nowMs }) {
      return toCalls(await run("call_read", ["name", name, nowMs, 1]))[0] ?? null;
    },
    async put(name, { version, call, expiresAtMs, nowMs }, { max }) {
      const document = call === null ? "" : JSON.stringify(call);
      const owner = call?.ownerId ?? "";
      const put = String(
        await run("call_put", [name, version, document, owner, expiresAtMs, nowMs, max]),
      );
      return put === "changed" || put === "full" ? put : Number(put);
    },
    ofOwner: async (accountId, { nowMs, limit }) =>
      toCalls(await run("call_read", ["owner", accountId, nowMs, limit])),
  };
}

function toCalls(reply: Reply): KeptCall[] {
  const flat = toList(reply);
  const calls: KeptCall[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    calls.push({
      version: Number(flat[index]),
      call: JSON.parse(String(flat[index + 1])) as Call,
    });
  }
  return calls;
}
