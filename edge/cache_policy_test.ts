import assert from "node:assert/strict";
import { decideCaching, NOT_FOUND_TTL_MS } from "./cache_policy.ts";

Deno.test("decideCaching() follows the origin's Cache-Control", () => {
  const of = (cacheControl: string | null, status = 200) => decideCaching({ status, cacheControl });
  const staleMs = 0;
  assert.deepEqual(of("public, max-age=31536000, immutable"), {
    ttlMs: 60_000,
    staleMs,
    immutable: true,
  });
  assert.deepEqual(of("max-age=1"), { ttlMs: 1000, staleMs, immutable: false });
  assert.deepEqual(of("max-age=9, s-maxage=2"), { ttlMs: 2000, staleMs, immutable: false });
  assert.deepEqual(of("public, max-age=10, stale-while-revalidate=20"), {
    ttlMs: 10_000,
    staleMs: 20_000,
    immutable: false,
  });
  assert.equal(of("max-age=1, stale-while-revalidate=86400").staleMs, 60_000);
  assert.equal(of("max-age=0, stale-while-revalidate=20").staleMs, 0);
  for (
    const text of ["no-store", "private, max-age=9", "max-age=9, no-cache", "max-age=x", "", null]
  ) {
    assert.deepEqual(of(text), { ttlMs: 0, staleMs, immutable: false }, String(text));
  }
  assert.deepEqual(of("max-age=100", 404), {
    ttlMs: NOT_FOUND_TTL_MS,
    staleMs,
    immutable: false,
  });
  assert.deepEqual(of("max-age=100, immutable", 503), { ttlMs: 0, staleMs, immutable: false });
});
