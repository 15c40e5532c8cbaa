import assert from "node:assert/strict";
import { HlsRelay } from "./hls_relay.ts";
import { parseLivePath } from "./live_path.ts";
import { OriginClient } from "./origin_client.ts";
import { OriginPool } from "./origin_pool.ts";

const STILL = parseLivePath("/live/100001/still.jpg")!;
const CACHE_CONTROL = "public, max-age=10, stale-while-revalidate=20";

/** A relay in front of an origin that gives numbered stills when the test says so. */
function harness() {
  let nowMs = 0;
  let asked = 0;
  let answer: () => Promise<Response> = () => Promise.resolve(still());
  const still = () =>
    new Response(`still ${asked}`, {
      headers: {
        "content-type": "image/jpeg",
        "cache-control": CACHE_CONTROL,
        "etag": `"${asked}"`,
      },
    });
  const client = new OriginClient({
    pool: new OriginPool(["http://origin"]),
    clusterSecret: "cluster",
    fetch: () => {
      asked++;
      return answer();
    },
    now: () => nowMs,
  });
  const relay = new HlsRelay({ client, now: () => nowMs });
  return {
    relay,
    still,
    asked: () => asked,
    advance: (ms: number) => nowMs += ms,
    answer: (with_: () => Promise<Response>) => answer = with_,
    text: async (signal?: AbortSignal) => {
      const { body } = await relay.get(STILL, {
        query: "",
        ...(signal !== undefined && { signal }),
      });
      return new TextDecoder().decode(body);
    },
  };
}

/** Lets a refresh in the background come to its end. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("HlsRelay asks for a still once in ten seconds, however many ask", async () => {
  const { relay, text, asked, advance } = harness();
  assert.deepEqual(await Promise.all([text(), text(), text()]), Array(3).fill("still 1"));
  advance(9_999);
  assert.equal(await text(), "still 1");
  assert.equal(asked(), 1);
  const stored = await relay.get(STILL, { query: "" });
  assert.equal(stored.etag, '"1"');
  assert.equal(stored.staleUntilMs - stored.freshUntilMs, 20_000);
});

Deno.test("HlsRelay shows the older still while it gets the newer one", async () => {
  const { relay, text, still, asked, advance, answer } = harness();
  await text();
  advance(10_000);
  const slow = Promise.withResolvers<Response>();
  answer(() => slow.promise);
  assert.deepEqual(await Promise.all([text(), text()]), ["still 1", "still 1"]);
  assert.equal(asked(), 2);
  assert.equal(relay.counters.stale, 2);
  slow.resolve(still());
  await settle();
  assert.equal(await text(), "still 2");
  assert.equal(asked(), 2);
});

Deno.test("HlsRelay shows no still that is half a minute old, and none of a room that ended", async () => {
  const { text, still, advance, answer } = harness();
  await text();
  advance(30_000);
  assert.equal(await text(), "still 2");
  advance(10_000);
  answer(() => Promise.resolve(new Response("gone", { status: 404 })));
  assert.equal(await text(), "still 2");
  await settle();
  assert.equal(await text(), "gone");
  advance(500);
  answer(() => Promise.resolve(still()));
  assert.equal(await text(), "still 4");
});

Deno.test("HlsRelay goes on showing the older still when the newer one fails", async () => {
  const { text, asked, advance, answer } = harness();
  await text();
  advance(10_000);
  answer(() => Promise.reject(new TypeError("away")));
  assert.equal(await text(), "still 1");
  await settle();
  assert.equal(await text(), "still 1");
  await settle();
  assert.ok(asked() >= 2);
  advance(20_000);
  await assert.rejects(text());
});

Deno.test("HlsRelay finishes a refresh whose asker left", async () => {
  const { text, still, advance, answer } = harness();
  await text();
  advance(10_000);
  const slow = Promise.withResolvers<Response>();
  answer(() => slow.promise);
  const leaving = new AbortController();
  assert.equal(await text(leaving.signal), "still 1");
  leaving.abort();
  slow.resolve(still());
  await settle();
  assert.equal(await text(), "still 2");
});
