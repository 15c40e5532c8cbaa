/**
 * `/admin`: how the platform is. `/admin/streams`: what is on the air.
 *
 * @module
 */
import type { Hono } from "hono";
import { MAX_DRAWN, type NodeRow } from "../../../islands/admin/health_data.ts";
import AdminOverview from "../../../islands/AdminOverview.tsx";
import AdminStreams from "../../../islands/AdminStreams.tsx";
import { adminText } from "../../../islands/i18n/admin.ts";
import { adminOverviewText } from "../../../islands/i18n/admin_overview.ts";
import { Island } from "../../../islands/ui/island.tsx";
import type { NodeState } from "../../node_health.ts";
import { answer, NO_STORE } from "../answer.ts";
import type { PagesOptions } from "../options.ts";
import { adminPage } from "./frame.tsx";
import { gateOf, takeAdminNotice } from "./gate.ts";
import { streamRow } from "./rows.ts";

/** Adds both pages. */
export function addOverviewPages(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  const { admin, operations } = options.services;
  const makesStills = () =>
    operations.health().nodes.some(({ beat, up }) => up && beat.figures.ffmpeg === 1);

  app.get(
    "/admin",
    gate(async (c, { reader, actor }) => {
      const { locale } = reader;
      const { nodes, nowMs } = operations.health();
      const streams = await admin.streams(actor);
      const page = adminPage({
        reader,
        place: "overview",
        title: adminOverviewText(locale).title,
        quietTitle: true,
        notice: takeAdminNotice(c, reader),
        children: (
          <Island
            name="AdminOverview"
            component={AdminOverview}
            props={{
              nodes: nodes.map(nodeRow),
              live: {
                streams: streams.length,
                viewers: streams.reduce((sum, { viewers }) => sum + viewers, 0),
              },
              locale,
              nowMs,
            }}
          />
        ),
      });
      return answer(c, { ...options, page, cache: NO_STORE });
    }),
  );

  app.get(
    "/admin/streams",
    gate(async (c, { reader, actor }) => {
      const { locale, nowMs } = reader;
      const streams = (await admin.streams(actor)).map(streamRow).filter((row) => row !== null);
      const page = adminPage({
        reader,
        place: "streams",
        title: adminText(locale).streamsTitle,
        quietTitle: true,
        notice: takeAdminNotice(c, reader),
        children: (
          <Island
            name="AdminStreams"
            component={AdminStreams}
            props={{ streams, stills: makesStills(), locale, nowMs }}
          />
        ),
      });
      return answer(c, { ...options, page, cache: NO_STORE });
    }),
  );
}

function nodeRow({ beat, up, heardAtMs, series }: NodeState, index: number): NodeRow {
  const { node, role, startedAtMs, restarts, lastDeath, disk } = beat;
  return {
    node,
    role,
    up,
    startedAtMs,
    heardAtMs,
    restarts,
    lastDeath: lastDeath &&
      { code: lastDeath.code, signal: lastDeath.signal, atMs: lastDeath.atMs },
    rssBytes: beat.rssBytes,
    cpu: beat.cpu,
    lagMs: beat.lagMs,
    lagMaxMs: beat.lagMaxMs,
    disk,
    figures: beat.figures,
    series: index < MAX_DRAWN ? series : null,
  };
}
