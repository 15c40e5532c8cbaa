/**
 * Tables, levels and charts.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { groupDigits, type Locale } from "../i18n/mod.ts";
import { showcaseText } from "../i18n/showcase.ts";
import { Button } from "../ui/button.tsx";
import { LineChart, Sparkline } from "../ui/chart.tsx";
import { DataTable, type Sort } from "../ui/data_table.tsx";
import { Badge } from "../ui/marks.tsx";
import { Meter, Progress } from "../ui/meter.tsx";
import { EmptyState } from "../ui/placeholder.tsx";
import { Specimen } from "./specimen.tsx";

interface Row {
  readonly room: string;
  readonly title: string;
  readonly name: string;
  readonly kbps: number;
  readonly viewers: number;
}

const ROWS: readonly Row[] = [
  { room: "100001", title: "Friday night", name: "Lin", kbps: 2480, viewers: 9842 },
  { room: "100007", title: "雨后的城市漫步", name: "阿哲", kbps: 6120, viewers: 2310 },
  { room: "100012", title: "Morning on the tea hill", name: "Milo", kbps: 1490, viewers: 866 },
];

/** Bitrates that look like a real encoder's: noise around a level, one dip. */
const BITRATES = Array.from({ length: 90 }, (_, index) => {
  const dip = index > 58 && index < 64 ? 0.45 : 1;
  return Math.round((2400 + 260 * Math.sin(index / 5) + 90 * Math.sin(index * 1.7)) * dip);
});

/** Tables, levels and charts. */
export function Figures({ locale, nowMs }: { readonly locale: Locale; readonly nowMs: number }) {
  const text = showcaseText(locale);
  const [sort, setSort] = useState<Sort>({ key: "viewers", descending: true });
  const rows = ROWS.toSorted((a, b) => {
    const order = sort.key === "room"
      ? a.room.localeCompare(b.room)
      : sort.key === "kbps"
      ? a.kbps - b.kbps
      : a.viewers - b.viewers;
    return sort.descending ? -order : order;
  });
  const kbps = (value: number) => `${groupDigits(Math.round(value))} kbps`;
  const summary = text.chartSummary(
    groupDigits(Math.min(...BITRATES)),
    groupDigits(Math.max(...BITRATES)),
  );
  const [timesMs] = useState(() => BITRATES.map((_, i) => nowMs - (BITRATES.length - i) * 20_000));
  const [memory] = useState(() =>
    [
      {
        label: text.rss,
        color: "violet",
        values: BITRATES.map((value, i) => i < 12 ? null : 120 + i / 3 + (value % 7)),
      },
      { label: text.edge, color: "blue", values: BITRATES.map((value) => 64 + (value % 11)) },
    ] as const
  );
  const [bitrate] = useState(() =>
    [{ label: text.bitrate, color: "jade", values: BITRATES }] as const
  );
  return (
    <>
      <Specimen name="DataTable" stacked>
        <div class="card">
          <DataTable
            caption={text.tableCaption}
            rows={rows}
            rowKey={(row) => row.room}
            sort={sort}
            onSort={setSort}
            empty={null}
            columns={[
              {
                key: "room",
                label: text.room,
                sortable: true,
                cell: (row) => (
                  <a href="#DataTable">
                    <bdi>{row.title}</bdi> · {row.room}
                  </a>
                ),
              },
              {
                key: "name",
                label: text.broadcaster,
                cell: (row) => (
                  <>
                    <bdi>{row.name}</bdi> <Badge kind="live">{text.live}</Badge>
                  </>
                ),
              },
              {
                key: "kbps",
                label: text.bitrate,
                numeric: true,
                sortable: true,
                cell: (row) => kbps(row.kbps),
              },
              {
                key: "viewers",
                label: text.readers,
                numeric: true,
                sortable: true,
                cell: (row) => groupDigits(row.viewers),
              },
              {
                key: "actions",
                label: text.actions,
                actions: true,
                cell: () => <Button small>{text.cutOff}</Button>,
              },
            ]}
          />
        </div>
        <div class="card">
          <DataTable
            caption={text.tableCaption}
            rows={[] as readonly Row[]}
            rowKey={(row) => row.room}
            columns={[]}
            empty={<EmptyState inset icon="radio" level={3} title={text.emptyTitle} />}
          />
        </div>
      </Specimen>
      <Specimen name="Meter" stacked>
        <Meter label={text.microphone} value={58} max={100} said={text.microphoneSaid} showLabel />
        <Meter label={text.disk} value={412} max={512} said={text.diskSaid} tone="gold" showLabel />
        <Meter
          label={text.memory}
          value={7.4}
          max={8}
          said={text.memorySaid}
          tone="danger"
          showLabel
        />
        <Meter label={text.level2} value={640} max={1000} said={text.levelSaid} tone="violet" />
      </Specimen>
      <Specimen name="Progress" stacked>
        <Progress label={text.upload} value={62} />
        <Progress label={text.starting} value={null} />
      </Specimen>
      <Specimen name="Sparkline" stacked>
        <Sparkline summary={summary} values={BITRATES} />
        <Sparkline summary={summary} values={BITRATES.slice(0, 12)} span={90} color="accent" />
        <Sparkline summary={text.noFigures} values={[]} span={90} />
      </Specimen>
      <Specimen name="LineChart" stacked>
        <LineChart
          summary={summary}
          timesMs={timesMs}
          series={bitrate}
          format={kbps}
          formatAxis={(value) => groupDigits(value)}
          empty={text.noFigures}
        />
        <LineChart
          summary={text.chartTwo}
          timesMs={timesMs}
          series={memory}
          format={(value) => `${Math.round(value)} MB`}
          empty={text.noFigures}
        />
        <LineChart
          summary={text.noFigures}
          timesMs={[]}
          series={[{ label: text.bitrate, color: "jade", values: [] }]}
          format={kbps}
          empty={text.noFigures}
        />
      </Specimen>
    </>
  );
}
