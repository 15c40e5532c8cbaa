/**
 * Pages for what went wrong: what happened, and a way on.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { errorsText } from "../../islands/i18n/errors.ts";
import { formsText } from "../../islands/i18n/forms.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { ButtonLink } from "../../islands/ui/button.tsx";
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
  const words: Record<ErrorKind, { mark: string; title: string; text: string }> = {
    not_found: { mark: "404", title: text.notFoundTitle, text: text.notFoundText },
    room_not_found: { mark: "404", title: text.roomNotFoundTitle, text: text.roomNotFoundText },
    forbidden: { mark: "403", title: text.forbiddenTitle, text: text.forbiddenText },
    bad_request: { mark: "400", title: forms.errorSummary, text: forms.errorForm },
    failure: { mark: "500", title: text.failureTitle, text: text.failureText },
    busy: { mark: "503", title: text.busyTitle, text: text.busyText },
  };
  const { mark, title, text: sentence } = words[kind];
  return messagePage(reader, {
    scene: <TestCard mark={mark} />,
    title,
    sentence,
    retry: kind === "failure" || kind === "busy",
    logIn: kind === "forbidden" && reader.account === null,
  });
}

/** A screen without a programme: colour bars and what a machine would call it. */
function TestCard({ mark }: { readonly mark: string }) {
  return (
    <div class="test-card" aria-hidden="true">
      <div class="test-card-screen">
        <span>{mark}</span>
      </div>
    </div>
  );
}

/** A page that says one thing. */
export function messagePage(
  reader: Reader,
  message: {
    /** What it is about, as an icon or as a picture of its own. */
    readonly icon?: IconName;
    readonly scene?: ComponentChildren;
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
      <section class="empty">
        {message.scene}
        {message.icon && (
          <span class="empty-mark">
            <Icon name={message.icon} size={34} />
          </span>
        )}
        <h1>{message.title}</h1>
        <p class="muted">{message.sentence}</p>
        <p class="empty-actions">
          {message.retry && (
            <ButtonLink kind="primary" icon="refresh-cw" href={reader.path}>
              {text.tryAgain}
            </ButtonLink>
          )}
          {message.logIn && (
            <ButtonLink kind="primary" href={logInHref(reader)}>{text.logIn}</ButtonLink>
          )}
          <ButtonLink kind={message.retry || message.logIn ? "quiet" : "primary"} href="/">
            {text.backToLobby}
          </ButtonLink>
        </p>
      </section>
    ),
  };
}

/** Log-in that leads back, unless the page is about logging in itself. */
function logInHref({ path }: Reader): string {
  return /^\/(?:login|signup|setup|logout)\b/.test(path)
    ? "/login"
    : `/login?next=${encodeURIComponent(path)}`;
}
