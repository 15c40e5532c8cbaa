import assert from "node:assert/strict";
import { htmlOf, startSite } from "../support/pages.ts";

Deno.test("/booth is open to everybody, says what it needs, and may ask for devices", async () => {
  await using site = await startSite();
  const response = await site.get("/booth");
  assert.equal(response.status, 200);
  assert.equal(
    response.headers.get("permissions-policy"),
    "camera=(self), microphone=(self), display-capture=(self)",
  );
  const html = await htmlOf(response);
  assert.match(html, /<html lang="en" data-theme="dark">/);
  assert.match(html, /<h1[^>]*>Photo booth<\/h1>/);
  assert.match(html, /<noscript><p>[^<]*the booth needs JavaScript[^<]*<\/p><\/noscript>/);
  assert.match(html, /<a href="\/booth" aria-current="page">/);
  // All filters have their names before any script runs.
  assert.equal(html.match(/name="booth-filter"/g)?.length, 18);
  assert.match(html, /<input[^>]*value="none"[^>]*checked/);

  const lobby = await site.get("/");
  assert.equal(
    lobby.headers.get("permissions-policy"),
    "camera=(), microphone=(), display-capture=()",
  );
});
