/**
 * Who gave most, in a tab of its own: today's as the room tells it, all of it when asked.
 *
 * @module
 */
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { boardText } from "../i18n/board.ts";
import type { ChatText } from "../i18n/chat.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { api } from "../ui/api.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/placeholder.tsx";
import type { ChatRoom } from "./room.ts";
import type { Place } from "./states.ts";

/** Places that are asked for. */
const PLACES = 20;

/** What the board needs. */
export interface BoardOptions {
  readonly chat: ChatRoom;
  readonly text: ChatText;
  readonly locale: Locale;
}

/** Puts the board into its tab; the answer takes it away. */
export function mountBoard(options: BoardOptions): () => void {
  const place = document.getElementById("board-place");
  if (place === null) return () => {};
  render(<Board {...options} />, place);
  return () => render(null, place);
}

function Board({ chat, locale }: BoardOptions) {
  const text = boardText(locale);
  const [period, setPeriod] = useState<"day" | "all">("day");
  const [places, setPlaces] = useState<readonly Place[] | null>(null);
  const [failed, setFailed] = useState(0);
  const told = chat.states.value.places;
  useEffect(() => {
    const end = new AbortController();
    // A room full of gifts tells a new board every second; a moment is early enough.
    const timer = setTimeout(() => {
      api.get("/api/rooms/{room}/leaderboard", {
        path: { room: chat.room },
        query: { period, limit: PLACES },
        signal: end.signal,
      }).then(
        (board) => {
          setFailed(0);
          setPlaces(board.places.map(({ account, coins }) => ({ ...account, coins })));
        },
        () => !end.signal.aborted && setFailed((before) => before + 1),
      );
    }, places === null ? 0 : 1_500);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [period, told]);
  const shown = places ?? (period === "day" ? told : null);
  return (
    <>
      <div class="board-periods" role="group" aria-label={text.period}>
        {(["day", "all"] as const).map((one) => (
          <button
            key={one}
            type="button"
            class="chip"
            aria-pressed={period === one}
            onClick={() => {
              setPlaces(null);
              setPeriod(one);
            }}
          >
            {one === "day" ? text.day : text.all}
          </button>
        ))}
      </div>
      {shown === null && failed > 0 && (
        <p role="alert">
          {text.failed} <Button small onClick={() => setPeriod("day")}>{text.retry}</Button>
        </p>
      )}
      {shown === null && failed === 0 && <div class="skeleton board-loading" aria-hidden="true" />}
      {shown?.length === 0 && (
        <EmptyState icon="trophy" level={3} inset title={text.empty} text={text.emptyText} />
      )}
      {shown !== null && shown.length > 0 && (
        <ol class="board">
          {shown.map(({ id, name, coins }, index) => (
            <li key={id} class={index < 3 ? `board-first board-${index + 1}` : undefined}>
              <span class="board-number tabular">{index + 1}</span>
              <Avatar name={name} size={36} />
              <bdi class="ellipsis">{name}</bdi>
              <span class="board-coins tabular">{text.coins(formatCount(coins, locale))}</span>
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
