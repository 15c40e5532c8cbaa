/**
 * The room's talk in its tab.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Message, type Role, ROLES } from "../../im/protocol/message.ts";
import { chatText } from "../i18n/chat.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { adoptViewers } from "../room/room_watch.ts";
import { api } from "../ui/api.ts";
import { Icon } from "../ui/icons.tsx";
import { Announcer } from "./announcer.ts";
import { followBattles } from "./battle.ts";
import { type BlockCalls, Blocks } from "./blocks.ts";
import { BROWSER_CLOCK } from "./clock.ts";
import { Composer, type ComposerHandle } from "./composer.tsx";
import { GiftButton } from "./gift_sheet.tsx";
import { mountBoard } from "./leaderboard.tsx";
import { MessageList } from "./message_list.tsx";
import { type MenuTarget, MessageMenu } from "./message_menu.tsx";
import { nameOf } from "./message_row.tsx";
import { PrivatesCorner } from "./privates_corner.tsx";
import type { ChatProps } from "./props.ts";
import { ReviewStrip } from "./review_strip.tsx";
import { ChatRoom, type Way } from "./room.ts";
import { followStage } from "./stage.ts";
import { floatHeart, mountStage } from "./stage_layer.tsx";
import { OwnStanding, type StandingCalls } from "./standing.ts";
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
  const [standing] = useState(() => new OwnStanding(props, standingCalls(room)));
  const [blocks] = useState(() => new Blocks(BLOCK_CALLS));
  const [replyTo, setReplyTo] = useState<Chat | null>(null);
  const [menu, setMenu] = useState<MenuTarget | null>(null);
  const panel = useRef<HTMLDivElement>(null);
  const composer = useRef<ComposerHandle | null>(null);
  const spoken = useMemo(() => signal(""), []);
  const { role } = standing.now.value;
  const mayTalk = account !== null || chat.states.value.rules.visitors;
  const context = useMemo(() => ({
    text,
    locale,
    room,
    me: account,
    onMenu(message: Message, at: Element) {
      const { left, top } = at.getBoundingClientRect();
      setMenu({ message, x: left, y: top });
    },
  }), []);

  useEffect(() => {
    const announcer = new Announcer(BROWSER_CLOCK, (latest, more) => {
      const others = more > 0 ? ` ${text.spokenMore(formatCount(more, locale))}` : "";
      spoken.value = latest + others;
    });
    const ends = [
      chat.onNews((messages) => {
        standing.note(messages);
        for (const message of messages) {
          if (message.kind !== "chat" || message.from?.id === account?.id) continue;
          announcer.note(text.spoken(nameOf(message.from, text), plainWords(message.body.text)));
        }
      }),
      chat.states.subscribe(({ viewers }) => {
        if (viewers !== null) adoptViewers(viewers);
      }),
      blocks.names.subscribe((names) => chat.ignore(new Set(names.keys()))),
      chat.way.subscribe((way) => {
        if (way === "banned") void standing.refresh();
      }),
      mountStage({
        chat,
        me: account?.id ?? null,
        blocks: account === null ? null : blocks,
        text,
        locale,
        danmakuWorkerUrl: props.danmakuWorkerUrl,
      }),
      mountBoard({ chat, text, locale }),
      followBattles(chat, props),
      followStage(chat, props),
      () => announcer.stop(),
    ];
    const onVisible = () => chat.setHidden(document.hidden);
    const onOnline = () => chat.wake();
    document.addEventListener("visibilitychange", onVisible);
    addEventListener("online", onOnline);
    Object.assign(document.querySelector(".panel-chat") ?? {}, { inspect: () => chat.inspect() });
    chat.start();
    void standing.refresh();
    if (account !== null) void blocks.load();
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
    <div class="chat" ref={panel} tabIndex={-1}>
      <Trouble way={chat.way.value} text={text} />
      <LeftOut chat={chat} text={text} locale={locale} />
      {isAbove(role) && <ReviewStrip room={room} locale={locale} />}
      <MessageList
        rows={chat.rows}
        pending={chat.pending}
        isGone={(message) => chat.isGone(message)}
        context={context}
      />
      <p class="visually-hidden" aria-live="polite">{spoken}</p>
      {account !== null && <PrivatesCorner chat={chat} me={account.id} locale={locale} />}
      <div class="chat-foot">
        <Composer
          chat={chat}
          standing={standing}
          account={account}
          owner={account?.id === props.owner}
          text={text}
          locale={locale}
          replyTo={replyTo}
          onReplied={() => setReplyTo(null)}
          handle={composer}
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
      <MessageMenu
        target={menu}
        room={room}
        onlooker={{ id: account?.id ?? null, role, mayTalk }}
        blocks={blocks}
        text={text}
        locale={locale}
        onReply={setReplyTo}
        onMention={(name) => composer.current?.mention(name)}
        onClose={(acted) => {
          setMenu(null);
          // What had the focus may be gone with the message.
          if (acted) requestAnimationFrame(() => panel.current?.focus());
        }}
      />
    </div>
  );
}

function standingCalls(room: string): StandingCalls {
  return {
    rules: () => api.get("/api/rooms/{room}/rules", { path: { room } }),
    level: async () => (await api.get("/api/wallet")).level,
  };
}

const BLOCK_CALLS: BlockCalls = {
  list: async () => (await api.get("/api/account/blocks")).blocks.map(({ account }) => account),
  async block(account) {
    await api.put("/api/account/blocks/{account}", { path: { account } });
  },
  async unblock(account) {
    await api.delete("/api/account/blocks/{account}", { path: { account } });
  },
};

function isAbove(role: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf("moderator");
}

function Trouble(
  { way, text }: { readonly way: Way; readonly text: ReturnType<typeof chatText> },
) {
  if (way === "connecting") return <p class="chat-over">{text.connecting}</p>;
  // What else can be said of the way stands where one would write.
  return way === "offline" ? <p class="chat-trouble" role="status">{text.offline}</p> : null;
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
