import assert from "node:assert/strict";
import type { StoredAnswer } from "./body_cache.ts";
import { answerFrom, type AnswerRequest } from "./client_answer.ts";

const STILL: StoredAnswer = {
  status: 200,
  contentType: "image/jpeg",
  cacheControl: "public, max-age=10, stale-while-revalidate=20",
  retryAfter: null,
  etag: '"m1"',
  lastModified: "Thu, 01 Jan 2026 00:00:00 GMT",
  body: Uint8Array.of(1, 2, 3, 4),
  storedAtMs: 1000,
  freshUntilMs: 11_000,
  staleUntilMs: 31_000,
};

function ask(change: Partial<AnswerRequest> = {}, stored: Partial<StoredAnswer> = {}) {
  return answerFrom({ ...STILL, ...stored }, {
    method: "GET",
    range: null,
    ifNoneMatch: null,
    nowMs: 4500,
    ...change,
  });
}

Deno.test("answerFrom() passes validators, age and cache headers on", () => {
  const { status, headers, body } = ask();
  assert.equal(status, 200);
  assert.equal(headers.etag, '"m1"');
  assert.equal(headers["last-modified"], STILL.lastModified);
  assert.equal(headers["cache-control"], STILL.cacheControl);
  assert.equal(headers.age, "3");
  assert.equal(body, STILL.body);
  assert.equal(ask({}, { etag: null, lastModified: null }).headers.etag, undefined);
});

Deno.test("answerFrom() says 304 to whom has this very answer, and to nobody else", () => {
  for (const ifNoneMatch of ['"m1"', 'W/"m1"', '"x", "m1"', "*"]) {
    const { status, headers, body } = ask({ ifNoneMatch, range: "bytes=0-1" });
    assert.equal(status, 304, ifNoneMatch);
    assert.equal(body, null);
    assert.equal(headers.etag, '"m1"');
    assert.equal(headers["content-length"], undefined);
  }
  for (const ifNoneMatch of ['"m2"', "m1", "", undefined]) {
    assert.equal(ask({ ifNoneMatch }).status, 200, String(ifNoneMatch));
  }
  assert.equal(ask({ ifNoneMatch: "*" }, { etag: null }).status, 200);
  assert.equal(ask({ ifNoneMatch: '"m1"' }, { status: 404 }).status, 404);
});
