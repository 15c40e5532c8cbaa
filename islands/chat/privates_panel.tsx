/**
 * Private conversations over the room's talk: the picture stays in sight on phones, too.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { languageTag, type Locale } from "../i18n/mod.ts";
import { type PrivatesText, privatesText } from "../i18n/privates.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { EmptyState } from "../ui/placeholder.tsx";
import { deviceShelf, loadDraft, saveDraft } from "./drafts.ts";
import { type Partner, privateDoor } from "./private_door.ts";
import type { Conversation, PrivateRefusal, Privates } from "./privates.ts";
import { plainWords } from "./words.ts";
import { CharactersLeft, charactersLeft, WordsField } from "./words_field.tsx";

/** Texts nearer to each other have one time. */
const TIME_EVERY_MS = 300_000;
/** Rows of the placeholder. */
const ROWS = [0, 1, 2];

interface PartProps {
  readonly privates: Privates;
  readonly text: PrivatesText;
  readonly locale: Locale;
}

/** The list, or one conversation. */
export function PrivatesPanel(
  { privates, door, locale, onClose }: {
    readonly privates: Privates;
    readonly door: Partner | "list";
    readonly locale: Locale;
    readonly onClose: () => void;
  },
) {
  const text = privatesText(locale);
  const panel = useRef<HTMLElement>(null);
  const partner = door === "list" ? null : door;
  useEffect(() => void privates.load(), []);
  // Before the next key: what had the focus may be gone.
  useLayoutEffect(() => {
    privates.view(partner?.id ?? null);
    const take = () => {
      // Where a keyboard would rise over the conversation, the field waits to be touched.
      const inField = partner !== null && !matchMedia("(pointer: coarse)").matches;
      (inField ? panel.current?.querySelector("input") : panel.current)?.focus();
    };
    take();
    // Whatever closes for this panel gives the focus back to where it came from.
    const frame = requestAnimationFrame(() => {
      if (!panel.current?.contains(document.activeElement)) take();
    });
    return () => {
      cancelAnimationFrame(frame);
      privates.view(null);
    };
  }, [partner?.id]);
  const toList = () => privateDoor.value = "list";
  return (
    <section
      ref={panel}
      class="privates"
      role="dialog"
      aria-labelledby="privates-title"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.stopPropagation();
        if (partner === null) onClose();
        else toList();
      }}
    >
      <div class="privates-head">
        {partner !== null && (
          <IconButton small kind="ghost" icon="arrow-left" label={text.back} onClick={toList} />
        )}
        <h2 id="privates-title" class="ellipsis" dir="auto">{partner?.name ?? text.title}</h2>
        <IconButton small kind="ghost" icon="x" label={text.close} onClick={onClose} />
      </div>
      {partner === null ? <List privates={privates} text={text} locale={locale} /> : (
        <Talk
          key={partner.id}
          privates={privates}
          partner={partner}
          text={text}
          locale={locale}
        />
      )}
    </section>
  );
}

/** What became of reading the past, where there is something to say. */
function PastNote({ privates, text }: Pick<PartProps, "privates" | "text">) {
  if (privates.past.value !== "failed") return null;
  return (
    <p class="privates-note" role="alert">
      {text.failed} <Button small onClick={() => void privates.load()}>{text.retry}</Button>
    </p>
  );
}

function List({ privates, text, locale }: PartProps) {
  const conversations = privates.conversations.value;
  const waits = privates.past.value === "reading" || privates.past.value === "unread";
  return (
    <div class="privates-body">
      <PastNote privates={privates} text={text} />
      {conversations.length === 0 && waits && <Loading text={text} />}
      {conversations.length === 0 && privates.past.value === "read" && (
        <EmptyState inset level={3} icon="mail" title={text.empty} text={text.emptyText} />
      )}
      <ul class="privates-list">
        {conversations.map(({ partner, texts, unread }) => {
          const last = texts.at(-1);
          return (
            <li key={partner.id}>
              <button
                type="button"
                class="privates-row"
                onClick={() => privateDoor.value = partner}
              >
                <Avatar name={partner.name} size={40} />
                <span class="privates-who">
                  <b class="ellipsis" dir="auto">{partner.name}</b>
                  {last !== undefined && (
                    <span class="ellipsis muted" dir="auto">
                      {last.mine ? text.you(plainWords(last.text)) : plainWords(last.text)}
                    </span>
                  )}
                </span>
                <span class="privates-when">
                  {last !== undefined && <small>{timeOf(last.atMs, locale)}</small>}
                  {unread > 0 && (
                    <>
                      <span class="privates-count tabular" aria-hidden="true">{unread}</span>
                      <span class="visually-hidden">{text.unread(unread)}</span>
                    </>
                  )}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Talk({ privates, partner, text, locale }: PartProps & { readonly partner: Partner }) {
  const list = useRef<HTMLOListElement>(null);
  const conversation: Conversation | undefined = privates.conversations.value
    .find((one) => one.partner.id === partner.id);
  const texts = conversation?.texts ?? [];
  const lastId = texts.at(-1)?.id;
  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [lastId, texts.length]);
  return (
    <>
      <PastNote privates={privates} text={text} />
      <ol
        ref={list}
        class="privates-texts"
        aria-live="polite"
        aria-label={text.messagesWith(partner.name)}
        tabIndex={0}
      >
        <li class="privates-begin muted">{text.begin(partner.name)}</li>
        {texts.map(({ id, mine, text: words, atMs }, index) => {
          const next = texts[index + 1];
          const timed = next === undefined || next.mine !== mine ||
            next.atMs - atMs > TIME_EVERY_MS;
          return (
            <li key={id} class={mine ? "mine" : "theirs"}>
              <p dir="auto">{plainWords(words)}</p>
              {timed && (
                <time dateTime={new Date(atMs).toISOString()}>
                  {timeOf(atMs, locale)}
                </time>
              )}
            </li>
          );
        })}
      </ol>
      <Writing privates={privates} partner={partner} text={text} locale={locale} />
    </>
  );
}

function Writing({ privates, partner, text }: PartProps & { readonly partner: Partner }) {
  const place = `@${partner.id}`;
  const field = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(() => loadDraft(deviceShelf(), place));
  const [note, setNote] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const write = (words: string) => {
    setDraft(words);
    saveDraft(deviceShelf(), place, words);
  };
  const words = draft.trim();
  const left = charactersLeft(draft);
  const send = async (event: Event) => {
    event.preventDefault();
    if (words === "" || left < 0 || busy) return;
    setBusy(true);
    const refusal = await privates.send(partner, words);
    setBusy(false);
    setNote(refusal === null ? null : refusalWords(refusal, text));
    // What was written while it was on its way stays.
    if (refusal === null || refusal.code === "held") {
      const now = field.current?.value ?? "";
      write(now === draft ? "" : now.startsWith(draft) ? now.slice(draft.length) : now);
    }
    field.current?.focus();
  };
  return (
    <form class="privates-form" onSubmit={send}>
      {note !== null && <p class="privates-note" role="alert">{note}</p>}
      <WordsField field={field} draft={draft} label={text.write(partner.name)} onWrite={write}>
        <IconButton
          small
          type="submit"
          kind="primary"
          icon="send-horizontal"
          label={text.send}
          busy={busy}
          disabled={words === "" || left < 0}
        />
      </WordsField>
      <CharactersLeft left={left} say={text.left} />
    </form>
  );
}

/** A sentence for a refusal. */
export function refusalWords({ code, retryAfterS }: PrivateRefusal, text: PrivatesText): string {
  switch (code) {
    case "slow_down":
      return text.slowDown(String(Math.max(1, Math.ceil(retryAfterS ?? 2))));
    case "blocked":
      return text.blocked;
    case "muted":
    case "banned":
      return text.muted;
    case "words":
      return text.words;
    case "held":
      return text.held;
    case "suspended":
      return text.suspended;
    case "not_found":
      return text.gone;
    case "unauthenticated":
      return text.signedOut;
    case "unreachable":
      return text.unreachable;
    default:
      return text.refused;
  }
}

function Loading({ text }: Pick<PartProps, "text">) {
  return (
    <div class="privates-loading" role="status">
      <span class="visually-hidden">{text.loading}</span>
      {ROWS.map((row) => <span key={row} class="skeleton" aria-hidden="true" />)}
    </div>
  );
}

/** The hour of today, and the day of what was before. */
function timeOf(atMs: number, locale: Locale): string {
  const isToday = new Date(atMs).toDateString() === new Date().toDateString();
  const style = isToday
    ? { hour: "numeric", minute: "2-digit" } as const
    : { month: "short", day: "numeric" } as const;
  return new Intl.DateTimeFormat(languageTag(locale), style).format(atMs);
}
