/**
 * One line of the list.
 *
 * @module
 */
import { memo } from "./memo.ts";
import type { Message, Sender } from "../../im/protocol/message.ts";
import type { ChatText } from "../i18n/chat.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { Icon } from "../ui/icons.tsx";
import { giftIcon, giftName } from "./gifts.ts";
import { messagePrivately } from "./private_door.ts";
import { readPrivate } from "./privates.ts";
import { entered, type Row } from "./timeline.ts";
import { EMOTE_SIGNS, piecesOf, plainWords, speaksTo } from "./words.ts";

/** What all lines have in common. */
export interface RowContext {
  readonly text: ChatText;
  readonly locale: Locale;
  readonly room: string;
  /** Who reads; null: a visitor. */
  readonly me: { readonly id: string; readonly name: string } | null;
  /** Shows what can be done with a message, at an element. */
  readonly onMenu: (message: Message, at: Element) => void;
}

/** Props of {@linkcode MessageRow}. */
export interface MessageRowProps {
  readonly row: Row;
  readonly context: RowContext;
}

/** A line; it is drawn again only when it is another one. */
export const MessageRow = memo(
  function MessageRow({ row: { key, message }, context }: MessageRowProps) {
    const { text } = context;
    if (message === null) return <li class="say-notice say-gap">{text.gap}</li>;
    switch (message.kind) {
      case "chat":
        return <Said id={key} message={message} context={context} />;
      case "gift":
        return <Gift id={key} message={message} context={context} />;
      case "notice":
        return <Notice message={message} context={context} />;
      case "pk":
        return null;
    }
  },
  (before, now) => before.row === now.row && before.context === now.context,
);

function Said(
  { id, message, context }: {
    readonly id: string;
    readonly message: Message & { readonly kind: "chat" };
    readonly context: RowContext;
  },
) {
  const { text, me } = context;
  const { body, from } = message;
  const own = me !== null && from?.id === me.id;
  const mentioned = me !== null && !own &&
    (speaksTo(body.text, me.name) || body.replyTo?.name === me.name);
  return (
    <li
      class={`say${own ? " say-own" : ""}${mentioned ? " say-mention" : ""}`}
      data-key={id}
      dir="auto"
    >
      {body.replyTo !== null && (
        <p class="say-quote" dir="auto">
          <Icon name="reply" size={14} />
          <bdi>{body.replyTo.name}</bdi> {plainWords(body.replyTo.text)}
        </p>
      )}
      <Badges from={from} text={text} />
      <Name
        message={message}
        context={context}
        class={`say-name role-${from?.role ?? "member"}`}
      />{" "}
      <span class="say-text">{body.text === "" ? null : <Words text={body.text} />}</span>
    </li>
  );
}

/** Who said or gave it: the way to what can be done with it. */
function Name(
  { message, context: { text, onMenu }, class: look }: {
    readonly message: Message;
    readonly context: RowContext;
    readonly class: string;
  },
) {
  const name = nameOf(message.from, text);
  return (
    <button
      type="button"
      class={look}
      dir="auto"
      tabIndex={-1}
      aria-haspopup="dialog"
      title={text.actionsOf(name)}
      onClick={(event) => onMenu(message, event.currentTarget)}
    >
      {name}
    </button>
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

/** What somebody is, in front of the name; which way the line runs, the words decide. */
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
      {role !== null && <bdi class={`say-badge badge-${from.role}`}>{role}</bdi>}{" "}
      {from.level > 0 && (
        <bdi class={`say-badge ${from.level >= 10 ? "badge-high" : "badge-level"}`}>
          {text.level(String(from.level))}
        </bdi>
      )}
      {" "}
    </>
  );
}

/** A name as people know it. */
export function nameOf(from: Sender | null, text: ChatText): string {
  if (from === null) return "";
  return from.role === "visitor" ? text.visitor(from.name) : from.name;
}

function Gift(
  { id, message, context }: {
    readonly id: string;
    readonly message: Message & { kind: "gift" };
    readonly context: RowContext;
  },
) {
  const { text, locale, room } = context;
  const { gift, count, combo, side } = message.body;
  return (
    <li class="say-gift" dir="auto" data-key={id}>
      <Badges from={message.from} text={text} />
      <Name message={message} context={context} class="say-name say-gift-name" />
      <span>{text.gave}</span>
      <Icon name={giftIcon(gift)} size={18} />
      <span>{giftName(gift, locale)}</span>
      <b class="tabular">×{formatCount(Math.max(count, combo), locale)}</b>
      {side !== null && side !== room && <small class="muted">{text.forThem}</small>}
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
        {more > 0
          ? text.enteredMore(list, formatCount(more, locale), formatCount(count, locale))
          : text.entered(list)}
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
  return text.gaveTo(from.name, String(owner), giftName(gift, locale)) + times;
}

/** The room that a notice leads to. */
function roomIn(data: { readonly [key: string]: unknown }): string | null {
  const { room } = data;
  const id = typeof room === "object" && room !== null && "id" in room ? room.id : room;
  return typeof id === "string" && /^\d{1,15}$/.test(id) ? id : null;
}
