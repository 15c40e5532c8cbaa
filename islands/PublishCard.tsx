import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Locale } from "./i18n/mod.ts";
import { studioText } from "./i18n/studio.ts";
import { Icon } from "./ui/icons.tsx";
import { AnswerError, sendJson } from "./ui/poll.ts";
import { parsePublish } from "./ui/room_data.ts";

const NOTE_MS = 2_000;

/** Props of {@linkcode PublishCard}. */
export interface PublishCardProps {
  readonly roomId: string;
  readonly server: string;
  /** `<room>?key=<publish key>`: the owner's alone, the page that carries it is never stored. */
  readonly streamKey: string;
  readonly locale: Locale;
}

/** Server and stream key for OBS: hidden until asked for, copied in one click, made anew. */
export default function PublishCard(props: PublishCardProps) {
  const text = studioText(props.locale);
  const [streamKey, setStreamKey] = useState(props.streamKey);
  const [revealed, setRevealed] = useState(false);
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<{ readonly text: string; readonly bad: boolean } | null>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const rotate = async () => {
    setBusy(true);
    try {
      const answer = await sendJson("POST", `/api/rooms/${props.roomId}/publish-key`, {});
      setStreamKey(parsePublish(answer).streamKey);
      setNote({ text: text.rotated, bad: false });
    } catch (error) {
      const signedOut = error instanceof AnswerError && error.status === 401;
      setNote({ text: signedOut ? text.signedOut : text.failed, bad: true });
    } finally {
      setBusy(false);
      dialog.current?.close();
    }
  };
  return (
    <section class="card" aria-labelledby="obs-title">
      <h2 id="obs-title">{text.obsTitle}</h2>
      <CopyField id="publish-server" label={text.server} value={props.server} text={text} />
      <CopyField
        id="publish-key"
        label={text.streamKey}
        value={streamKey}
        shown={revealed ? streamKey : masked(streamKey)}
        text={text}
      >
        <button
          type="button"
          class="button quiet icon-only"
          aria-pressed={revealed}
          aria-label={revealed ? text.hide : text.reveal}
          title={revealed ? text.hide : text.reveal}
          onClick={() => setRevealed(!revealed)}
        >
          <Icon name={revealed ? "eye-off" : "eye"} size={18} />
        </button>
      </CopyField>
      <p class="hint">{text.streamKeyHint}</p>
      <button type="button" class="button quiet rotate" onClick={() => dialog.current?.showModal()}>
        <Icon name="refresh-cw" size={18} /> {text.rotate}
      </button>
      <p class={note?.bad ? "field-error" : "hint jade-text"} role="status">{note?.text ?? ""}</p>
      <dialog ref={dialog} class="dialog" aria-labelledby="rotate-title">
        <h2 id="rotate-title">{text.rotateQuestion}</h2>
        <p class="muted">{text.rotateText}</p>
        <div class="dialog-actions">
          <button type="button" class="button quiet" onClick={() => dialog.current?.close()}>
            {text.cancel}
          </button>
          <button type="button" class="button danger" disabled={busy} onClick={rotate}>
            {text.rotateConfirm}
          </button>
        </div>
      </dialog>
    </section>
  );
}

function masked(streamKey: string): string {
  const end = streamKey.indexOf("=") + 1;
  return streamKey.slice(0, end) + "•".repeat(12);
}

function CopyField(
  { id, label, value, shown = value, text, children }: {
    readonly id: string;
    readonly label: string;
    /** What is copied. */
    readonly value: string;
    readonly shown?: string;
    readonly text: ReturnType<typeof studioText>;
    readonly children?: ComponentChildren;
  },
) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state !== "copied") return;
    const timer = setTimeout(() => setState("idle"), NOTE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // No clipboard at all without a secure context: then `writeText` is missing.
    Promise.resolve().then(() => navigator.clipboard.writeText(value)).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  return (
    <div class="copy-field">
      <label for={id}>{label}</label>
      <div class="copy-field-line">
        <input
          id={id}
          class="input mono"
          readOnly
          value={shown}
          autoComplete="off"
          spellcheck={false}
          onFocus={(event) => event.currentTarget.select()}
        />
        {children}
        <button
          type="button"
          class="button quiet icon-only"
          aria-label={`${text.copy}: ${label}`}
          title={text.copy}
          onClick={copy}
        >
          <Icon name={state === "copied" ? "check" : "copy"} size={18} />
        </button>
      </div>
      <p class="visually-hidden" role="status">{state === "copied" ? text.copied : ""}</p>
      {state === "refused" && <p class="field-error">{text.copyFailed}</p>}
    </div>
  );
}
