/**
 * Pages for what went wrong: what happened, and a way on.
 *
 * @module
 */
import { errorsText } from "../../islands/i18n/errors.ts";
import { formsText } from "../../islands/i18n/forms.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { Icon, type IconName } from "../../islands/ui/icons.tsx";
import type { Page } from "./document.tsx";
import type { Reader } from "./view.ts";

/** What went wrong, as far as a reader cares. */
export type ErrorKind =
  | "not_found"
  | "room_not_found"
  | "forbidden"
  | "bad_request"
  | "failure"
  | "busy";

/** The page for it. */
export function errorPage(kind: ErrorKind, reader: Reader): Page {
  const text = errorsText(reader.locale);
  const forms = formsText(reader.locale);
  const words: Record<ErrorKind, { icon: IconName; title: string; text: string }> = {
    not_found: { icon: "search", title: text.notFoundTitle, text: text.notFoundText },
    room_not_found: { icon: "tv", title: text.roomNotFoundTitle, text: text.roomNotFoundText },
    forbidden: { icon: "key-round", title: text.forbiddenTitle, text: text.forbiddenText },
    bad_request: { icon: "circle-alert", title: forms.errorSummary, text: forms.errorForm },
    failure: { icon: "triangle-alert", title: text.failureTitle, text: text.failureText },
    busy: { icon: "clock", title: text.busyTitle, text: text.busyText },
  };
  const { icon, title, text: sentence } = words[kind];
  const retry = kind === "failure" || kind === "busy";
  return messagePage(reader, { icon, title, sentence, retry });
}

/** A page that says one thing. */
export function messagePage(
  reader: Reader,
  message: {
    readonly icon: IconName;
    readonly title: string;
    readonly sentence: string;
    /** Offers the same address again. */
    readonly retry?: boolean;
    /** Offers to log in. */
    readonly logIn?: boolean;
  },
): Page {
  const text = siteText(reader.locale);
  return {
    reader,
    layout: "message",
    title: message.title,
    description: text.siteDescription,
    noIndex: true,
    content: (
      <section class="empty card">
        <span class="empty-mark">
          <Icon name={message.icon} size={34} />
        </span>
        <h1>{message.title}</h1>
        <p class="muted">{message.sentence}</p>
        <p class="empty-actions">
          {message.retry && (
            <a class="button primary" href={reader.path}>
              <Icon name="refresh-cw" size={18} /> {text.tryAgain}
            </a>
          )}
          {message.logIn && <a class="button primary" href="/login">{text.logIn}</a>}
          <a class={message.retry || message.logIn ? "button quiet" : "button primary"} href="/">
            {text.backToLobby}
          </a>
        </p>
      </section>
    ),
  };
}
