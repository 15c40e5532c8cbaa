/**
 * Small files that browsers and crawlers ask for by fixed names.
 *
 * @module
 */
import { Hono } from "hono";
import { languageTag } from "../../islands/i18n/mod.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { clientOf } from "../client.ts";
import type { PagesOptions } from "./options.ts";
import { anonymousReader } from "./view.ts";

const DAY = "public, max-age=86400";

/** `manifest.webmanifest`, `favicon.ico`, `favicon.svg`, `robots.txt`. */
export function createWellKnown(
  options: Pick<PagesOptions, "manifest" | "now" | "services">,
): Hono {
  const { files } = options.manifest;
  const app = new Hono();
  app.get("/manifest.webmanifest", (c) => {
    const { locale, site } = anonymousReader(c, options);
    const text = siteText(locale);
    const icons = [
      { src: files["icon-192.png"], sizes: "192x192", type: "image/png", purpose: "any" },
      { src: files["icon-512.png"], sizes: "512x512", type: "image/png", purpose: "any" },
      {
        src: files["icon-maskable-512.png"],
        sizes: "512x512",
        type: "image/png",
        purpose: "maskable",
      },
      { src: files["favicon.svg"], sizes: "any", type: "image/svg+xml", purpose: "any" },
    ].filter(({ src }) => src !== undefined);
    c.header("cache-control", DAY);
    c.header("vary", "Cookie, Accept-Language");
    c.header("content-type", "application/manifest+json; charset=utf-8");
    return c.body(JSON.stringify({
      id: "/",
      name: site.name,
      short_name: site.name,
      description: text.siteDescription,
      lang: languageTag(locale),
      dir: "ltr",
      categories: ["entertainment", "social", "video"],
      start_url: "/",
      scope: "/",
      display: "standalone",
      background_color: "#101216",
      theme_color: "#101216",
      icons,
      shortcuts: [
        { name: text.navLive, url: "/", icons: icons.slice(0, 1) },
        { name: text.following, url: "/following", icons: icons.slice(0, 1) },
        { name: text.goLive, url: "/studio", icons: icons.slice(0, 1) },
      ],
    }));
  });
  for (const name of ["favicon.ico", "favicon.svg"] as const) {
    app.get(`/${name}`, (c) => {
      const target = files[name] ?? files["favicon.svg"];
      if (target === undefined) return c.notFound();
      c.header("cache-control", DAY);
      return c.redirect(target, 302);
    });
  }
  app.get("/robots.txt", (c) => {
    c.header("cache-control", DAY);
    const closed = [
      "/api/",
      "/account",
      "/admin",
      "/debug",
      "/following",
      "/my-room",
      "/studio",
      "/setup",
      "/login",
      "/signup",
      "/live/",
    ];
    const lines = [
      "User-agent: *",
      // Link previews show the picture of now.
      "Allow: /live/*/still.jpg",
      ...closed.map((path) => `Disallow: ${path}`),
      `Sitemap: ${clientOf(c).baseUrl}/sitemap.xml`,
    ];
    return c.text(`${lines.join("\n")}\n`);
  });
  return app;
}
