/**
 * Where somebody writes.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { EMOTES } from "../../im/protocol/emotes.ts";
import type { Message, Mode } from "../../im/protocol/message.ts";
import type { ChatText } from "../i18n/chat.ts";
import type { Locale } from "../i18n/mod.ts";
import { chatRulesText } from "../i18n/chat_rules.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { useCountdown } from "./countdown.ts";
import { clip, deviceShelf, loadDraft, saveDraft } from "./drafts.ts";
import { nameOf, Sign } from "./message_row.tsx";
import { ObstacleNote, useObstacle, useRoomFacts } from "./obstacle_note.tsx";
import type { ChatProps } from "./props.ts";
import { refusalWords } from "./refusals.ts";
import type { ChatRoom } from "./room.ts";
import type { OwnStanding } from "./standing.ts";
import { StylePicker } from "./style_picker.tsx";
import { plainWords } from "./words.ts";
import { CharactersLeft, charactersLeft, WordsField } from "./words_field.tsx";

/** What a menu asks of the composer. */
export interface ComposerHandle {
  /** Writes `@name` at the end of the draft. */
  mention(name: string): void;
}

/** Props of {@linkcode Composer}. */
export interface ComposerProps {
  readonly chat: ChatRoom;
  readonly standing: OwnStanding;
  readonly account: ChatProps["account"];
  readonly owner: boolean;
  readonly text: ChatText;
  readonly locale: Locale;
  readonly replyTo: (Message & { readonly kind: "chat" }) | null;
  readonly onReplied: () => void;
  readonly handle: { current: ComposerHandle | null };
}

/** The composer. Enter sends; what cannot be sent stays, and what stands against it is said. */
export function Composer(props: ComposerProps) {
  const { chat, standing, text, locale, replyTo, onReplied } = props;
  const ruled = chatRulesText(locale);
  const field = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState("");
  const [note, setNote] = useState<string | null>(null);
  const [picker, setPicker] = useState<"emotes" | "style" | null>(null);
  const [style, setStyle] = useState<{ color: string | null; mode: Mode }>({
    color: null,
    mode: "scroll",
  });
  const waitS = useCountdown(chat.waitUntilMs.value);
  const { follows, live } = useRoomFacts();
  const { rules } = chat.states.value;
  const input = {
    rules,
    standing: standing.now.value,
    follows,
    way: chat.way.value,
    draft,
  };
  const obstacle = useObstacle(input);
  const write = (words: string) => {
    setDraft(words);
    saveDraft(deviceShelf(), chat.room, words);
  };
  const draftNow = useRef(draft);
  draftNow.current = draft;

  useEffect(() => {
    setDraft(loadDraft(deviceShelf(), chat.room));
    const ends = [
      chat.onRefused((said, refusal) => {
        setNote(refusalWords(refusal, text, { rules: ruled }));
        // What is refused by a rule is explained by what the platform knows of the reader now.
        if (["muted", "banned"].includes(refusal.code)) void standing.refresh();
        if (refusal.code === "level") void standing.refreshLevel();
        // What was written meanwhile is not lost either.
        write(clip(draftNow.current === "" ? said.text : `${said.text} ${draftNow.current}`));
        field.current?.focus();
      }),
      chat.onSaid((_said, held) => setNote(held ? text.held : null)),
    ];
    return () => ends.forEach((end) => end());
  }, []);
  useEffect(() => {
    if (rules.minLevel > 0) void standing.refreshLevel();
  }, [rules.minLevel]);
  useEffect(() => {
    if (replyTo !== null) field.current?.focus();
  }, [replyTo]);
  props.handle.current = {
    mention(name) {
      const before = draftNow.current;
      const gap = before === "" || before.endsWith(" ") ? "" : " ";
      write(clip(`${before}${gap}@${name} `));
      requestAnimationFrame(() => field.current?.focus());
    },
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.composedPath()[0];
      if (target instanceof Element && target.closest("input, textarea, select") !== null) return;
      if (document.querySelector("dialog:modal") !== null || event.defaultPrevented) return;
      event.preventDefault();
      const tab = document.getElementById("room-chat");
      if (tab?.getAttribute("aria-selected") === "false") tab.click();
      requestAnimationFrame(() => field.current?.focus());
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  const stands = obstacle !== null &&
    <ObstacleNote obstacle={obstacle} room={chat.room} locale={locale} />;
  if (obstacle !== null && ["missing", "visitors", "banned"].includes(obstacle.is)) {
    return <div class="chat-form">{stands}</div>;
  }
  const left = charactersLeft(draft);
  const words = draft.trim();
  const waits = waitS > 0;
  const blocked = waits || obstacle !== null;
  const send = (event: Event) => {
    event.preventDefault();
    if (words === "" || left < 0 || blocked) return;
    const taken = chat.say({
      text: words,
      color: style.color,
      mode: style.mode,
      replyTo: replyTo === null ? null : replyTo.score.toString(36),
    });
    if (!taken) return setNote(text.tooMany);
    setNote(null);
    setPicker(null);
    write("");
    onReplied();
    // The button that was pressed is gone with the words.
    field.current?.focus();
  };
  const dropReply = () => {
    onReplied();
    field.current?.focus();
  };
  const insert = (piece: string) => {
    const at = field.current?.selectionStart ?? draft.length;
    write(draft.slice(0, at) + piece + draft.slice(field.current?.selectionEnd ?? at));
    requestAnimationFrame(() =>
      field.current?.setSelectionRange(at + piece.length, at + piece.length)
    );
  };
  const toggle = (name: "emotes" | "style") => setPicker(picker === name ? null : name);
  const hints = [
    rules.slowS > 0 && !waits ? text.slowMode(String(rules.slowS)) : null,
    rules.emotesOnly ? ruled.emotesOnly : null,
    rules.review ? ruled.review : null,
    live === false ? ruled.notLive : null,
  ].filter((hint) => hint !== null);
  return (
    <form
      class="chat-form"
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        if (picker !== null) {
          setPicker(null);
          field.current?.focus();
        } else if (replyTo !== null) dropReply();
      }}
    >
      {replyTo !== null && (
        <p class="chat-reply">
          <Icon name="reply" size={16} />
          <span class="ellipsis" dir="auto">
            {text.replyingTo(nameOf(replyTo.from, text))} · {plainWords(replyTo.body.text)}
          </span>
          <IconButton small kind="ghost" icon="x" label={text.cancel} onClick={dropReply} />
        </p>
      )}
      {stands}
      {note !== null && <p class="chat-note" role="alert">{note}</p>}
      {obstacle === null && note === null && hints.length > 0 && (
        <p class="chat-hint">{hints.join(" · ")}</p>
      )}
      {picker === "emotes" && <EmotePicker text={text} onPick={insert} />}
      {picker === "style" && <StylePicker {...props} style={style} onStyle={setStyle} />}
      <WordsField
        field={field}
        draft={draft}
        label={text.say}
        color={style.color}
        onWrite={write}
      >
        <IconButton
          small
          kind="ghost"
          icon="smile"
          label={text.emotes}
          aria-expanded={picker === "emotes"}
          onClick={() => toggle("emotes")}
        />
        <IconButton
          small
          kind="ghost"
          icon="palette"
          label={text.style}
          aria-expanded={picker === "style"}
          onClick={() => toggle("style")}
        />
        {waits && (
          <span class="chat-wait tabular" role="timer" aria-label={text.wait(String(waitS))}>
            {waitS}
          </span>
        )}
        {!waits && words !== "" && (
          <IconButton
            small
            type="submit"
            kind="primary"
            icon="send-horizontal"
            label={text.send}
            disabled={left < 0 || blocked}
          />
        )}
      </WordsField>
      <CharactersLeft
        left={left}
        say={(count) => left < 0 ? `${text.tooLong}: ${count}` : text.left(count)}
      />
    </form>
  );
}

/** Emotes in rows; arrows move, Enter takes one. */
function EmotePicker(
  { text, onPick }: { readonly text: ChatText; readonly onPick: (code: string) => void },
) {
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => grid.current?.querySelector("button")?.focus(), []);
  const move = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = Math.min(EMOTES.length - 1, Math.max(0, at + by));
    setAt(to);
    grid.current?.querySelectorAll("button")[to]?.focus();
  };
  return (
    <div ref={grid} class="emotes" role="group" aria-label={text.emotes} onKeyDown={move}>
      {EMOTES.map((name, index) => (
        <button
          key={name}
          type="button"
          class="emote-button"
          tabIndex={index === at ? 0 : -1}
          aria-label={text.emote(name)}
          title={`[${name}]`}
          onClick={() => {
            setAt(index);
            onPick(`[${name}]`);
          }}
        >
          <Sign emote={name} />
        </button>
      ))}
    </div>
  );
}
