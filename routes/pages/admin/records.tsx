/**
 * `/admin/log`: what the processes say. `/admin/audit`: what administrators did.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import { LOG_PART_ROWS, type LogFilter } from "../../../islands/admin/log_data.ts";
import AdminLog from "../../../islands/AdminLog.tsx";
import { adminLogText } from "../../../islands/i18n/admin_log.ts";
import { adminPageText } from "../../../islands/i18n/admin_page.ts";
import { formatRelative, type Locale } from "../../../islands/i18n/mod.ts";
import { settingLabel, settingWords } from "../../../islands/admin/settings_data.ts";
import { Button, ButtonLink } from "../../../islands/ui/button.tsx";
import { type Column, DataTable } from "../../../islands/ui/data_table.tsx";
import { SelectField } from "../../../islands/ui/field.tsx";
import { Island } from "../../../islands/ui/island.tsx";
import { EmptyState } from "../../../islands/ui/placeholder.tsx";
import { AUDIT_ACTIONS, type AuditEntry } from "../../../rooms/model.ts";
import { LOG_ROLES, MAX_LINES, type TailQuery } from "../../log_tail.ts";
import { answer, NO_STORE } from "../answer.ts";
import { parseQuery } from "../lobby.tsx";
import type { PagesOptions } from "../options.ts";
import type { Reader } from "../view.ts";
import { adminPage } from "./frame.tsx";
import { gateOf } from "./gate.ts";

/** Entries of one page of the audit log: one screen. */
const AUDIT_ROWS = 15;
const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Adds both pages, and the log as a file. */
export function addRecordPages(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  const { admin, operations } = options.services;

  app.get(
    "/admin/log",
    gate(async (c, { reader }) => {
      const { locale } = reader;
      const filter = filterOf(c);
      const { lines, next } = operations.log(tailQuery(filter, LOG_PART_ROWS));
      const page = adminPage({
        reader,
        place: "log",
        title: adminLogText(locale).title,
        quietTitle: true,
        children: (
          <Island
            name="AdminLog"
            component={AdminLog}
            props={{
              rows: lines.map((line) => ({ ...line })),
              next,
              filter,
              roles: [...LOG_ROLES],
              locale,
            }}
          />
        ),
      });
      return await answer(c, { ...options, page, cache: NO_STORE });
    }),
  );

  app.get(
    "/admin/log.txt",
    gate((c, { reader }) => {
      const { lines } = operations.log(tailQuery(filterOf(c), MAX_LINES));
      const day = new Date(reader.nowMs).toISOString().slice(0, 19).replaceAll(":", "-");
      c.header("cache-control", NO_STORE);
      c.header("content-disposition", `attachment; filename="wanren-${day}.log"`);
      const text = lines.map(({ atMs, level, node, role, event, text }) =>
        `${new Date(atMs).toISOString()} ${level} ${role} ${node} ${event} ${text}\n`
      ).join("");
      return Promise.resolve(c.body(text, 200, { "content-type": "text/plain; charset=utf-8" }));
    }),
  );

  app.get(
    "/admin/audit",
    gate(async (c, { reader, actor }) => {
      const text = adminPageText(reader.locale);
      const action = AUDIT_ACTIONS.find((name) => name === c.req.query("action")) ?? null;
      const beforeText = c.req.query("before") ?? "";
      const before = /^\d{1,15}$/.test(beforeText) ? Number(beforeText) : null;
      const read = await admin.audit(actor, { before, limit: AUDIT_ROWS + 1, action });
      const entries = read.slice(0, AUDIT_ROWS);
      const older = read.length > AUDIT_ROWS ? entries.at(-1)!.id : null;
      const path = (from: number | null) =>
        `/admin/audit?${new URLSearchParams({
          ...action !== null && { action },
          ...from !== null && { before: String(from) },
        })}`;
      const page = adminPage({
        reader,
        place: "audit",
        title: text.auditTitle,
        aside: (
          <form class="admin-filter" method="get" action="/admin/audit">
            <SelectField
              id="action"
              label={text.auditAction}
              value={action ?? ""}
              choices={[
                { value: "", label: text.auditAll },
                ...AUDIT_ACTIONS.map((name) => ({ value: name, label: text[name] })),
              ]}
            />
            <Button type="submit">{text.filter}</Button>
          </form>
        ),
        children: (
          <div class="admin-list">
            <DataTable
              caption={text.auditCaption}
              columns={auditColumns(reader)}
              rows={entries}
              rowKey={({ id }) => String(id)}
              empty={
                <EmptyState icon="history" title={text.auditEmpty} text={text.auditEmptyText} />
              }
            />
            {(older !== null || before !== null) && (
              <nav class="pager" aria-label={text.auditTitle}>
                {before !== null && <ButtonLink small href={path(null)}>{text.newest}</ButtonLink>}
                {older !== null && <ButtonLink small href={path(older)}>{text.older}</ButtonLink>}
              </nav>
            )}
          </div>
        ),
      });
      return await answer(c, { ...options, page, cache: NO_STORE });
    }),
  );
}

/** What was done, in words; a setting is kept as JSON. */
function detailOf({ action, target, detail }: AuditEntry, locale: Locale): string {
  if (action !== "setting_changed") return detail;
  try {
    return settingWords(target.split(":", 2)[1] ?? "", JSON.parse(detail), locale);
  } catch {
    // Longer than the log keeps.
    return detail;
  }
}

function auditColumns({ locale, nowMs }: Reader): readonly Column<AuditEntry>[] {
  const text = adminPageText(locale);
  return [
    {
      key: "what",
      label: text.what,
      cell: ({ action }) => <b>{text[action]}</b>,
    },
    {
      key: "target",
      label: text.target,
      cell: ({ target, action }) => {
        const [kind, id = ""] = target.split(":", 2);
        if (target === "everyone") return text.targetEveryone;
        if (action === "account_deleted") return text.targetAccount;
        if (kind === "room") return <a href={`/admin/rooms/${id}`}>{text.targetRoom(id)}</a>;
        if (kind === "account") return <a href={`/admin/accounts/${id}`}>{text.targetAccount}</a>;
        return <a href="/admin/settings">{settingLabel(id, locale)}</a>;
      },
    },
    {
      key: "detail",
      label: text.detail,
      cell: (entry) => {
        const detail = detailOf(entry, locale);
        return <span class="audit-detail" title={detail} dir="auto">{detail}</span>;
      },
    },
    {
      key: "who",
      label: text.who,
      cell: ({ actor }) => (
        <a href={`/admin/accounts/${actor.id}`}>
          <bdi>{actor.name}</bdi>
        </a>
      ),
    },
    {
      key: "when",
      label: text.when,
      cell: ({ atMs }) => {
        const iso = new Date(atMs).toISOString();
        return <time dateTime={iso} title={iso}>{formatRelative(atMs, { nowMs, locale })}</time>;
      },
    },
  ];
}

function filterOf(c: Context): LogFilter {
  return {
    level: LEVELS.find((name) => name === c.req.query("level")) ?? "info",
    role: LOG_ROLES.find((name) => name === c.req.query("role")) ?? "",
    text: parseQuery(c.req.query("q")),
  };
}

function tailQuery({ level, role, text }: LogFilter, limit: number): TailQuery {
  const named = LOG_ROLES.find((name) => name === role) ?? null;
  return { after: null, level, role: named, text, limit };
}
