/**
 * The head of a document: what browsers, search engines and link previews read.
 *
 * @module
 */
import { languageTag, LOCALES } from "../../islands/i18n/mod.ts";
import type { IslandAssets } from "../../islands/ui/manifest.ts";
import type { Page, Preload, Social } from "./document.tsx";

/** Ground colours of tokens.css, for the browser's own bars. */
const THEME_COLORS = { light: "#f6f5f2", dark: "#101216" } as const;

/** Props of {@linkcode Head}. */
export interface HeadProps {
  readonly page: Page;
  readonly theme: "system" | "light" | "dark";
  /** Other built files by their unhashed names. */
  readonly files: Readonly<Record<string, string>>;
  readonly sheets: readonly Sheet[];
  readonly scripts: readonly IslandAssets[];
}

/** A style sheet: its address, or its text where the page carries it. */
export interface Sheet {
  readonly href: string;
  readonly text: string | null;
}

/** The head of a page. Scripts are modules: they wait for the document by themselves. */
export function Head({ page, theme, files, sheets, scripts }: HeadProps) {
  const { site } = page.reader;
  const imports = new Set(scripts.flatMap((script) => script.imports));
  return (
    <head>
      <meta charset="utf-8" />
      <title>{`${page.title} · ${site.name}`}</title>
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      <meta name="description" content={page.description} />
      <ThemeColor theme={theme} />
      {page.noIndex && <meta name="robots" content="noindex" />}
      {page.canonical !== undefined && (
        <>
          <link rel="canonical" href={page.canonical} />
          <Card page={page} canonical={page.canonical} files={files} />
        </>
      )}
      {page.alternates?.map(({ type, href, title }) => (
        <link key={href} rel="alternate" type={type} href={href} title={title} />
      ))}
      {sheets.map(({ href, text }) =>
        text === null
          ? <link key={href} rel="stylesheet" href={href} />
          : <style key={href} dangerouslySetInnerHTML={{ __html: text }} />
      )}
      {page.preload?.map((preload) => <PreloadLink key={preload.href} preload={preload} />)}
      {[...imports].map((href) => <link key={href} rel="modulepreload" href={href} />)}
      {scripts.map(({ js }) => <script key={js} type="module" src={js} />)}
      {files["favicon.ico"] && <link rel="icon" href={files["favicon.ico"]} sizes="32x32" />}
      {files["favicon.svg"] && <link rel="icon" href={files["favicon.svg"]} type="image/svg+xml" />}
      {files["apple-touch-icon.png"] && (
        <link rel="apple-touch-icon" href={files["apple-touch-icon.png"]} />
      )}
      <link rel="manifest" href="/manifest.webmanifest" />
    </head>
  );
}

function ThemeColor({ theme }: Pick<HeadProps, "theme">) {
  if (theme !== "system") return <meta name="theme-color" content={THEME_COLORS[theme]} />;
  return (
    <>
      {(["light", "dark"] as const).map((scheme) => (
        <meta
          key={scheme}
          name="theme-color"
          media={`(prefers-color-scheme: ${scheme})`}
          content={THEME_COLORS[scheme]}
        />
      ))}
    </>
  );
}

function PreloadLink({ preload: { href, as, id } }: { readonly preload: Preload }) {
  if (as === "module") return <link rel="modulepreload" href={href} id={id} />;
  return (
    <link
      rel="preload"
      href={href}
      id={id}
      as={as}
      crossOrigin={as === "fetch" ? "anonymous" : undefined}
    />
  );
}

/** Open Graph (ogp.me) and what Twitter reads beside it. */
function Card(
  { page, canonical, files }: Pick<HeadProps, "page" | "files"> & { readonly canonical: string },
) {
  const { reader } = page;
  const icon = files["icon-512.png"];
  const social: Social | null = page.social ?? (icon === undefined ? null : {
    image: new URL(icon, canonical).href,
    imageAlt: reader.site.name,
    size: { width: 512, height: 512 },
    type: "website",
  });
  const tag = (locale: typeof LOCALES[number]) =>
    locale === "en" ? "en_US" : languageTag(locale).replace("-", "_");
  // A picture of its own is shown large; the icon stays a small mark beside the words.
  const large = page.social !== undefined;
  return (
    <>
      <meta property="og:title" content={page.title} />
      <meta property="og:description" content={page.description} />
      <meta property="og:url" content={canonical} />
      <meta property="og:site_name" content={reader.site.name} />
      <meta property="og:type" content={social?.type ?? "website"} />
      <meta property="og:locale" content={tag(reader.locale)} />
      {LOCALES.filter((locale) => locale !== reader.locale).map((locale) => (
        <meta key={locale} property="og:locale:alternate" content={tag(locale)} />
      ))}
      {social !== null && (
        <>
          <meta property="og:image" content={social.image} />
          <meta property="og:image:alt" content={social.imageAlt} />
          {social.size && (
            <>
              <meta property="og:image:width" content={String(social.size.width)} />
              <meta property="og:image:height" content={String(social.size.height)} />
            </>
          )}
          {social.player && (
            <>
              <meta property="og:video" content={social.player.url} />
              <meta property="og:video:type" content="text/html" />
              <meta property="og:video:width" content={String(social.player.width)} />
              <meta property="og:video:height" content={String(social.player.height)} />
              <meta name="twitter:player" content={social.player.url} />
              <meta name="twitter:player:width" content={String(social.player.width)} />
              <meta name="twitter:player:height" content={String(social.player.height)} />
            </>
          )}
          <meta name="twitter:image" content={social.image} />
          <meta name="twitter:image:alt" content={social.imageAlt} />
        </>
      )}
      <meta
        name="twitter:card"
        content={social?.player ? "player" : large ? "summary_large_image" : "summary"}
      />
      <meta name="twitter:title" content={page.title} />
      <meta name="twitter:description" content={page.description} />
    </>
  );
}
