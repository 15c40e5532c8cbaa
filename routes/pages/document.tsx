/**
 * The frame of every page: head, header, footer; which scripts a page needs, if any.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { languageTag } from "../../islands/i18n/mod.ts";
import { siteText } from "../../islands/i18n/site.ts";
import Preferences, { type PreferencesProps } from "../../islands/Preferences.tsx";
import { iconsIn, IconSprite, isIconName } from "../../islands/ui/icon_sprite.tsx";
import { Icon, Logo } from "../../islands/ui/icons.tsx";
import { Island, IslandNames } from "../../islands/ui/island.tsx";
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import { Avatar } from "../../islands/ui/avatar.tsx";
import type { Reader } from "./view.ts";

/**
 * How a page is laid out: the class `page-<layout>` of the body, and the sheet
 * `islands/styles/<layout>.css` when there is one.
 */
export type Layout =
  | "lobby"
  | "watch"
  | "studio"
  | "form"
  | "message"
  | "account"
  | "admin"
  | "docs"
  | "embed"
  | "debug";

/** One page to be rendered. */
export interface Page {
  readonly reader: Reader;
  /** Without the site's name, which is added. */
  readonly title: string;
  readonly description: string;
  readonly content: ComponentChildren;
  readonly layout: Layout;
  /** Style sheets beside those of the layout and of the islands, by their file names. */
  readonly styles?: readonly string[];
  /** Where the header's navigation stands. */
  readonly current?: "live" | "studio";
  /** What was searched for. */
  readonly query?: string;
  /** For search engines and link previews; absolute. */
  readonly canonical?: string;
  readonly noIndex?: boolean;
}

/** Ground colours of tokens.css, for the browser's own bars. */
const THEME_COLORS = { light: "#f6f5f2", dark: "#101216" } as const;

/** The whole document as text. Pages without islands carry no script at all. */
export function renderDocument(page: Page, manifest: AssetManifest): string {
  const names = new Set<string>();
  const body = renderToString(
    <IslandNames.Provider value={names}>
      <Body page={page} />
    </IslandNames.Provider>,
  );
  const { reader } = page;
  const dark = page.layout === "watch" || page.layout === "studio";
  const theme = reader.theme ?? (dark ? "dark" : "system");
  const head = renderToString(<Head page={page} manifest={manifest} names={names} theme={theme} />);
  const tag = languageTag(reader.locale);
  const islandIcons = [...names].flatMap((name) => manifest.islands[name]?.icons ?? []);
  const icons = [...iconsIn(body), ...islandIcons.filter(isIconName)];
  const sprite = renderToString(<IconSprite names={icons} />);
  return `<!doctype html><html lang="${tag}" data-theme="${theme}">${head}` +
    `<body class="page-${page.layout}">${sprite}${body}</body></html>`;
}

function Head(
  { page, manifest, names, theme }: {
    readonly page: Page;
    readonly manifest: AssetManifest;
    readonly names: ReadonlySet<string>;
    readonly theme: "system" | "light" | "dark";
  },
) {
  const islands = [...names].flatMap((name) => manifest.islands[name] ?? []);
  const imports = new Set(islands.flatMap((island) => island.imports));
  const { files } = manifest;
  const title = `${page.title} · Wanren`;
  return (
    <head>
      <meta charset="utf-8" />
      <title>{title}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="description" content={page.description} />
      {theme === "system"
        ? (
          <>
            <meta
              name="theme-color"
              media="(prefers-color-scheme: light)"
              content={THEME_COLORS.light}
            />
            <meta
              name="theme-color"
              media="(prefers-color-scheme: dark)"
              content={THEME_COLORS.dark}
            />
          </>
        )
        : <meta name="theme-color" content={THEME_COLORS[theme]} />}
      {page.noIndex && <meta name="robots" content="noindex" />}
      {page.canonical !== undefined && (
        <>
          <link rel="canonical" href={page.canonical} />
          <meta property="og:title" content={page.title} />
          <meta property="og:description" content={page.description} />
          <meta property="og:url" content={page.canonical} />
          <meta property="og:site_name" content="Wanren" />
        </>
      )}
      <link rel="stylesheet" href={manifest.css} />
      {sheetsOf(page, { manifest, names }).map((href) => (
        <link key={href} rel="stylesheet" href={href} />
      ))}
      {files["favicon.svg"] && <link rel="icon" href={files["favicon.svg"]} type="image/svg+xml" />}
      {files["apple-touch-icon.png"] && (
        <link rel="apple-touch-icon" href={files["apple-touch-icon.png"]} />
      )}
      <link rel="manifest" href="/manifest.webmanifest" />
      {[...imports].map((href) => <link key={href} rel="modulepreload" href={href} />)}
      {islands.map(({ js }) => <script key={js} type="module" src={js} />)}
    </head>
  );
}

/** Sheets beside the one of all pages: the layout's, and `room_line.css` with a `RoomLine`. */
function sheetsOf(
  page: Page,
  { manifest, names }: { readonly manifest: AssetManifest; readonly names: ReadonlySet<string> },
): readonly string[] {
  const snake = [...names].map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase());
  const wanted = new Set([...snake, ...page.styles ?? [], page.layout]);
  return [...wanted].flatMap((name) => manifest.styles[name] ?? []);
}

function Body({ page }: { readonly page: Page }) {
  const text = siteText(page.reader.locale);
  return (
    <>
      <a class="skip-link" href="#content">{text.skipToContent}</a>
      <Header page={page} />
      <main id="content" tabIndex={-1}>{page.content}</main>
      <footer class="site-footer">
        <p class="muted">{text.footerNote}</p>
      </footer>
    </>
  );
}

function Header({ page }: { readonly page: Page }) {
  const { reader, current } = page;
  const { account } = reader;
  const text = siteText(reader.locale);
  const dark = page.layout === "watch" || page.layout === "studio";
  const preferences: PreferencesProps = {
    locale: reader.locale,
    theme: reader.theme ?? (dark ? "dark" : "system"),
    next: reader.path,
  };
  // A form page stays free of scripts; where a picture runs, a change must not reload the page.
  const scripted = page.layout !== "form" && page.layout !== "message";
  return (
    <header class="site-header">
      <a class="brand" href="/">
        <Logo />
        <span>Wanren</span>
      </a>
      <nav aria-label={text.mainNavigation}>
        <a href="/" aria-current={current === "live" ? "page" : undefined}>{text.navLive}</a>
        {account !== null && (
          <a href="/studio" aria-current={current === "studio" ? "page" : undefined}>
            {text.studio}
          </a>
        )}
      </nav>
      <form class="search" role="search" method="get" action="/">
        <label class="visually-hidden" for="search">{text.searchLabel}</label>
        <Icon name="search" size={18} />
        <input
          id="search"
          type="search"
          name="q"
          placeholder={text.searchPlaceholder}
          value={page.query ?? ""}
          maxLength={100}
          autoComplete="off"
        />
      </form>
      <div class="header-actions">
        {scripted
          ? <Island name="Preferences" component={Preferences} props={preferences} />
          : <Preferences {...preferences} />}
        {current !== "studio" && (
          <a class="button primary go-live" href="/studio" aria-label={text.goLive}>
            <Icon name="video" size={18} />
            <span>{text.goLive}</span>
          </a>
        )}
        {account === null
          ? (
            <a class="button quiet" href={`/login?next=${encodeURIComponent(loginNext(page))}`}>
              {text.logIn}
            </a>
          )
          : (
            <>
              <button
                type="button"
                class="account-button"
                popovertarget="account"
                aria-label={text.accountMenu(account.name)}
              >
                <Avatar name={account.name} />
              </button>
              <div id="account" class="menu" popover="auto">
                <p class="menu-name">
                  <bdi>{account.name}</bdi>
                </p>
                <a class="menu-item" href="/studio">
                  <Icon name="video" size={18} /> {text.studio}
                </a>
                <form method="post" action="/logout">
                  <button type="submit" class="menu-item">
                    <Icon name="log-out" size={18} /> {text.logOut}
                  </button>
                </form>
              </div>
            </>
          )}
      </div>
    </header>
  );
}

/** Log-in leads back, but never to a page about logging in or an error. */
function loginNext(page: Page): string {
  return page.layout === "form" || page.layout === "message" ? "/" : page.reader.path;
}
