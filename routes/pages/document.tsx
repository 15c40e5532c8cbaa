/**
 * Pages and how they become documents: which scripts, sheets and icons a page needs, if any.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { languageTag } from "../../islands/i18n/mod.ts";
import { iconsIn, IconSprite, isIconName } from "../../islands/ui/icon_sprite.tsx";
import { IslandNames } from "../../islands/ui/island.tsx";
import type { AssetManifest, EarlyScript, PageAssets } from "../../islands/ui/manifest.ts";
import { Frame } from "./frame.tsx";
import { Head } from "./head.tsx";
import type { Reader } from "./view.ts";

/**
 * How a page is laid out: the class `page-<layout>` of the body, and the sheet
 * `islands/styles/<layout>.css` when there is one.
 */
export type Layout =
  | "lobby"
  | "watch"
  | "studio"
  | "booth"
  | "form"
  | "message"
  | "account"
  | "admin"
  | "docs"
  | "embed"
  | "call"
  | "calls"
  | "debug";

/** What others show when somebody passes a page's address on (Open Graph, Twitter cards). */
export interface Social {
  /** Absolute address of a picture. */
  readonly image: string;
  readonly imageAlt: string;
  /** Pixels, when they are known. */
  readonly size?: { readonly width: number; readonly height: number };
  readonly type: "website" | "video.other" | "profile";
  /** A page that holds the player alone, absolute, for cards that play. */
  readonly player?: { readonly url: string; readonly width: number; readonly height: number };
}

/** How a page is used, for style sheets; scripts change it while it is. */
export type BodyMark = "theatre" | "talking";

/** Another form of a page: a feed (RFC 4287), an oEmbed answer. */
export interface Alternate {
  /** Media type. */
  readonly type: string;
  readonly href: string;
  readonly title: string;
}

/** Something that the page will need in a moment. */
export interface Preload {
  readonly href: string;
  /** `module`: a script with its own imports. */
  readonly as: "module" | "image" | "fetch";
  /** For scripts of the page that want to find it. */
  readonly id?: string;
}

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
  /** What style sheets know the page by, beside its layout: the body's classes. */
  readonly marks?: readonly BodyMark[];
  /** Where the navigation stands. */
  readonly current?: "live" | "following" | "calls" | "booth" | "studio" | "admin" | "account";
  /** What was searched for. */
  readonly query?: string;
  /** For search engines and link previews; absolute. */
  readonly canonical?: string;
  readonly noIndex?: boolean;
  /** Default: the site's icon and the page's own words. Needs `canonical`. */
  readonly social?: Social;
  readonly alternates?: readonly Alternate[];
  readonly preload?: readonly Preload[];
  /** Where most readers go from here: that page's sheet is fetched when there is time. */
  readonly next?: Layout;
  /** A picture will play at once: the layout's early script begins before the rest is there. */
  readonly headStart?: boolean;
}

/** The body's classes; `:has()` would let a browser look at a whole page for every message. */
function bodyClass({ layout, marks = [] }: Page): string {
  return [`page-${layout}`, ...marks].join(" ");
}

/** What a page wears: the reader's choice, or dark where a picture is the hero. */
export function themeOf({ reader, layout }: Page): "system" | "light" | "dark" {
  const dark = ["watch", "studio", "booth", "call", "embed"].includes(layout);
  return reader.theme ?? (dark ? "dark" : "system");
}

/** How a document is put together. */
export interface DocumentOptions {
  /**
   * The reader has nothing of this site yet: the document carries the text of its sheets, and the
   * first paint waits for nothing else. The sheets themselves are fetched when there is time, for
   * the next page.
   */
  readonly firstVisit?: boolean;
}

/** The script that stands in a page; null: none does. */
export function earlyScript(page: Page, manifest: AssetManifest): EarlyScript | null {
  return page.headStart === true ? manifest.pages[page.layout]?.early ?? null : null;
}

/** The whole document as text. Pages without islands carry no script at all. */
export function renderDocument(
  page: Page,
  manifest: AssetManifest,
  { firstVisit = false }: DocumentOptions = {},
): string {
  const names = new Set<string>();
  const body = renderToString(
    <IslandNames.Provider value={names}>
      {page.layout === "embed"
        ? <main id="content">{page.content}</main>
        : <Frame page={page} theme={themeOf(page)} />}
    </IslandNames.Provider>,
  );
  const whole = wholeScript(page, { manifest, names });
  const islands = whole === null
    ? [...names].flatMap((name) => manifest.islands[name] ?? [])
    : [whole];
  const sheets = [manifest.css, ...sheetsOf(page, { manifest, names })]
    .map((href) => ({ href, text: firstVisit ? manifest.sheets[href] ?? null : null }));
  const head = renderToString(
    <Head
      page={page}
      theme={themeOf(page)}
      files={manifest.files}
      sheets={sheets}
      scripts={islands}
    />,
  );
  const icons = [...iconsIn(body), ...islands.flatMap((island) => island.icons).filter(isIconName)];
  const sprite = renderToString(<IconSprite names={icons} />);
  const early = earlyScript(page, manifest);
  const next = page.next === undefined ? undefined : manifest.styles[page.next];
  const later = [
    ...sheets.flatMap(({ href, text }) => text === null ? [] : [href]),
    ...(next === undefined ? [] : [next]),
  ].map((href) => `<link rel="prefetch" href="${href}" as="style">`);
  const tag = languageTag(page.reader.locale);
  return `<!doctype html><html lang="${tag}" data-theme="${themeOf(page)}">${head}` +
    `<body class="${bodyClass(page)}">${sprite}${body}` +
    // Behind all content, so that it finds what it needs; no module, so that it runs before the
    // browser lays all that out.
    `${early === null ? "" : `<script>${early.text}</script>`}${later.join("")}</body></html>`;
}

/** The one script with all islands of the page, when there is one; null: each brings its own. */
function wholeScript(
  { layout }: Page,
  { manifest, names }: { readonly manifest: AssetManifest; readonly names: ReadonlySet<string> },
): PageAssets | null {
  const script = manifest.pages[layout];
  if (script === undefined || names.size === 0) return null;
  return [...names].every((name) => script.islands.includes(name)) ? script : null;
}

/** Sheets beside the one of all pages: the layout's, and `room_line.css` with a `RoomLine`. */
function sheetsOf(
  page: Page,
  { manifest, names }: { readonly manifest: AssetManifest; readonly names: ReadonlySet<string> },
): readonly string[] {
  // A page whose islands come together has their sheets in its own.
  const own = wholeScript(page, { manifest, names }) === null ? [...names] : [];
  const snake = own.map((name) => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase());
  const wanted = new Set([...snake, ...page.styles ?? [], page.layout]);
  return [...wanted].flatMap((name) => manifest.styles[name] ?? []);
}
