import { useRef, useState } from "preact/hooks";
import type { Locale } from "./i18n/mod.ts";
import { studioText } from "./i18n/studio.ts";
import { CopyField } from "./ui/copy_field.tsx";
import { Icon } from "./ui/icons.tsx";
import { AnswerError, sendJson } from "./ui/poll.ts";
import { parsePublish } from "./ui/room_data.ts";

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
      <CopyField
        id="publish-server"
        label={text.server}
        value={props.server}
        locale={props.locale}
      />
      <CopyField
        id="publish-key"
        label={text.streamKey}
        value={streamKey}
        shown={revealed ? streamKey : masked(streamKey)}
        locale={props.locale}
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
