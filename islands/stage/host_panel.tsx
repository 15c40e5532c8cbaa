/**
 * Guests on stage, in the studio: who asks, who sits, who hears whom, how the pictures stand.
 *
 * @module
 */
// The studio has these anyway: they stay in one file with the rest.
import "../player/describe.ts";
import "../room/shell.ts";
import "../ui/copy_field.tsx";
import "../ui/field.tsx";
import { useEffect, useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { type StageHostText, stageHostText } from "../i18n/stage_host.ts";
import type { Schemas } from "../ui/api.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { SelectField, SwitchField, TextField } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { desk } from "../studio/browser/link.ts";
import { bringGuests } from "./bring_guests.ts";
import { SeatFace } from "./face.tsx";
import { codeOf, type HostAction, HostSession } from "./host_session.ts";

const LAYOUTS = ["speaker", "grid", "side_by_side", "picture_in_picture"] as const;
const MODES = ["mixed", "canvas"] as const;
const MAX_NAME = 200;

type Stage = Schemas["Stage"];
type Guest = Stage["guests"][number];
/** Does it, and says what stood in the way; true when it was done. */
type Perform = (work: () => Promise<void>) => Promise<boolean>;

/** The panel of a room that is live. */
export function HostPanel({ room, locale }: { readonly room: string; readonly locale: Locale }) {
  const text = stageHostText(locale);
  const [session, setSession] = useState<HostSession | null>(null);
  useEffect(() => {
    const opened = new HostSession(room);
    const end = bringGuests(opened, room);
    setSession(opened);
    return () => {
      end();
      opened.close();
    };
  }, []);
  const stage = session?.stage.value ?? null;
  if (session === null || stage === null) {
    return session?.failed.value === true
      ? <p class="muted" role="status">{text.failed}</p>
      : <div key="loading" class="skeleton guests-loading" aria-hidden="true" />;
  }
  const perform: Perform = async (work) => {
    try {
      await work();
      return true;
    } catch (error) {
      toast({ tone: "bad", text: problemWords(codeOf(error), text) });
      return false;
    }
  };
  const seated = stage.guests.filter(({ seat }) => seat !== null);
  const waiting = stage.guests.filter(({ seat }) => seat === null);
  const set = (change: Parameters<HostSession["arrange"]>[0]) =>
    void perform(() => session.arrange(change));
  return (
    // Not the element of the skeleton: a browser would see that one jump.
    <div key="panel" class="guests" data-guests={seated.length}>
      <SwitchField
        id="stage-open"
        label={text.open}
        hint={text.openHint}
        checked={stage.open}
        onChange={(event) => set({ open: event.currentTarget.checked })}
      />
      {waiting.length > 0 && <Waiting {...{ session, waiting, text, perform }} />}
      <Seats {...{ session, seated, text, perform, locale }} />
      {stage.trouble !== null && (
        <p class="guest-trouble" role="status">{troubleWords(stage.trouble, text)}</p>
      )}
      <Invite {...{ session, text, perform }} />
      {(desk.value !== null || stage.mode === "canvas") && (
        <SelectField
          id="stage-mode"
          label={text.mode}
          hint={stage.mode === "mixed"
            ? text.mixedHint
            : desk.value === null
            ? text.canvasAway
            : text.canvasHint}
          value={stage.mode}
          choices={MODES.map((value) => ({ value, label: text[value] }))}
          onChange={(event) => set({ mode: event.currentTarget.value as Stage["mode"] })}
        />
      )}
      {stage.mode === "mixed" && (
        <SelectField
          id="stage-layout"
          label={text.layout}
          value={stage.layout}
          choices={LAYOUTS.map((value) => ({ value, label: text[value] }))}
          onChange={(event) => set({ layout: event.currentTarget.value as Stage["layout"] })}
        />
      )}
    </div>
  );
}

interface PartProps {
  readonly session: HostSession;
  readonly text: StageHostText;
  readonly perform: Perform;
}

function Waiting({ session, waiting, text, perform }: PartProps & {
  readonly waiting: readonly Guest[];
}) {
  const act = (account: string, action: HostAction) => () =>
    void perform(() => session.act(account, action));
  return (
    <section class="guests-part" aria-labelledby="stage-waiting">
      <h3 id="stage-waiting">{text.waiting}</h3>
      <ul class="guests-list">
        {waiting.map(({ account, name, phase }) => (
          <li key={account} data-phase={phase}>
            <span class="guests-name">
              <bdi class="ellipsis">{name}</bdi>
              <small class="muted">{phase === "asking" ? text.asks : text.invited}</small>
            </span>
            {phase === "asking"
              ? (
                <>
                  <Button small onClick={act(account, "decline")}>{text.decline}</Button>
                  <Button small kind="primary" onClick={act(account, "accept")}>
                    {text.accept}
                  </Button>
                </>
              )
              : <Button small onClick={act(account, "remove")}>{text.takeBack}</Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Seats({ session, seated, text, perform, locale }: PartProps & {
  readonly seated: readonly Guest[];
  readonly locale: Locale;
}) {
  const views = session.views.views.value;
  const [removing, setRemoving] = useState<Guest | null>(null);
  const [busy, setBusy] = useState(false);
  const remove = async () => {
    setBusy(true);
    await perform(() => session.act(removing!.account, "remove"));
    setBusy(false);
    setRemoving(null);
  };
  const { mode } = session.stage.value!;
  return (
    <section class="guests-part" aria-labelledby="stage-seats">
      <h3 id="stage-seats">{text.seats}</h3>
      {seated.length === 0 ? <p class="muted">{text.nobody}</p> : (
        <>
          <ul class="guests-seats">
            {seated.map((guest) => (
              <li key={guest.account}>
                <SeatFace
                  view={views.get(guest.seat!) ?? null}
                  name={guest.name}
                  muted={guest.muted}
                  empty={text.away}
                />
                <IconButton
                  small
                  icon={guest.muted ? "mic-off" : "mic"}
                  label={(guest.muted ? text.unmute : text.mute)(guest.name)}
                  onClick={() =>
                    void perform(() => session.act(guest.account, guest.muted ? "unmute" : "mute"))}
                />
                <IconButton
                  small
                  icon="x"
                  label={text.remove(guest.name)}
                  onClick={() => setRemoving(guest)}
                />
              </li>
            ))}
          </ul>
          <p class="muted">{text.headphones}</p>
        </>
      )}
      <ConfirmDialog
        id="stage-remove"
        open={removing !== null && mode !== undefined}
        onClose={() => setRemoving(null)}
        title={text.removeQuestion(removing?.name ?? "")}
        text={text.removeText}
        confirm={text.removeConfirm}
        onConfirm={() => void remove()}
        busy={busy}
        locale={locale}
      />
    </section>
  );
}

function Invite({ session, text, perform }: PartProps) {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy || name.trim() === "") return;
    setBusy(true);
    if (await perform(() => session.invite(name.trim()))) setName("");
    setBusy(false);
  };
  return (
    <form class="guests-invite" onSubmit={(event) => void send(event)}>
      <TextField
        id="stage-invite"
        label={text.inviteName}
        hint={text.inviteHint}
        value={name}
        maxLength={MAX_NAME}
        autoComplete="off"
        dir="auto"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" busy={busy} disabled={name.trim() === ""}>{text.invite}</Button>
    </form>
  );
}

function troubleWords(trouble: string, text: StageHostText): string {
  switch (trouble) {
    case "ffmpeg_missing":
      return text.troubleFfmpeg;
    case "too_many_mixes":
    case "too_many_inputs":
      return text.troubleMany;
    default:
      return text.trouble;
  }
}

function problemWords(code: string, text: StageHostText): string {
  switch (code) {
    case "not_found":
      return text.problemUnknown;
    case "invalid":
      return text.problemHost;
    case "too_many":
      return text.problemFull;
    case "not_now":
      return text.problemElsewhere;
    case "slow_down":
      return text.problemSlow;
    case "not_live":
      return text.problemLive;
    default:
      return text.problem;
  }
}
