/**
 * What can be done with a message, by what the reader may do: beside it on wide windows, from below on
 * phones. What cannot be taken back is asked first; what came of it is said by a short message.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Message, messageId } from "../../im/protocol/message.ts";
import { type ChatMenuText, chatMenuText } from "../i18n/chat_menu.ts";
import type { ChatText } from "../i18n/chat.ts";
import type { Locale } from "../i18n/mod.ts";
import { api, ApiError } from "../ui/api.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { copyText } from "../ui/copy_text.ts";
import { Sheet } from "../ui/dialog.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import type { Blocks } from "./blocks.ts";
import { giftName } from "./gifts.ts";
import { nameOf } from "./message_row.tsx";
import { messagePrivately } from "./private_door.ts";
import { type Action, actionsOn, type Onlooker } from "./rights.ts";
import { plainWords } from "./words.ts";

/** Lengths of mutes and bans, seconds; a ban may have no end. */
const LENGTHS = { minutes10: 600, hour: 3_600, day: 86_400, week: 604_800 } as const;
/** Characters of a reason that somebody types. */
const MAX_REASON = 140;

const ICONS: Readonly<Record<Action, IconName>> = {
  reply: "reply",
  mention: "at-sign",
  copy: "copy",
  whisper: "message-circle",
  report: "flag",
  block: "user-x",
  remove: "trash-2",
  mute: "message-square-off",
  ban: "ban",
};
const DANGEROUS: ReadonlySet<Action> = new Set(["remove", "mute", "ban"]);

/** A message that somebody wants to do something with. */
export interface MenuTarget {
  readonly message: Message;
  /** Where it stands in the window, CSS pixels. */
  readonly x: number;
  readonly y: number;
}

/** Props of {@linkcode MessageMenu}. */
export interface MessageMenuProps {
  /** Null: it is closed. */
  readonly target: MenuTarget | null;
  readonly room: string;
  readonly onlooker: Onlooker;
  readonly blocks: Blocks;
  readonly text: ChatText;
  readonly locale: Locale;
  /** `acted`: something was done, and the message may be gone. */
  readonly onClose: (acted: boolean) => void;
  readonly onReply: (message: Message & { readonly kind: "chat" }) => void;
  readonly onMention: (name: string) => void;
}

/** The menu. */
export function MessageMenu(props: MessageMenuProps) {
  const { target, locale, onlooker } = props;
  const menu = chatMenuText(locale);
  const [asked, setAsked] = useState<Action | null>(null);
  useEffect(() => {
    setAsked(null);
    if (target === null) return;
    const { style } = document.documentElement;
    style.setProperty("--menu-x", `${Math.round(target.x)}px`);
    style.setProperty("--menu-y", `${Math.round(target.y)}px`);
  }, [target]);
  const message = target?.message ?? null;
  const name = nameOf(message?.from ?? null, props.text);
  const own = message?.from?.id === onlooker.id;
  const titles: Partial<Record<Action, string>> = {
    report: menu.reportTitle,
    block: menu.blockTitle(name),
    remove: menu.removeTitle,
    mute: menu.muteTitle(name),
    ban: menu.banTitle(name),
  };
  const title = (asked === null ? undefined : titles[asked]) ??
    (own ? menu.ownMenu : message?.kind === "gift" ? menu.giftOf(name) : menu.menuOf(name));
  return (
    <Sheet
      id="message-menu"
      class="message-menu"
      place="center"
      open={target !== null}
      onClose={() => props.onClose(false)}
      title={title}
      locale={locale}
    >
      {message !== null && (asked === null
        ? <Actions {...props} message={message} menu={menu} onAsk={setAsked} />
        : (
          <Question
            {...props}
            message={message}
            menu={menu}
            asked={asked}
            onBack={() => setAsked(null)}
          />
        ))}
    </Sheet>
  );
}

interface PartProps extends MessageMenuProps {
  readonly message: Message;
  readonly menu: ChatMenuText;
}

function Actions({ message, menu, onAsk, ...props }: PartProps & {
  readonly onAsk: (action: Action) => void;
}) {
  const { onlooker, onClose } = props;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // When it opens, the browser gives the focus; coming back from a question it is given here.
    if (list.current?.closest("dialog")?.contains(document.activeElement) !== true) {
      list.current?.querySelector("button")?.focus();
    }
  }, []);
  const actions = actionsOn(message, onlooker, { nowMs: Date.now() });
  const take = async (action: Action) => {
    if (action === "reply" && message.kind === "chat") {
      onClose(false);
      props.onReply(message);
    } else if (action === "mention") {
      onClose(false);
      props.onMention(nameOf(message.from, props.text));
    } else if (action === "whisper" && message.from !== null) {
      onClose(false);
      messagePrivately({ id: message.from.id, name: message.from.name });
    } else if (action === "copy" && message.kind === "chat") {
      const copied = await copyText(plainWords(message.body.text));
      onClose(false);
      toast(
        copied ? { tone: "good", text: menu.copied } : { tone: "bad", text: menu.copyFailed },
      );
    } else onAsk(action);
  };
  const move = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const buttons = [...list.current?.querySelectorAll("button") ?? []];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
  return (
    <>
      <Quote message={message} locale={props.locale} />
      <ul ref={list} class="menu-actions" onKeyDown={move}>
        {actions.map((action, index) => (
          <li key={action}>
            <button
              type="button"
              autoFocus={index === 0}
              class={`menu-action${DANGEROUS.has(action) ? " danger" : ""}`}
              onClick={() => take(action)}
            >
              <Icon name={ICONS[action]} size={20} />
              {menu[action]}
            </button>
          </li>
        ))}
      </ul>
      {onlooker.id === null && (
        <ButtonLink wide href={`/login?next=${encodeURIComponent(`/rooms/${props.room}`)}`}>
          {menu.logIn}
        </ButtonLink>
      )}
    </>
  );
}

function Quote({ message, locale }: { readonly message: Message; readonly locale: Locale }) {
  const words = message.kind === "chat"
    ? plainWords(message.body.text)
    : message.kind === "gift"
    ? giftName(message.body.gift, locale)
    : "";
  return <p class="menu-quote" dir="auto">{words}</p>;
}

function Question({ asked, onBack, ...props }: PartProps & {
  readonly asked: Action;
  readonly onBack: () => void;
}) {
  const { message, menu, room, blocks, onClose } = props;
  const account = message.from?.id ?? "";
  const name = nameOf(message.from, props.text);
  const path = { room, account };
  const [length, setLength] = useState<number | null>(asked === "ban" ? 86_400 : 600);
  const [reason, setReason] = useState("");
  const [kind, setKind] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const why = reason.trim();
  const undo = (run: () => Promise<unknown>, text: string) => ({
    label: menu.undo,
    run: () => {
      run().then(
        () => toast({ tone: "good", text }),
        (problem) => toast({ tone: "bad", text: problemWords(problem, menu) }),
      );
    },
  });
  const acts: Partial<Record<Action, () => Promise<void>>> = {
    async report() {
      const parts = [kind ?? "", why].filter((part) => part !== "");
      await api.post("/api/rooms/{room}/messages/{message}/report", {
        path: { room, message: messageId(message.score) },
        body: { reason: parts.join(": ") },
      });
      toast({ tone: "good", text: menu.reported });
    },
    async block() {
      await blocks.block({ id: account, name });
      const action = undo(() => blocks.unblock(account), menu.unblocked(name));
      toast({ tone: "good", text: menu.blocked(name), action });
    },
    async remove() {
      await api.delete("/api/rooms/{room}/messages/{message}", {
        path: { room, message: messageId(message.score) },
      });
      toast({ tone: "good", text: menu.removed });
    },
    async mute() {
      await api.put("/api/rooms/{room}/mutes/{account}", {
        path,
        body: { seconds: length ?? 600, ...(why !== "" && { reason: why }) },
      });
      const action = undo(
        () => api.delete("/api/rooms/{room}/mutes/{account}", { path }),
        menu.unmuted(name),
      );
      toast({ tone: "good", text: menu.muted(name), action });
    },
    async ban() {
      await api.put("/api/rooms/{room}/bans/{account}", {
        path,
        body: { seconds: length, ...(why !== "" && { reason: why }) },
      });
      const action = undo(
        () => api.delete("/api/rooms/{room}/bans/{account}", { path }),
        menu.unbanned(name),
      );
      toast({ tone: "good", text: menu.banned(name), action });
    },
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await acts[asked]?.();
      onClose(true);
    } catch (problem) {
      setError(problemWords(problem, menu));
    }
    setBusy(false);
  };
  const words: Partial<Record<Action, readonly [text: string, button: string]>> = {
    report: [menu.reportText, menu.sendReport],
    block: [menu.blockText, menu.blockAction],
    remove: [menu.removeText, menu.removeAction],
    mute: [menu.muteText, menu.muteAction],
    ban: [menu.banText, menu.banAction],
  };
  const [explained, button] = words[asked] ?? ["", ""];
  const restricts = asked === "mute" || asked === "ban";
  return (
    <form class="menu-question" onSubmit={submit}>
      <p class="muted">{explained}</p>
      {(asked === "remove" || asked === "report") && (
        <Quote message={message} locale={props.locale} />
      )}
      {asked === "report" && (
        <Choices legend={menu.reportReason}>
          {[
            menu.reasonSpam,
            menu.reasonAbuse,
            menu.reasonSexual,
            menu.reasonScam,
            menu.reasonOther,
          ].map((one) => (
            <Choice
              key={one}
              on={kind === one}
              onChoose={() => setKind(one)}
            >
              {one}
            </Choice>
          ))}
        </Choices>
      )}
      {restricts && (
        <Choices legend={menu.howLong}>
          {([...Object.entries(LENGTHS), ...(asked === "ban" ? [["forever", null]] : [])] as const)
            .map(([key, seconds]) => (
              <Choice
                key={key}
                on={length === seconds}
                onChoose={() => setLength(seconds as number | null)}
              >
                {menu[key as keyof typeof LENGTHS]}
              </Choice>
            ))}
        </Choices>
      )}
      {(restricts || asked === "report") && (
        <div class="field">
          <label for="menu-reason">{asked === "report" ? menu.more : menu.reason}</label>
          <input
            id="menu-reason"
            class="input"
            value={reason}
            maxLength={MAX_REASON}
            autoComplete="off"
            dir="auto"
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </div>
      )}
      <p class="field-error" role="alert">{error ?? ""}</p>
      <div class="menu-buttons">
        <Button disabled={busy} onClick={onBack}>{menu.back}</Button>
        <Button
          type="submit"
          kind={asked === "report" ? "primary" : "danger"}
          busy={busy}
          disabled={asked === "report" && kind === null}
        >
          {button}
        </Button>
      </div>
    </form>
  );
}

function Choices(
  { legend, children }: { readonly legend: string; readonly children: ComponentChildren },
) {
  return (
    <fieldset class="menu-choices">
      <legend>{legend}</legend>
      {children}
    </fieldset>
  );
}

function Choice(
  { on, onChoose, children }: {
    readonly on: boolean;
    readonly onChoose: () => void;
    readonly children: ComponentChildren;
  },
) {
  return <button type="button" class="chip" aria-pressed={on} onClick={onChoose}>{children}
  </button>;
}

/** Why something could not be done, in the reader's words. */
export function problemWords(problem: unknown, menu: ChatMenuText): string {
  const code = problem instanceof ApiError ? problem.code : "";
  switch (code) {
    case "forbidden":
    case "invalid":
      return menu.forbidden;
    case "not_found":
      return menu.gone;
    case "too_many":
      return menu.full;
    case "slow_down":
      return menu.slowDown;
    case "unauthenticated":
      return menu.signedOut;
    default:
      return menu.failed;
  }
}
