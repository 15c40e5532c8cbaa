/**
 * The button of the private messages in the corner of the talk.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { privatesText } from "../i18n/privates.ts";
import { Icon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import { deviceShelf } from "./drafts.ts";
import { messagePrivately, privateDoor } from "./private_door.ts";
import { Privates } from "./privates.ts";
import { BROWSER_PRIVATE_CALLS } from "./privates_calls.ts";
import { PrivatesPanel } from "./privates_panel.tsx";
import type { ChatRoom } from "./room.ts";

/** Props of {@linkcode PrivatesCorner}. */
export interface PrivatesCornerProps {
  readonly chat: ChatRoom;
  /** Id of who reads. */
  readonly me: string;
  readonly locale: Locale;
}

/** The button with how many texts wait, and the conversations over the talk. */
export function PrivatesCorner({ chat, me, locale }: PrivatesCornerProps) {
  const text = privatesText(locale);
  const [privates] = useState(() =>
    new Privates({
      me,
      calls: BROWSER_PRIVATE_CALLS,
      shelf: deviceShelf(),
      now: Date.now,
      newId: () => crypto.getRandomValues(new Uint32Array(4)).join("-"),
    })
  );
  const button = useRef<HTMLButtonElement>(null);
  const door = privateDoor.value;
  const unread = privates.unread.value;
  useEffect(() =>
    chat.onNews((messages) => {
      const latest = privates.note(messages).at(-1);
      if (latest === undefined) return;
      const { partner } = latest;
      toast({
        text: text.arrived(partner.name),
        action: { label: text.read, run: () => messagePrivately(partner) },
      });
    }), []);
  useLayoutEffect(() => {
    if (door === null) return;
    // Another tab may cover the talk, and the theatre folds the panel.
    document.querySelector<HTMLElement>('.player-theatre[aria-pressed="true"]')?.click();
    const tab = document.getElementById("room-chat");
    if (tab?.getAttribute("aria-selected") === "false") tab.click();
  }, [door]);
  useEffect(() => () => {
    privateDoor.value = null;
  }, []);
  const close = () => {
    privateDoor.value = null;
    requestAnimationFrame(() => button.current?.focus());
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`privates-open${unread > 0 ? " unread" : ""}`}
        aria-label={unread > 0 ? text.openUnread(formatCount(unread, locale)) : text.open}
        title={text.open}
        aria-haspopup="dialog"
        aria-expanded={door !== null}
        onClick={() => privateDoor.value = "list"}
      >
        <Icon name="mail" size={18} />
        {unread > 0 && (
          <span class="privates-count tabular" aria-hidden="true">
            {unread > 99 ? "99+" : unread}
          </span>
        )}
      </button>
      {door !== null && (
        <PrivatesPanel privates={privates} door={door} locale={locale} onClose={close} />
      )}
    </>
  );
}
