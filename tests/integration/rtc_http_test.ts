import assert from "node:assert/strict";
import { callOffer, iceOffer } from "../support/rtc_offers.ts";
import { problemOf, RTC_SECRET as SECRET, TestRtc } from "../support/rtc_role.ts";

Deno.test("POST /whip answers 201 with the answer, the session's address, its tag and ICE servers", async () => {
  await using rtc = await new TestRtc().listen();
  const response = await rtc.offer("whip", { headers: { "user-agent": "OBS/30" } });
  assert.equal(response.status, 201);
  const { headers } = response;
  assert.equal(headers.get("content-type"), "application/sdp");
  assert.match(headers.get("location")!, /^\/whip\/100001\/[A-Za-z0-9_-]{24}$/);
  assert.match(headers.get("etag")!, /^"[^"]+"$/);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.match(headers.get("access-control-expose-headers")!, /Location, ETag, Link/);
  assert.match(headers.get("link")!, /<stun:stun\.example:3478>; rel="ice-server"/);
  const turn = /<turn:[^>]+>; rel="ice-server"; username="(\d+):[^"]+"; credential="[^"]+"/
    .exec(headers.get("link")!);
  assert.ok(Number(turn![1]) > Date.now() / 1000);
  const answer = await response.text();
  assert.match(answer, /^v=0\r\n/);
  // The configured public address in place of the machine's own.
  assert.match(answer, /a=candidate:\S+ 1 UDP \d+ 203\.0\.113\.7 8189 typ host/);
  assert.doesNotMatch(answer, /192\.0\.2\.9/);
  assert.deepEqual(rtc.claims.map(({ room, key, encoder }) => [room, key, encoder]), [
    ["100001", "good-key", "OBS/30"],
  ]);
});

Deno.test("POST /whip says no without a key, and passes on what media says about a wrong one", async () => {
  await using rtc = await new TestRtc().listen();
  const missing = await rtc.offer("whip", { headers: { authorization: "" } });
  assert.equal(missing.status, 401);
  assert.match(missing.headers.get("www-authenticate")!, /^Bearer/);
  assert.equal((await problemOf(missing)).code, "no_key");
  const wrong = await rtc.offer("whip", { headers: { authorization: "Bearer other" } });
  assert.equal(wrong.status, 401);
  assert.equal((await problemOf(wrong)).code, "wrong_key");
  assert.equal(rtc.peers.opened.length, 0);
  assert.equal(rtc.signalling.sessions.size, 0);
});

Deno.test("POST refuses what is no offer that can be used, with a sentence each", async () => {
  await using rtc = await new TestRtc().listen();
  const sdp = iceOffer("sendonly");
  for (
    const [status, options] of [
      [400, { sdp: "hello" }],
      [400, { sdp: "" }],
      [413, { sdp: "v=0\r\n".padEnd(70_000, "a") }],
      [406, { sdp: sdp.replaceAll("H264", "H266").replaceAll("VP8", "VP1") }],
      [422, { sdp: sdp.replaceAll("sendonly", "recvonly") }],
      [422, { sdp: sdp.replace(/a=fingerprint.*\r\n/g, "") }],
      [422, { sdp: sdp.replace(/a=ice-ufrag.*\r\n/g, "") }],
      [415, { headers: { "content-type": "text/plain" } }],
      [406, { headers: { accept: "text/html, application/sdp;q=0" } }],
    ] as const
  ) {
    const response = await rtc.offer("whip", options);
    assert.equal(response.status, status, JSON.stringify(options).slice(0, 80));
    await problemOf(response);
  }
  assert.equal((await rtc.offer("whip", { room: "0123" })).status, 404);
  assert.equal((await rtc.offer("whip", { room: "../debug" })).status, 404);
  assert.equal(rtc.claims.length, 0);
});

Deno.test("other methods are refused; OPTIONS says what is taken", async () => {
  await using rtc = await new TestRtc().listen();
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH"]) {
    const response = await rtc.fetch("/whip/100001", { method });
    await response.body?.cancel();
    assert.equal(response.status, 405, method);
    assert.equal(response.headers.get("allow"), "POST, OPTIONS");
  }
  const preflight = await rtc.fetch("/whip/100001", { method: "OPTIONS" });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("accept-post"), "application/sdp");
  assert.match(preflight.headers.get("access-control-allow-headers")!, /Authorization/);
  assert.equal(preflight.headers.get("link"), null);
  const location = (await rtc.offer("whip")).headers.get("location")!;
  const session = await rtc.fetch(location, { method: "OPTIONS" });
  assert.equal(session.headers.get("access-control-allow-methods"), "PATCH, DELETE, OPTIONS");
  assert.equal((await rtc.fetch(location)).status, 405);
});

Deno.test("PATCH takes candidates of the ICE session and refuses a restart", async () => {
  await using rtc = await new TestRtc().listen();
  const opened = await rtc.offer("whip");
  const location = opened.headers.get("location")!;
  const etag = opened.headers.get("etag")!;
  const patch = async (headers: Record<string, string>, body = "a=end-of-candidates\r\n") =>
    await rtc.fetch(location, {
      method: "PATCH",
      headers: { "content-type": "application/trickle-ice-sdpfrag", ...headers },
      body,
    });
  assert.equal((await patch({ "if-match": etag })).status, 204);
  const candidate =
    "a=ice-ufrag:test\r\na=ice-pwd:0123456789abcdef0123456789\r\nm=audio 9 RTP/AVP 0\r\n" +
    "a=mid:0\r\na=candidate:1 1 udp 2113937151 198.51.100.4 50000 typ host\r\n";
  assert.equal((await patch({ "if-match": etag }, candidate)).status, 204);
  assert.equal((await patch({})).status, 428);
  assert.equal((await patch({ "if-match": '"other"' })).status, 412);
  assert.equal((await patch({ "if-match": "*" })).status, 422);
  const restart = await patch({ "if-match": etag }, candidate.replace("test", "next"));
  assert.equal(restart.status, 422);
  assert.equal((await problemOf(restart)).code, "ice_restart");
  assert.equal((await patch({ "if-match": etag }, "nonsense")).status, 400);
  assert.equal((await patch({ "if-match": etag, "content-type": "application/sdp" })).status, 415);
  // The session has lived through all of it.
  assert.equal(rtc.signalling.sessions.size, 1);
});

Deno.test("DELETE ends a session at once; its address is gone, and no other opens it", async () => {
  await using rtc = await new TestRtc().listen();
  const location = (await rtc.offer("whip")).headers.get("location")!;
  const other = location.replace("/whip/", "/whep/");
  assert.equal((await rtc.fetch(other, { method: "DELETE" })).status, 404);
  assert.equal((await rtc.fetch(location.slice(0, -1), { method: "DELETE" })).status, 404);
  assert.equal((await rtc.fetch(location, { method: "DELETE" })).status, 200);
  assert.equal(rtc.peers.opened[0]!.closed, true);
  assert.deepEqual(rtc.ended, ["unpublished"]);
  const again = await rtc.fetch(location, { method: "DELETE" });
  assert.equal(again.status, 404);
  assert.equal((await problemOf(again)).code, "session_over");
});

Deno.test("POST /whep answers with streams of the room, or says when to come again", async () => {
  await using rtc = await new TestRtc().listen();
  const response = await rtc.offer("whep");
  assert.equal(response.status, 201);
  assert.match(response.headers.get("location")!, /^\/whep\/100002\//);
  const answer = await response.text();
  assert.equal(answer.match(/a=sendonly/g)?.length, 2);
  assert.equal(new Set(answer.match(/a=ssrc:\d+/g)).size, 2);
  const idle = await rtc.offer("whep", { room: "100003" });
  assert.equal(idle.status, 409);
  assert.equal(idle.headers.get("retry-after"), "3");
  assert.equal((await problemOf(idle)).code, "not_live");
});

Deno.test("POST /whep of a seat on stage needs a pass", async () => {
  await using rtc = await new TestRtc().listen();
  const room = "1000000001000011";
  for (const headers of [{}, { authorization: "Bearer guess" }]) {
    const response = await rtc.offer("whep", { room, headers: headers as Record<string, string> });
    assert.equal(response.status, 401);
    assert.equal((await problemOf(response)).code, "no_pass");
  }
  const opened = await rtc.offer("whep", { room, headers: { authorization: "Bearer pass" } });
  assert.equal((await problemOf(opened)).code, "not_live");
});

Deno.test("an offer whose transport cannot be opened leaves nothing behind", async () => {
  await using rtc = await new TestRtc().listen();
  rtc.peers.failure = new Error("Cannot open a peer: no sockets");
  const response = await rtc.offer("whip");
  await response.body?.cancel();
  assert.equal(response.status, 500);
  assert.deepEqual(rtc.ended, ["dropped"]);
  assert.equal(rtc.signalling.sessions.size, 0);
});

Deno.test("500 half-open sessions are bounded, told when to come again, and forgotten", async () => {
  await using rtc = await new TestRtc({ limits: { halfOpen: 200 } }).listen();
  const statuses = await Promise.all(Array.from({ length: 500 }, async () => {
    const response = await rtc.offer("whep");
    await response.body?.cancel();
    return response.status;
  }));
  assert.equal(statuses.filter((status) => status === 201).length, 200);
  assert.equal(statuses.filter((status) => status === 503).length, 300);
  rtc.nowMs += 16_000;
  rtc.signalling.tick();
  assert.equal(rtc.signalling.sessions.size, 0);
  assert.ok(rtc.peers.opened.every(({ closed }) => closed));
  assert.equal((await rtc.offer("whep")).status, 201);
});

Deno.test("an address has sessions of its own, as the edge says who it is", async () => {
  await using rtc = await new TestRtc({
    rateLimits: true,
    limits: { halfOpenPerAddress: 2, offersPerAddress: 4 },
  }).listen();
  const from = async (address: string, secret = SECRET) => {
    const response = await rtc.offer("whep", {
      headers: { "x-forwarded-for": address, "x-wanren-cluster": secret },
    });
    await response.body?.cancel();
    return response;
  };
  assert.deepEqual(
    [(await from("a")).status, (await from("a")).status, (await from("a")).status],
    [201, 201, 429],
  );
  assert.equal((await from("b")).status, 201);
  // Who is not the edge is who it is.
  assert.equal((await from("c", "guess")).status, 201);
  assert.equal((await from("d", "guess")).status, 201);
  assert.equal((await from("e", "guess")).status, 429);
  assert.equal((await from("a")).status, 429);
  const limited = await from("a");
  assert.equal(limited.status, 429);
  assert.equal(limited.headers.get("retry-after"), "10");
});

Deno.test("a publisher that media closes is told by RTCP and its session ends", async () => {
  await using rtc = await new TestRtc().listen();
  await rtc.offer("whip");
  const [peer] = rtc.peers.opened;
  peer!.events.onState("connected");
  rtc.uplinkEvents[0]!.onClosed("key_rotated");
  assert.equal(rtc.signalling.sessions.size, 0);
  assert.equal(peer!.closed, true);
  // RR, then BYE.
  assert.equal(peer!.sent.at(-1)![9], 203);
});

Deno.test("liveness is open, metrics and sessions need the cluster's secret", async () => {
  await using rtc = await new TestRtc().listen();
  const health = await rtc.fetch("/healthz");
  assert.equal(await health.text(), "ok");
  for (const path of ["/metrics", "/debug/sessions"]) {
    assert.equal((await rtc.fetch(path)).status, 401);
    const allowed = await rtc.fetch(path, { headers: { authorization: `Bearer ${SECRET}` } });
    assert.equal(allowed.status, 200);
    await allowed.body?.cancel();
  }
  assert.equal((await rtc.fetch("/")).status, 404);
});

Deno.test("draining ends every session and opens none", async () => {
  await using rtc = await new TestRtc().listen();
  await rtc.offer("whip");
  rtc.signalling.stop();
  assert.deepEqual(rtc.ended, ["dropped"]);
  const response = await rtc.offer("whep");
  assert.equal(response.status, 503);
  assert.equal((await problemOf(response)).code, "draining");
});

Deno.test("calls are for who has the cluster's secret: offer, look, leave", async () => {
  await using rtc = await new TestRtc().listen();
  const post = async (participant: string, body: string, headers = {}) =>
    await rtc.call(`tea/${participant}`, {
      method: "POST",
      headers: { "content-type": "application/sdp", ...headers },
      body,
    });
  assert.equal((await post("ann", callOffer(1), { authorization: "Bearer guess" })).status, 401);
  const answer = await post("ann", callOffer(1));
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /a=candidate:\S+ 1 UDP \d+ 203\.0\.113\.7 8189/);
  assert.match(await (await post("bob", callOffer(1))).text(), /a=msid:ann ann-video/);
  const state = await (await rtc.call("tea")).json();
  assert.deepEqual(state.participants.map(({ id }: { id: string }) => id), ["ann", "bob"]);
  const wish = async (participant: string, body: string) => {
    const headers = { "content-type": "application/json" };
    return (await rtc.call(`tea/${participant}`, { method: "PATCH", headers, body })).status;
  };
  assert.equal(await wish("ann", `{"large":["bob"]}`), 204);
  assert.equal(await wish("ann", `{"large":null}`), 204);
  assert.equal(await wish("eve", `{"large":[]}`), 404);
  assert.equal(await wish("ann", `{"large":[1]}`), 400);
  assert.equal(await wish("ann", "large"), 400);
  assert.equal((await post("eve", "v=1")).status, 400);
  assert.equal((await post("e%2Fve", callOffer(1))).status, 404);
  assert.equal((await rtc.call("tea/ann", { method: "PUT" })).status, 405);
  assert.equal((await rtc.call("tea/ann", { method: "DELETE" })).status, 204);
  assert.equal((await rtc.call("tea/ann", { method: "DELETE" })).status, 404);
  assert.equal((await rtc.call("tea/bob", { method: "DELETE" })).status, 204);
  assert.equal((await rtc.call("tea")).status, 404);
});
