import { useEffect, useState } from "preact/hooks";
import { ActDialog, type AskedAct } from "./admin/act_dialog.tsx";
import { type StreamRow, streamRowOf } from "./admin/data.ts";
import { PersonLine } from "./admin/list_parts.tsx";
import { recordBitrates } from "./admin/stream_history.ts";
import { adminText } from "./i18n/admin.ts";
import { formatCount, formatDuration, groupDigits, type Locale } from "./i18n/mod.ts";
import { api } from "./ui/api.ts";
import { ButtonLink } from "./ui/button.tsx";
import { Sparkline } from "./ui/chart.tsx";
import { type Column, DataTable } from "./ui/data_table.tsx";
import { Badge } from "./ui/marks.tsx";
import { EmptyState } from "./ui/placeholder.tsx";
import { poll } from "./ui/poll.ts";

/** Props of {@linkcode AdminStreams}. */
export interface AdminStreamsProps {
  readonly streams: readonly StreamRow[];
  /** Whether pictures of the streams are made: ffmpeg is there. */
  readonly stills: boolean;
  readonly locale: Locale;
  /** When `streams` was read. */
  readonly nowMs: number;
}

const INTERVAL_MS = 2_000;
/** Points of a sparkline: two minutes. */
const SPAN = 60;
const QUIET_FAILURES = 2;
/** A picture of a stream is as old as this at most. */
const STILL_MS = 10_000;

/** Everything that is on the air, renewed every two seconds; any of it can be cut off. */
export default function AdminStreams(props: AdminStreamsProps) {
  const { locale } = props;
  const text = adminText(locale);
  const [{ streams, nowMs, bitrates }, setState] = useState({
    streams: props.streams,
    nowMs: props.nowMs,
    bitrates: recordBitrates(new Map(), props.streams, { span: SPAN }),
  });
  const [failures, setFailures] = useState(0);
  const [asked, setAsked] = useState<AskedAct | null>(null);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      signal: end.signal,
      onOutcome: setFailures,
      run: async (signal) => {
        const answer = await api.get("/api/admin/streams", { signal });
        const fresh = answer.streams.map(streamRowOf);
        setState((before) => ({
          streams: fresh,
          nowMs: Date.now(),
          bitrates: recordBitrates(before.bitrates, fresh, { span: SPAN }),
        }));
      },
    });
    return () => end.abort();
  }, []);
  const columns: readonly Column<StreamRow>[] = [
    {
      key: "room",
      label: text.room,
      cell: ({ id, title, owner }) => (
        <span class="stream-cell">
          {props.stills && <StillPicture roomId={id} nowMs={nowMs} />}
          <span class="title-cell">
            <a href={`/rooms/${id}`} dir="auto">{title}</a>
            <PersonLine person={owner} href={`/admin/accounts/${owner.id}`} />
          </span>
        </span>
      ),
    },
    {
      key: "publisher",
      label: text.publisher,
      cell: ({ protocol, encoder, address }) => (
        <span class="two-lines publisher-cell">
          <span>
            <b>{protocol.toUpperCase()}</b> · <bdi>{encoder ?? text.unknownEncoder}</bdi>
          </span>
          <bdi class="hint">{address}</bdi>
        </span>
      ),
    },
    {
      key: "picture",
      label: text.picture,
      cell: ({ video, audio }) => (
        <span class="two-lines">
          <span>{video ?? text.noVideo}</span>
          <span class="hint">{audio ?? text.noAudio}</span>
        </span>
      ),
    },
    {
      key: "bitrate",
      label: text.bitrate,
      numeric: true,
      cell: ({ id, bitrateKbps }) => (
        <span class="bitrate">
          <Line values={bitrates.get(id) ?? []} locale={locale} />
          <span>{groupDigits(Math.round(bitrateKbps))} kbit/s</span>
        </span>
      ),
    },
    {
      key: "viewers",
      label: text.viewers,
      numeric: true,
      cell: (stream) => <Viewers stream={stream} locale={locale} />,
    },
    {
      key: "up",
      label: text.upFor,
      numeric: true,
      cell: ({ state, startedAtMs }) =>
        state === "waiting"
          ? <Badge soft kind="gold">{text.waiting}</Badge>
          : formatDuration(nowMs - startedAtMs),
    },
    {
      key: "actions",
      label: text.actions,
      actions: true,
      cell: ({ id, title }) => (
        <ButtonLink
          small
          icon="ban"
          class="danger-quiet"
          href={`/admin/rooms/${id}/cut-off?next=/admin/streams`}
          aria-label={`${text.cutOff}: ${title}`}
          onClick={(event) => {
            event.preventDefault();
            setAsked({ act: { on: "room", act: "cut-off" }, id, name: title });
          }}
        >
          {text.cutOff}
        </ButtonLink>
      ),
    },
  ];
  return (
    <div class="admin-list">
      <p class="list-note muted" role="status">
        {failures > QUIET_FAILURES
          ? text.stale
          : text.streamsNow(streams.length, formatCount(streams.length, locale))}
      </p>
      <DataTable
        caption={text.streamsCaption}
        columns={columns}
        rows={streams}
        rowKey={({ id }) => id}
        empty={<EmptyState icon="radio" title={text.noStreams} text={text.noStreamsText} />}
      />
      <ActDialog
        asked={asked}
        locale={locale}
        onClose={() => setAsked(null)}
        onDone={({ id }) =>
          setState((before) => ({
            ...before,
            streams: before.streams.filter((stream) => stream.id !== id),
          }))}
      />
    </div>
  );
}

/** What is on the air now; made anew every ten seconds. */
function StillPicture({ roomId, nowMs }: { readonly roomId: string; readonly nowMs: number }) {
  const [broken, setBroken] = useState(false);
  const slot = Math.floor(nowMs / STILL_MS);
  useEffect(() => setBroken(false), [slot]);
  return (
    <span class="stream-still">
      {!broken && (
        <img
          src={`/live/${roomId}/still.jpg?${slot}`}
          alt=""
          width={96}
          height={54}
          decoding="async"
          onError={() => setBroken(true)}
        />
      )}
    </span>
  );
}

function Line({ values, locale }: { readonly values: readonly number[]; readonly locale: Locale }) {
  const said = [Math.min(...values), Math.max(...values)].map((value) =>
    groupDigits(Math.round(Number.isFinite(value) ? value : 0))
  );
  return (
    <Sparkline
      summary={adminText(locale).bitrateOver(said[0]!, said[1]!)}
      values={values}
      height={28}
      span={SPAN}
    />
  );
}

function Viewers({ stream, locale }: { readonly stream: StreamRow; readonly locale: Locale }) {
  const { flv, ws, hls, rtmp } = stream.by;
  const used = Object.entries({ FLV: flv, WS: ws, HLS: hls, RTMP: rtmp })
    .filter(([, count]) => count > 0);
  return (
    <span class="two-lines viewers-cell">
      <b>{formatCount(stream.viewers, locale)}</b>
      <span class="hint">
        {used.map(([protocol, count]) => `${protocol} ${formatCount(count, locale)}`).join(" · ")}
      </span>
    </span>
  );
}
