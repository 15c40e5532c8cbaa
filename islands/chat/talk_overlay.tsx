/**
 * The last texts over the picture of a phone that is held sideways, and the way to answer.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import type { ChatText } from "../i18n/chat.ts";
import { Icon } from "../ui/icons.tsx";
import { giftIcon } from "./gifts.ts";
import { nameOf } from "./message_row.tsx";
import type { ChatRoom } from "./room.ts";
import type { Row } from "./timeline.ts";
import { plainWords } from "./words.ts";

/** A picture alone on a low window; the same words stand in `watch.css`. */
const SIDEWAYS = "(orientation: landscape) and (height < 500px)";
/** Rows over the picture. */
const ROWS = 5;

/** The overlay; nothing while the phone is held upright. */
export function TalkOverlay({ chat, text }: { readonly chat: ChatRoom; readonly text: ChatText }) {
  const sideways = useMedia(SIDEWAYS);
  const [shown, setShown] = useState(true);
  if (!sideways) return null;
  return (
    <div class="talk-over">
      {shown && <LastTexts chat={chat} text={text} />}
      <p class="talk-over-ways">
        <button
          type="button"
          class="player-button"
          aria-pressed={shown}
          aria-label={text.messages}
          title={text.messages}
          onClick={() => setShown(!shown)}
        >
          <Icon name="message-circle" />
        </button>
        <button type="button" class="player-button talk-over-say" onClick={toComposer}>
          {text.say}
        </button>
      </p>
    </div>
  );
}

/** The panel's own list speaks to screen readers. */
function LastTexts({ chat, text }: { readonly chat: ChatRoom; readonly text: ChatText }) {
  const rows = chat.rows.value.filter(({ message }) =>
    message?.kind === "chat" || message?.kind === "gift"
  );
  return (
    <ul class="talk-over-list" aria-hidden="true">
      {rows.slice(-ROWS).map((row) => <li key={row.key} dir="auto">{contentOf(row, text)}</li>)}
    </ul>
  );
}

function contentOf({ message }: Row, text: ChatText) {
  if (message === null) return null;
  return (
    <>
      <b>
        <bdi>{nameOf(message.from, text)}</bdi>
      </b>{" "}
      {message.kind === "chat" && plainWords(message.body.text)}
      {message.kind === "gift" && (
        <>
          {text.gave} <Icon name={giftIcon(message.body.gift)} size={16} />
        </>
      )}
    </>
  );
}

/** The talk stands below the picture; its field comes into sight with the focus. */
function toComposer(): void {
  const tab = document.getElementById("room-chat");
  if (tab?.getAttribute("aria-selected") === "false") tab.click();
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>(".chat-input, .chat-log-in");
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  });
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setMatches(list.matches);
    list.addEventListener("change", follow);
    return () => list.removeEventListener("change", follow);
  }, [query]);
  return matches;
}
