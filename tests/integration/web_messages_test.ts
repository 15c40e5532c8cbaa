/** Messages over HTTP: what people say, read back and like. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type Message, messageId } from "../../im/protocol/message.ts";
import { ticketBox } from "../../im/ticket.ts";
import type { Account } from "../../rooms/model.ts";
import { ServiceError } from "../../rooms/errors.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { CLUSTER_SECRET, type Member, reportOf, startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

async function world(options: { readonly rateLimits?: boolean } = {}) {
  const web = await startWebApp({ hasher, ...options });
  const ann = await web.signUp("ann");
  const room = await web.createRoom(ann);
  let n = 0;
  const say = (member: Member | null, body: Record<string, unknown> = {}, roomId = room.id) =>
    web.call("POST", `/api/rooms/${roomId}/messages`, {
      ...(member && { token: member.token }),
      body: { kind: "chat", text: "hello", clientId: `c${++n}`, ...body },
    });
  return { web, ann, room, say, [Symbol.asyncDispose]: () => web[Symbol.asyncDispose]() };
}

const live = async (web: WebApp, channel: string): Promise<readonly Message[]> =>
  (await web.log.read(channel, { after: null, limit: 1_000 })).messages;

Deno.test("POST messages says a text once, however often it is sent", async () => {
  await using at = await world();
  const first = await at.say(at.ann, { text: "  你好\n世界 [smile]", clientId: "c-1" });
  strictEqual(first.status, 201);
  const { message } = await first.json();
  const { id, at: time, ...rest } = message;
  match(id, /^[0-9a-z]{8,11}$/);
  ok(Math.abs(Date.parse(time) - at.web.clock.nowMs) < 10_000);
  deepStrictEqual(rest, {
    kind: "chat",
    priority: 5,
    from: { id: at.ann.id, name: "ann", level: 0, role: "owner" },
    text: "你好 世界 [smile]",
  });
  const again = await at.say(at.ann, { text: "other", clientId: "c-1" });
  strictEqual(again.status, 200);
  deepStrictEqual(await again.json(), { message });
  const bob = await at.web.signUp("bob");
  const other = await at.say(bob, { clientId: "c-1" });
  strictEqual(other.status, 201);
  const { message: second } = await other.json();
  deepStrictEqual([second.from.role, second.priority], ["member", 6]);
  strictEqual((await live(at.web, at.room.id)).length, 2);
});

Deno.test("POST messages gives racing requests of one clientId one message", async () => {
  await using at = await world();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => at.say(at.ann, { clientId: "same" })),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  deepStrictEqual(statuses, [...Array(19).fill(200), 201]);
  const ids = new Set(
    await Promise.all(answers.map(async (answer) => (await answer.json()).message.id)),
  );
  strictEqual(ids.size, 1);
});

Deno.test("POST messages refuses bad input with what is wrong", async () => {
  await using at = await world();
  const bad: readonly (readonly [Record<string, unknown>, number, string | null])[] = [
    [{ text: "" }, 400, "text"],
    [{ text: " \n " }, 400, "text"],
    [{ text: "x".repeat(301) }, 400, "text"],
    [{ text: "a\u202eb" }, 400, "text"],
    [{ text: "a\u0007b" }, 400, "text"],
    [{ text: 7 }, 400, "text"],
    [{ text: undefined }, 400, "text"],
    [{ clientId: "" }, 400, "clientId"],
    [{ clientId: "a b" }, 400, "clientId"],
    [{ clientId: "x".repeat(65) }, 400, "clientId"],
    [{ kind: "gift" }, 400, "kind"],
    [{ kind: "notice" }, 400, "kind"],
    [{ style: { color: "red" } }, 400, "style.color"],
    [{ style: { color: "#ffd700" } }, 403, "style.color"],
    [{ style: { mode: "sideways" } }, 400, "style.mode"],
    [{ replyTo: "zzzz" }, 400, "replyTo"],
    [{ replyTo: "not an id" }, 400, "replyTo"],
    [{ text: "x".repeat(70_000) }, 413, null],
  ];
  const bob = await at.web.signUp("bob");
  for (const [body, status, field] of bad) {
    const answer = await at.say(bob, body);
    const problem = await answer.json();
    strictEqual(answer.status, status, `${JSON.stringify(body).slice(0, 80)} ${problem.detail}`);
    strictEqual(answer.headers.get("content-type"), "application/problem+json");
    strictEqual(problem.field ?? null, field);
  }
  const raw = (rawBody: BodyInit, type = "application/json") =>
    at.web.call("POST", `/api/rooms/${at.room.id}/messages`, {
      token: bob.token,
      rawBody,
      headers: { "content-type": type },
    });
  const invalidUtf8 = new Uint8Array([
    ...new TextEncoder().encode('{"kind":"chat","text":"'),
    0xff,
  ]);
  strictEqual((await raw(invalidUtf8)).status, 400);
  strictEqual((await raw('{"kind":"chat","text":"\\ud800","clientId":"a"}')).status, 400);
  strictEqual((await raw("[]")).status, 400);
  strictEqual((await raw("x", "text/plain")).status, 415);
  strictEqual((await at.say(bob, {}, "999999")).status, 404);
  strictEqual((await at.say(bob, {}, "nonsense")).status, 404);
  strictEqual((await at.say(null)).status, 403);
  strictEqual((await at.say({ ...bob, token: "wrong" })).status, 401);
  deepStrictEqual(await live(at.web, at.room.id), []);
});

Deno.test("POST messages quotes what it answers", async () => {
  await using at = await world();
  const { message } = await (await at.say(at.ann, { text: "长".repeat(60) })).json();
  const bob = await at.web.signUp("bob");
  const { message: reply } = await (await at.say(bob, { replyTo: message.id })).json();
  deepStrictEqual(reply.replyTo, {
    id: message.id,
    name: "ann",
    text: `${"长".repeat(39)}…`,
  });
  strictEqual((await at.say(bob, { replyTo: null })).status, 201);
});

Deno.test("POST messages into a suspended room or by a suspended account is refused", async () => {
  await using at = await world();
  const root = await at.web.admin();
  const bob = await at.web.signUp("bob");
  const suspend = (path: string) =>
    at.web.call("PATCH", path, { token: root.token, body: { suspended: true } });
  strictEqual((await suspend(`/api/admin/rooms/${at.room.id}`)).status, 200);
  strictEqual((await at.say(bob)).status, 403);
  strictEqual((await at.say(at.ann)).status, 201);
  const account = { ...await accountOf(at.web, bob), suspended: true };
  const refusal = await at.web.business.messages.say(
    { account, address: "192.0.2.9" },
    at.room.id,
    { text: "x", clientId: "y" },
  ).catch((error) => error);
  ok(refusal instanceof ServiceError && refusal.code === "suspended");
});

Deno.test("POST messages is limited by account, address and room, and says how long to wait", async () => {
  await using at = await world({ rateLimits: true });
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) {
    const answer = await at.say(at.ann);
    statuses.push(answer.status);
    if (answer.status === 429) {
      strictEqual(answer.headers.get("retry-after"), "1");
      const { code, detail } = await answer.json();
      strictEqual(code, "slow_down");
      match(detail, /try again in 1 s/);
    } else await answer.body?.cancel();
  }
  deepStrictEqual(statuses, [...Array(10).fill(201), 429, 429]);
  at.web.clock.nowMs += 1_000;
  strictEqual((await at.say(at.ann, { clientId: "later" })).status, 201);
  // A repeated one takes no turn.
  strictEqual((await at.say(at.ann, { clientId: "later" })).status, 200);
  strictEqual((await at.say(at.ann)).status, 429);
  const settings = at.web.business.settings;
  const root = await accountOf(at.web, await at.web.admin());
  at.web.clock.nowMs += 60_000;
  await settings.change(root, { im: { roomChatPerSecond: 2, chatPerTenSeconds: 1_000 } });
  const fast = await Promise.all(Array.from({ length: 8 }, () => at.say(at.ann)));
  strictEqual(fast.filter(({ status }) => status === 201).length, 2);
  const refused = fast.find(({ status }) => status === 429)!;
  match((await refused.json()).detail, /the room is full of words/);
});

Deno.test("10,000 posts of one account are 201 or 429, and little is remembered of them", async () => {
  await using at = await world({ rateLimits: true });
  const account = await accountOf(at.web, at.ann);
  const said = await outcomes(
    Array.from(
      { length: 10_000 },
      (_, n) =>
        at.web.business.messages.say(
          { account, address: "192.0.2.9" },
          at.room.id,
          { text: `spam ${n}`, clientId: `s${n}` },
        ),
    ),
  );
  deepStrictEqual(said, { said: 10, slow_down: 9_990 });
  ok(at.web.business.messages.inspect().remembered <= 10);
  strictEqual((await live(at.web, at.room.id)).length, 10);
});

Deno.test("10,000 accounts say something within 2 s: everybody gets an answer", async () => {
  await using at = await world({ rateLimits: true });
  const ann = await accountOf(at.web, at.ann);
  const startedAtMs = performance.now();
  const heapBefore = Deno.memoryUsage().heapUsed;
  const posts: Promise<unknown>[] = [];
  for (let n = 0; n < 10_000; n++) {
    const account: Account = { ...ann, id: n.toString(16).padStart(24, "0"), name: `m${n}` };
    const post = at.web.business.messages.say(
      { account, address: `10.${n >> 16}.${n >> 8 & 255}.${n & 255}` },
      at.room.id,
      { text: "1", clientId: "one" },
    );
    // It is looked at below; until then nobody hears of a refusal.
    post.catch(() => {});
    posts.push(post);
    if (n % 500 === 499) {
      at.web.clock.nowMs += 100;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const counted = await outcomes(posts);
  const tookMs = performance.now() - startedAtMs;
  strictEqual((counted.said ?? 0) + (counted.slow_down ?? 0), 10_000);
  // 1,000 a second and as many at once.
  ok(counted.said! >= 2_500 && counted.said! <= 3_100, JSON.stringify(counted));
  ok(tookMs < 6_000, `${tookMs} ms`);
  strictEqual(at.web.log.inspect().queued, 0);
  ok(Deno.memoryUsage().heapUsed - heapBefore < 150e6);
});

Deno.test("GET history pages through everything in order", async () => {
  await using at = await world();
  const ids: string[] = [];
  for (let n = 0; n < 7; n++) {
    ids.push((await (await at.say(at.ann, { text: `m${n}` })).json()).message.id);
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const more: string = cursor === null ? "" : `&cursor=${cursor}`;
    const page = await at.web.call("GET", `/api/rooms/${at.room.id}/history?limit=3${more}`);
    strictEqual(page.status, 200);
    const body = await page.json();
    seen.push(...body.messages.map(({ id }: { id: string }) => id));
    cursor = body.cursor;
    pages++;
  } while (cursor !== null);
  deepStrictEqual([seen, pages], [ids, 3]);
  const past = await at.web.call("GET", `/api/rooms/${at.room.id}/history?toMs=1000`);
  deepStrictEqual(await past.json(), { messages: [], cursor: null });
  for (const query of ["cursor=%21", "limit=201", "limit=0", "fromMs=-1", "toMs=x"]) {
    const answer = await at.web.call("GET", `/api/rooms/${at.room.id}/history?${query}`);
    strictEqual(answer.status, 400, query);
    await answer.body?.cancel();
  }
  strictEqual((await at.web.call("GET", "/api/rooms/999999/history")).status, 404);
});

Deno.test("POST likes counts everybody's, once a request, and the room hears the total", async () => {
  await using at = await world();
  const like = (body: Record<string, unknown>, token?: string) =>
    at.web.call("POST", `/api/rooms/${at.room.id}/likes`, { ...(token && { token }), body });
  const taken = await like({ count: 5, requestId: "r1" });
  strictEqual(taken.status, 202);
  deepStrictEqual(await taken.json(), { taken: true });
  strictEqual((await like({ count: 5, requestId: "r1" })).status, 202);
  strictEqual((await like({ count: 2, requestId: "r1" }, at.ann.token)).status, 202);
  const { likes } = at.web.business;
  const tick = () => likes.tick().then(() => likes.tell());
  await tick();
  await tick();
  strictEqual((await like({ count: 1, requestId: "r2" })).status, 202);
  await tick();
  const heard = await live(at.web, at.room.id);
  deepStrictEqual(heard.map(({ body, stateKey, lane }) => [body, stateKey, lane]), [
    [{ notice: "likes", data: { total: 7, added: 7 } }, "likes", "low"],
    [{ notice: "likes", data: { total: 8, added: 1 } }, "likes", "low"],
  ]);
  strictEqual(await likes.total(at.room.id), 8);
  for (const body of [{ count: 0 }, { count: 51 }, { count: 1.5 }, { count: "1" }, { count: -1 }]) {
    strictEqual((await like({ requestId: "r3", ...body })).status, 400);
  }
  strictEqual((await like({ count: 1, requestId: "" })).status, 400);
});

Deno.test("POST likes is limited for each sender", async () => {
  await using at = await world({ rateLimits: true });
  const statuses: number[] = [];
  for (let n = 0; n < 25; n++) {
    const answer = await at.web.call("POST", `/api/rooms/${at.room.id}/likes`, {
      body: { count: 50, requestId: `r${n}` },
    });
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  strictEqual(statuses.filter((status) => status === 202).length, 20);
  await at.web.business.likes.tick();
  await at.web.business.likes.tell();
  strictEqual(await at.web.business.likes.total(at.room.id), 1_000);
});

Deno.test("POST /api/accounts/{account}/messages reaches both, once", async () => {
  await using at = await world();
  const bob = await at.web.signUp("bob");
  const tell = (to: string, body: Record<string, unknown> = {}) =>
    at.web.call("POST", `/api/accounts/${to}/messages`, {
      token: at.ann.token,
      body: { text: "psst", clientId: "p1", ...body },
    });
  const first = await tell(bob.id);
  strictEqual(first.status, 201);
  const { message } = await first.json();
  strictEqual(message.notice, "private");
  deepStrictEqual(message.data, { text: "psst", to: { id: bob.id, name: "bob" } });
  strictEqual((await tell(bob.id)).status, 200);
  const own = await live(at.web, `@${at.ann.id}`);
  const his = await live(at.web, `@${bob.id}`);
  deepStrictEqual([own.length, his.length], [1, 1]);
  strictEqual(messageId(own[0]!.score), message.id);
  strictEqual(his[0]!.from?.id, at.ann.id);
  deepStrictEqual(await live(at.web, at.room.id), []);
  strictEqual((await tell(at.ann.id)).status, 400);
  strictEqual((await tell("nobody")).status, 404);
  strictEqual((await tell("@everyone")).status, 404);
  strictEqual((await tell(bob.id, { text: "" })).status, 400);
  const anonymous = await at.web.call("POST", `/api/accounts/${bob.id}/messages`, {
    body: { text: "psst", clientId: "p1" },
  });
  strictEqual(anonymous.status, 401);
});

Deno.test("GET /api/account/messages pages through what one said and heard, and nobody else's", async () => {
  await using at = await world();
  const bob = await at.web.signUp("bob");
  const eve = await at.web.signUp("eve");
  const tell = async (from: Member, to: Member, text: string) => {
    const said = await at.web.call("POST", `/api/accounts/${to.id}/messages`, {
      token: from.token,
      body: { text, clientId: text },
    });
    strictEqual(said.status, 201);
  };
  await tell(at.ann, bob, "one");
  await tell(bob, at.ann, "two");
  await tell(eve, bob, "three");
  await tell(at.ann, bob, "four");
  await at.say(at.ann);
  const read = async (member: Member, query = "") => {
    const answer = await at.web.call("GET", `/api/account/messages${query}`, {
      token: member.token,
    });
    strictEqual(answer.status, 200);
    const { messages, cursor } = await answer.json();
    return {
      cursor: cursor as string | null,
      texts: messages.map(({ data }: { data: { text: string } }) => data.text) as string[],
    };
  };
  deepStrictEqual(await read(at.ann), { texts: ["one", "two", "four"], cursor: null });
  deepStrictEqual((await read(bob)).texts, ["one", "two", "three", "four"]);
  deepStrictEqual((await read(eve)).texts, ["three"]);
  const first = await read(bob, "?limit=3");
  deepStrictEqual(first.texts, ["one", "two", "three"]);
  const rest = await read(bob, `?limit=3&cursor=${first.cursor}`);
  deepStrictEqual(rest, { texts: ["four"], cursor: null });
  deepStrictEqual((await read(bob, "?toMs=1000")).texts, []);
  strictEqual((await at.web.call("GET", "/api/account/messages")).status, 401);
  for (const query of ["?limit=0", "?limit=201", "?cursor=%00", "?fromMs=x"]) {
    const odd = await at.web.call("GET", `/api/account/messages${query}`, { token: bob.token });
    strictEqual(odd.status, 400, query);
  }
});

Deno.test("POST /api/broadcasts is for administrators, limited and audited", async () => {
  await using at = await world({ rateLimits: true });
  const root = await at.web.admin();
  const broadcast = (token: string, text = "maintenance at 20:00") =>
    at.web.call("POST", "/api/broadcasts", { token, body: { text } });
  strictEqual((await broadcast(at.ann.token)).status, 403);
  const answer = await broadcast(root.token);
  strictEqual(answer.status, 201);
  const { message } = await answer.json();
  deepStrictEqual([message.notice, message.data.text, message.priority], [
    "broadcast",
    "maintenance at 20:00",
    3,
  ]);
  strictEqual((await live(at.web, "@everyone")).length, 1);
  const audit = await at.web.call("GET", "/api/admin/audit", { token: root.token });
  const [entry] = (await audit.json()).entries;
  deepStrictEqual([entry.action, entry.target, entry.detail], [
    "broadcast_sent",
    "everyone",
    "maintenance at 20:00",
  ]);
  const led = { text: "the cup", room: at.room.id, requestId: "b1" };
  for (let n = 0; n < 2; n++) {
    const again = await at.web.call("POST", "/api/broadcasts", { token: root.token, body: led });
    strictEqual(again.status, 201);
    strictEqual((await again.json()).message.data.room.id, at.room.id);
  }
  strictEqual((await live(at.web, "@everyone")).length, 2);
  const nowhere = await at.web.call("POST", "/api/broadcasts", {
    token: root.token,
    body: { text: "the cup", room: "999999" },
  });
  strictEqual(nowhere.status, 400);
  const statuses: number[] = [];
  for (let n = 0; n < 5; n++) statuses.push((await broadcast(root.token, `n${n}`)).status);
  deepStrictEqual(statuses, [201, 201, 201, 429, 429]);
});

Deno.test("GET /api/im/gateways offers the edges that announced themselves, the best first", async () => {
  await using at = await world();
  const report = async (node: string, gateway: unknown) => {
    const answer = await at.web.call("PUT", "/internal/viewers", {
      token: CLUSTER_SECRET,
      body: { node, rooms: {}, gateway },
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const edge = (name: string, given: Record<string, unknown> = {}) => ({
    ...{ url: `http://${name}.test`, region: "local", weight: 1, load: 0 },
    ...given,
  });
  const offered = async () => {
    const answer = await at.web.call("GET", `/api/im/gateways?room=${at.room.id}`);
    return (await answer.json()).gateways;
  };
  strictEqual(await report("a", edge("a", { load: 0.6 })), 204);
  strictEqual(await report("b", edge("b")), 204);
  strictEqual(await report("c", edge("c", { region: "west" })), 204);
  deepStrictEqual(await offered(), ["ws://b.test/im", "ws://a.test/im", "ws://c.test/im"]);
  // It drains.
  strictEqual(await report("b", null), 204);
  deepStrictEqual(await offered(), ["ws://a.test/im", "ws://c.test/im", "ws://wanren.test/im"]);
  // Nobody hears of them any more.
  at.web.clock.nowMs += 7_000;
  deepStrictEqual(await offered(), ["ws://wanren.test/im"]);
  for (
    const wrong of [
      edge("a", { url: "ftp://a.test" }),
      edge("a", { url: "http://a.test/" }),
      edge("a", { load: 1.1 }),
      edge("a", { weight: -1 }),
      {},
    ]
  ) strictEqual(await report("a", wrong), 400);
});

Deno.test("GET /api/im/gateways gives a ticket that says who asks", async () => {
  await using at = await world();
  const { clock, live: state, business } = at.web;
  const ask = async (token?: string) => {
    const answer = await at.web.call("GET", `/api/im/gateways?room=${at.room.id}`, {
      ...(token && { token }),
    });
    strictEqual(answer.status, 200);
    strictEqual(answer.headers.get("cache-control"), "no-store");
    return await answer.json();
  };
  const tickets = await ticketBox(CLUSTER_SECRET);
  const { ticket, ...offer } = await ask();
  deepStrictEqual(offer, {
    push: ["chat", "gift", "pk", "notice"],
    poll: [],
    gateways: ["ws://wanren.test/im"],
    heartbeatMs: 25_000,
    pollAfterMs: 1_000,
  });
  const { nowMs } = clock;
  deepStrictEqual(await tickets.open(ticket, { nowMs }), {
    room: at.room.id,
    sender: null,
    expiresAtMs: nowMs + 60_000,
  });
  const own = await tickets.open((await ask(at.ann.token)).ticket, { nowMs });
  deepStrictEqual(own?.sender, { id: at.ann.id, name: "ann", level: 0, role: "owner" });
  await ask(at.ann.token);
  await business.notices.tick(nowMs + 2_000);
  const heard = await live(at.web, at.room.id);
  deepStrictEqual(heard.map(({ body }) => body), [
    { notice: "enter", data: { names: ["ann"], count: 1 } },
  ]);
  state.putStreams("media", { streams: [reportOf(at.room.id)] }, nowMs);
  state.putViewers("edge", { [at.room.id]: { flv: 5_000, ws: 0, hls: 0 } }, nowMs);
  const big = await ask();
  deepStrictEqual([big.push, big.poll, big.pollAfterMs], [
    ["gift", "pk", "notice"],
    ["chat"],
    3_000,
  ]);
  strictEqual((await at.web.call("GET", "/api/im/gateways")).status, 400);
  strictEqual((await at.web.call("GET", "/api/im/gateways?room=999999")).status, 404);
});

Deno.test("PATCH /api/admin/settings changes some of the settings of messages", async () => {
  await using at = await world();
  const root = await at.web.admin();
  const change = (im: unknown) =>
    at.web.call("PATCH", "/api/admin/settings", { token: root.token, body: { im } });
  const answer = await change({ batchMs: 250, ageMs: { chat: 8_000 } });
  strictEqual(answer.status, 200);
  const { settings } = await answer.json();
  deepStrictEqual([settings.im.batchMs, settings.im.ageMs.chat, settings.im.maxPerSecond], [
    250,
    8_000,
    20,
  ]);
  const refused = await change({ batchMs: 1 });
  strictEqual(refused.status, 400);
  match((await refused.json()).detail, /^Cannot accept im\.batchMs: expected a whole number/);
});

Deno.test("a gate may hold a text or refuse it, and says for how long", async () => {
  const verdicts = [
    { outcome: "held" },
    { outcome: "refused", code: "forbidden", reason: "Cannot say this: muted", retryAfterMs: null },
    { outcome: "refused", code: "slow_down", reason: "Cannot say this: slow", retryAfterMs: 4_100 },
  ] as const;
  let asked = 0;
  const web = await startWebApp({
    hasher,
    gate: { check: () => verdicts[asked++] ?? { outcome: "allowed" } },
  });
  await using _ = web;
  const ann = await web.signUp("ann");
  const room = await web.createRoom(ann);
  const say = (clientId: string) =>
    web.call("POST", `/api/rooms/${room.id}/messages`, {
      token: ann.token,
      body: { kind: "chat", text: "hm", clientId },
    });
  const held = await say("a");
  strictEqual(held.status, 202);
  deepStrictEqual(await held.json(), { message: null });
  strictEqual((await say("b")).status, 403);
  const slow = await say("c");
  deepStrictEqual([slow.status, slow.headers.get("retry-after")], [429, "5"]);
  strictEqual((await say("c")).status, 201);
  strictEqual((await live(web, room.id)).length, 1);
});

async function accountOf(web: WebApp, member: Member): Promise<Account> {
  const account = await web.accounts.authenticate(member.token);
  ok(account !== null);
  return account;
}

/** How many ended how: an outcome, or the code of a refusal. */
async function outcomes(posts: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const settled of await Promise.allSettled(posts)) {
    const outcome = settled.status === "fulfilled"
      ? (settled.value as { outcome: string }).outcome
      : settled.reason instanceof ServiceError
      ? settled.reason.code
      : String(settled.reason);
    counted[outcome] = (counted[outcome] ?? 0) + 1;
  }
  return counted;
}
