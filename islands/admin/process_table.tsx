/**
 * Every process of the platform in one table.
 *
 * @module
 */
import { adminOverviewText } from "../i18n/admin_overview.ts";
import { formatDuration, formatRelative, type Locale } from "../i18n/mod.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";
import { Badge } from "../ui/marks.tsx";
import type { NodeRow } from "./health_data.ts";
import { bytesText, millisecondsText, percentText } from "./units.ts";
import { DISK_FREE, LAG_MS } from "./verdict.ts";
import { deathText } from "./verdict_card.tsx";

/** The table. */
export function ProcessTable(
  { nodes, nowMs, locale }: {
    readonly nodes: readonly NodeRow[];
    readonly nowMs: number;
    readonly locale: Locale;
  },
) {
  const text = adminOverviewText(locale);
  const columns: readonly Column<NodeRow>[] = [
    {
      key: "node",
      label: text.process,
      cell: ({ node }) => (
        <a href={`/admin/log?level=debug&q=${encodeURIComponent(node)}`}>
          <bdi>{node}</bdi>
        </a>
      ),
    },
    { key: "role", label: text.role, cell: ({ role }) => role },
    {
      key: "state",
      label: text.state,
      cell: ({ up }) => (
        <Badge soft kind={up ? "jade" : "danger"}>{up ? text.up : text.isDown}</Badge>
      ),
    },
    {
      key: "since",
      label: text.since,
      numeric: true,
      cell: ({ up, startedAtMs, heardAtMs }) =>
        formatDuration((up ? nowMs : heardAtMs) - startedAtMs),
    },
    {
      key: "restarts",
      label: text.restarts,
      cell: ({ restarts, lastDeath }) =>
        lastDeath === null ? String(restarts) : (
          <span>
            {restarts}{" "}
            <span class="hint">
              {text.lastDeath(
                formatRelative(lastDeath.atMs, { nowMs, locale }),
                deathText(lastDeath, locale),
              )}
            </span>
          </span>
        ),
    },
    {
      key: "lag",
      label: text.loopLag,
      numeric: true,
      cell: ({ lagMs }) => (
        <span class={lagMs > LAG_MS ? "bad-figure" : undefined}>{millisecondsText(lagMs)}</span>
      ),
    },
    {
      key: "memory",
      label: text.memory,
      numeric: true,
      cell: ({ rssBytes }) => bytesText(rssBytes),
    },
    { key: "cpu", label: text.cpu, numeric: true, cell: ({ cpu }) => percentText(cpu) },
    {
      key: "disk",
      label: text.diskFree,
      numeric: true,
      cell: ({ disk }) => {
        if (disk === null || disk.totalBytes <= 0) {
          return <span class="muted" title={text.noDisk}>–</span>;
        }
        const free = disk.freeBytes / disk.totalBytes;
        return (
          <span class={free < DISK_FREE ? "bad-figure" : undefined}>
            {bytesText(disk.freeBytes)} <span class="hint">{percentText(free)}</span>
          </span>
        );
      },
    },
  ];
  return (
    <section class="card" aria-labelledby="processes-title">
      <h2 id="processes-title">{text.processes}</h2>
      <DataTable
        caption={text.processesCaption}
        columns={columns}
        rows={nodes}
        rowKey={({ node }) => node}
        empty={<p class="muted">{text.unknownText}</p>}
      />
    </section>
  );
}
