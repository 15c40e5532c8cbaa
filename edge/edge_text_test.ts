import assert from "node:assert/strict";
import { answerHeaders, isForwarded, requestHeaders } from "./forward_headers.ts";
import { fingerprintOf, HlsViewers } from "./hls_viewers.ts";
import { mergeMetrics } from "./metrics_text.ts";

Deno.test("mergeMetrics() keeps each family together with one HELP and TYPE", () => {
  const histogram = (role: string) =>
    "# HELP d Duration\n# TYPE d histogram\n" +
    `d_bucket{le="1",role="${role}"} 1\nd_sum{role="${role}"} 1\nd_count{role="${role}"} 1\n`;
  const merged = mergeMetrics([
    { text: `${histogram("a")}# HELP g G\n# TYPE g gauge\ng 1\n` },
    {
      text: `# HELP g other\n# TYPE g gauge\ng{} 2\ng{x="1"} 3\n${histogram("b")}`,
      label: 'o="1"',
    },
    { text: "garbage that is no sample\n" },
  ]);
  assert.equal(
    merged,
    "# HELP d Duration\n# TYPE d histogram\n" +
      'd_bucket{le="1",role="a"} 1\nd_sum{role="a"} 1\nd_count{role="a"} 1\n' +
      'd_bucket{o="1",le="1",role="b"} 1\nd_sum{o="1",role="b"} 1\nd_count{o="1",role="b"} 1\n' +
      '# HELP g G\n# TYPE g gauge\ng 1\ng{o="1"} 2\ng{o="1",x="1"} 3\n' +
      "garbage that is no sample\n",
  );
});

Deno.test("requestHeaders() drops what belongs to the connection or may only come from the edge", () => {
  const headers = requestHeaders({
    ":path": "/",
    "host": "a",
    "connection": "close, X-Private",
    "x-private": "1",
    "transfer-encoding": "chunked",
    "x-wanren-cluster": "guess",
    "x-forwarded-for": "1.2.3.4",
    "cookie": "a=1",
  }, {
    forwarded: { address: "192.0.2.1", proto: "https", host: "b" },
    clusterSecret: "secret",
  });
  assert.deepEqual(headers, {
    "cookie": "a=1",
    "host": "b",
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "b",
    "x-wanren-cluster": "secret",
  });
  assert.deepEqual(answerHeaders({ "connection": "x", "x": "1", "set-cookie": ["a", "b"] }), {
    "set-cookie": ["a", "b"],
  });
});

Deno.test("isForwarded() keeps the addresses between the roles inside", () => {
  for (
    const path of [
      ...["/", "/api/rooms", "/internals", "/rooms/internal"],
      ...["/debug/streams", "/debug/ui"],
    ]
  ) {
    assert.equal(isForwarded(path, "GET"), true, path);
  }
  for (
    const path of ["/internal", "/internal/x", "//internal", "/Internal/x", "/%69nternal/x", "/%"]
  ) assert.equal(isForwarded(path, "GET"), false, path);
  assert.equal(isForwarded("/internal%2fx", "GET"), false);
  assert.equal(isForwarded("/debug", "GET"), false);
  assert.equal(isForwarded("/debug/heap", "GET"), false);
  assert.equal(isForwarded("/debug/streams", "POST"), false);
});

Deno.test("HlsViewers counts a viewer once, forgets after the window, and is bounded", () => {
  const viewers = new HlsViewers({ windowMs: 100, maxViewers: 3 });
  const one = fingerprintOf("192.0.2.1", "a");
  assert.notEqual(one, fingerprintOf("192.0.2.1", "b"));
  assert.ok(Number.isSafeInteger(one));
  viewers.seen("1", { fingerprint: one, nowMs: 0 });
  viewers.seen("1", { fingerprint: one, nowMs: 50 });
  viewers.seen("1", { fingerprint: 2, nowMs: 0 });
  viewers.seen("2", { fingerprint: one, nowMs: 0 });
  viewers.seen("2", { fingerprint: 4, nowMs: 0 });
  assert.equal(viewers.overflows, 1);
  assert.deepEqual([...viewers.count(99)], [["1", 2], ["2", 1]]);
  assert.deepEqual([...viewers.count(120)], [["1", 1]]);
  viewers.seen("2", { fingerprint: 4, nowMs: 130 });
  assert.deepEqual([...viewers.count(160)], [["2", 1]]);
});
