import { useEffect, useRef, useState } from "preact/hooks";
import type { Locale } from "./i18n/mod.ts";
import { studioText } from "./i18n/studio.ts";
import { Icon } from "./ui/icons.tsx";
import { AnswerError, sendJson } from "./ui/poll.ts";
import { parseRoom } from "./ui/room_data.ts";

/** Props of {@linkcode RoomTitle}. */
export interface RoomTitleProps {
  readonly roomId: string;
  readonly title: string;
  readonly locale: Locale;
}

/** The room's title, edited in place; Escape leaves it as it was. */
export default function RoomTitle(props: RoomTitleProps) {
  const text = studioText(props.locale);
  const [title, setTitle] = useState(props.title);
  const [editing, setEditing] = useState(false);
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (editing) input.current?.select();
    else if (wasEditing.current) opener.current?.focus();
    wasEditing.current = editing;
  }, [editing]);

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    setSaving(true);
    setProblem(null);
    try {
      const answer = await sendJson("PATCH", `/api/rooms/${props.roomId}`, {
        title: input.current?.value ?? "",
      });
      setTitle(parseRoom(answer).title);
      setSaved(true);
      setEditing(false);
    } catch (error) {
      setProblem(explain(error, props.locale));
    } finally {
      setSaving(false);
    }
  };
  if (!editing) {
    return (
      <div class="room-title">
        <h1 dir="auto">{title}</h1>
        <button
          ref={opener}
          type="button"
          class="button quiet icon-only"
          aria-label={text.editTitle}
          title={text.editTitle}
          onClick={() => {
            setSaved(false);
            setEditing(true);
          }}
        >
          <Icon name="pencil" size={18} />
        </button>
        <span class="jade-text" role="status">{saved ? text.saved : ""}</span>
      </div>
    );
  }
  return (
    <form
      class="room-title"
      onSubmit={save}
      onKeyDown={(event) => event.key === "Escape" && setEditing(false)}
    >
      <label class="visually-hidden" for="room-title-input">{text.titleLabel}</label>
      <input
        ref={input}
        id="room-title-input"
        class="input"
        defaultValue={title}
        maxLength={200}
        required
        dir="auto"
        autoComplete="off"
        aria-invalid={problem !== null}
        aria-describedby="room-title-problem"
      />
      <button type="submit" class="button primary" disabled={saving}>{text.save}</button>
      <button type="button" class="button quiet" onClick={() => setEditing(false)}>
        {text.cancel}
      </button>
      <p id="room-title-problem" class="field-error" role="alert">{problem ?? ""}</p>
    </form>
  );
}

function explain(error: unknown, locale: Locale): string {
  const text = studioText(locale);
  if (!(error instanceof AnswerError)) return text.failed;
  if (error.status === 401) return text.signedOut;
  return error.field === "title" || error.status === 400 || error.status === 422
    ? text.titleInvalid
    : text.failed;
}
