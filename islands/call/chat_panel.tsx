/**
 * What people write to each other in a call.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { IconButton } from "../ui/button.tsx";
import { MAX_CHAT_LENGTH } from "./chat.ts";
import type { CallSession, CallState } from "./session.ts";

/** The list and the line to write in. */
export function ChatPanel({ session, state, locale }: {
  readonly session: CallSession;
  readonly state: CallState;
  readonly locale: Locale;
}) {
  const text = callText(locale);
  const [draft, setDraft] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const { chat, others } = state;
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    const element = list.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [chat.length]);
  const submit = (event: Event) => {
    event.preventDefault();
    if (session.say(draft)) setDraft("");
  };
  return (
    <div class="call-chat">
      {chat.length === 0 && <p class="muted call-chat-empty">{text.chatEmpty}</p>}
      <div ref={list} class="call-chat-list" role="log" aria-label={text.chat} tabIndex={0}>
        {chat.map((entry) => (
          <div key={entry.id} class={entry.from === null ? "call-text own" : "call-text"}>
            <p class="call-chat-name">
              <bdi>{entry.from === null ? text.you : entry.name}</bdi>
            </p>
            <p class="call-chat-text" dir="auto">{entry.text}</p>
          </div>
        ))}
      </div>
      {others.length === 0 && <p class="muted hint">{text.chatNobody}</p>}
      <form class="call-chat-form" onSubmit={submit}>
        <label class="visually-hidden" for="call-draft">{text.chatLabel}</label>
        <input
          ref={field}
          id="call-draft"
          class="input"
          value={draft}
          placeholder={text.chatLabel}
          maxLength={MAX_CHAT_LENGTH}
          autoComplete="off"
          enterKeyHint="send"
          dir="auto"
          onInput={(event) => setDraft(event.currentTarget.value)}
        />
        <IconButton
          type="submit"
          icon="send-horizontal"
          kind="primary"
          label={text.send}
          disabled={draft.trim() === ""}
        />
      </form>
    </div>
  );
}
