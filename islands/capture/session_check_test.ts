import assert from "node:assert/strict";
import { askSession, Silence } from "./session_check.ts";

Deno.test("Silence asks after a while, again every second, and gives up in the end", () => {
  const silence = new Silence(0, { askAfterMs: 1_000, goneAfterMs: 3_000 });
  assert.equal(silence.hear(10, 100), "fine");
  assert.equal(silence.hear(10, 1_000), "fine");
  assert.equal(silence.hear(10, 1_100), "ask");
  assert.equal(silence.hear(10, 1_600), "fine");
  assert.equal(silence.hear(10, 2_100), "ask");
  assert.equal(silence.hear(10, 3_100), "gone");
  assert.equal(silence.hear(11, 3_200), "fine");
  assert.equal(silence.hear(11, 4_100), "fine");
  assert.equal(silence.hear(11, 4_200), "ask");
});

Deno.test("Silence of a connection that never said anything begins with it", () => {
  const silence = new Silence(500, { askAfterMs: 1_000, goneAfterMs: 3_000 });
  assert.equal(silence.hear(0, 600), "fine");
  assert.equal(silence.hear(0, 1_600), "ask");
});

Deno.test("askSession() sends no candidate with the tag of the session, and reads the status", async () => {
  const session = { resource: "https://a.example/whip/100001/s", etag: '"1"' };
  const answers: [Response | Error, string][] = [
    [new Response(null, { status: 204 }), "runs"],
    [new Response("{}", { status: 404 }), "over"],
    [new Response("{}", { status: 410 }), "over"],
    [new Response("{}", { status: 503 }), "away"],
    [new Response("{}", { status: 405 }), "unknown"],
    [new Response("{}", { status: 412 }), "unknown"],
    [new TypeError("no network"), "unknown"],
  ];
  for (const [answer, word] of answers) {
    const requests: [string, RequestInit][] = [];
    const fetch = ((url: string, init: RequestInit) => {
      requests.push([url, init]);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    }) as typeof globalThis.fetch;
    assert.equal(await askSession(session, { key: "key", fetch }), word);
    const [[url, init]] = requests as [[string, RequestInit]];
    assert.equal(url, session.resource);
    assert.equal(init.method, "PATCH");
    const headers = new Headers(init.headers);
    assert.equal(headers.get("if-match"), '"1"');
    assert.equal(headers.get("authorization"), "Bearer key");
    assert.equal(headers.get("content-type"), "application/trickle-ice-sdpfrag");
  }
  const never = (() => assert.fail("asked")) as unknown as typeof fetch;
  assert.equal(
    await askSession({ ...session, etag: null }, { key: null, fetch: never }),
    "unknown",
  );
});
