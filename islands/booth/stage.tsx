/**
 * The mirror with what lies over it.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { secureAddress } from "../capture/failures.ts";
import { formatDuration, type Locale } from "../i18n/mod.ts";
import { type BoothText, boothText } from "../i18n/booth.ts";
import { Button, ButtonLink, IconButton, Spinner } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Badge } from "../ui/marks.tsx";
import { LevelBar } from "./level_bar.tsx";
import { TIMERS } from "./preferences.ts";
import type { BoothSession } from "./session.ts";
import { LastTake } from "./takes.tsx";
import { type BoothState, type Cover, coverOf, isMirrored } from "./state.ts";
import type { BoothRefs } from "./use_booth.ts";
import { coverWords, rateText, sizeText } from "./words.ts";

/** Props of {@linkcode Stage}. */
export interface StageProps {
  readonly refs: BoothRefs;
  readonly session: BoothSession | null;
  readonly state: BoothState;
  readonly locale: Locale;
  /** Opens the settings where they are not in sight. */
  readonly onSettings: (() => void) | null;
  /** Shows a take large. */
  readonly onShow: (id: string) => void;
}

/** The mirror. */
export function Stage({ refs, session, state, locale, onSettings, onShow }: StageProps) {
  const text = boothText(locale);
  const cover = coverOf(state);
  const { recording, countdown, flashes, takes } = state;
  return (
    <section
      class={recording?.phase === "running" ? "booth-stage recording" : "booth-stage"}
      aria-label={text.stage}
    >
      <canvas
        ref={refs.canvas}
        class="booth-mirror"
        role="img"
        aria-label={text.mirrorPicture}
        hidden={cover !== null}
        width={1280}
        height={720}
      />
      {/* Frames come from these; nobody needs to see them. */}
      <div class="booth-sources" aria-hidden="true">
        <video ref={refs.cameraVideo} muted playsInline disablePictureInPicture tabIndex={-1} />
        <video ref={refs.screenVideo} muted playsInline disablePictureInPicture tabIndex={-1} />
      </div>
      {cover !== null && <CoverSheet cover={cover} session={session} state={state} text={text} />}
      {cover === null && (
        <div class="booth-marks">
          <Marks state={state} text={text} />
        </div>
      )}
      {cover === null && (
        <div class="booth-sound" aria-hidden="true">
          <Icon name={state.microphone.phase === "on" ? "mic" : "mic-off"} size={16} />
          {state.microphone.phase === "on" && <LevelBar session={session} />}
        </div>
      )}
      {takes[0] !== undefined && (
        <LastTake
          key={takes[0].id}
          take={takes[0]}
          session={session}
          locale={locale}
          onShow={onShow}
        />
      )}
      <Tools session={session} state={state} text={text} onSettings={onSettings} />
      {countdown !== null && (
        <p class="booth-count" key={countdown} aria-hidden="true">{text.countdown(countdown)}</p>
      )}
      {flashes > 0 && <span class="booth-flash" key={flashes} aria-hidden="true" />}
    </section>
  );
}

function Marks({ state, text }: { readonly state: BoothState; readonly text: BoothText }) {
  const { recording, picture, camera, screen } = state;
  if (recording !== null) {
    const paused = recording.phase === "paused";
    return (
      <Badge kind={paused ? "neutral" : "live"} class="booth-time">
        <span class="visually-hidden">{paused ? text.pausedNow : text.recordingNow}</span>
        {paused ? <Icon name="pause" size={13} /> : <span class="booth-dot" />}
        {formatDuration(recording.elapsedMs)}
        <span class="booth-bytes">{sizeText(recording.bytes)}</span>
      </Badge>
    );
  }
  if (picture === null) return null;
  const rate = screen.phase !== "on" && camera.given !== null ? camera.given.frameRate : 0;
  return (
    <Badge>
      {picture.width} × {picture.height}
      {rate > 0 && ` · ${rateText(rate)} fps`}
    </Badge>
  );
}

const ICONS: Partial<Record<Cover, IconName>> = {
  start: "camera",
  insecure: "lock-keyhole",
  busy: "triangle-alert",
  failed: "triangle-alert",
};

function CoverSheet(
  { cover, session, state, text }: {
    readonly cover: Cover;
    readonly session: BoothSession | null;
    readonly state: BoothState;
    readonly text: BoothText;
  },
) {
  const words = coverWords(cover, text);
  const fresh = cover === "start" || cover === "off";
  const waiting = cover === "wait" || cover === "opening";
  return (
    <div class="booth-cover">
      <span class="booth-cover-mark">
        {waiting ? <Spinner size={30} /> : <Icon name={ICONS[cover] ?? "camera-off"} size={34} />}
      </span>
      <h2>{words.title}</h2>
      {words.text !== "" && <p>{words.text}</p>}
      <noscript>
        <p>{text.needsScript}</p>
      </noscript>
      {!waiting && (
        <div class="booth-cover-actions">
          {cover === "insecure" && <SecureLink text={text} />}
          {cover !== "insecure" && cover !== "unsupported" && (
            <Button
              kind="primary"
              icon={fresh ? "camera" : "refresh-cw"}
              onClick={() => void session?.start()}
            >
              {fresh ? text.start : text.retry}
            </Button>
          )}
          {cover !== "insecure" && state.sharesScreens && (
            <Button
              icon="screen-share"
              onClick={() => void session?.toggleScreen()}
            >
              {text.screenOnly}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function SecureLink({ text }: { readonly text: BoothText }) {
  const href = secureAddress(location.href);
  if (href === null) return null;
  return <ButtonLink kind="primary" icon="lock-keyhole" href={href}>{text.openSecure}</ButtonLink>;
}

function Tools(
  { session, state, text, onSettings }: {
    readonly session: BoothSession | null;
    readonly state: BoothState;
    readonly text: BoothText;
    readonly onSettings: (() => void) | null;
  },
) {
  const { preferences, camera, devices } = state;
  const { timer } = preferences;
  const cameras = devices.devices.filter(({ kind }) => kind === "camera").length;
  const mirrored = isMirrored(state);
  return (
    <div class="booth-tools">
      {onSettings && (
        <IconButton
          icon="sliders-horizontal"
          class="over"
          label={text.settings}
          onClick={onSettings}
        />
      )}
      {camera.phase === "on" && (
        <>
          {cameras > 1 && (
            <IconButton
              icon="switch-camera"
              class="over"
              label={text.switchCamera}
              onClick={() => void session?.nextCamera()}
            />
          )}
          <IconButton
            icon="flip-vertical-2"
            class="over"
            label={text.mirror}
            pressed={mirrored}
            onClick={() => session?.prefer({ mirror: !mirrored })}
          />
        </>
      )}
      <span class="booth-timer">
        <IconButton
          icon="timer"
          class="over"
          label={text.timer(timer)}
          onClick={() => session?.prefer({ timer: nextTimer(timer) })}
        />
        {timer > 0 && (
          <span class="booth-timer-value" aria-hidden="true">{text.timerShort(timer)}</span>
        )}
      </span>
      <IconButton
        icon={preferences.sound ? "mic" : "mic-off"}
        class="over"
        label={preferences.sound ? text.soundOff : text.soundOn}
        onClick={() => void session?.setSound(!preferences.sound)}
      />
    </div>
  );
}

/** The timer after this one. */
export function nextTimer(timer: typeof TIMERS[number]): typeof TIMERS[number] {
  return TIMERS[(TIMERS.indexOf(timer) + 1) % TIMERS.length]!;
}

/** Says what happens to those who do not see it: once for each change. */
export function Announcer({ state, text }: {
  readonly state: BoothState;
  readonly text: BoothText;
}) {
  const said = useRef({ flashes: 0, phase: "", preset: state.preferences.preset, elapsedMs: 0 });
  const voice = useRef<HTMLParagraphElement>(null);
  const { flashes, recording, preferences, countdown } = state;
  const phase = recording?.phase ?? "";
  useEffect(() => {
    const before = said.current;
    const words = flashes !== before.flashes
      ? text.saidPicture
      : phase !== before.phase
      ? phaseWords(before, { phase, text })
      : preferences.preset !== before.preset
      ? text.saidFilter(text.filterName(preferences.preset))
      : countdown !== null
      ? text.countdown(countdown)
      : null;
    said.current = {
      flashes,
      phase,
      preset: preferences.preset,
      elapsedMs: recording?.elapsedMs ?? before.elapsedMs,
    };
    if (words !== null && voice.current !== null) voice.current.textContent = words;
  }, [flashes, phase, preferences.preset, countdown]);
  useEffect(() => {
    if (recording !== null) said.current.elapsedMs = recording.elapsedMs;
  }, [recording?.elapsedMs]);
  return <p ref={voice} class="visually-hidden" role="status" />;
}

function phaseWords(
  before: { readonly phase: string; readonly elapsedMs: number },
  { phase, text }: { readonly phase: string; readonly text: BoothText },
): string | null {
  if (phase === "paused") return text.saidPaused;
  if (phase === "running") return before.phase === "paused" ? text.saidResumed : text.saidRecording;
  return phase === "" && before.phase !== ""
    ? text.saidStopped(formatDuration(before.elapsedMs))
    : null;
}
