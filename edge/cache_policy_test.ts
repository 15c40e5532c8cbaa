import assert from "node:assert/strict";
import { decideCaching, NOT_FOUND_TTL_MS } from "./cache_policy.ts";

Deno.test("decideCaching() follows the origin's Cache-Control", () => {
  const of = (cacheControl: string | null, status = 200) => decideCaching({ status, cacheControl });
  assert.deepEqual(of("public, max-age=31536000, immutable"), { ttlMs: 60_000, immutable: true });
  assert.deepEqual(of("max-age=1"), { ttlMs: 1000, immutable: false });
  assert.deepEqual(of("max-age=9, s-maxage=2"), { ttlMs: 2000, immutable: false });
  for (
    const text of ["no-store", "private, max-age=9", "max-age=9, no-cache", "max-age=x", "", null]
  ) {
    assert.deepEqual(of(text), { ttlMs: 0, immutable: false }, String(text));
  }
  assert.deepEqual(of("max-age=100", 404), { ttlMs: NOT_FOUND_TTL_MS, immutable: false });
  assert.deepEqual(of("max-age=100, immutable", 503), { ttlMs: 0, immutable: false });
});
