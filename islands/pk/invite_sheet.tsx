/**
 * Whom to challenge, and for how long.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../i18n/mod.ts";
import { pkText } from "../i18n/pk.ts";
import { api, type Schemas } from "../ui/api.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { type BattleFeed, challenge } from "./feed.ts";

/** Rooms that are offered. */
const MAX_ROOMS = 50;
/** Lengths that are offered, minutes. */
const MINUTES = [1, 3, 5, 10] as const;

/** The sheet. */
export function InviteSheet({ feed, open, onClose }: {
  readonly feed: BattleFeed;
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const { room, locale } = feed;
  const text = pkText(locale);
  const [rooms, setRooms] = useState<readonly Schemas["Room"][] | null>(null);
  const [failed, setFailed] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const [minutes, setMinutes] = useState<number>(MINUTES[1]);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!open || failed) return;
    const end = new AbortController();
    setRooms(null);
    setProblem(null);
    api.get("/api/rooms", { query: { live: true, limit: MAX_ROOMS }, signal: end.signal }).then(
      ({ rooms }) => setRooms(rooms.filter(({ id }) => id !== room)),
      () => !end.signal.aborted && setFailed(true),
    );
    return () => end.abort();
  }, [open, failed]);
  const opponent = rooms?.some(({ id }) => id === chosen) === true ? chosen : null;
  const send = async (event: Event) => {
    event.preventDefault();
    if (opponent === null || busy) return;
    setBusy(true);
    const found = await challenge(feed, { opponent, durationS: 60 * minutes }, text);
    setBusy(false);
    setProblem(found);
    if (found === null) onClose();
  };
  return (
    <Sheet
      id="pk-invite"
      open={open}
      onClose={onClose}
      title={text.inviteTitle}
      locale={locale}
      foot={
        <Button
          type="submit"
          form="pk-invite-form"
          kind="primary"
          wide
          icon="swords"
          busy={busy}
          disabled={opponent === null}
        >
          {text.invite}
        </Button>
      }
    >
      <form id="pk-invite-form" class="pk-invite" onSubmit={send}>
        <fieldset class="pk-rooms">
          <legend>{text.inviteWho}</legend>
          {failed && (
            <p role="alert">
              {text.inviteFailed}{" "}
              <Button small onClick={() => setFailed(false)}>{text.retry}</Button>
            </p>
          )}
          {!failed && rooms === null && (
            <div
              class="skeleton pk-rooms-loading"
              aria-hidden="true"
            />
          )}
          {rooms?.length === 0 && <p class="muted">{text.inviteNobody}</p>}
          {rooms?.map(({ id, title, owner, viewers }) => (
            <label key={id} class="pk-room">
              <input
                type="radio"
                name="opponent"
                value={id}
                checked={id === chosen}
                onChange={() => setChosen(id)}
              />
              <Avatar name={owner.name} picture={owner.avatar} size={40} />
              <span class="pk-room-words">
                <bdi class="ellipsis">{owner.name}</bdi>
                <small class="ellipsis" dir="auto">{title}</small>
              </span>
              <small class="tabular">{text.watching(formatCount(viewers, locale))}</small>
            </label>
          ))}
        </fieldset>
        <fieldset class="pk-minutes">
          <legend>{text.minutes}</legend>
          {MINUTES.map((one) => (
            <label key={one} class="chip tabular">
              <input
                type="radio"
                name="minutes"
                value={one}
                checked={one === minutes}
                onChange={() => setMinutes(one)}
              />
              {text.minute(String(one))}
            </label>
          ))}
        </fieldset>
        <p class="field-error" role="alert">{problem ?? ""}</p>
      </form>
    </Sheet>
  );
}
