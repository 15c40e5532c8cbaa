/**
 * Stages in Redis: one document each, and where accounts are seated.
 *
 * @module
 */
import type { StageRepository } from "../../../rooms/stage/repository.ts";
import type { Stage } from "../../../rooms/stage/stage.ts";
import { type Run, toList } from "./fields.ts";

/** The stages behind `run`. */
export function stagesOver(run: Run): StageRepository {
  return {
    async read(room, { nowMs }) {
      const [version, document] = toList(await run("stage_read", ["room", room, nowMs]));
      return version === undefined
        ? null
        : { version: Number(version), stage: JSON.parse(String(document)) as Stage };
    },
    async put(room, { version, stage, holders, expiresAtMs, nowMs }, { max }) {
      const document = stage === null ? "" : JSON.stringify(stage);
      const put = String(
        await run("stage_put", [room, version, document, expiresAtMs, nowMs, max, ...holders]),
      );
      return put === "changed" || put === "elsewhere" || put === "full" ? put : Number(put);
    },
    async roomOf(account, { nowMs }) {
      const [room] = toList(await run("stage_read", ["account", account, nowMs]));
      return room === undefined ? null : String(room);
    },
    rooms: async ({ nowMs, limit }) =>
      toList(await run("stage_read", ["rooms", "", nowMs, limit])).map(String),
  };
}
