/**
 * Lists of moderation and turns in Redis.
 *
 * @module
 */
import type {
  ListRecord,
  ModerationRepository,
  Place,
} from "../../../rooms/moderation/repository.ts";
import { type Run, textOrNull, toList } from "./fields.ts";

/** The lists behind `run`. */
export function moderationOver(run: Run): ModerationRepository {
  return {
    async put({ list, item, atMs, untilMs, value }, { max, overflow, isAbout, nowMs }) {
      const record = [list, item, atMs, untilMs ?? "-", value];
      const args = ["put", ...record, max, overflow, nowMs, isAbout ? 1 : 0];
      return await run("moderation_lists", args) as "done" | "too_many";
    },
    async remove({ list, item }) {
      return await run("moderation_lists", ["remove", list, item]) === 1;
    },
    async get(places) {
      const args = places.flatMap(({ list, item }) => [list, item]);
      const lines = toList(await run("moderation_lists", ["get", ...args]));
      return places.map((place, index) => toRecord(place, textOrNull(lines[index])));
    },
    async list(list, { limit, nowMs }) {
      const flat = toList(await run("moderation_lists", ["list", list, limit, nowMs]));
      const records: ListRecord[] = [];
      for (let index = 0; index + 1 < flat.length; index += 2) {
        const record = toRecord({ list, item: String(flat[index]) }, String(flat[index + 1]));
        if (record !== null) records.push(record);
      }
      return records;
    },
    takeTurn: async ({ roomId, sender, key, nowMs }, { everyMs }) =>
      Number(await run("moderation_turn", [roomId, sender, key, nowMs, everyMs])),
  };
}

/** `<time> <end or -> <value>` as a record. */
function toRecord({ list, item }: Place, line: string | null): ListRecord | null {
  const [, at, end, value] = /^(\S+) (\S+) (.*)$/s.exec(line ?? "") ?? [];
  if (value === undefined) return null;
  return { list, item, atMs: Number(at), untilMs: end === "-" ? null : Number(end), value };
}
