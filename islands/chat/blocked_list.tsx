/**
 * Whom the reader blocked, with the way back.
 *
 * @module
 */
import { chatMenuText } from "../i18n/chat_menu.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import type { Blocks } from "./blocks.ts";
import { problemWords } from "./message_menu.tsx";

/** The list. */
export function BlockedList(
  { blocks, locale }: { readonly blocks: Blocks; readonly locale: Locale },
) {
  const text = chatMenuText(locale);
  const names = [...blocks.names.value];
  const show = (id: string, name: string) =>
    blocks.unblock(id).then(
      () => toast({ tone: "good", text: text.unblocked(name) }),
      (problem) => toast({ tone: "bad", text: problemWords(problem, text) }),
    );
  return (
    <section class="blocked">
      <h3>{text.blockedList}</h3>
      {names.length === 0 ? <p class="muted">{text.blockedEmpty}</p> : (
        <ul class="blocked-list">
          {names.map(([id, name]) => (
            <li key={id}>
              <bdi class="ellipsis">{name}</bdi>
              <Button small aria-label={text.unblockOf(name)} onClick={() => show(id, name)}>
                {text.unblock}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
