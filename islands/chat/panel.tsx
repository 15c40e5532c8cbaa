/**
 * The room's talk in its tab.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Message } from "../../im/protocol/message.ts";
import { chatText } from "../i18n/chat.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { adoptViewers } from "../room/room_watch.ts";
import { Icon } from "../ui/icons.tsx";
import { Announcer } from "./announcer.ts";
import { followBattles } from "./battle.ts";
import { BROWSER_CLOCK } from "./clock.ts";
import { Composer } from "./composer.tsx";
import { GiftButton } from "./gift_sheet.tsx";
import { mountBoard } from "./leaderboard.tsx";
import { MessageList } from "./message_list.tsx";
import { nameOf } from "./message_row.tsx";
import { PrivatesCorner } from "./privates_corner.tsx";
import type { ChatProps } from "./props.ts";
import { ChatRoom, type Way } from "./room.ts";
import { floatHeart, mountStage } from "./stage_layer.tsx";
import { BROWSER_TRANSPORT } from "./transport.ts";
import { plainWords } from "./words.ts";

type Chat = Message & { readonly kind: "chat" };

/** The panel; it owns the room's engine. */
export function ChatPanel(props: ChatProps) {
  const { room, account, locale } = props;
  const text = chatText(locale);
  const [chat] = useState(() =>
    new ChatRoom({
      room,
      transport: BROWSER_TRANSPORT,
      clock: BROWSER_CLOCK,
      newId: () => crypto.getRandomValues(new Uint32Array(4)).join("-"),
    })
  );
  const [replyTo, setReplyTo] = useState<Chat | null>(null);
  const spoken = useMemo(() => signal(""), []);
  const mayTalk = account !== null || chat.states.value.rules.visitors;
  const context = useMemo(() => ({
    text,
    locale,
    me: account,
    onReply: mayTalk ? (message: Message) => setReplyTo(message as Chat) : null,
  }), [mayTalk]);

  useEffect(() => {
    const announcer = new Announcer(BROWSER_CLOCK, (latest, more) => {
      const others = more > 0 ? ` ${text.spokenMore(formatCount(more, locale))}` : "";
      spoken.value = latest + others;
    });
    const ends = [
      chat.onNews((messages) => {
        for (const message of messages) {
          if (message.kind !== "chat" || message.from?.id === account?.id) continue;
          announcer.note(text.spoken(nameOf(message.from, text), plainWords(message.body.text)));
        }
      }),
      chat.states.subscribe(({ viewers }) => {
        if (viewers !== null) adoptViewers(viewers);
      }),
      mountStage({ chat, me: account?.id ?? null, text, locale }),
      mountBoard({ chat, text, locale }),
      followBattles(chat, props),
      () => announcer.stop(),
    ];
    const onVisible = () => chat.setHidden(document.hidden);
    const onOnline = () => chat.wake();
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("online", onOnline);
    Object.assign(document.querySelector(".panel-chat") ?? {}, { inspect: () => chat.inspect() });
    chat.start();
    return () => {
      ends.forEach((end) => end());
      document.removeEventListener("visibilitychange", onVisible);
      removeEventListener("online", onOnline);
      chat.stop();
    };
  }, []);

  const { likes } = chat.states.value;
  const liked = (likes ?? 0) + chat.ownLikes.value;
  const count = formatCount(liked, locale);
  return (
    <div class="chat">
      <Trouble way={chat.way.value} text={text} />
      <LeftOut chat={chat} text={text} locale={locale} />
      <MessageList rows={chat.rows} pending={chat.pending} context={context} />
      <p class="visually-hidden" aria-live="polite">{spoken}</p>
      {account !== null && <PrivatesCorner chat={chat} me={account.id} locale={locale} />}
      <div class="chat-foot">
        <Composer
          chat={chat}
          account={account}
          owner={account?.id === props.owner}
          text={text}
          locale={locale}
          replyTo={replyTo}
          onReplied={() => setReplyTo(null)}
        />
        <GiftButton chat={chat} account={account} locale={locale} />
        <button
          type="button"
          class="chat-like"
          aria-label={text.likes(count)}
          title={text.like}
          onClick={() => {
            chat.like();
            floatHeart();
          }}
        >
          <Icon name="heart" size={22} />
          {liked > 0 && <span class="tabular" aria-hidden="true">{count}</span>}
        </button>
      </div>
    </div>
  );
}

function Trouble(
  { way, text }: { readonly way: Way; readonly text: ReturnType<typeof chatText> },
) {
  if (way === "live" || way === "polling") return null;
  if (way === "connecting") return <p class="chat-over">{text.connecting}</p>;
  const words = { offline: text.offline, banned: text.banned, missing: text.missing }[way];
  return <p class="chat-trouble" role="status">{words}</p>;
}

/** So long after the last one nothing is said of what was left out, milliseconds. */
const LEFT_OUT_MS = 8_000;

/** How many messages were too many for one viewer, while it happens. */
function LeftOut(
  { chat, text, locale }: {
    readonly chat: ChatRoom;
    readonly text: ReturnType<typeof chatText>;
    readonly locale: Locale;
  },
) {
  const dropped = chat.dropped.value;
  const [before, setBefore] = useState(dropped);
  useEffect(() => {
    if (dropped <= before) return;
    const timer = setTimeout(() => setBefore(dropped), LEFT_OUT_MS);
    return () => clearTimeout(timer);
  }, [dropped]);
  if (dropped <= before) return null;
  return <p class="chat-over">{text.dropped(formatCount(dropped - before, locale))}</p>;
}
