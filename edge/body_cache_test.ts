import assert from "node:assert/strict";
import { BodyCache, type StoredAnswer } from "./body_cache.ts";

function answer(
  size: number,
  freshUntilMs: number,
  staleUntilMs: number = freshUntilMs,
): StoredAnswer {
  return {
    status: 200,
    contentType: null,
    cacheControl: null,
    retryAfter: null,
    etag: null,
    lastModified: null,
    body: new Uint8Array(size),
    storedAtMs: 0,
    freshUntilMs,
    staleUntilMs,
  };
}

Deno.test("BodyCache forgets an answer that is no longer fresh", () => {
  const cache = new BodyCache();
  cache.set("a", answer(10, 1000));
  assert.notEqual(cache.get("a", 999), null);
  assert.equal(cache.get("a", 1000), null);
  assert.equal(cache.size, 0);
  assert.equal(cache.bytes, 0);
});

Deno.test("BodyCache keeps an answer that may be shown stale, apart from the fresh ones", () => {
  const cache = new BodyCache();
  const kept = answer(10, 1000, 3000);
  cache.set("a", kept);
  assert.equal(cache.getStale("a", 999), kept);
  assert.equal(cache.get("a", 1000), null);
  assert.equal(cache.getStale("a", 2999), kept);
  assert.equal(cache.getStale("a", 3000), null);
  assert.equal(cache.bytes, 0);
});

Deno.test("BodyCache drops what was used least recently and counts it", () => {
  const cache = new BodyCache({ maxBytes: 9600 });
  for (const key of ["a", "b", "c", "d"]) cache.set(key, answer(1888, Infinity));
  cache.get("a", 0);
  cache.set("e", answer(1888, Infinity));
  assert.equal(cache.get("b", 0), null);
  assert.notEqual(cache.get("a", 0), null);
  assert.equal(cache.evictions, 1);
  assert.ok(cache.bytes <= 9600);
  cache.set("huge", answer(5000, Infinity));
  assert.equal(cache.get("huge", 0), null);
});

Deno.test("BodyCache is bounded in entries, and replacing one keeps the books", () => {
  const cache = new BodyCache({ maxEntries: 2 });
  for (const key of ["a", "b", "b", "c"]) cache.set(key, answer(1, Infinity));
  assert.equal(cache.size, 2);
  assert.equal(cache.get("a", 0), null);
  assert.equal(cache.bytes, 2 * 513);
});
