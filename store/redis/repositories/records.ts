/**
 * Settings with their history, and the audit log, in Redis: lists of numbered records.
 *
 * @module
 */
import type { AuditEntry } from "../../../rooms/model.ts";
import type {
  AuditRepository,
  SettingChange,
  SettingRepository,
} from "../../../rooms/repository.ts";
import type { Reply } from "../connection.ts";
import { type Run, toList } from "./fields.ts";

/** Reads lists of numbered records. */
export interface RecordLists {
  /** Records below `before` of a list, newest first. */
  before(list: string, options: { before: number | null; limit: number }): Promise<Reply>;
  /** The newest record of each part of a list. */
  values(list: string): Promise<Reply>;
}

/** The settings behind `run`. */
export function settingsOver(run: Run, lists: RecordLists): SettingRepository {
  return {
    async put(changes) {
      if (changes.length === 0) return;
      const records = changes.flatMap((change) => [change.key, 1, JSON.stringify(change)]);
      await run("records_append", ["settings", 0, ...records]);
    },
    async current() {
      const records = toList(await lists.values("settings")).map(toRecord<SettingChange>);
      return records.sort((a, b) => a.key < b.key ? -1 : 1);
    },
    history: async (options) =>
      toList(await lists.before("settings", options)).map(toRecord<SettingChange>),
  };
}

/** The audit log behind `run`. */
export function auditOver(run: Run, lists: RecordLists): AuditRepository {
  return {
    async append(entry, { maxEntries }) {
      await run("records_append", ["audit", maxEntries, entry.action, 0, JSON.stringify(entry)]);
    },
    list: async ({ action, ...options }) => {
      const list = action === null ? "audit" : `audit:${action}`;
      return toList(await lists.before(list, options)).map(toRecord<AuditEntry>);
    },
  };
}

/** `number JSON` as a record with its id. */
function toRecord<T extends { readonly id: number }>(reply: Reply): T {
  const line = String(reply);
  const space = line.indexOf(" ");
  return { ...JSON.parse(line.slice(space + 1)), id: Number(line.slice(0, space)) };
}
