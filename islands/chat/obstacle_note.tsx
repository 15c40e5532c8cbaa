/**
 * What stands against a text, in words and with the way on, where it would be written.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type ChatRulesText, chatRulesText } from "../i18n/chat_rules.ts";
import { formatDuration, type Locale } from "../i18n/mod.ts";
import { adoptRoom, watchRoom } from "../room/room_watch.ts";
import { api } from "../ui/api.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import { BROWSER_CLOCK } from "./clock.ts";
import { useCountdown } from "./countdown.ts";
import { type Obstacle, type ObstacleInput, obstacleOf } from "./obstacles.ts";
import type { Restraint } from "./standing.ts";

/** The longest time that a browser's timer can wait, milliseconds. */
const MAX_TIMER_MS = 2_147_483_647;
const DAY_S = 86_400;

/** Whether the reader follows the room, and whether it is live; null: not known. */
export function useRoomFacts(): {
  readonly follows: boolean | null;
  readonly live: boolean | null;
} {
  const [facts, setFacts] = useState<{ follows: boolean | null; live: boolean | null }>({
    follows: null,
    live: null,
  });
  useEffect(
    () =>
      watchRoom(({ following, room: { live } }) =>
        setFacts((before) =>
          before.follows === following && before.live === live
            ? before
            : { follows: following, live }
        )
      ),
    [],
  );
  return facts;
}

/** What stands against the draft now; looked at again when a mute or a ban ends. */
export function useObstacle(input: Omit<ObstacleInput, "nowMs">): Obstacle | null {
  const [, setRound] = useState(0);
  const obstacle = obstacleOf({ ...input, nowMs: BROWSER_CLOCK.now() });
  const untilMs = obstacle !== null && "by" in obstacle ? obstacle.by.untilMs : null;
  useEffect(() => {
    if (untilMs === null) return;
    const waitMs = Math.min(Math.max(0, untilMs - BROWSER_CLOCK.now()) + 50, MAX_TIMER_MS);
    const timer = setTimeout(() => setRound((round) => round + 1), waitMs);
    return () => clearTimeout(timer);
  }, [untilMs]);
  return obstacle;
}

/** The note. */
export function ObstacleNote(
  { obstacle, room, locale }: {
    readonly obstacle: Obstacle;
    readonly room: string;
    readonly locale: Locale;
  },
) {
  const text = chatRulesText(locale);
  const next = encodeURIComponent(`/rooms/${room}`);
  switch (obstacle.is) {
    case "visitors":
      return (
        <ButtonLink
          kind="primary"
          wide
          icon="message-circle"
          class="chat-log-in"
          title={text.visitorsOff}
          href={`/login?next=${next}`}
        >
          {text.logIn}
        </ButtonLink>
      );
    case "missing":
      return (
        <Note words={text.missing}>
          <ButtonLink small href="/">{text.toLobby}</ButtonLink>
        </Note>
      );
    case "followers":
      return (
        <Note words={text.followersOnly}>
          <Follow room={room} text={text} />
        </Note>
      );
    case "level":
      return <Note words={text.levelOnly(String(obstacle.needed), String(obstacle.own))} />;
    case "emotes":
      return <Note words={text.emotesOnly} />;
    case "muted":
      return <Muted by={obstacle.by} text={text} />;
    case "banned":
      return <Banned by={obstacle.by} text={text} />;
  }
}

function Note(
  { words, more, children }: {
    readonly words: string;
    readonly more?: string;
    readonly children?: ComponentChildren;
  },
) {
  return (
    <div class="chat-obstacle">
      <Icon name="info" size={18} />
      <p>
        <span role="status">{words}</span>
        {more !== undefined && more !== "" && <small dir="auto">{more}</small>}
      </p>
      {children}
    </div>
  );
}

function Muted({ by, text }: { readonly by: Restraint; readonly text: ChatRulesText }) {
  const leftS = useCountdown(by.untilMs ?? 0);
  const more = by.reason === "" ? "" : text.reason(by.reason);
  if (by.untilMs === null) return <Note words={text.mutedForEver} more={more} />;
  return <Counted words={text.mutedUntil(timeWords(leftS, text))} more={more} />;
}

function Banned({ by, text }: { readonly by: Restraint; readonly text: ChatRulesText }) {
  const leftS = useCountdown(by.untilMs ?? 0);
  const more = [by.reason === "" ? "" : text.reason(by.reason), text.bannedWhat]
    .filter((part) => part !== "").join(" · ");
  const again = <Button small onClick={() => location.reload()}>{text.comeBack}</Button>;
  return by.untilMs === null
    ? <Note words={text.banned} more={more}>{again}</Note>
    : (
      <Counted words={text.bannedFor(timeWords(leftS, text))} more={more}>
        {again}
      </Counted>
    );
}

/** Clock time to the second, or days when there are some. */
function timeWords(seconds: number, text: ChatRulesText): string {
  return seconds < 2 * DAY_S
    ? formatDuration(seconds * 1_000)
    : text.days(String(Math.ceil(seconds / DAY_S)));
}

/** A note that changes every second: it is read out when it appears, not each time. */
function Counted(
  { words, more, children }: {
    readonly words: string;
    readonly more: string;
    readonly children?: ComponentChildren;
  },
) {
  const [first] = useState(words);
  return (
    <>
      <p class="visually-hidden" role="status">{first} {more}</p>
      <div class="chat-obstacle">
        <Icon name="clock" size={18} />
        <p class="tabular">
          <span>{words}</span>
          {more !== "" && <small dir="auto">{more}</small>}
        </p>
        {children}
      </div>
    </>
  );
}

function Follow({ room, text }: { readonly room: string; readonly text: ChatRulesText }) {
  const [busy, setBusy] = useState(false);
  const follow = async () => {
    setBusy(true);
    try {
      adoptRoom(await api.put("/api/rooms/{room}/follow", { path: { room } }));
    } catch {
      toast({ tone: "bad", text: text.followFailed });
    }
    setBusy(false);
  };
  return (
    <Button small kind="primary" icon="heart" busy={busy} onClick={follow}>{text.follow}</Button>
  );
}
