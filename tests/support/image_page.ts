/**
 * A bare page with an avatar and a cover to upload, over real pictures, with the pages' security
 * policy.
 *
 * @module
 */
import { Hono } from "hono";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import * as v from "valibot";
import { IconSprite, isIconName } from "../../islands/ui/icon_sprite.tsx";
import { silentLogger } from "../../platform/log.ts";
import { ImageWorkshop } from "../../rooms/images/image_workshop.ts";
import { PICTURE_REFUSALS, Pictures } from "../../rooms/images/pictures.ts";
import { defineRoute, mountRoutes } from "../../routes/api/table.ts";
import { CROP_QUERY, IMAGE_BODY, imageRoutes, readCrop } from "../../routes/images.ts";
import { errorProblem, problem } from "../../routes/problem.ts";
import { securityHeaders } from "../../routes/security_headers.ts";
import { openMemoryImages } from "../../store/memory/images.ts";
import { buildIslands } from "../../tools/build_islands.ts";

const ISLANDS = new URL("./image_islands/", import.meta.url).pathname;
const TYPES: Readonly<Record<string, string>> = { js: "text/javascript", css: "text/css" };

/** The page, until it is disposed. */
export interface ImagePage extends AsyncDisposable {
  /** With `?locale=zh`, `?theme=dark`, `?filled=<image id>`. */
  readonly url: string;
  readonly images: ReturnType<typeof openMemoryImages>;
  /** Squares that were asked for, in order. */
  readonly crops: ReturnType<typeof readCrop>[];
  /** Bytes of the bodies that came, in order. */
  readonly bodies: number[];
  /** The next call is refused so. */
  refuseNext: { readonly status: number; readonly code: string } | null;
}

/** Builds the page and serves it. */
export async function startImagePage(): Promise<ImagePage> {
  const folder = await Deno.makeTempDir();
  const [own, product] = [`${folder}/own`, `${folder}/product`];
  const scripts = await buildIslands({ outDir: own, minify: true, islandsDir: ISLANDS });
  const styles = await buildIslands({ outDir: product, minify: true });
  const images = openMemoryImages();
  const workshop = new ImageWorkshop({ deadlineMs: 60_000 });
  const pictures = new Pictures({ workshop, images, rateLimits: false });
  const page: Omit<ImagePage, "url" | typeof Symbol.asyncDispose> = {
    images,
    crops: [],
    bodies: [],
    refuseNext: null,
  };

  const put = (name: "avatar" | "cover") =>
    defineRoute({
      method: "PUT",
      path: `/api/${name}`,
      name,
      summary: name,
      access: "anyone",
      query: CROP_QUERY,
      body: IMAGE_BODY,
      status: 200,
      answer: v.object({ id: v.string() }),
      refusals: PICTURE_REFUSALS,
      async handle(c, bytes) {
        const crop = readCrop(c);
        page.crops.push(crop);
        page.bodies.push(bytes.length);
        return {
          id: name === "avatar"
            ? await pictures.avatar(bytes, { accountId: "ann", crop })
            : await pictures.cover(bytes, { accountId: "ann" }),
        };
      },
    });
  const remove = (name: string) =>
    defineRoute({
      method: "DELETE",
      path: `/api/${name}`,
      name: `remove ${name}`,
      summary: name,
      access: "anyone",
      status: 204,
      refusals: [],
      handle: () => Promise.resolve(),
    });

  const app = new Hono();
  app.onError((error, c) => errorProblem(error, c, silentLogger));
  app.use(securityHeaders());
  app.get("/", (c) => {
    const { js, imports, icons } = scripts.islands.ImageFieldPage!;
    const filled = c.req.query("filled");
    const picture = filled === undefined ? null : `/images/${filled}.jpg`;
    const props = { locale: c.req.query("locale") ?? "en", avatar: picture, cover: picture };
    const sprite = renderToString(h(IconSprite, { names: icons.filter(isIconName) }));
    return c.html(
      `<!doctype html><html lang="${props.locale}" data-theme="${
        c.req.query("theme") ?? "light"
      }">` +
        `<head><title>Pictures</title><meta name="viewport" content="width=device-width">` +
        [styles.css, styles.styles.image].map((href) => `<link rel="stylesheet" href="${href}">`)
          .join("") +
        [js, ...imports].map((src) => `<script type="module" src="${src}"></script>`).join("") +
        `</head><body>${sprite}<main><h1>Pictures</h1><wanren-island name="ImageFieldPage" ` +
        `client-only="true" props='${JSON.stringify(props)}'></wanren-island></main></body></html>`,
    );
  });
  app.get("/favicon.ico", (c) => c.body(null, 204));
  app.get("/assets/:name", async (c) => {
    const name = c.req.param("name");
    const bytes = await Deno.readFile(`${own}/assets/${name}`)
      .catch(() => Deno.readFile(`${product}/assets/${name}`));
    return c.body(bytes, 200, { "content-type": TYPES[name.split(".").at(-1)!] ?? "text/plain" });
  });
  app.use("/api/*", async (c, next) => {
    const refusal = page.refuseNext;
    page.refuseNext = null;
    if (refusal === null) return await next();
    await c.req.raw.arrayBuffer();
    return problem({ ...refusal, title: "Refused" });
  });
  app.route("/", imageRoutes(images));
  app.route("/", mountRoutes([put("avatar"), put("cover"), remove("avatar"), remove("cover")]));

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  return Object.assign(page, {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      workshop.close();
      await Deno.remove(folder, { recursive: true });
    },
  });
}
