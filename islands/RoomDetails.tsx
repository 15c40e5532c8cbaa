import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer } from "../client/mod.ts";
import type { Locale } from "./i18n/mod.ts";
import { roomDetailsText } from "./i18n/room_details.ts";
import { type Clock, zoneName } from "./studio/moments.ts";
import {
  changedFields,
  changeOf,
  problemsOf,
  type RoomField,
  type RoomProblems,
  type RoomValues,
  valuesOf,
} from "./studio/room_form.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { studioStore, useStudio } from "./studio/store.ts";
import { Button } from "./ui/button.tsx";
import { Card } from "./ui/card.tsx";
import { type Choice, SelectField, TextArea, TextField } from "./ui/field.tsx";
import { Icon } from "./ui/icons.tsx";
import { ImageField } from "./ui/image_field.tsx";
import { sendImage } from "./ui/send_image.ts";

/** Props of {@linkcode RoomDetails}. */
export interface RoomDetailsProps {
  readonly studio: StudioSnapshot;
  readonly categories: readonly Choice[];
  /** Most characters of each field. */
  readonly limits: { readonly title: number; readonly description: number };
  /** Sent before without script, and refused. */
  readonly refused: { readonly values: RoomValues; readonly problems: RoomProblems } | null;
  /** Saved a moment ago without script. */
  readonly saved: boolean;
  readonly locale: Locale;
}

type CoverAnswer = Answer<"put", "/api/rooms/{room}/cover">;
type Status = "idle" | "saving" | "saved" | "failed";

/**
 * Title, category, description, the next broadcast. One form in both worlds: without script it is
 * sent as it is; with script only what was changed goes to the server, and the page stays.
 */
export default function RoomDetails(props: RoomDetailsProps) {
  const { studio, categories, limits, locale } = props;
  const text = roomDetailsText(locale);
  const { room, nowMs } = useStudio(studio);
  const [clock, setClock] = useState<Clock>("utc");
  const [draft, setDraft] = useState<Partial<RoomValues>>(props.refused?.values ?? {});
  const [problems, setProblems] = useState<RoomProblems>(props.refused?.problems ?? {});
  const [status, setStatus] = useState<Status>(
    props.refused !== null ? "failed" : props.saved ? "saved" : "idle",
  );
  const form = useRef<HTMLFormElement>(null);
  const saver = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // The browser knows its zone, the server does not; and somebody may have typed before this ran.
    setClock("local");
    setDraft(({ nextLiveAt: _utc, ...rest }) => ({ ...rest, ...typedIn(form.current) }));
  }, []);

  const kept = valuesOf(room, { clock, nowMs });
  const values = { ...kept, ...draft };
  const changed = changedFields(draft, kept);
  const edit = (field: RoomField, value: string) => {
    setDraft((before) => ({ ...before, [field]: value }));
    setProblems(({ [field]: _gone, form: _form, ...rest }) => rest);
    if (status !== "saving") setStatus("idle");
  };
  const restore = (fields: readonly RoomField[]) => {
    const without = <T extends object>(all: T) =>
      Object.fromEntries(
        Object.entries(all).filter(([field]) => !fields.includes(field as RoomField)),
      ) as Partial<T>;
    setDraft(without);
    setProblems(without);
    if (status === "failed") setStatus("idle");
  };
  const save = async (event: Event) => {
    event.preventDefault();
    if (status === "saving") return;
    if (changed.length === 0) return setStatus("saved");
    const sent = draft;
    const asked = changeOf(sent, { fields: changed, clock, nowMs, text });
    const fail = (found: RoomProblems) => {
      setProblems(found);
      setStatus("failed");
      focusFirst(form.current, found);
    };
    if ("problems" in asked) return fail(asked.problems);
    setProblems({});
    setStatus("saving");
    try {
      await studioStore(studio).change(asked.change);
      // What was typed in the meantime stays.
      setDraft((now) =>
        Object.fromEntries(
          Object.entries(now).filter(([field, value]) => value !== sent[field as RoomField]),
        )
      );
      setStatus("saved");
    } catch (error) {
      fail(problemsOf(error, text));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const field = (event.target as { name?: RoomField }).name;
    if (event.key === "Escape" && field !== undefined && changed.includes(field)) {
      event.preventDefault();
      restore([field]);
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.current?.requestSubmit();
    }
  };
  const bind = (field: RoomField) => ({
    name: field,
    value: values[field],
    error: problems[field] ?? null,
    onInput: (event: Event & { readonly currentTarget: { readonly value: string } }) =>
      edit(field, event.currentTarget.value),
  });
  return (
    <Card id="room-details" title={text.heading} class="room-details">
      <form
        ref={form}
        class="room-form"
        method="post"
        action="/studio/room"
        onSubmit={save}
        onKeyDown={onKeyDown}
      >
        <TextField
          {...bind("title")}
          id="room-title"
          label={text.titleLabel}
          counter={{ max: limits.title, locale }}
          maxLength={2 * limits.title}
          required
          dir="auto"
          autoComplete="off"
        />
        <div class="room-form-pair">
          <SelectField
            {...bind("category")}
            id="room-category"
            label={text.category}
            choices={[{ value: "", label: text.noCategory }, ...categories]}
          />
          <div class="next-live">
            <TextField
              {...bind("nextLiveAt")}
              id="room-next"
              label={text.nextLive}
              type="datetime-local"
              hint={clock === "utc" ? text.nextLiveUtc : text.nextLiveHint(zoneName(nowMs))}
            />
            {values.nextLiveAt !== "" && (
              <Button
                small
                kind="ghost"
                class="scripted"
                onClick={() => {
                  edit("nextLiveAt", "");
                  document.getElementById("room-next")?.focus();
                }}
              >
                {text.clear}
              </Button>
            )}
          </div>
        </div>
        <TextArea
          {...bind("description")}
          id="room-description"
          label={text.description}
          hint={text.descriptionHint}
          counter={{ max: limits.description, locale }}
          maxLength={2 * limits.description}
          rows={3}
          dir="auto"
        />
        <div class="save-line">
          <Button
            type="submit"
            kind={changed.length > 0 ? "primary" : "quiet"}
            busy={status === "saving"}
            buttonRef={saver}
          >
            {text.save}
          </Button>
          {changed.length > 0 && status !== "saving" && (
            <Button
              kind="ghost"
              class="scripted"
              onClick={() => {
                restore(changed);
                saver.current?.focus();
              }}
            >
              {text.discard}
            </Button>
          )}
          <SaveStatus status={status} dirty={changed.length > 0} text={text} />
        </div>
        <p class="field-error" role="alert">{problems.form ?? ""}</p>
      </form>
      <div id="room-cover" class="scripted">
        <ImageField
          id="cover"
          label={text.cover}
          hint={text.coverHint}
          shape="cover"
          locale={locale}
          current={room.cover}
          empty={<Icon name="video" size={28} />}
          upload={async (blob, options) => {
            const path = `/api/rooms/${studio.roomId}/cover`;
            const answer = await sendImage(path, blob, options) as CoverAnswer;
            studioStore(studio).showRoom(answer.room);
          }}
          remove={() => studioStore(studio).removeCover()}
        />
      </div>
    </Card>
  );
}

/** Leads to the first field that something is wrong with. */
function focusFirst(form: HTMLFormElement | null, problems: RoomProblems): void {
  for (const control of form?.elements ?? []) {
    const field = control as HTMLInputElement;
    if (!Object.hasOwn(problems, field.name)) continue;
    field.scrollIntoView({ block: "center" });
    return field.focus({ preventScroll: true });
  }
}

/** What the controls hold, but for the time, whose zone is another now. */
function typedIn(form: HTMLFormElement | null): Partial<RoomValues> {
  if (form === null) return {};
  const data = new FormData(form);
  const text = (field: RoomField) => String(data.get(field) ?? "").replaceAll("\r\n", "\n");
  return { title: text("title"), category: text("category"), description: text("description") };
}

function SaveStatus(
  { status, dirty, text }: {
    readonly status: Status;
    readonly dirty: boolean;
    readonly text: ReturnType<typeof roomDetailsText>;
  },
) {
  const said = status === "saving"
    ? text.saving
    : status === "failed"
    ? text.notSaved
    : dirty
    ? text.unsaved
    : status === "saved"
    ? text.saved
    : "";
  const good = status === "saved" && !dirty;
  return (
    <span class={good ? "save-status jade-text" : "save-status muted"} role="status">
      {good && <Icon name="check" size={18} />}
      {said}
    </span>
  );
}
