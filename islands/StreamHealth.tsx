import { useEffect, useState } from "preact/hooks";
import { healthText } from "./i18n/health.ts";
import { formatCount, formatDuration, groupDigits, type Locale } from "./i18n/mod.ts";
import { type Advice, adviseOn } from "./ui/advice.ts";
import { AnswerError, fetchJson, poll } from "./ui/poll.ts";
import { parseRoom, parseStream, type StreamFigures } from "./ui/room_data.ts";

const INTERVAL_MS = 2_000;
/** Points of the sparkline: four minutes. */
const MAX_POINTS = 120;
/** The line keeps its scale until it holds more than a minute. */
const MIN_SPAN = 30;
const QUIET_FAILURES = 2;
const UNKNOWN = "–";

type HealthText = ReturnType<typeof healthText>;

/** Props of {@linkcode StreamHealth}. */
export interface StreamHealthProps {
  readonly roomId: string;
  readonly stream: StreamFigures | null;
  readonly viewers: number;
  readonly locale: Locale;
  /** When `stream` was read. */
  readonly nowMs: number;
}

/** What arrives from the encoder, in numbers, a line, and words. */
export default function StreamHealth(props: StreamHealthProps) {
  const { locale, roomId } = props;
  const text = healthText(locale);
  const [stream, setStream] = useState(props.stream);
  const [viewers, setViewers] = useState(props.viewers);
  const [nowMs, setNowMs] = useState(props.nowMs);
  const [failures, setFailures] = useState(0);
  const [signedOut, setSignedOut] = useState(false);
  const [points, setPoints] = useState<readonly number[]>([]);
  useEffect(() => {
    const end = new AbortController();
    poll({
      intervalMs: INTERVAL_MS,
      immediately: true,
      signal: end.signal,
      onOutcome: setFailures,
      run: async (signal) => {
        try {
          const [answer, room] = await Promise.all([
            fetchJson(`/api/rooms/${roomId}/stream`, { signal }),
            fetchJson(`/api/rooms/${roomId}`, { signal }),
          ]);
          const figures = parseStream(answer);
          setStream(figures);
          setViewers(parseRoom(room).viewers);
          setNowMs(Date.now());
          setSignedOut(false);
          setPoints((before) =>
            figures === null ? [] : [...before, figures.bitrateKbps].slice(-MAX_POINTS)
          );
        } catch (error) {
          if (error instanceof AnswerError && [401, 403].includes(error.status)) setSignedOut(true);
          throw error;
        }
      },
    });
    return () => end.abort();
  }, [roomId]);

  const advice = adviseOn(stream, { nowMs });
  const problem = signedOut
    ? text.signedOut
    : failures > QUIET_FAILURES
    ? text.statusUnknown
    : null;
  return (
    <section class="card health" aria-labelledby="health-title">
      <div class="card-head">
        <h2 id="health-title">{text.health}</h2>
        <Verdict stream={stream} troubled={advice.length > 0} text={text} />
      </div>
      {stream !== null && (
        <p class="badges-line">
          <span class="badge live tabular">
            {text.onAirFor(formatDuration(nowMs - stream.startedAtMs))}
          </span>
          {stream.encoder !== null && <span class="muted ellipsis">{stream.encoder}</span>}
        </p>
      )}
      {stream !== null && <Sparkline points={points} text={text} />}
      <dl class="figures">
        {figuresOf(stream, { viewers, locale }).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="tabular">{value}</dd>
          </div>
        ))}
      </dl>
      <div role="status" class="advice-list">
        {problem !== null
          ? <p class="advice">{problem}</p>
          : advice.length === 0
          ? <p class="advice good">{text.adviceGood}</p>
          : advice.map((item) => (
            <p key={item.kind} class={item.kind === "notLive" ? "advice idle" : "advice"}>
              {words(item, text)}
            </p>
          ))}
      </div>
    </section>
  );
}

function Verdict(
  { stream, troubled, text }: {
    readonly stream: StreamFigures | null;
    readonly troubled: boolean;
    readonly text: HealthText;
  },
) {
  if (stream === null) return <span class="verdict idle">{text.healthOffline}</span>;
  if (stream.state === "waiting") return <span class="verdict care">{text.healthWaiting}</span>;
  return troubled
    ? <span class="verdict care">{text.healthCare}</span>
    : <span class="verdict good">{text.healthGood}</span>;
}

function figuresOf(
  stream: StreamFigures | null,
  { viewers, locale }: { readonly viewers: number; readonly locale: Locale },
): readonly (readonly [string, string])[] {
  const text = healthText(locale);
  const video = stream?.video ?? null;
  const audio = stream?.audio ?? null;
  const interval = video?.keyFrameIntervalMs ?? null;
  const codecs = stream === null
    ? UNKNOWN
    : `${video?.codec ?? text.noVideo} · ${audio?.codec ?? text.noAudio}`;
  return [
    [
      text.bitrate,
      stream === null ? UNKNOWN : `${groupDigits(Math.round(stream.bitrateKbps))} kbps`,
    ],
    [text.frameRate, video === null ? UNKNOWN : `${video.fps.toFixed(1)} fps`],
    [text.keyFrames, interval === null ? UNKNOWN : `${(interval / 1000).toFixed(1)} s`],
    [text.resolution, video === null ? UNKNOWN : `${video.width} × ${video.height}`],
    [text.codecs, codecs],
    [text.sound, audio === null ? UNKNOWN : `${audio.sampleRate / 1000} kHz · ${audio.channels}ch`],
    [text.viewers, formatCount(viewers, locale)],
    [text.reconnects, stream === null ? UNKNOWN : String(stream.reconnects)],
  ];
}

function words(advice: Advice, text: HealthText): string {
  switch (advice.kind) {
    case "notLive":
      return text.adviceNotLive;
    case "waiting":
      return text.adviceWaiting;
    case "bFrames":
      return text.adviceBFrames;
    case "noAudio":
      return text.adviceNoAudio;
    case "noVideo":
      return text.adviceNoVideo;
    case "outputs":
      return text.adviceOutputs;
    case "keyFrames":
      return text.adviceKeyFrames(advice.seconds.toFixed(1));
    case "frameRate":
      return text.adviceFrameRate(advice.fps.toFixed(1));
    case "bitrate":
      return text.adviceBitrate(groupDigits(Math.round(advice.kbps)));
    case "reconnects":
      return text.adviceReconnects(advice.count);
  }
}

function Sparkline(
  { points, text }: { readonly points: readonly number[]; readonly text: HealthText },
) {
  const [width, height] = [300, 48];
  const high = Math.max(1, ...points);
  const low = points.length === 0 ? 0 : Math.min(...points);
  const step = width / (Math.max(MIN_SPAN, points.length) - 1);
  const line = points.map((value, index) => {
    const x = width - (points.length - 1 - index) * step;
    return `${x.toFixed(1)},${(height - 4 - (value / high) * (height - 8)).toFixed(1)}`;
  });
  const label = text.sparkline(groupDigits(Math.round(low)), groupDigits(Math.round(high)));
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={points.length > 1 ? label : text.bitrate}
    >
      <line class="sparkline-ground" x1="0" x2={width} y1={height - 2} y2={height - 2} />
      {points.length > 1 && (
        <>
          <polygon
            points={`${width - (points.length - 1) * step},${height - 2} ${
              line.join(" ")
            } ${width},${height - 2}`}
          />
          <polyline points={line.join(" ")} />
        </>
      )}
    </svg>
  );
}
