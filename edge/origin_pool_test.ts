import assert from "node:assert/strict";
import { OriginPool } from "./origin_pool.ts";

Deno.test("OriginPool leaves out a failed origin, lets one request probe, and takes it back", () => {
  const pool = new OriginPool(["http://a/", "http://b"], {
    firstBackOffMs: 100,
    maxBackOffMs: 300,
  });
  let nowMs = 0;
  const urls = () => [...pool.candidates(() => nowMs)].map(({ url }) => url);
  const [a] = [...pool.candidates(() => nowMs)];
  assert.deepEqual(urls(), ["http://a", "http://b"]);
  pool.failed(a, nowMs);
  assert.deepEqual(urls(), ["http://b"]);
  nowMs = 100;
  assert.deepEqual(urls(), ["http://a", "http://b"], "one probe");
  assert.deepEqual(urls(), ["http://b"], "not two");
  pool.failed(a, nowMs);
  nowMs = 250;
  assert.deepEqual(urls(), ["http://b"], "twice the back-off");
  nowMs = 300;
  assert.deepEqual(urls(), ["http://a", "http://b"]);
  pool.succeeded(a);
  assert.deepEqual(urls(), ["http://a", "http://b"]);
  assert.deepEqual(urls(), ["http://a", "http://b"]);
});

Deno.test("OriginPool counts a burst of failures as one, and an abandoned probe as none", () => {
  const pool = new OriginPool(["http://a"], { firstBackOffMs: 100, maxBackOffMs: 10_000 });
  const [a] = [...pool.candidates(() => 0)];
  for (let i = 0; i < 50; i++) pool.failed(a, 0);
  assert.equal([...pool.candidates(() => 100)].length, 1);
  pool.abandoned(a);
  assert.equal([...pool.candidates(() => 100)].length, 1);
});
