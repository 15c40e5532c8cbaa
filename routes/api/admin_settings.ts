/**
 * Settings with their history, and the audit log, over JSON.
 *
 * @module
 */
import { MAX_PAGE } from "../../rooms/admin_service.ts";
import { AUDIT_ACTIONS } from "../../rooms/model.ts";
import type { AdminService } from "../services.ts";
import { requireAdmin } from "../session.ts";
import {
  AuditAnswer,
  auditJson,
  settingChangeJson,
  SettingHistoryAnswer,
  SettingsAnswer,
  SettingsChangeBody,
  settingsJson,
} from "./admin_schemas.ts";
import { oneOf, wholeNumber } from "./query.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const before = wholeNumber("before", {
  description: "`next` of the call before; without it the newest",
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  fallback: null,
});
const limit = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_PAGE,
  fallback: 50,
});
const action = oneOf("action", {
  description: "What was done",
  words: AUDIT_ACTIONS,
  fallback: null,
});

/** What the calls stand on. */
export interface AdminSettingRoutesOptions {
  readonly admin: Pick<AdminService, "settings" | "changeSettings" | "settingHistory" | "audit">;
}

/** The calls about settings and the audit log. */
export function adminSettingRoutes({ admin }: AdminSettingRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/admin/settings",
      name: "getSettings",
      summary: "The settings in force",
      access: "administrator",
      status: 200,
      answer: SettingsAnswer,
      refusals: ["unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        return { settings: settingsJson(admin.settings(account)) };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/admin/settings",
      name: "changeSettings",
      summary: "Change settings, all of them or none; in force at once",
      access: "administrator",
      body: SettingsChangeBody,
      status: 200,
      answer: SettingsAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c, patch) {
        const { account } = await requireAdmin(c);
        return { settings: settingsJson(await admin.changeSettings(account, patch)) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/admin/settings/history",
      name: "listSettingChanges",
      summary: "Who changed which setting to what",
      access: "administrator",
      query: [before, limit],
      status: 200,
      answer: SettingHistoryAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        const page = { before: before.read(c), limit: limit.read(c) };
        const changes = await admin.settingHistory(account, page);
        return { changes: changes.map(settingChangeJson), next: nextOf(changes, page.limit) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/admin/audit",
      name: "listAuditEntries",
      summary: "What administrators did",
      access: "administrator",
      query: [before, limit, action],
      status: 200,
      answer: AuditAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        const page = { before: before.read(c), limit: limit.read(c) };
        const entries = await admin.audit(account, { ...page, action: action.read(c) });
        return { entries: entries.map(auditJson), next: nextOf(entries, page.limit) };
      },
    }),
  ];
}

/** Where the page behind a full one begins. */
function nextOf(rows: readonly { readonly id: number }[], limit: number): number | null {
  return rows.length < limit ? null : rows.at(-1)?.id ?? null;
}
