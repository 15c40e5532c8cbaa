/**
 * One line of the list.
 *
 * @module
 */
import { memo } from "./memo.ts";
import type { Message, Sender } from "../../im/protocol/message.ts";
import type { ChatText } from "../i18n/chat.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { copyText } from "../ui/copy_text.ts";
import { Icon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import { giftIcon, giftName } from "./gifts.ts";
import { messagePrivately } from "./private_door.ts";
import { readPrivate } from "./privates.ts";
import { entered, type Row } from "./timeline.ts";
import { EMOTE_SIGNS, piecesOf, speaksTo } from "./words.ts";

/** What all lines have in common. */
export interface RowContext {
  readonly text: ChatText;
  readonly locale: Locale;
  /** Who reads; null: a visitor. */
  readonly me: { readonly id: string; readonly name: string } | null;
  readonly onReply: ((message: Message) => void) | null;
  /** Opens or closes what can be done with a message. */
  readonly onToggle: (key: string) => void;
}

/** Props of {@linkcode MessageRow}. */
export interface MessageRowProps {
  readonly row: Row;
  readonly context: RowContext;
  /** What can be done with it is shown. */
  readonly open: boolean;
}

/** A line; it is drawn again only when it is another one. */
export const MessageRow = memo(
  function MessageRow({ row, context, open }: MessageRowProps) {
    const { message } = row;
    const { text } = context;
    if (message === null) return <li class="say-notice say-gap">{text.gap}</li>;
    switch (message.kind) {
      case "chat":
        return <Said row={row} message={message} context={context} open={open} />;
      case "gift":
        return <Gift message={message} context={context} />;
      case "notice":
        return <Notice message={message} context={context} />;
      case "pk":
        return null;
    }
  },
  (before, now) =>
    before.row === now.row && before.open === now.open && before.context === now.context,
);

function Said(
  { row, message, context, open }: MessageRowProps & {
    readonly message: Message & { kind: "chat" };
  },
) {
  const { text, me, onReply, onToggle } = context;
  const { body, from } = message;
  const own = me !== null && from?.id === me.id;
  const mentioned = me !== null && !own &&
    (speaksTo(body.text, me.name) || body.replyTo?.name === me.name);
  const name = nameOf(from, text);
  return (
    <li class={`say${own ? " say-own" : ""}${mentioned ? " say-mention" : ""}`}>
      {body.replyTo !== null && (
        <p class="say-quote" dir="auto">
          <Icon name="reply" size={14} />
          <bdi>{body.replyTo.name}</bdi> {body.replyTo.text}
        </p>
      )}
      <p class="say-line" dir="auto">
        <Badges from={from} text={text} />
        <button
          type="button"
          class={`say-name role-${from?.role ?? "member"}`}
          tabIndex={-1}
          aria-expanded={open}
          title={text.actionsOf(name)}
          onClick={() => onToggle(row.key)}
        >
          <bdi>{name}</bdi>
        </button>{" "}
        <span class="say-text">{body.text === "" ? null : <Words text={body.text} />}</span>
      </p>
      {open && (
        <p class="say-actions">
          {onReply !== null && (
            <Button
              small
              icon="reply"
              onClick={() => {
                onToggle(row.key);
                onReply(message);
              }}
            >
              {text.reply}
            </Button>
          )}
          <Button
            small
            icon="copy"
            onClick={async () => {
              if (await copyText(body.text)) toast({ tone: "good", text: text.copied });
              onToggle(row.key);
            }}
          >
            {text.copy}
          </Button>
        </p>
      )}
    </li>
  );
}

function Words({ text }: { readonly text: string }) {
  return (
    <>
      {piecesOf(text).map((piece, index) =>
        "emote" in piece
          ? <Sign key={index} emote={piece.emote} />
          : "mention" in piece
          ? <b key={index} class="say-at">{piece.mention}</b>
          : piece.text
      )}
    </>
  );
}

/** An emote as a picture. */
export function Sign({ emote }: { readonly emote: keyof typeof EMOTE_SIGNS }) {
  return <span class="emote" role="img" aria-label={emote}>{EMOTE_SIGNS[emote]}</span>;
}

/** What somebody is, in front of the name. */
export function Badges(
  { from, text }: { readonly from: Sender | null; readonly text: ChatText },
) {
  if (from === null) return null;
  const role = from.role === "owner"
    ? text.roleOwner
    : from.role === "moderator"
    ? text.roleModerator
    : from.role === "admin"
    ? text.roleAdmin
    : null;
  return (
    <>
      {role !== null && <span class={`say-badge badge-${from.role}`}>{role}</span>}
      {from.level > 0 && (
        <span class={`say-badge ${from.level >= 10 ? "badge-high" : "badge-level"}`}>
          {text.level(String(from.level))}
        </span>
      )}
    </>
  );
}

/** A name as people know it. */
export function nameOf(from: Sender | null, text: ChatText): string {
  if (from === null) return "";
  return from.role === "visitor" ? text.visitor(from.name) : from.name;
}

function Gift(
  { message, context }: {
    readonly message: Message & { kind: "gift" };
    readonly context: RowContext;
  },
) {
  const { text, locale } = context;
  const { gift, count, combo } = message.body;
  return (
    <li class="say-gift" dir="auto">
      <Badges from={message.from} text={text} />
      <bdi class="say-gift-name">{nameOf(message.from, text)}</bdi>
      <span>{text.gave}</span>
      <Icon name={giftIcon(gift)} size={18} />
      <span>{giftName(gift, locale)}</span>
      <b class="tabular">×{formatCount(Math.max(count, combo), locale)}</b>
    </li>
  );
}

function Notice(
  { message, context }: {
    readonly message: Message & { kind: "notice" };
    readonly context: RowContext;
  },
) {
  const { text, locale } = context;
  const { notice, data } = message.body;
  if (notice === "enter") {
    const { names, count } = entered(message);
    const list = names.length === 0 ? "" : names.reduce((all, name) => text.pair(all, name));
    const more = count - names.length;
    return (
      <li class="say-notice" dir="auto">
        {more > 0 ? text.enteredMore(list, formatCount(more, locale)) : text.entered(list)}
      </li>
    );
  }
  const words = wordsOf(message, context);
  if (words === null) return null;
  if (notice === "broadcast" || notice === "private") {
    const room = roomIn(data);
    return (
      <li class={`say-broadcast say-${notice}`} dir="auto">
        <span class="say-badge badge-admin">
          {notice === "broadcast" ? text.everyone : text.privately}
        </span>{" "}
        {notice === "private" && <PrivateName message={message} me={context.me?.id ?? ""} />}{" "}
        {room === null ? words : <a href={`/rooms/${room}`}>{words}</a>}
      </li>
    );
  }
  return <li class="say-notice" dir="auto">{words}</li>;
}

/** Whom a private text is from, or to: the way to the conversation. */
function PrivateName({ message, me }: { readonly message: Message; readonly me: string }) {
  const read = readPrivate(message, me);
  if (read === null) return null;
  const { partner, text: { mine } } = read;
  return (
    <button
      type="button"
      class="say-name"
      aria-haspopup="dialog"
      onClick={() => messagePrivately(partner)}
    >
      {mine && "→ "}
      <bdi>{partner.name}</bdi>:
    </button>
  );
}

/** What a notice says: its own words, or a big gift in another room. */
function wordsOf(
  { from, body: { data } }: Message & { readonly kind: "notice" },
  { text, locale }: RowContext,
): string | null {
  if (typeof data.text === "string" && data.text !== "") return data.text;
  const { gift, count, room } = data;
  if (typeof gift !== "string" || from === null) return null;
  const owner = typeof room === "object" && room !== null && "owner" in room ? room.owner : "";
  const times = typeof count === "number" ? ` ×${formatCount(count, locale)}` : "";
  return `${from.name} ${text.gave} ${String(owner)} ${giftName(gift, locale)}${times}`;
}

/** The room that a notice leads to. */
function roomIn(data: { readonly [key: string]: unknown }): string | null {
  const { room } = data;
  const id = typeof room === "object" && room !== null && "id" in room ? room.id : room;
  return typeof id === "string" && /^\d{1,15}$/.test(id) ? id : null;
}
