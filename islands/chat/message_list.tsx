/**
 * The list of messages: follows what is new until somebody reads what was.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "../i18n/mod.ts";
import { Icon } from "../ui/icons.tsx";
import { useMenuGesture } from "./long_press.ts";
import { MessageRow, type RowContext } from "./message_row.tsx";
import type { Pending } from "./outbox.ts";
import type { Row } from "./timeline.ts";
import { plainWords } from "./words.ts";

/** So near to the end counts as there, CSS pixels. */
const NEAR_PX = 48;

/** Props of {@linkcode MessageList}. */
export interface MessageListProps {
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly pending: ReadonlySignal<readonly Pending[]>;
  readonly context: RowContext;
}

/**
 * The list. Up and down go from message to message; Enter, the menu key, a finger that rests or the
 * second button of a mouse show what can be done with one.
 */
export function MessageList(props: MessageListProps) {
  const { context } = props;
  const { text, locale } = context;
  const rows = props.rows.value;
  const pending = props.pending.value;
  const list = useRef<HTMLOListElement>(null);
  const [follows, setFollows] = useState(true);
  const gesture = useMenuGesture((target) => {
    const line = target.closest<HTMLElement>(".chat-list > [data-key]");
    const message = rows.find(({ key }) => key === line?.dataset.key)?.message ?? null;
    if (line === null || message === null) return false;
    context.onMenu(message, line.querySelector(".say-name") ?? line);
    return true;
  });
  const seen = useRef<string | null>(null);
  const lastKey = rows.at(-1)?.key ?? null;
  if (follows) seen.current = lastKey;
  const unseen = follows ? 0 : rows.length - 1 - rows.findIndex(({ key }) => key === seen.current);

  useLayoutEffect(() => {
    const element = list.current;
    if (element !== null && follows) element.scrollTop = element.scrollHeight;
  }, [rows, pending, follows]);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    // A list that becomes visible, or another size, is at its end still.
    const observer = new ResizeObserver(() => {
      if (followsNow.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const followsNow = useRef(follows);
  followsNow.current = follows;

  const toEnd = () => {
    setFollows(true);
    list.current?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const element = list.current;
    if (element === null) return;
    const names = [...element.querySelectorAll<HTMLElement>(".say-name")];
    const at = names.findIndex((name) => name === document.activeElement);
    const to = event.key === "ArrowUp"
      ? (at < 0 ? names.length - 1 : Math.max(0, at - 1))
      : event.key === "ArrowDown" && at >= 0
      ? at + 1
      : -1;
    if (to < 0) return;
    event.preventDefault();
    if (to >= names.length) return toEnd();
    // A list that shows everything cannot leave its end.
    setFollows(element.scrollHeight - element.clientHeight < NEAR_PX);
    names[to]?.focus();
  };
  return (
    <div class="chat-list-place">
      <ol
        ref={list}
        class="chat-list"
        aria-label={text.messages}
        tabIndex={0}
        onKeyDown={move}
        {...gesture}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          // A list that is not shown has no end to be at.
          if (clientHeight > 0) setFollows(scrollHeight - scrollTop - clientHeight < NEAR_PX);
        }}
      >
        {rows.length === 0 && (
          <li class="say-notice say-empty">
            <Icon name="message-circle" size={28} />
            {text.empty}
          </li>
        )}
        {rows.map((row) => <MessageRow key={row.key} row={row} context={context} />)}
        {pending.map(({ clientId, text: words }) => (
          <li key={clientId} class="say say-pending" dir="auto">
            {plainWords(words)} <small>{text.sending}</small>
          </li>
        ))}
      </ol>
      {unseen > 0 && (
        <button type="button" class="chat-new" onClick={toEnd}>
          {text.newMessages(unseen, formatCount(unseen, locale))}
          <Icon name="arrow-down" size={16} />
        </button>
      )}
    </div>
  );
}
