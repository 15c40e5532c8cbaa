import { useEffect, useState } from "preact/hooks";
import { broadcastsText } from "./i18n/broadcasts.ts";
import type { Locale } from "./i18n/mod.ts";
import { formatCount, formatDuration, groupDigits } from "./i18n/mod.ts";
import { averageText, kbps } from "./studio/figures.ts";
import { type Clock, formatMoment } from "./studio/moments.ts";
import type { BroadcastFigures, StudioSnapshot } from "./studio/snapshot.ts";
import { useStudio } from "./studio/store.ts";
import { Card } from "./ui/card.tsx";
import { type Column, DataTable } from "./ui/data_table.tsx";
import { Badge } from "./ui/marks.tsx";
import { EmptyState } from "./ui/placeholder.tsx";

/** Props of {@linkcode LastBroadcasts}. */
export interface LastBroadcastsProps {
  readonly studio: StudioSnapshot;
  /** Newest first. */
  readonly broadcasts: readonly BroadcastFigures[];
  readonly locale: Locale;
}

/** What was: the room's last broadcasts with their figures. */
export default function LastBroadcasts({ studio, broadcasts, locale }: LastBroadcastsProps) {
  const text = broadcastsText(locale);
  const state = useStudio(studio);
  const rows = (state.broadcasts ?? broadcasts).map((broadcast) =>
    broadcast.endedAtMs === null && broadcast.startedAtMs === state.stream?.startedAtMs
      ? { ...broadcast, durationMs: Math.max(0, state.nowMs - broadcast.startedAtMs) }
      : broadcast
  );
  const [clock, setClock] = useState<Clock>("utc");
  useEffect(() => setClock("local"), []);
  const columns: readonly Column<BroadcastFigures>[] = [
    {
      key: "started",
      label: text.started,
      cell: ({ startedAtMs, endedAtMs }) => (
        <span class="broadcast-begin tabular">
          {formatMoment(startedAtMs, { locale, clock })}
          {endedAtMs === null && <Badge kind="live" soft>{text.running}</Badge>}
        </span>
      ),
    },
    {
      key: "duration",
      label: text.duration,
      numeric: true,
      cell: ({ durationMs }) => formatDuration(durationMs),
    },
    {
      key: "peak",
      label: text.peakViewers,
      numeric: true,
      cell: ({ peakViewers }) => formatCount(peakViewers, locale),
    },
    {
      key: "average",
      label: text.averageViewers,
      numeric: true,
      cell: ({ averageViewers }) => averageText(averageViewers, locale),
    },
    {
      key: "kbps",
      label: text.averageKbps,
      numeric: true,
      cell: ({ averageKbps }) => `${kbps(averageKbps)} kbps`,
    },
    {
      key: "dropped",
      label: text.droppedFrames,
      numeric: true,
      cell: ({ droppedFrames }) => groupDigits(droppedFrames),
    },
    {
      key: "reconnects",
      label: text.reconnects,
      numeric: true,
      cell: ({ reconnects }) => groupDigits(reconnects),
    },
  ];
  return (
    <Card id="broadcasts" title={text.heading} class="broadcasts">
      <DataTable
        caption={text.caption}
        columns={columns}
        rows={rows}
        rowKey={({ startedAtMs }) => String(startedAtMs)}
        empty={
          <EmptyState
            inset
            level={3}
            icon="radio"
            title={text.emptyTitle}
            text={text.emptyText}
          />
        }
      />
    </Card>
  );
}
