/** Pictures over HTTP: what is served, what is taken, through the edge and by the role's rights. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import * as v from "valibot";
import { readConfig } from "../../platform/config.ts";
import { silentLogger } from "../../platform/log.ts";
import { permissionFlags } from "../../roles.ts";
import { MAX_IMAGE_BYTES } from "../../rooms/images/inspect.ts";
import { PICTURE_REFUSALS } from "../../rooms/images/pictures.ts";
import { defineRoute, mountRoutes } from "../../routes/api/table.ts";
import { CROP_QUERY, IMAGE_BODY, imageRoutes, readCrop } from "../../routes/images.ts";
import { openApiDocument } from "../../routes/openapi.ts";
import { errorProblem } from "../../routes/problem.ts";
import { startEdge } from "../support/edge_setup.ts";
import { concatBytes, draw, imageFixture, pngClaiming } from "../support/images.ts";
import { pause } from "../support/wait.ts";
import { startWebApp, type WebApp } from "../support/web.ts";

const imageTest = (name: string, body: (web: WebApp) => Promise<void>) =>
  Deno.test(name, async () => {
    await using web = await startWebApp();
    await body(web);
  });

/** A call as the API has them, without accounts. */
const putPicture = (web: WebApp) =>
  defineRoute({
    method: "PUT",
    path: "/api/picture",
    name: "putPicture",
    summary: "Sets the picture",
    access: "anyone",
    query: CROP_QUERY,
    body: IMAGE_BODY,
    status: 200,
    answer: v.object({ id: v.string() }),
    refusals: ["invalid", ...PICTURE_REFUSALS],
    handle: async (c, bytes) => ({
      id: await web.pictures.avatar(bytes, { accountId: "ann", crop: readCrop(c) }),
    }),
  });

function appOf(web: WebApp): Hono {
  const app = mountRoutes([putPicture(web)]);
  app.route("/", imageRoutes(web.images));
  app.onError((error, c) => errorProblem(error, c, silentLogger));
  return app;
}

imageTest("GET /images/<id>.jpg serves for ever, and does nothing but show", async (web) => {
  const bytes = imageFixture("quadrants.jpg");
  const id = await web.images.put(bytes);
  const response = await web.call("GET", `/images/${id}.jpg`, {
    headers: { cookie: "wanren_session=whatever" },
  });
  strictEqual(response.status, 200);
  const header = (name: string) => response.headers.get(name);
  strictEqual(header("content-type"), "image/jpeg");
  strictEqual(header("cache-control"), "public, max-age=31536000, immutable");
  strictEqual(header("content-security-policy"), "default-src 'none'; sandbox");
  strictEqual(header("x-content-type-options"), "nosniff");
  strictEqual(header("cross-origin-resource-policy"), "same-origin");
  strictEqual(header("set-cookie"), null);
  strictEqual(header("content-length"), String(bytes.length));
  deepStrictEqual(new Uint8Array(await response.arrayBuffer()), bytes);

  const etag = header("etag")!;
  for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await web.call("GET", `/images/${id}.jpg`, {
      headers: { "if-none-match": tags },
    });
    strictEqual(again.status, 304, tags);
    strictEqual(again.headers.get("etag"), etag);
    strictEqual(again.headers.get("cache-control"), header("cache-control"));
    strictEqual((await again.arrayBuffer()).byteLength, 0);
  }
  const other = await web.call("GET", `/images/${id}.jpg`, { headers: { "if-none-match": '"x"' } });
  strictEqual(other.status, 200);
  await other.body?.cancel();
  const head = await web.call("HEAD", `/images/${id}.jpg`);
  deepStrictEqual([head.status, head.headers.get("content-length")], [200, String(bytes.length)]);
  strictEqual((await head.arrayBuffer()).byteLength, 0);
});

imageTest("every other address below /images is a problem that nobody keeps", async (web) => {
  const id = await web.images.put(imageFixture("quadrants.jpg"));
  const paths = [
    ...["/images", "/images/", `/images/${id}`, `/images/${id}.png`, `/images/${id}.jpg/`],
    ...[`/images/x/${id}.jpg`, `/images/${"0".repeat(32)}.jpg`, `/images/${id}.jpg.jpg`],
    ...[`/images/..%2f..%2fwanren.db`, `/images/%2e%2e%2f${id}.jpg`, `/images/${id}%00.jpg`],
    ...[`/images/${id}%0a.jpg`, `/images/.jpg`],
  ];
  for (const path of paths) {
    const response = await web.call("GET", path);
    strictEqual(response.status, 404, path);
    strictEqual(response.headers.get("content-type"), "application/problem+json");
    strictEqual(response.headers.get("cache-control"), "no-store");
    strictEqual((await response.json()).code, "not_found");
  }
  const put = await web.call("PUT", `/images/${id}.jpg`, { rawBody: "x" });
  deepStrictEqual([put.status, put.headers.get("allow")], [405, "GET, HEAD"]);
  await put.body?.cancel();
});

imageTest("a picture is taken by what its bytes say", async (web) => {
  const app = appOf(web);
  for (
    const [name, type] of [
      ["quadrants.png", "image/png"],
      ["quadrants.jpg", "image/jpeg"],
      ["lossy.webp", "image/webp"],
      ["quadrants.gif", "image/gif"],
      // The name that a file has is often wrong.
      ["lossy.webp", "image/jpeg"],
    ] as const
  ) {
    const response = await app.request("/api/picture?x=0&y=0&size=0.5", {
      method: "PUT",
      headers: { "content-type": type },
      body: imageFixture(name),
    });
    strictEqual(response.status, 200, name);
    const { id } = await response.json();
    const shown = await app.request(`/images/${id}.jpg`);
    const drawn = draw(new Uint8Array(await shown.arrayBuffer()));
    deepStrictEqual([drawn.width, drawn.height], [256, 256]);
    const [red, green] = drawn.at(0.5, 0.5);
    ok(red > 200 && green < 60, `${name}: its upper left is red`);
  }
});

imageTest("what is no picture is a problem that says why", async (web) => {
  const app = appOf(web);
  const png = imageFixture("quadrants.png");
  const cases: readonly [string, string, Uint8Array<ArrayBuffer>, number, string][] = [
    ["", "text/html", png, 415, "unsupported_media_type"],
    ["", "image/svg+xml", png, 415, "unsupported_media_type"],
    ["", "multipart/form-data; boundary=x", png, 415, "unsupported_media_type"],
    ["", "image/png", new Uint8Array(), 415, "picture_unknown"],
    ["", "image/png", new TextEncoder().encode("<svg/>"), 415, "picture_unknown"],
    ["", "image/png", png.slice(0, 20), 422, "picture_broken"],
    ["", "image/png", png.slice(0, 100), 422, "picture_broken"],
    ["", "image/png", pngClaiming({ width: 60_000, height: 60_000 }), 422, "picture_too_large"],
    ["", "image/png", pngClaiming({ width: 1, height: 1 }), 422, "picture_too_small"],
    ["", "image/png", new Uint8Array(6 * 2 ** 20), 413, "too_large"],
    ["?x=0&y=0", "image/png", png, 400, "invalid"],
    ["?x=0&y=0&size=big", "image/png", png, 400, "invalid"],
    ["?x=0&y=0&size=0x1", "image/png", png, 400, "invalid"],
    ["?x=0.9&y=0&size=1", "image/png", png, 400, "invalid"],
    ["?x=-1&y=0&size=1", "image/png", png, 400, "invalid"],
  ];
  for (const [query, type, body, status, code] of cases) {
    const response = await app.request(`/api/picture${query}`, {
      method: "PUT",
      headers: { "content-type": type },
      body,
    });
    const problem = await response.json();
    deepStrictEqual([response.status, problem.code], [status, code], JSON.stringify(problem));
    strictEqual(response.headers.get("content-type"), "application/problem+json");
    match(problem.detail, /^Cannot /);
  }
  strictEqual(web.images.count, 0);
});

imageTest("the document shows a picture's call with its content types", (web) => {
  const document = openApiDocument([putPicture(web)]);
  const { parameters, requestBody, responses } = document.paths["/api/picture"]!.put!;
  deepStrictEqual(parameters?.map(({ name }) => name), ["x", "y", "size"]);
  deepStrictEqual(Object.keys(requestBody?.content ?? {}), [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
  ]);
  for (const status of ["400", "413", "415", "422", "429", "503", "507"]) {
    ok(status in responses, status);
  }
  return Promise.resolve();
});

imageTest("pictures go through the edge both ways, whatever their size", async (web) => {
  const server = createServer(
    getRequestListener(appOf(web).fetch, { overrideGlobalObjects: false }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const webUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { edge, url } = await startEdge({ webUrl });
  const put = (body: BodyInit) =>
    fetch(`${url}/api/picture`, {
      method: "PUT",
      headers: { "content-type": "image/png" },
      body,
    });
  try {
    const png = imageFixture("quadrants.png");
    const largest = concatBytes(png, new Uint8Array(MAX_IMAGE_BYTES - png.length));
    const answer = await put(largest);
    strictEqual(answer.status, 200);
    const { id } = await answer.json();
    const shown = await fetch(`${url}/images/${id}.jpg`);
    strictEqual(shown.status, 200);
    strictEqual(shown.headers.get("cache-control"), "public, max-age=31536000, immutable");
    const etag = shown.headers.get("etag")!;
    await shown.body?.cancel();
    const again = await fetch(`${url}/images/${id}.jpg`, { headers: { "if-none-match": etag } });
    strictEqual(again.status, 304);
    await again.body?.cancel();
    // A client that sends all the same gets to read why it was refused; in this order nothing is
    // left on a connection that the next one would find.
    for (let round = 0; round < 5; round++) {
      const large = await put(new Uint8Array(6 * 2 ** 20));
      strictEqual(large.status, 413);
      strictEqual((await large.json()).code, "too_large");
      const next = await put(png);
      strictEqual(next.status, 200);
      await next.body?.cancel();
    }
    const chunks = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
    });
    const endless = await put(chunks);
    strictEqual(endless.status, 413);
    await endless.body?.cancel();
  } finally {
    await edge.stop();
    // The server of `web` reads on for half a second after an early answer.
    await pause(700);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

Deno.test("web's permissions are enough for a picture, and no more is asked for", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = readConfig({ HOST: "127.0.0.1", DATA_DIR: folder, ASSETS_DIR: folder });
    const entry = new URL("../support/image_role.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--cached-only", "--frozen"],
        ...permissionFlags("web", config),
        entry,
        folder,
      ],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", HOME: Deno.env.get("HOME") ?? "" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(imageFixture("lossy.webp"));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const text = new TextDecoder();
    strictEqual(code, 0, text.decode(stderr));
    const { id, bytes } = JSON.parse(text.decode(stdout));
    strictEqual((await Deno.stat(`${folder}/images/${id}.jpg`)).size, bytes);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
