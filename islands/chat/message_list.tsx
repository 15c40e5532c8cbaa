/**
 * The list of messages: follows what is new until somebody reads what was.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import type { Message } from "../../im/protocol/message.ts";
import { formatCount } from "../i18n/mod.ts";
import { Icon } from "../ui/icons.tsx";
import { useMenuGesture } from "./long_press.ts";
import { MessageRow, type RowContext } from "./message_row.tsx";
import type { Pending } from "./outbox.ts";
import type { Row } from "./timeline.ts";
import { plainWords } from "./words.ts";

/** So near to the end counts as there, CSS pixels. */
const NEAR_PX = 48;
/** A line is at least so high, CSS pixels. */
const ROW_PX = 27;
/** Lines that stand in the list while it follows: more than a window of this screen shows. */
const FOLLOWING_ROWS = Math.ceil((globalThis.screen?.height ?? 2_160) / ROW_PX) + 8;

/** Props of {@linkcode MessageList}. */
export interface MessageListProps {
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly pending: ReadonlySignal<readonly Pending[]>;
  /** Whether a message was taken back, however long ago it came. */
  readonly isGone: (message: Message) => boolean;
  readonly context: RowContext;
}

/**
 * The list. Up and down go from message to message; Enter, the menu key, a finger that rests or the
 * second button of a mouse show what can be done with one. Who scrolls up finds everything standing
 * still there, and what is new below it.
 */
export function MessageList(props: MessageListProps) {
  const { context, isGone } = props;
  const { text, locale } = context;
  const rows = props.rows.value;
  const pending = props.pending.value;
  const scroller = useRef<HTMLDivElement>(null);
  const [follows, setFollows] = useState(true);
  const gesture = useMenuGesture((target) => {
    const line = target.closest<HTMLElement>(".chat-list > [data-key]");
    const message = shown.find(({ key }) => key === line?.dataset.key)?.message ?? null;
    if (line === null || message === null) return false;
    context.onMenu(message, line.querySelector(".say-name") ?? line);
    return true;
  });
  const seen = useRef<string | null>(null);
  const lastKey = rows.at(-1)?.key ?? null;
  if (follows) seen.current = lastKey;
  const unseen = follows ? 0 : rows.length - 1 - rows.findIndex(({ key }) => key === seen.current);
  const standing = useRef<readonly Row[] | null>(null);
  standing.current = follows ? null : stillThere(standing.current ?? rows, { rows, isGone });
  const shown = standing.current ?? rows.slice(-FOLLOWING_ROWS);

  const toEnd = () => {
    setFollows(true);
    // The end is where this list begins.
    scroller.current?.scrollTo(0, 0);
    scroller.current?.focus();
  };
  const move = (event: KeyboardEvent) => {
    const element = scroller.current;
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
      <div
        ref={scroller}
        class="chat-scroll"
        role="group"
        aria-label={text.messages}
        tabIndex={0}
        onKeyDown={move}
        onScroll={({ currentTarget: { clientHeight, scrollTop } }) => {
          // A list that is not shown has no end to be at.
          if (clientHeight > 0) setFollows(-scrollTop < NEAR_PX);
        }}
        {...gesture}
      >
        <ol class={rows.length === 0 ? "chat-list chat-list-empty" : "chat-list"}>
          {rows.length === 0 && (
            <li class="say-notice say-empty">
              <Icon name="message-circle" size={28} />
              {text.empty}
            </li>
          )}
          {shown.map((row) => <MessageRow key={row.key} row={row} context={context} />)}
          {pending.map(({ clientId, text: words }) => (
            <li key={clientId} class="say say-pending" dir="auto">
              {plainWords(words)} <small>{text.sending}</small>
            </li>
          ))}
        </ol>
      </div>
      {unseen > 0 && (
        <button type="button" class="chat-new" onClick={toEnd}>
          {text.newMessages(unseen, formatCount(unseen, locale))}
          <Icon name="arrow-down" size={16} />
        </button>
      )}
    </div>
  );
}

/** Lines that somebody reads: as they are now, without what was taken back. */
function stillThere(
  standing: readonly Row[],
  { rows, isGone }: { readonly rows: readonly Row[]; readonly isGone: MessageListProps["isGone"] },
): readonly Row[] {
  const now = new Map(rows.map((row) => [row.key, row]));
  return standing
    .filter(({ message }) => message === null || !isGone(message))
    .map((row) => now.get(row.key) ?? row);
}
