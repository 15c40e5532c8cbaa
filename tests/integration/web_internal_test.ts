/** What `media` and the edges say to `web`, and what `web` says to the origins. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { CLUSTER_SECRET, reportOf, startWebApp, type WebApp } from "../support/web.ts";
import { waitFor } from "../support/wait.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

const inside = (web: WebApp) => (method: string, path: string, body?: unknown) =>
  web.call(method, path, { token: CLUSTER_SECRET, ...(body !== undefined && { body }) });

Deno.test("/internal/* needs the cluster's secret", async () => {
  await using web = await startWebApp({ hasher });
  const { token } = await web.admin();
  for (const given of [undefined, "", "wrong", token, `${CLUSTER_SECRET}x`]) {
    for (const path of ["/internal/publish", "/internal/demo", "/internal/x"]) {
      const response = await web.call("POST", path, {
        body: {},
        ...(given !== undefined && { token: given }),
      });
      strictEqual(response.status, 401);
      strictEqual(response.headers.get("content-type"), "application/problem+json");
      await response.body?.cancel();
    }
  }
  strictEqual((await inside(web)("GET", "/internal/nothing")).status, 404);
});

Deno.test("POST /internal/publish admits the right key alone", async () => {
  await using web = await startWebApp({ hasher });
  const { id, key } = await web.createRoom(await web.signUp());
  const publish = async (room: unknown, given: unknown) => {
    const response = await inside(web)("POST", "/internal/publish", {
      room,
      key: given,
      protocol: "rtmp",
      remoteAddress: "198.51.100.7",
    });
    return { status: response.status, body: await response.json() };
  };
  deepStrictEqual(await publish(id, key), { status: 200, body: { room: id } });
  for (const wrong of ["", key.slice(1), `${key}x`, key.toLowerCase(), "x".repeat(512), "\u0000"]) {
    const { status, body } = await publish(id, wrong);
    strictEqual(status, 403);
    strictEqual(body.reason, "wrong_key");
  }
  for (const unknown of ["100002", "", "abc", "0x186a1", "100001 "]) {
    const { status, body } = await publish(unknown, key);
    strictEqual(status, 404);
    strictEqual(body.reason, "unknown_room");
  }
  for (
    const [room, given] of [[1, key], [id, null], ["x".repeat(257), key], [id, "x".repeat(513)]]
  ) {
    strictEqual((await publish(room, given)).status, 400);
  }
});

Deno.test("snapshots replace each other and are forgotten after 6 s", async () => {
  await using web = await startWebApp({ hasher });
  const { id } = await web.createRoom(await web.signUp());
  const put = inside(web);
  const room = async () => (await (await web.call("GET", `/api/rooms/${id}`)).json()).room;

  const capabilities = { ffmpeg: true };
  const streams = { node: "m1", capabilities, streams: [{ ...reportOf(id), unknown: 1 }] };
  const taken = await put("PUT", "/internal/streams", streams);
  strictEqual(taken.status, 200);
  deepStrictEqual(await taken.json(), { demo: false });
  strictEqual((await room()).viewers, 2);
  deepStrictEqual(web.live.capabilities(web.clock.nowMs).get("m1"), capabilities);
  const viewers = { node: "e1", rooms: { [id]: { flv: 1, ws: 2, hls: 3 } } };
  strictEqual((await put("PUT", "/internal/viewers", viewers)).status, 204);
  strictEqual((await room()).viewers, 8);
  strictEqual((await put("PUT", "/internal/viewers", { node: "e1", rooms: {} })).status, 204);
  strictEqual((await room()).viewers, 2);
  strictEqual((await put("PUT", "/internal/streams", { node: "m1", streams: [] })).status, 200);
  strictEqual((await room()).live, false);
  await put("PUT", "/internal/streams", streams);
  strictEqual((await room()).live, true);
  web.clock.nowMs += 6_000;
  strictEqual((await room()).live, false);
});

Deno.test("snapshots that are not what they should be are refused", async () => {
  await using web = await startWebApp({ hasher });
  const put = inside(web);
  const bad: [string, unknown][] = [
    ["streams", {}],
    ["streams", { node: "", streams: [] }],
    ["streams", { node: "m", streams: [{}] }],
    ["streams", { node: "m", streams: [reportOf("../etc")] }],
    ["streams", { node: "m", streams: [reportOf("100001", { state: "gone" as "live" })] }],
    ["streams", { node: "m", streams: [reportOf("100001", { startedAtMs: 1e300 })] }],
    ["streams", { node: "m", streams: [reportOf("100001", { readers: { rtmp: -1 } })] }],
    ["streams", { node: "m", streams: [reportOf("100001", { encoder: "x".repeat(257) })] }],
    ["streams", { node: "m", streams: [reportOf("100001", { uploadLagMs: -1 })] }],
    ["streams", { node: "m", streams: [reportOf("100001", { droppedFrames: NaN })] }],
    ["streams", { node: "m", streams: [], capabilities: { ffmpeg: "yes" } }],
    ["viewers", { node: "e", rooms: { "100001": { flv: -1, ws: 0, hls: 0 } } }],
    ["viewers", { node: "e", rooms: { "100001": { flv: 1.5, ws: 0, hls: 0 } } }],
    ["viewers", { node: "e", rooms: { x: { flv: 1, ws: 0, hls: 0 } } }],
    ["viewers", { node: "x".repeat(129), rooms: {} }],
  ];
  for (const [path, body] of bad) {
    const response = await put("PUT", `/internal/${path}`, body);
    strictEqual(response.status, 400, JSON.stringify(body));
    await response.body?.cancel();
  }
  // JSON.stringify() would leave it out: the key that changes a prototype stays a mere key.
  const response = await web.call("PUT", "/internal/viewers", {
    token: CLUSTER_SECRET,
    headers: { "content-type": "application/json" },
    rawBody: '{"node":"e","rooms":{"__proto__":{"flv":1,"ws":0,"hls":0}}}',
  });
  match(String(response.status), /^(204|400)$/);
  strictEqual(({} as Record<string, unknown>).flv, undefined);
});

Deno.test("POST /internal/demo makes one channel that nobody can log in to", async () => {
  await using web = await startWebApp({ hasher, demo: true });
  await web.signUp("demo");
  const first = await (await inside(web)("POST", "/internal/demo")).json();
  const second = await (await inside(web)("POST", "/internal/demo")).json();
  deepStrictEqual(first, second);
  strictEqual(await web.rooms.admit(first), "admitted");
  const { room } = await (await web.call("GET", `/api/rooms/${first.room}`)).json();
  strictEqual(room.owner.name, "Demo 2");
  const logIn = await web.call("POST", "/api/sessions", {
    body: { name: "Demo 2", password: "!!!!!!!!" },
  });
  strictEqual(logIn.status, 401);
  await using without = await startWebApp({ hasher });
  strictEqual((await inside(without)("POST", "/internal/demo")).status, 404);
});

Deno.test("the demo channel is wanted of one media node, the one that came last", async () => {
  await using web = await startWebApp({ hasher, demo: true });
  const report = async (node: string, ffmpeg = true) => {
    const body = { node, streams: [], capabilities: { ffmpeg } };
    return (await (await inside(web)("PUT", "/internal/streams", body)).json()).demo;
  };
  strictEqual(await report("m1"), true);
  web.clock.nowMs += 1_000;
  strictEqual(await report("m2"), true);
  strictEqual(await report("m1"), false);
  web.clock.nowMs += 1_000;
  strictEqual(await report("without ffmpeg", false), false);
  strictEqual(await report("m2"), true);
  // m2 goes away; the other one takes it up again.
  strictEqual(await report("m1"), false);
  web.clock.nowMs += 5_999;
  strictEqual(await report("m1"), false);
  web.clock.nowMs += 1;
  strictEqual(await report("m1"), true);
});

Deno.test("an administrator switches the demo channel on and off while everything runs", async () => {
  await using web = await startWebApp({ hasher });
  const report = async () => {
    const answer = await inside(web)("PUT", "/internal/streams", { node: "m1", streams: [] });
    return (await answer.json()).demo;
  };
  const channel = () => inside(web)("POST", "/internal/demo");
  strictEqual(await report(), false);
  strictEqual((await channel()).status, 404);
  const root = await web.accounts.ensureAdmin({ name: "root", password: "correct horse" });
  await web.business.settings.change(root, { demo: true });
  strictEqual(await report(), true);
  strictEqual((await channel()).status, 200);
  await web.business.settings.change(root, { demo: false });
  strictEqual(await report(), false);
  strictEqual((await channel()).status, 404);
});

/** An origin that notes what it is asked and answers with the next of `statuses`. */
function startOrigin(statuses: number[]) {
  const asked: { path: string; authorization: string | null; body: string }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    asked.push({
      path: `${request.method} ${new URL(request.url).pathname}`,
      authorization: request.headers.get("authorization"),
      body: await request.text(),
    });
    const status = statuses.length > 1 ? statuses.shift() : statuses[0];
    return new Response(status === 200 ? '{"inside":1}' : null, { status: status ?? 204 });
  });
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("a rotated key and a cut off stream are closed at every origin", async () => {
  await using one = startOrigin([204]);
  await using two = startOrigin([204]);
  await using web = await startWebApp({ hasher, origins: [one.url, two.url] });
  const ann = await web.signUp();
  const { id } = await web.createRoom(ann);
  await web.call("POST", `/api/rooms/${id}/publish-key`, { token: ann.token });
  const { token } = await web.admin();
  strictEqual((await web.call("DELETE", `/api/rooms/${id}/stream`, { token })).status, 204);
  for (const { asked } of [one, two]) {
    deepStrictEqual(
      asked,
      ["key_rotated", "cut_off"].map((reason) => ({
        path: `POST /streams/${id}/close`,
        authorization: `Bearer ${CLUSTER_SECRET}`,
        body: JSON.stringify({ reason }),
      })),
    );
  }
});

Deno.test("an origin that does not confirm is asked again; the key rotates anyway", async () => {
  await using origin = startOrigin([500, 204]);
  await using web = await startWebApp({ hasher, origins: [origin.url] });
  const ann = await web.signUp();
  const { id } = await web.createRoom(ann);
  const rotated = await web.call("POST", `/api/rooms/${id}/publish-key`, { token: ann.token });
  strictEqual(rotated.status, 200);
  await waitFor("the second try", () => origin.asked.length === 2);
});

Deno.test("DELETE /api/rooms/<room>/stream says so when an origin does not answer", async () => {
  await using web = await startWebApp({ hasher, origins: ["http://127.0.0.1:9"] });
  const { id } = await web.createRoom(await web.signUp());
  const { token } = await web.admin();
  const response = await web.call("DELETE", `/api/rooms/${id}/stream`, { token });
  strictEqual(response.status, 503);
  strictEqual(response.headers.get("retry-after"), "2");
  strictEqual((await response.json()).code, "busy");
});

Deno.test("GET /debug/streams asks every origin", async () => {
  await using origin = startOrigin([200]);
  await using web = await startWebApp({ hasher, origins: [origin.url, "http://127.0.0.1:9"] });
  const { token } = await web.admin();
  const { origins } = await (await web.call("GET", "/debug/streams", { token })).json();
  deepStrictEqual(origins[0], {
    origin: origin.url,
    ok: true,
    answer: { inside: 1 },
    error: null,
  });
  strictEqual(origins[1].ok, false);
  strictEqual(origin.asked[0]?.authorization, `Bearer ${CLUSTER_SECRET}`);
});
