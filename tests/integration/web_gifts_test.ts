/** Coins and gifts over HTTP. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { EVERYONE, type Json, type Message, type NoticeBody } from "../../im/protocol/message.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import { levelOf } from "../../rooms/money/levels.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { type Member, startWebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

async function world(options: { readonly rateLimits?: boolean } = {}) {
  const web = await startWebApp({ hasher, ...options });
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const room = await web.createRoom(ann);
  let n = 0;
  const give = (
    member: Member | null,
    body: Record<string, unknown> = {},
    roomId: string = room.id,
  ) =>
    web.call("POST", `/api/rooms/${roomId}/gifts`, {
      ...(member && { token: member.token }),
      body: { gift: "rose", count: 1, requestId: `r${++n}`, ...body },
    });
  const rich = async (member: Member, coins: number) => {
    await web.money.wallets.grant({
      ...{ grantId: `g${++n}`, accountId: member.id, coins, reason: "", atMs: web.clock.nowMs },
    });
  };
  const channel = async (name: string): Promise<readonly Message[]> =>
    (await web.log.read(name, { after: null, limit: 1_000 })).messages;
  return {
    ...{ web, ann, bob, room, give, rich, channel },
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}

Deno.test("POST gifts pays once and tells the room", async () => {
  await using at = await world();
  await at.rich(at.bob, 100);
  const first = await at.give(at.bob, { gift: "lollipop", count: 3, requestId: "one" });
  strictEqual(first.status, 201);
  const { message, balance } = await first.json();
  strictEqual(balance, 85);
  const { id: _id, at: _at, ...rest } = message;
  deepStrictEqual(rest, {
    kind: "gift",
    priority: 5,
    from: { id: at.bob.id, name: "bob", level: levelOf(15), role: "member" },
    gift: "lollipop",
    count: 3,
    combo: 3,
    value: 15,
    side: null,
  });
  await at.rich(at.bob, 1_000);
  const again = await at.give(at.bob, { gift: "castle", count: 9, requestId: "one" });
  strictEqual(again.status, 200);
  deepStrictEqual(await again.json(), { message, balance: 85 });
  const messages = await at.channel(at.room.id);
  strictEqual(messages.filter(({ kind }) => kind === "gift").length, 1);
  const wallet = await (await at.web.call("GET", "/api/wallet", { token: at.bob.token })).json();
  deepStrictEqual(wallet, { balance: 1_085, spent: 15, level: 1, nextLevelAt: 46, topUp: false });
});

Deno.test("POST gifts answers 402 with the balance, and nothing happened", async () => {
  await using at = await world();
  await at.rich(at.bob, 10);
  const poor = await at.give(at.bob, { gift: "lollipop", count: 3, requestId: "one" });
  strictEqual(poor.status, 402);
  strictEqual(poor.headers.get("content-type"), "application/problem+json");
  const { status, code, balance, price } = await poor.json();
  deepStrictEqual({ status, code, balance, price }, {
    status: 402,
    code: "too_poor",
    balance: 10,
    price: 15,
  });
  deepStrictEqual(await at.channel(at.room.id), []);
  await at.rich(at.bob, 5);
  strictEqual(
    (await at.give(at.bob, { gift: "lollipop", count: 3, requestId: "one" })).status,
    201,
  );
});

Deno.test("POST gifts refuses what it does not know", async () => {
  await using at = await world();
  await at.rich(at.bob, 1_000_000);
  const status = async (body: Record<string, unknown>, roomId?: string) =>
    (await at.give(at.bob, body, roomId)).status;
  strictEqual((await at.give(null)).status, 401);
  strictEqual(await status({ gift: "moon" }), 400);
  strictEqual(await status({ gift: "__proto__" }), 400);
  for (const count of [0, -1, 1.5, 10_000, Number.MAX_SAFE_INTEGER, "1", null]) {
    strictEqual(await status({ count }), 400, `${count}`);
  }
  for (const requestId of ["", "a b", "x".repeat(65), "grant 1", 7]) {
    strictEqual(await status({ requestId }), 400, `${requestId}`);
  }
  strictEqual(await status({ side: at.room.id }), 400);
  strictEqual(await status({}, "999999"), 404);
  strictEqual(await status({}, "x"), 404);
  strictEqual(await status({ count: 9_999 }), 201);
  strictEqual((await at.web.money.wallets.read(at.bob.id)).balance, 1_000_000 - 9_999);
});

Deno.test("POST gifts: who was shown out is refused before a coin moves, and may again later", async () => {
  await using at = await world();
  await at.rich(at.bob, 5_000);
  const ban = (method: string) =>
    at.web.call(method, `/api/rooms/${at.room.id}/bans/${at.bob.id}`, {
      token: at.ann.token,
      ...(method === "PUT" && { body: { seconds: null, reason: "rude" } }),
    });
  strictEqual((await ban("PUT")).status, 200);
  // A gift that would be told in every room, too.
  for (const body of [{}, { gift: "rocket" }]) {
    const refused = await at.give(at.bob, { ...body, requestId: "kept" });
    strictEqual(refused.status, 403);
    strictEqual((await refused.json()).code, "banned");
  }
  const { balance, spent } = await at.web.money.wallets.read(at.bob.id);
  deepStrictEqual({ balance, spent }, { balance: 5_000, spent: 0 });
  strictEqual(
    (await at.web.money.wallets.history(at.bob.id, { before: null, limit: 9 })).length,
    1,
  );
  ok(!(await at.channel(at.room.id)).some(({ kind }) => kind === "gift"));
  deepStrictEqual(await at.channel(EVERYONE), []);
  // It holds in this room alone, and until it is lifted; the refused request was never paid.
  const elsewhere = await at.web.createRoom(at.bob);
  strictEqual((await at.give(at.bob, {}, elsewhere.id)).status, 201);
  strictEqual((await ban("DELETE")).status, 204);
  strictEqual((await at.give(at.bob, { requestId: "kept" })).status, 201);
});

Deno.test("POST gifts: who is muted may give, but not talk", async () => {
  await using at = await world();
  await at.rich(at.bob, 100);
  const mute = await at.web.call("PUT", `/api/rooms/${at.room.id}/mutes/${at.bob.id}`, {
    token: at.ann.token,
    body: { seconds: 600 },
  });
  strictEqual(mute.status, 200);
  const said = await at.web.call("POST", `/api/rooms/${at.room.id}/messages`, {
    token: at.bob.token,
    body: { kind: "chat", text: "hello", clientId: "c1" },
  });
  strictEqual(said.status, 403);
  strictEqual((await said.json()).code, "muted");
  strictEqual((await at.give(at.bob, { gift: "coffee" })).status, 201);
  // No way to smuggle words in with it.
  const worded = await at.give(at.bob, { text: "hello", message: "hello" });
  ok(!JSON.stringify(await worded.json()).includes("hello"));
  const messages = await at.channel(at.room.id);
  ok(messages.some(({ kind }) => kind === "gift"));
  ok(!messages.some((message) => JSON.stringify(message).includes("hello")));
});

Deno.test("POST gifts: racing requests never spend more than there is", async () => {
  await using at = await world();
  await at.rich(at.bob, 50);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => at.give(at.bob, { gift: "coffee" })),
  );
  const statuses = answers.map(({ status }) => status);
  strictEqual(statuses.filter((status) => status === 201).length, 5);
  strictEqual(statuses.filter((status) => status === 402).length, 15);
  const same = await Promise.all(
    Array.from({ length: 9 }, () => at.give(at.bob, { requestId: "same" })),
  );
  ok(same.every(({ status }) => status === 402));
  const { balance, spent } = await at.web.money.wallets.read(at.bob.id);
  deepStrictEqual({ balance, spent }, { balance: 0, spent: 50 });
});

Deno.test("POST gifts grows a combo, and raises the sender's level for what they say next", async () => {
  await using at = await world();
  await at.rich(at.bob, 1_000);
  const combos: number[] = [];
  for (const count of [1, 2, 10]) {
    const { message } = await (await at.give(at.bob, { gift: "coffee", count })).json();
    combos.push(message.combo);
    at.web.clock.nowMs += 9_000;
  }
  deepStrictEqual(combos, [1, 3, 13]);
  const gifts = (await at.channel(at.room.id)).filter(({ kind }) => kind === "gift");
  deepStrictEqual(gifts.map(({ stateKey }) => stateKey), [
    null,
    `combo:${at.bob.id}:coffee`,
    `combo:${at.bob.id}:coffee`,
  ]);
  const said = await at.web.call("POST", `/api/rooms/${at.room.id}/messages`, {
    token: at.bob.token,
    body: { kind: "chat", text: "hello", clientId: "c" },
  });
  strictEqual((await said.json()).message.from.level, levelOf(130));
});

Deno.test("POST gifts announces a big gift everywhere, one of a sender in ten seconds", async () => {
  await using at = await world();
  await at.rich(at.bob, 1_000_000);
  await at.give(at.bob, { gift: "star" });
  strictEqual((await at.channel(EVERYONE)).length, 0);
  await at.give(at.bob, { gift: "castle", count: 2 });
  await at.give(at.bob, { gift: "rocket" });
  const [announced, ...others] = await at.channel(EVERYONE);
  deepStrictEqual(others, []);
  deepStrictEqual([announced?.lane, announced?.from?.name, announced?.body], [
    "broadcast",
    "bob",
    {
      notice: "broadcast",
      data: {
        gift: "castle",
        count: 2,
        value: 19_998,
        room: { id: at.room.id, title: "A room", owner: "ann" },
      },
    },
  ]);
  const big = (await at.channel(at.room.id)).filter(({ lane }) => lane === "bigGift");
  strictEqual(big.length, 2);
  at.web.clock.nowMs += 10_000;
  await at.give(at.bob, { gift: "rocket" });
  strictEqual((await at.channel(EVERYONE)).length, 2);
});

Deno.test("the leaderboard is told to the room, at most once a second, and read by everybody", async () => {
  await using at = await world();
  const { leaderboards } = at.web.business;
  const cyd = await at.web.signUp("cyd");
  const dan = await at.web.signUp("dan");
  for (const [member, count] of [[at.ann, 1], [at.bob, 4], [cyd, 3], [dan, 2]] as const) {
    await at.rich(member, 100);
    await at.give(member, { count });
  }
  await Promise.all([
    leaderboards.tick(at.web.clock.nowMs),
    leaderboards.tick(at.web.clock.nowMs),
  ]);
  await at.give(at.ann, { count: 9 });
  await leaderboards.tick(at.web.clock.nowMs);
  const told = async () =>
    (await at.channel(at.room.id)).filter(({ stateKey }) => stateKey === "leaderboard");
  strictEqual((await told()).length, 1);
  const place = (member: Member, coins: number) => ({ id: member.id, name: member.name, coins });
  deepStrictEqual((await told())[0]?.body, {
    notice: "leaderboard",
    data: { period: "day", top: [place(at.bob, 4), place(cyd, 3), place(dan, 2)] },
  });
  at.web.clock.nowMs += 1_000;
  await leaderboards.tick(at.web.clock.nowMs);
  const [, second] = await told();
  const { data } = second?.body as NoticeBody;
  deepStrictEqual((data.top as Json[])[0], place(at.ann, 10));
  const board = async (query: string) =>
    await (await at.web.call("GET", `/api/rooms/${at.room.id}/leaderboard${query}`)).json();
  deepStrictEqual(await board("?limit=2"), {
    period: "day",
    places: [
      { account: { id: at.ann.id, name: "ann" }, coins: 10 },
      { account: { id: at.bob.id, name: "bob" }, coins: 4 },
    ],
  });
  at.web.clock.nowMs += 86_400_000;
  deepStrictEqual((await board("")).places, []);
  strictEqual((await board("?period=all")).places.length, 4);
  strictEqual(
    (await at.web.call("GET", `/api/rooms/${at.room.id}/leaderboard?period=year`)).status,
    400,
  );
  strictEqual((await at.web.call("GET", "/api/rooms/999999/leaderboard")).status, 404);
});

Deno.test("a gift that was paid and left behind is finished by the sweep, once", async () => {
  await using at = await world();
  await at.rich(at.bob, 1_000);
  const order = {
    requestId: "left",
    accountId: at.bob.id,
    roomId: at.room.id,
    gift: "heart",
    count: 1,
    value: 520,
    battle: null,
    sender: { name: "bob", role: "member" },
    announce: true,
    atMs: at.web.clock.nowMs,
  } as const;
  await at.web.money.wallets.pay(order);
  const { gifts } = at.web.business;
  strictEqual(await gifts.sweep(at.web.clock.nowMs), 0);
  at.web.clock.nowMs += 6_000;
  strictEqual(await gifts.sweep(at.web.clock.nowMs), 1);
  strictEqual(await gifts.sweep(at.web.clock.nowMs), 0);
  const [message, ...others] = await at.channel(at.room.id);
  deepStrictEqual(others, []);
  strictEqual(message?.kind, "gift");
  strictEqual((await at.channel(EVERYONE)).length, 1);
  const [rank] = await at.web.money.boards.top(at.room.id, { day: null, limit: 1 });
  strictEqual(rank?.coins, 520);
  // Its sender asks again and has the first answer.
  const again = await at.give(at.bob, { gift: "heart", requestId: "left" });
  strictEqual(again.status, 200);
  strictEqual((await again.json()).balance, 480);
});

Deno.test("a gift whose message cannot be kept just now is paid, and shown when it is asked for again", async () => {
  await using at = await world();
  await at.rich(at.bob, 10);
  const append = at.web.log.append.bind(at.web.log);
  at.web.log.append = () => Promise.reject(new StoreBusyError("Cannot append: full"));
  const busy = await at.give(at.bob, { requestId: "one" });
  strictEqual(busy.status, 503);
  strictEqual(busy.headers.get("retry-after"), "1");
  at.web.log.append = append;
  const again = await at.give(at.bob, { requestId: "one" });
  strictEqual(again.status, 200);
  strictEqual((await again.json()).balance, 9);
  strictEqual((await at.channel(at.room.id)).length, 1);
});

Deno.test("POST gifts is limited for each account", async () => {
  await using at = await world({ rateLimits: true });
  await at.rich(at.bob, 1_000);
  const answers = await Promise.all(Array.from({ length: 60 }, () => at.give(at.bob)));
  const refused = answers.filter(({ status }) => status === 429);
  ok(refused.length >= 25 && answers.some(({ status }) => status === 201), `${refused.length}`);
  strictEqual(refused[0]?.headers.get("retry-after"), "1");
});

Deno.test("coins come from administrators, who leave a trace, or from a top-up where it is allowed", async () => {
  await using at = await world();
  const root = await at.web.admin();
  const grant = (member: Member, body: Record<string, unknown>, account = at.bob.id) =>
    at.web.call("POST", `/api/admin/accounts/${account}/coins`, { token: member.token, body });
  strictEqual((await grant(at.ann, { coins: 5, reason: "" })).status, 403);
  const given = await grant(root, { coins: 500, reason: " 活动 奖励 ", requestId: "x" });
  strictEqual(given.status, 200);
  deepStrictEqual(await given.json(), { balance: 500 });
  deepStrictEqual(
    await (await grant(root, { coins: 500, reason: "", requestId: "x" })).json(),
    { balance: 500 },
  );
  strictEqual((await grant(root, { coins: 5, reason: "" }, "nobody")).status, 404);
  for (const coins of [0, -5, 1.5, 1_000_000_001]) {
    strictEqual((await grant(root, { coins, reason: "" })).status, 400);
  }
  strictEqual((await grant(root, { coins: 5, reason: "x".repeat(201) })).status, 400);
  const { entries } = await (await at.web.call("GET", "/api/admin/audit?action=coins_granted", {
    token: root.token,
  })).json();
  deepStrictEqual(
    entries.map(({ target, detail }: { target: string; detail: string }) => [target, detail]),
    [[`account:${at.bob.id}`, "bob: 500 (活动 奖励)"]],
  );

  const topUp = (requestId: string) =>
    at.web.call("POST", "/api/wallet/top-up", { token: at.bob.token, body: { requestId } });
  strictEqual((await topUp("t1")).status, 403);
  const changed = await at.web.call("PATCH", "/api/admin/settings", {
    token: root.token,
    body: { topUp: "development" },
  });
  strictEqual(changed.status, 200);
  strictEqual((await (await topUp("t1")).json()).balance, 10_500);
  strictEqual((await (await topUp("t1")).json()).balance, 10_500);
  await at.give(at.bob, { gift: "cake" });
  const history = await (await at.web.call("GET", "/api/wallet/history?limit=2", {
    token: at.bob.token,
  })).json();
  deepStrictEqual(
    history.entries.map(({ kind, coins, balance }: Record<string, unknown>) => [
      kind,
      coins,
      balance,
    ]),
    [["gift", -66, 10_434], ["grant", 10_000, 10_500]],
  );
  ok(history.next > 0);
  strictEqual((await at.web.call("GET", "/api/wallet")).status, 401);
});

Deno.test("GET gifts answers the catalogue", async () => {
  await using at = await world();
  const { gifts } = await (await at.web.call("GET", "/api/gifts")).json();
  strictEqual(gifts.length, 9);
  deepStrictEqual(gifts[0], {
    key: "rose",
    zh: "玫瑰",
    en: "Rose",
    coins: 1,
    icon: "rose",
    effect: "float",
  });
});
