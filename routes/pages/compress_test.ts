import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { chooseEncoding, compressPages } from "./compress.ts";

const PAGE = `<!doctype html>${"<p>the same words again and again</p>".repeat(200)}`;

function site(): Hono {
  const app = new Hono();
  app.use(compressPages());
  app.get("/page", (c) => {
    c.header("vary", "Cookie");
    return c.html(PAGE);
  });
  app.get("/small", (c) => c.html("<p>small</p>"));
  app.get("/secret", (c) => {
    c.header("cache-control", "no-store");
    return c.html(PAGE);
  });
  app.get("/text", (c) => c.text(PAGE));
  return app;
}
const ask = (path: string, encoding?: string) =>
  site().request(path, encoding === undefined ? {} : { headers: { "accept-encoding": encoding } });

Deno.test("compressPages() sends what the browser takes, and the same page to who takes nothing", async () => {
  for (const [encoding, open] of [["br", brotliDecompressSync], ["gzip", gunzipSync]] as const) {
    const response = await ask("/page", `deflate, ${encoding}`);
    assert.equal(response.headers.get("content-encoding"), encoding);
    assert.equal(response.headers.get("vary"), "Cookie, Accept-Encoding");
    const body = new Uint8Array(await response.arrayBuffer());
    assert.ok(body.byteLength < PAGE.length / 10);
    assert.equal(new TextDecoder().decode(open(body)), PAGE);
  }
  const plain = await ask("/page");
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(await plain.text(), PAGE);
});

Deno.test("compressPages() leaves alone what is private, small, or no page", async () => {
  for (const path of ["/secret", "/small", "/text"]) {
    const response = await ask(path, "br, gzip");
    assert.equal(response.headers.get("content-encoding"), null, path);
    assert.ok((await response.text()).length > 0);
  }
});

Deno.test("chooseEncoding() prefers Brotli and respects a refusal", () => {
  assert.equal(chooseEncoding("gzip, deflate, br, zstd"), "br");
  assert.equal(chooseEncoding("br;q=0, gzip;q=0.5"), "gzip");
  assert.equal(chooseEncoding("identity"), null);
  assert.equal(chooseEncoding(undefined), null);
});
