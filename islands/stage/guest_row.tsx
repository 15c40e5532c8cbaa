/**
 * The stage on the page of a room: the way onto it, the place in the queue, the invitation, and for
 * who is on it the others, their own picture and the switches.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Picture, useTrackStream } from "../call/face.tsx";
import type { Locale } from "../i18n/mod.ts";
import { type StageGuestText, stageGuestText } from "../i18n/stage_guest.ts";
import { ApiError } from "../ui/api.ts";
import { Button, ButtonLink, IconButton } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import { SeatFace } from "./face.tsx";
import { type Ending, GuestSession } from "./guest_session.ts";
import { type PreviewPurpose, PreviewSheet } from "./preview_sheet.tsx";
import { isWorthShowing, type ToldStage } from "./told.ts";

/** An invitation is good for so long, milliseconds. */
const INVITE_MS = 60_000;

/** What the row stands on. */
export interface GuestRowProps {
  readonly room: string;
  /** Null: nobody is logged in. */
  readonly account: string | null;
  readonly told: ReadonlySignal<ToldStage | null>;
  readonly locale: Locale;
  readonly skewMs: number;
  /** Silences the player of the page, or lets it be heard again. */
  readonly silence: (silent: boolean) => void;
}

/** The row; nothing where there is nothing to say. */
export function GuestRow(props: GuestRowProps) {
  const { account, told, locale } = props;
  const text = stageGuestText(locale);
  const session = useSession(props, text);
  const stage = told.value;
  const me = session?.stage.value?.me ?? null;
  if (me === null && (stage === null || !isWorthShowing(stage, account))) return null;
  if (session !== null && me !== null) {
    return <Part session={session} props={props} text={text} />;
  }
  return (
    <div class="guest-row">
      <Icon name="hand" size={20} />
      <p class="guest-words">{wordsOf(stage!, text)}</p>
      {stage!.open && account === null && (
        <ButtonLink href={`/login?next=${encodeURIComponent(`/rooms/${props.room}`)}`}>
          {text.logIn}
        </ButtonLink>
      )}
      {stage!.open && session !== null && <Ask session={session} text={text} locale={locale} />}
    </div>
  );
}

function useSession(props: GuestRowProps, text: StageGuestText): GuestSession | null {
  const { room, account, told, silence } = props;
  const [session, setSession] = useState<GuestSession | null>(null);
  useEffect(() => {
    if (account === null) return;
    const opened = new GuestSession({
      room,
      account,
      told,
      onEnded: (ending: Ending) => toast({ text: text[ending] }),
      onStage: silence,
    });
    setSession(opened);
    return () => opened.close();
  }, []);
  return session;
}

function Ask({ session, text, locale }: {
  readonly session: GuestSession;
  readonly text: StageGuestText;
  readonly locale: Locale;
}) {
  const [purpose, sheet, open] = usePreview(session, locale);
  return (
    <>
      <Button
        kind="primary"
        icon="hand"
        aria-expanded={purpose !== null}
        onClick={() => open("ask")}
      >
        {text.ask}
      </Button>
      {sheet}
    </>
  );
}

/** The sheet with what it does; the last one opens it. */
function usePreview(session: GuestSession, locale: Locale) {
  const text = stageGuestText(locale);
  const [purpose, setPurpose] = useState<PreviewPurpose | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const send = async () => {
    setBusy(true);
    try {
      await (purpose === "ask" ? session.ask() : session.accept());
      setPurpose(null);
    } catch (error) {
      setProblem(problemWords(error, text));
    }
    setBusy(false);
  };
  const close = () => {
    setPurpose(null);
    session.putAway();
  };
  const open = (wanted: PreviewPurpose) => {
    setProblem(null);
    setPurpose(wanted);
  };
  const sheet = (
    <PreviewSheet
      {...{ session, purpose, busy, problem, locale }}
      onSend={() => void send()}
      onClose={close}
    />
  );
  return [purpose, sheet, open] as const;
}

function Part({ session, props, text }: {
  readonly session: GuestSession;
  readonly props: GuestRowProps;
  readonly text: StageGuestText;
}) {
  const { locale, skewMs } = props;
  const [, sheet, open] = usePreview(session, locale);
  const [leaving, setLeaving] = useState(false);
  const [busy, setBusy] = useState(false);
  const row = useRef<HTMLDivElement>(null);
  const { me, guests } = session.stage.value!;
  const { phase } = me!;
  const own = guests.find(({ account }) => account === props.account);
  const leftS = useCountdown(
    phase === "invited" && own !== undefined ? Date.parse(own.since) + INVITE_MS : null,
    skewMs,
  );
  const connection = session.connection;
  const [spoken, setSpoken] = useState("");
  const state = phase === "seated" ? connection ?? "back" : phase;
  useEffect(() => setSpoken(spokenOf(state, text)), [state]);
  // What had the focus may be gone with its phase; who did nothing keeps theirs.
  useEffect(() => {
    if (session.isReady && document.activeElement === document.body) row.current?.focus();
  }, [phase]);
  const give = async (work: () => Promise<void>, said: string | null) => {
    setBusy(true);
    try {
      await work();
      if (said !== null) toast({ text: said });
    } catch (error) {
      toast({ tone: "bad", text: problemWords(error, text) });
    }
    setBusy(false);
    setLeaving(false);
  };
  return (
    <div
      ref={row}
      class={`guest-part${phase === "invited" ? " asked" : ""}`}
      data-part={state}
      tabIndex={-1}
    >
      <div class="guest-row">
        <Icon name={phase === "seated" ? "radio" : "hand"} size={20} />
        <p class="guest-words">{partWords(session, { leftS, text })}</p>
        <span class="visually-hidden" role="status">{spoken}</span>
        {phase === "asking" && (
          <Button
            busy={busy}
            onClick={() => void give(() => session.leave(), null)}
          >
            {text.withdraw}
          </Button>
        )}
        {phase === "invited" && (
          <>
            <Button busy={busy} onClick={() => void give(() => session.decline(), null)}>
              {text.decline}
            </Button>
            <Button kind="primary" onClick={() => open("come")}>{text.come}</Button>
          </>
        )}
        {phase === "seated" && connection === null && (
          <Button
            kind="primary"
            onClick={() => open("back")}
          >
            {text.back}
          </Button>
        )}
        {connection === "refused" && <Button onClick={() => session.retry()}>{text.again}</Button>}
        {phase === "seated" && (
          <Button kind="danger" onClick={() => setLeaving(true)}>{text.leave}</Button>
        )}
      </div>
      {phase !== "invited" && <Faces session={session} text={text} />}
      {sheet}
      <ConfirmDialog
        id="guest-leave"
        open={leaving}
        onClose={() => setLeaving(false)}
        title={text.leaveQuestion}
        text={text.leaveText}
        confirm={text.leave}
        onConfirm={() => void give(() => session.leave(), text.left)}
        busy={busy}
        locale={locale}
      />
    </div>
  );
}

/** The own picture with its switches, and the others. */
function Faces({ session, text }: {
  readonly session: GuestSession;
  readonly text: StageGuestText;
}) {
  const local = session.local.value;
  const picture = useTrackStream(local.videoTrack);
  const { guests, streams, me } = session.stage.value!;
  const views = session.views.views.value;
  // Before it is connected there is nobody to be seen, unless in the mirror.
  if (picture === null && session.connection === null) return null;
  const soundOn = local.audio && local.audioTrack !== null;
  const pictureOn = local.video && local.videoTrack !== null;
  return (
    <div class="guest-faces">
      <figure class="guest-face own">
        {picture === null
          ? <span class="guest-dark">{text.noPicture}</span>
          : <Picture stream={picture} mirrored label={text.you} />}
        <figcaption>
          {(me?.muted || !soundOn) && <Icon name="mic-off" size={14} />}
          <span>{text.you}</span>
        </figcaption>
      </figure>
      {session.connection !== null && streams.map(({ seat }) => {
        const guest = guests.find((one) => one.seat === seat);
        return (
          <SeatFace
            key={seat}
            view={views.get(seat) ?? null}
            name={seat === 0 ? text.host : guest?.name ?? ""}
            muted={guest?.muted ?? false}
            empty={text.noPicture}
          />
        );
      })}
      {session.connection !== null && (
        <div class="guest-switches">
          <IconButton
            icon={soundOn ? "mic" : "mic-off"}
            label={soundOn ? text.mute : text.unmute}
            onClick={() => session.setSound(!soundOn)}
          />
          <IconButton
            icon={pictureOn ? "video" : "video-off"}
            label={pictureOn ? text.cameraOff : text.cameraOn}
            onClick={() => session.setPicture(!pictureOn)}
          />
        </div>
      )}
    </div>
  );
}

function wordsOf(stage: ToldStage, text: StageGuestText): string {
  if (stage.seats.length > 0) return text.onStage(stage.seats.map(({ name }) => name).join(", "));
  return stage.asking > 0 ? text.openTo(stage.asking) : text.open;
}

function partWords(
  session: GuestSession,
  { leftS, text }: { readonly leftS: number; readonly text: StageGuestText },
): string {
  const { me } = session.stage.value!;
  switch (me!.phase) {
    case "asking":
      return text.asking(me!.place ?? 1);
    case "invited":
      return text.invited(leftS);
    case "seated":
      return me!.muted && session.connection === "live"
        ? text.mutedByHost
        : spokenOf(session.connection ?? "back", text);
  }
}

function spokenOf(state: string, text: StageGuestText): string {
  switch (state) {
    case "invited":
      return text.invitedSpoken;
    case "back":
      return text.backHint;
    case "live":
      return text.live;
    case "reconnecting":
      return text.reconnecting;
    case "refused":
      return text.refused;
    case "asking":
      return "";
    default:
      return text.connecting;
  }
}

/** Seconds until an instant of the server's clock; 0 without one. */
function useCountdown(endsAtMs: number | null, skewMs: number): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    if (endsAtMs === null) return;
    const tick = () => setNowMs(Date.now() + skewMs);
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [endsAtMs]);
  if (endsAtMs === null || nowMs === 0) return 0;
  // Clocks differ a little.
  return Math.min(INVITE_MS / 1_000, Math.max(0, Math.ceil((endsAtMs - nowMs) / 1_000)));
}

function problemWords(error: unknown, text: StageGuestText): string {
  switch (error instanceof ApiError ? error.code : "") {
    case "closed":
      return text.problemClosed;
    case "too_many":
      return text.problemFull;
    case "forbidden":
      return text.problemBarred;
    case "not_live":
      return text.problemLive;
    case "not_now":
    case "not_found":
      return text.problemLate;
    case "slow_down":
      return text.problemSlow;
    default:
      return text.problem;
  }
}
