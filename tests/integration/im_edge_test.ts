/** Rooms' messages through a real edge, followed from a real feed over the log in memory. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { WebSocket } from "ws";
import { createEdge } from "../../edge/mod.ts";
import { feedConnector } from "../../edge/node/feed_socket.ts";
import { WebFeed } from "../../edge/im/web_feed.ts";
import { PROBLEM_CODES } from "../../im/protocol/frames.ts";
import { parseCursor } from "../../im/protocol/cursor.ts";
import { accountChannel, EVERYONE, messageId } from "../../im/protocol/message.ts";
import { BROWSER_TRANSPORT } from "../../islands/chat/transport.ts";
import { EDGE_SECRET, startEdge } from "../support/edge_setup.ts";
import { ANN, chatDraft, giftDraft, noticeDraft, pkDraft } from "../support/im_messages.ts";
import { ImClient, ImWeb, ROOM, ticketFor } from "../support/im_web.ts";
import { pause, waitFor } from "../support/wait.ts";

interface PollBody {
  readonly messages: { id: string; kind: string; text?: string; notice?: string }[];
  readonly cursor: string;
  readonly pollAfterMs: number;
  readonly dropped: number;
  readonly reset: boolean;
  readonly policy?: { push: string[]; poll: string[] };
}

async function platform(overrides: Parameters<typeof startEdge>[1] = {}, config = {}) {
  const web = await new ImWeb().start();
  const started = await startEdge({ webUrl: web.url, ...config }, {
    reportIntervalMs: 3_600_000,
    ...overrides,
  });
  const poll = async (query = "", headers: Record<string, string> = {}) => {
    const response = await fetch(`${started.url}/api/rooms/${ROOM}/messages${query}`, { headers });
    return { response, body: await response.json() as PollBody };
  };
  return {
    web,
    poll,
    ...started,
    client: (options: ConstructorParameters<typeof ImClient>[1] = {}) =>
      new ImClient(started.url, options),
    async [Symbol.asyncDispose]() {
      await started.edge.stop();
      await web[Symbol.asyncDispose]();
    },
  };
}

const texts = ({ messages }: PollBody) => messages.map(({ text, notice }) => text ?? notice);

Deno.test("GET messages gives what is new, then only what comes after the cursor", async () => {
  await using at = await platform();
  await at.web.say(ROOM, chatDraft("one"), chatDraft("two"));
  const first = await at.poll();
  strictEqual(first.response.status, 200);
  strictEqual(first.response.headers.get("content-type"), "application/json");
  strictEqual(first.response.headers.get("cache-control"), "public, max-age=0, s-maxage=1");
  deepStrictEqual(texts(first.body), ["one", "two"]);
  strictEqual(first.body.reset, true);
  ok(first.body.pollAfterMs >= 900 && first.body.pollAfterMs <= 1_100);

  const [three] = await at.web.say(ROOM, chatDraft("three"));
  await at.web.say(EVERYONE, noticeDraft("broadcast", { text: "hi" }, { lane: "broadcast" }));
  const next = await waitFor("both to come", async () => {
    const { body } = await at.poll(`?cursor=${first.body.cursor}`);
    return body.messages.length === 2 && body;
  });
  deepStrictEqual(texts(next), ["three", "broadcast"]);
  strictEqual(next.messages[0]!.id, messageId(three!.score));
  strictEqual(next.reset, false);
  strictEqual(next.dropped, 0);

  const none = await at.poll(`?cursor=${next.cursor}`);
  deepStrictEqual(none.body.messages, []);
  strictEqual(none.body.cursor, next.cursor);
  const again = await fetch(`${at.url}/api/rooms/${ROOM}/messages?cursor=${next.cursor}`, {
    headers: { "if-none-match": none.response.headers.get("etag")! },
  });
  strictEqual(again.status, 304);
  strictEqual(await again.text(), "");
});

Deno.test("GET messages begins anew for cursors that are old, broken or of the future", async () => {
  await using at = await platform();
  await at.web.say(ROOM, chatDraft("one"), pkDraft([1, 2]));
  for (const cursor of ["rubbish", "c1.1.0.0", "c1.zzz.zzz", encodeURIComponent("c1.é.0.0")]) {
    const { response, body } = await at.poll(`?cursor=${cursor}`);
    strictEqual(response.status, 200);
    strictEqual(body.reset, true, cursor);
    deepStrictEqual(body.messages.map(({ kind }) => kind), ["chat", "pk"]);
  }
  const future = await at.poll(`?cursor=c1.${(2 ** 52).toString(36)}.0.0`);
  strictEqual(future.body.reset, false);
  deepStrictEqual(future.body.messages, []);
  strictEqual(
    parseCursor(future.body.cursor)?.room,
    parseCursor((await at.poll()).body.cursor)?.room,
  );
});

Deno.test("GET messages is thinned by lanes, counts what is left out, and packs", async () => {
  await using at = await platform();
  const { body: { cursor } } = await at.poll();
  await at.web.say(
    ROOM,
    ...Array.from({ length: 30 }, (_, n) => chatDraft(`text ${n}`)),
    pkDraft([1, 2]),
    giftDraft("rocket", { lane: "bigGift" }),
  );
  const { body, response } = await waitFor("the messages", async () => {
    const answer = await at.poll(`?cursor=${cursor}`, { "accept-encoding": "gzip" });
    return answer.body.messages.length > 0 && answer;
  });
  strictEqual(body.messages.length, 15);
  strictEqual(body.dropped, 17);
  deepStrictEqual(body.messages.slice(-2).map(({ kind }) => kind), ["pk", "gift"]);
  strictEqual(response.headers.get("vary"), "accept-encoding");
  const few = await at.poll(`?cursor=${cursor}&limit=2`);
  deepStrictEqual(few.body.messages.map(({ kind }) => kind), ["pk", "gift"]);
  strictEqual(few.body.dropped, 30);
  const gifts = await at.poll(`?cursor=${cursor}&kinds=gift,pk`);
  strictEqual(gifts.body.dropped, 0);
  deepStrictEqual(gifts.body.policy, { push: ["chat", "gift", "pk", "notice"], poll: [] });
});

Deno.test("GET messages as protobuf is what the page reads", async () => {
  await using at = await platform();
  await at.web.say(ROOM, chatDraft("one"), giftDraft("rose"), chatDraft("two"));
  const { fetch } = globalThis;
  // In a page addresses are relative.
  globalThis.fetch = (path, init) => fetch(new URL(String(path), at.url), init);
  try {
    const poll = (cursor: string | null) =>
      BROWSER_TRANSPORT.poll(ROOM, { cursor, kinds: null }, AbortSignal.timeout(5_000));
    const answer = await poll(null);
    deepStrictEqual(answer.messages.map((one) => one.kind === "chat" ? one.body.text : one.kind), [
      "one",
      "gift",
      "two",
    ]);
    strictEqual(answer.reset, true);
    const next = await poll(answer.cursor);
    deepStrictEqual([next.messages, next.reset, next.cursor], [[], false, answer.cursor]);
    await rejects(
      BROWSER_TRANSPORT.poll("999999", { cursor: null, kinds: null }, AbortSignal.timeout(5_000)),
      { status: 404 },
    );
  } finally {
    globalThis.fetch = fetch;
  }
});

Deno.test("GET messages refuses what is wrong and rooms that there are not", async () => {
  await using at = await platform();
  const status = async (path: string, method = "GET") => {
    const response = await fetch(`${at.url}${path}`, { method });
    const text = await response.text();
    if (response.status >= 400 && method === "GET") {
      strictEqual(response.headers.get("content-type"), "application/problem+json");
      strictEqual(JSON.parse(text).status, response.status);
    }
    return response.status;
  };
  const messages = `/api/rooms/${ROOM}/messages`;
  strictEqual(await status("/api/rooms/999999/messages"), 404);
  strictEqual(await status("/api/rooms/@everyone/messages"), 404);
  strictEqual(await status(`/api/rooms/${ROOM}x/messages`), 404);
  strictEqual(await status(`${messages}?limit=0`), 400);
  strictEqual(await status(`${messages}?limit=1e9`), 200);
  strictEqual(await status(`${messages}?limit=lots`), 400);
  strictEqual(await status(`${messages}?kinds=fax`), 400);
  strictEqual(await status(messages, "HEAD"), 200);
  strictEqual(await status("/im"), 426);
});

Deno.test("both subprotocols bring hello, what is new, and what is said from then on", async () => {
  await using at = await platform();
  await at.web.say(ROOM, chatDraft("before"));
  const ticket = await ticketFor(ANN);
  const clients = [at.client({ ticket }), at.client({ ticket, json: true })];
  for (const client of clients) {
    await client.joined();
    const [hello, first] = client.frames;
    ok(hello?.type === "hello" && first?.type === "batch");
    strictEqual(hello.heartbeatMs, 25_000);
    deepStrictEqual(hello.policy.push, ["chat", "gift", "pk", "notice"]);
    strictEqual(first.reset, true);
  }
  await at.web.say(ROOM, chatDraft("一"), giftDraft("rose"), pkDraft([3, 4]));
  await at.web.say(ROOM, chatDraft("二"));
  for (const client of clients) {
    await waitFor("the texts", () => client.texts.length === 3);
    deepStrictEqual(client.texts, ["before", "一", "二"]);
    await waitFor("the others", () => client.messages.length === 5);
  }
  deepStrictEqual(clients[0]!.messages, clients[1]!.messages);
  clients[0]!.ping();
  await waitFor("the pong", () => clients[0]!.frames.some(({ type }) => type === "pong"));
});

Deno.test("a connection that comes back goes on after its cursor, none missing, none twice", async () => {
  await using at = await platform();
  const ticket = await ticketFor(null);
  const first = await at.client({ ticket }).joined();
  await at.web.say(ROOM, chatDraft("one"));
  await waitFor("one", () => first.texts.includes("one"));
  const { cursor } = first;
  first.leave();
  await at.web.say(ROOM, chatDraft("two"), giftDraft("rocket", { lane: "bigGift" }));
  const next = await at.client({ ticket, cursor }).joined();
  await at.web.say(ROOM, chatDraft("three"));
  await waitFor("three", () => next.texts.includes("three"));
  deepStrictEqual(next.texts, ["two", "three"]);
  strictEqual(next.messages.filter(({ kind }) => kind === "gift").length, 1);
  const [, batch] = next.frames;
  ok(batch?.type === "batch" && !batch.reset);
});

Deno.test("important lanes come at once, texts with the next batch", async () => {
  await using at = await platform();
  at.web.set({ batchMs: 4_000 });
  const client = await at.client({ ticket: await ticketFor(null) }).joined();
  await at.web.say(ROOM, chatDraft("first"));
  await waitFor("the first batch", () => client.texts.length === 1);
  await at.web.say(ROOM, chatDraft("second"));
  await at.web.say(ROOM, pkDraft([5, 6]));
  await waitFor("the battle", () => client.messages.some(({ kind }) => kind === "pk"));
  deepStrictEqual(client.texts, ["first"]);
  await waitFor("the text", () => client.texts.length === 2);
});

Deno.test("private messages reach every connection of their account and nobody else", async () => {
  await using at = await platform();
  const bob = { ...ANN, id: "b0b0b0b0b0b0b0b0b0b0b0b0", name: "Bob" };
  const annAgain = { ticket: await ticketFor(ANN) };
  const anns = [await at.client(annAgain).joined(), await at.client(annAgain).joined()];
  const others = [
    await at.client({ ticket: await ticketFor(bob) }).joined(),
    await at.client({ ticket: await ticketFor(null) }).joined(),
  ];
  await waitFor("both accounts", () => at.web.figures.channels === 4);
  await at.web.say(accountChannel(ANN.id), noticeDraft("private", { text: "psst" }));
  for (const ann of anns) {
    await waitFor("the message", () => ann.messages.some(({ kind }) => kind === "notice"));
  }
  await at.web.say(ROOM, chatDraft("hello"));
  for (const other of others) {
    await waitFor("the text", () => other.texts.length === 1);
    strictEqual(other.messages.length, 1);
  }
  // What was said while the connection was away comes with the next one, once.
  const { cursor } = anns[0]!;
  anns.forEach((ann) => ann.leave());
  await at.web.say(accountChannel(ANN.id), noticeDraft("private", { text: "again" }));
  const back = await at.client({ ...annAgain, cursor }).joined();
  await waitFor(
    "it",
    () =>
      back.messages.some(({ kind, body }) =>
        kind === "notice" && "data" in body && body.data.text === "again"
      ),
  );
});

Deno.test("no good ticket in time, a forged, an old one: 4401", async () => {
  await using at = await platform({ gatewayLimits: { authWithinMs: 300 } });
  const bad = [
    {},
    { ticket: "rubbish" },
    { ticket: await ticketFor(null, { secret: "another-secret-of-nobody-0123" }) },
    { ticket: await ticketFor(null, { expiresAtMs: Date.now() - 1 }) },
    { ticket: await ticketFor(null, { room: "999999" }) },
  ].map((options) => at.client(options));
  for (const client of bad) {
    await waitFor("the end", () => client.closed);
    strictEqual(client.closed, PROBLEM_CODES.unauthenticated);
    const [problem] = client.frames;
    ok(problem?.type === "problem" && problem.code === "unauthenticated");
  }
  const late = at.client();
  await new Promise((resolve) => late.socket.once("open", resolve));
  late.authenticate(await ticketFor(null));
  await late.joined();
  await pause(400);
  strictEqual(late.closed, null, "who shows a ticket in time stays");
});

Deno.test("frames that cannot be read, too long or too many end the connection with a code", async () => {
  await using at = await platform();
  const ticket = await ticketFor(null);
  const send = async (bytes: (string | Uint8Array)[], json = false) => {
    const client = await at.client({ ticket, json }).joined();
    for (const one of bytes) client.socket.send(one);
    return await waitFor("the end", () => client.closed);
  };
  strictEqual(await send([Uint8Array.of(0xff, 0xff)]), PROBLEM_CODES.malformed);
  strictEqual(await send(["text"]), PROBLEM_CODES.malformed);
  strictEqual(await send(["{}"], true), PROBLEM_CODES.malformed);
  strictEqual(await send([Uint8Array.of(0x12, 0)], true), PROBLEM_CODES.malformed);
  strictEqual(await send([new Uint8Array(5_000)]), 1009);
  strictEqual(await send(Array(30).fill(Uint8Array.of(0x12, 0))), PROBLEM_CODES.too_many);
  strictEqual(await send([`{"type":"auth","ticket":"x"}`], true), PROBLEM_CODES.malformed);
});

Deno.test("connections are bounded by address, account and process", async () => {
  await using at = await platform({ gatewayLimits: { maxPerAddress: 3, maxPerAccount: 2 } });
  const ticket = await ticketFor(ANN);
  await Promise.all([at.client({ ticket }).joined(), at.client({ ticket }).joined()]);
  const third = at.client({ ticket });
  await waitFor("the end of the third", () => third.closed);
  strictEqual(third.closed, PROBLEM_CODES.too_many);
  const visitor = await ticketFor(null);
  await at.client({ ticket: visitor }).joined();
  const fourth = at.client({ ticket: visitor });
  await waitFor("the refusal", () => fourth.refused);
  strictEqual(fourth.refused, 429);
});

Deno.test("whoever is shown out of a room is closed there, and nobody else", async () => {
  await using at = await platform();
  const bob = { ...ANN, id: "b0b0b0b0b0b0b0b0b0b0b0b0", name: "Bob" };
  const clients = {
    ann: await at.client({ ticket: await ticketFor(ANN) }).joined(),
    annElsewhere: await at.client({ ticket: await ticketFor(ANN, { room: "100002" }) }).joined(),
    bob: await at.client({ ticket: await ticketFor(bob) }).joined(),
  };
  await at.web.say(
    ROOM,
    noticeDraft("muted", { account: bob.id, until: null }, { lane: "moderation" }),
    noticeDraft("banned", { account: bob.id, lifted: true }, { lane: "moderation" }),
    noticeDraft("banned", { account: ANN.id }, { lane: "moderation" }),
  );
  await waitFor("the end", () => clients.ann.closed);
  strictEqual(clients.ann.closed, PROBLEM_CODES.banned);
  await waitFor("the notices", () => clients.bob.messages.length === 3);
  strictEqual(clients.bob.closed, null);
  strictEqual(clients.annElsewhere.closed, null);
  // A ticket from before the ban opens nothing, until the ban is lifted.
  const again = at.client({ ticket: await ticketFor(ANN) });
  await waitFor("the refusal", () => again.closed);
  strictEqual(again.closed, PROBLEM_CODES.banned);
  deepStrictEqual(again.messages, []);
  await at.web.say(
    ROOM,
    noticeDraft("banned", { account: ANN.id, lifted: true }, { lane: "moderation" }),
  );
  await waitFor("the notice", () => clients.bob.messages.length === 4);
  await at.client({ ticket: await ticketFor(ANN) }).joined();
});

Deno.test("a big room pushes what is important, and becomes small again", async () => {
  await using at = await platform();
  const client = await at.client({ ticket: await ticketFor(null) }).joined();
  const viewers = (total: number) =>
    noticeDraft("viewers", { total }, { lane: "low", stateKey: "viewers" });
  const policies = () =>
    client.frames.flatMap((frame) => frame.type === "policy" ? [frame.push.join()] : []);
  await at.web.say(ROOM, viewers(2_000));
  await waitFor("the policy", () => policies().length === 1);
  deepStrictEqual(policies(), ["gift,pk,notice"]);
  await at.web.say(ROOM, chatDraft("polled"), giftDraft("rose"));
  await waitFor("the gift", () => client.messages.some(({ kind }) => kind === "gift"));
  deepStrictEqual(client.texts, []);
  const { body } = await at.poll("?kinds=chat");
  deepStrictEqual(texts(body), ["polled"]);
  strictEqual(body.policy, undefined);
  await at.web.say(ROOM, viewers(1_700));
  await pause(1_500);
  strictEqual(policies().length, 1, "a little smaller changes nothing");
  await at.web.say(ROOM, viewers(1_500));
  await waitFor("the policy", () => policies().length === 2);
  at.web.set({ bigRoomViewers: 1_000, bigRoomPush: ["pk"] });
  await waitFor("the settings", () => policies().length === 3);
  strictEqual(policies()[2], "pk");
});

Deno.test("web is restarted: no connection closes, nothing is lost, polls go on", async () => {
  await using at = await platform();
  const ticket = await ticketFor(null);
  const clients = await Promise.all(
    Array.from({ length: 20 }, () => at.client({ ticket }).joined()),
  );
  await at.web.say(ROOM, chatDraft("before"));
  await waitFor("the first", () => clients.every(({ texts }) => texts.length === 1));
  await at.web.kill();
  await at.web.say(ROOM, chatDraft("meanwhile"));
  strictEqual((await at.poll()).response.status, 200);
  await at.web.start();
  await at.web.say(ROOM, chatDraft("after"));
  await waitFor("the rest", () => clients.every(({ texts }) => texts.length === 3));
  for (const client of clients) {
    deepStrictEqual(client.texts, ["before", "meanwhile", "after"]);
    strictEqual(client.closed, null);
    ok(client.frames.every((frame) => frame.type !== "batch" || frame.dropped === 0));
  }
});

Deno.test("a reader that never reads is skipped, then ended; the others are served", async () => {
  await using at = await platform();
  const ticket = await ticketFor(null);
  const good = await at.client({ ticket }).joined();
  const { hostname, port } = new URL(at.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(
    `GET /im?ticket=${ticket} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n` +
      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  let closed = false;
  socket.on("error", () => {});
  socket.on("close", () => closed = true);
  await waitFor(
    "two connections",
    async () => (await at.metrics.text()).match(/im_connections\{[^}]*\} 2/),
  );
  socket.pause();
  at.web.set({ maxPerSecond: 400, batchMs: 50 });
  const long = "万".repeat(4_000);
  const talker = setInterval(() => {
    void at.web.say(ROOM, ...Array.from({ length: 20 }, () => chatDraft(long)));
  }, 50);
  await waitFor("the skipping", () => at.edge.health!().imSkipped);
  await waitFor("the end", () => at.edge.health!().imConnections === 1, { deadlineMs: 30_000 });
  clearInterval(talker);
  strictEqual(good.closed, null);
  ok(good.texts.length > 100);
  socket.destroy();
  await waitFor("the close", () => closed);
});

Deno.test("an edge that stops sends its clients elsewhere in waves", async () => {
  const at = await platform();
  const ticket = await ticketFor(null);
  const clients = await Promise.all(
    Array.from({ length: 120 }, () => at.client({ ticket }).joined()),
  );
  const stopped = at.edge.stop();
  await waitFor(
    "all hints",
    () => clients.every(({ frames }) => frames.some(({ type }) => type === "reconnect")),
  );
  const waits = clients.map(({ frames }) => {
    const hint = frames.find(({ type }) => type === "reconnect");
    return hint?.type === "reconnect" ? hint.afterMs : -1;
  });
  ok(new Set(waits).size > 1 && Math.max(...waits) < 4_000);
  await stopped;
  await waitFor("the ends", () => clients.every(({ closed }) => closed !== null));
  ok(clients.every(({ closed }) => closed === PROBLEM_CODES.draining));
  await at.web[Symbol.asyncDispose]();
});

Deno.test("a silent client is asked, and ended when it does not answer", async () => {
  await using at = await platform({
    gatewayLimits: { askAfterMs: 500, answerWithinMs: 500 },
  });
  const ticket = await ticketFor(null);
  const alive = await at.client({ ticket }).joined();
  const dead = new WebSocket(`${at.url.replace("http", "ws")}/im?ticket=${ticket}`, {
    autoPong: false,
  });
  const code = new Promise<number>((resolve) => dead.on("close", resolve));
  strictEqual(await code, PROBLEM_CODES.silent);
  ok(alive.frames.every(({ type }) => type !== "problem"));
  strictEqual(alive.closed, null);
});

Deno.test("the edge reports who reads messages beside who watches", async () => {
  const web = await new ImWeb().start();
  const { edge, url } = await startEdge({ webUrl: web.url }, { reportIntervalMs: 3_600_000 });
  const client = await new ImClient(url, { ticket: await ticketFor(null) }).joined();
  for (const agent of ["a", "b", "b"]) {
    const response = await fetch(`${url}/api/rooms/${ROOM}/messages`, {
      headers: { "user-agent": agent },
    });
    await response.body?.cancel();
  }
  await waitFor(
    "the figures",
    async () =>
      (await (await fetch(`${url}/metrics`)).text()).match(/wanren_edge_im_viewers\{[^}]*\} 3/),
  );
  strictEqual(client.closed, null);
  await edge.stop();
  await web[Symbol.asyncDispose]();
});

Deno.test("an edge says where it is and how full, and that it stops before anybody goes", async () => {
  const said: { gateway: Record<string, unknown> | null }[] = [];
  await using web = await new ImWeb().start();
  const listener = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => text += chunk);
    request.on("end", () => {
      if (request.url === "/internal/viewers") said.push(JSON.parse(text));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const webUrl = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const feed = () =>
    new WebFeed({ connect: feedConnector({ webUrl: web.url, clusterSecret: EDGE_SECRET }) });
  const { edge, url } = await startEdge(
    { webUrl, publicUrl: "https://east.test", region: "east", nodeWeight: 3 },
    { reportIntervalMs: 50, openFeed: feed, gatewayLimits: { maxConnections: 4 } },
  );
  const idle = await waitFor("a report", () => said.at(-1)?.gateway);
  deepStrictEqual({ ...idle, load: 0 }, {
    ...{ url: "https://east.test", region: "east", weight: 3, load: 0 },
  });
  const clients: ImClient[] = [];
  for (let n = 0; n < 2; n++) {
    clients.push(await new ImClient(url, { ticket: await ticketFor(null) }).joined());
  }
  await waitFor("half of it taken", () => Number(said.at(-1)?.gateway?.load) >= 0.5);
  const stopping = edge.stop();
  await waitFor("the hint", () => clients[0]!.frames.at(-1)?.type === "reconnect");
  strictEqual(said.at(-1)?.gateway, null);
  await stopping;
  await new Promise((resolve) => {
    listener.close(resolve);
    listener.closeAllConnections();
  });
});

Deno.test("createEdge() answers polls from a feed that it is given", async () => {
  await using web = await new ImWeb().start();
  await web.say(ROOM, chatDraft("hello"));
  const feed = new WebFeed({
    connect: feedConnector({ webUrl: web.url, clusterSecret: EDGE_SECRET }),
  });
  const edge = createEdge({ origins: ["http://127.0.0.1:9"], clusterSecret: EDGE_SECRET, feed });
  const get = (path: string) => edge.fetch(new Request(`http://edge.test${path}`));
  const response = await get(`/api/rooms/${ROOM}/messages`);
  strictEqual(response.status, 200);
  deepStrictEqual(texts(await response.json()), ["hello"]);
  strictEqual((await get("/api/rooms/999999/messages")).status, 404);
  strictEqual((await get(`/api/rooms/${ROOM}/messages?limit=x`)).status, 400);
  edge.stop();
  await feed.close();
});
