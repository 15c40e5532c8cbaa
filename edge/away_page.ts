/**
 * The pages that the edge shows by itself: while `web` is away, and for an address that it refuses.
 *
 * @module
 */
import type { ClientAnswer } from "./client_answer.ts";
import { pagePolicy, STYLE } from "./page_style.ts";

/** Seconds after which programs come again. */
export const AWAY_RETRY_S = 1;
/** Seconds after which a page loads itself anew; longer, because somebody may be reading it. */
const REFRESH_S = 3;
/** Longest cookie and language headers that are looked at, characters. */
const MAX_HEADER = 8192;

/** Languages of the pages. */
export type PageLanguage = "zh" | "en";
/** Appearance of the pages; `system`: as the reader's machine is set. */
export type PageTheme = "light" | "dark" | "system";

/** What a page says; `away_unsent`: in the place of an answer to something that was sent. */
export type PageKind = "away" | "away_unsent" | "not_found";

/** What of a request decides about a page; headers as they came. */
export interface PageRequest {
  readonly method: string;
  /** Normalised. */
  readonly path: string;
  readonly accept: string | undefined;
  readonly acceptLanguage: string | undefined;
  readonly cookie: string | undefined;
}

interface PageText {
  readonly title: string;
  readonly text: string;
}

interface Words extends Readonly<Record<PageKind, PageText>> {
  readonly lang: string;
  readonly tryAgain: string;
  readonly lobby: string;
}

const WORDS: Readonly<Record<PageLanguage, Words>> = {
  en: {
    lang: "en",
    away: {
      title: "Back in a moment",
      text: "The server is restarting. This page loads again by itself.",
    },
    away_unsent: {
      title: "Back in a moment",
      text:
        "The server is restarting. What you sent may not have arrived: go back and send it again.",
    },
    not_found: {
      title: "Nothing here",
      text: "This page does not exist. The link may be old or mistyped.",
    },
    tryAgain: "Try again",
    lobby: "See who is live",
  },
  zh: {
    lang: "zh-CN",
    away: { title: "马上回来", text: "服务器正在重启，页面会自动刷新。" },
    away_unsent: {
      title: "马上回来",
      text: "服务器正在重启，刚才提交的内容可能没有送达，请返回后重新提交。",
    },
    not_found: { title: "这里什么都没有", text: "页面不存在，链接可能过期或者输错了。" },
    tryAgain: "重试",
    lobby: "看看谁在直播",
  },
};

const LOGO =
  `<svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><defs>` +
  `<linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#ff8a3c"/>` +
  `<stop offset="1" stop-color="#e2331b"/></linearGradient></defs>` +
  `<rect width="32" height="32" rx="9" fill="url(#g)"/><g fill="none" stroke="#fff" ` +
  `stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><path d="M7.5 9.5h17"/>` +
  `<path d="M14.2 9.5v3.6c0 5-2 8.6-5.9 11"/>` +
  `<path d="M14.2 15.2h8.3c-.2 3.7-.7 6.1-1.4 7.5-.7 1.5-2.3 1.7-5.1.9"/></g></svg>`;
const LENS = `<svg width="34" height="34" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
  `stroke-width="1.75" stroke-linecap="round" aria-hidden="true" focusable="false">` +
  `<path d="m21 21-4.34-4.34"/><circle cx="11" cy="11" r="8"/></svg>`;

/** Whether the client is a browser that shows a page; programs get a problem instead. */
export function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && accept.includes("text/html");
}

/** The page for who comes while `web` is away. */
export function awayAnswer(request: PageRequest): ClientAnswer {
  const read = request.method === "GET" || request.method === "HEAD";
  return answer(request, {
    status: 503,
    kind: read ? "away" : "away_unsent",
    headers: {
      "retry-after": String(AWAY_RETRY_S),
      // Loading again would not send again what was sent.
      ...(read && { refresh: String(REFRESH_S) }),
    },
  });
}

/** The page for an address that the edge refuses. */
export function notFoundAnswer(request: PageRequest): ClientAnswer {
  return answer(request, { status: 404, kind: "not_found", headers: {} });
}

function answer(
  request: PageRequest,
  what: {
    readonly status: number;
    readonly kind: PageKind;
    readonly headers: Readonly<Record<string, string>>;
  },
): ClientAnswer {
  const language = chosenLanguage(request.cookie) ?? pageLanguage(request.acceptLanguage);
  return {
    status: what.status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-language": WORDS[language].lang,
      "content-security-policy": pagePolicy({ framed: request.path.startsWith("/embed/") }),
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
      "cache-control": "no-store",
      "vary": "Accept, Accept-Language, Cookie",
      ...what.headers,
    },
    body: request.method === "HEAD"
      ? null
      : renderPage(what.kind, { language, theme: chosenTheme(request.cookie) }),
  };
}

/** The language that was chosen in the preferences, or null. */
export function chosenLanguage(cookie: string | undefined): PageLanguage | null {
  const value = readCookie(cookie, "wanren_locale");
  return value === "zh" || value === "en" ? value : null;
}

/** The appearance that was chosen in the preferences. */
export function chosenTheme(cookie: string | undefined): PageTheme {
  const value = readCookie(cookie, "wanren_theme");
  return value === "light" || value === "dark" ? value : "system";
}

/** The better of Chinese and English by `Accept-Language` (RFC 9110 §12.5.4). */
export function pageLanguage(acceptLanguage: string | undefined): PageLanguage {
  const header = (acceptLanguage ?? "").slice(0, MAX_HEADER).toLowerCase();
  const choices = header.split(",").slice(0, 16).map((entry) => {
    const [tag, ...parameters] = entry.trim().split(";");
    const quality = parameters.map((text) => /^\s*q=([\d.]{1,5})$/.exec(text)?.[1])
      .find((text) => text !== undefined);
    return { language: tag.split("-")[0], quality: Number(quality ?? 1) };
  });
  let best: { language: PageLanguage; quality: number } = { language: "en", quality: 0 };
  for (const { language, quality } of choices) {
    if ((language === "zh" || language === "en") && quality > best.quality) {
      best = { language, quality };
    }
  }
  return best.language;
}

/** A whole page; nothing in it comes from the request but the choice of words and colours. */
export function renderPage(
  kind: PageKind,
  reader: { readonly language: PageLanguage; readonly theme: PageTheme },
): string {
  const words = WORDS[reader.language];
  const { title, text } = words[kind];
  const lobby = `<a class="button${kind === "not_found" ? " primary" : ""}" href="/">` +
    `${words.lobby}</a>`;
  // An empty reference is this very page (RFC 3986 §4.4).
  const again = kind === "away" ? `<a class="button primary" href="">${words.tryAgain}</a>` : lobby;
  return `<!doctype html>
<html lang="${words.lang}" data-theme="${reader.theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="robots" content="noindex">
<title>${title} · Wanren</title>
<style>${STYLE}</style>
</head>
<body>
<header><a class="brand" href="/">${LOGO}<span>Wanren</span></a></header>
<main>
<div class="card">
<div class="mark">${kind === "not_found" ? LENS : '<div class="spinner"></div>'}</div>
<h1>${title}</h1>
<p>${text}</p>
<div class="actions">${again}</div>
</div>
</main>
</body>
</html>
`;
}

/** A cookie's value; the first one of its name counts (RFC 6265 §5.4). */
function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? "").slice(0, MAX_HEADER).split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}
