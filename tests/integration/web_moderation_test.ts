/** Moderation over HTTP: who may do what, and what then becomes of texts. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Message } from "../../im/protocol/message.ts";
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
  const base = `/api/rooms/${room.id}`;
  const call = async (
    method: string,
    path: string,
    member: Member | null,
    body?: Record<string, unknown>,
  ) => {
    const response = await web.call(method, path.startsWith("/api") ? path : base + path, {
      ...(member && { token: member.token }),
      ...(body && { body }),
    });
    const type = response.headers.get("content-type") ?? "";
    const answer = type.includes("json") ? await response.json() : null;
    return { status: response.status, headers: response.headers, body: answer };
  };
  const say = (member: Member | null, text = "hello", clientId = `c${++n}`) =>
    call("POST", "/messages", member, { kind: "chat", text, clientId });
  const rule = async (change: Record<string, unknown>, member: Member = ann) => {
    const { status, body } = await call("PATCH", "/rules", member, change);
    strictEqual(status, 200, JSON.stringify(body));
    return body;
  };
  const messages = async (): Promise<readonly Message[]> =>
    (await web.log.read(room.id, { after: null, limit: 1_000 })).messages;
  const notices = async (name: string) =>
    (await messages()).flatMap(({ kind, body, lane, stateKey }) =>
      kind === "notice" && body.notice === name ? [{ data: body.data, lane, stateKey }] : []
    );
  return {
    web,
    ann,
    bob,
    room,
    call,
    say,
    rule,
    messages,
    notices,
    async moderator(name = "mod") {
      const member = await web.signUp(name);
      strictEqual((await call("PUT", `/moderators/${member.id}`, ann)).status, 204);
      return member;
    },
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}

const refusal = ({ status, body }: { status: number; body: { code?: string } }) =>
  `${status} ${body?.code}`;

Deno.test("PATCH rules is for owner, moderators and administrators, and the room hears of it", async () => {
  await using at = await world();
  const { bob, call, rule } = at;
  const fresh = await call("GET", "/rules", null);
  deepStrictEqual(fresh.body, {
    rules: {
      slowModeS: 0,
      followersOnly: false,
      minLevel: 0,
      emotesOnly: false,
      visitors: false,
      review: false,
      words: null,
    },
    moderates: false,
    muted: false,
    mutedUntil: null,
    banned: false,
    bannedUntil: null,
    reason: "",
  });
  strictEqual(refusal(await call("PATCH", "/rules", null, { minLevel: 1 })), "401 unauthenticated");
  strictEqual(refusal(await call("PATCH", "/rules", bob, { minLevel: 1 })), "403 forbidden");
  const wrong = await call("PATCH", "/rules", at.ann, { slowModeS: 9_999 });
  strictEqual(refusal(wrong), "400 invalid");
  strictEqual(wrong.body.field, "slowModeS");
  strictEqual(refusal(await call("PATCH", "/rules", at.ann, {})), "400 invalid");
  await rule({ slowModeS: 10, words: { list: ["secret"] } });
  await rule({ minLevel: 2 }, await at.moderator());
  await rule({ emotesOnly: true }, await at.web.admin());
  const [last, ...others] = (await at.notices("rules")).toReversed();
  strictEqual(others.length, 2);
  deepStrictEqual(last, {
    data: {
      slowModeS: 10,
      followersOnly: false,
      minLevel: 2,
      emotesOnly: true,
      visitors: false,
      review: false,
    },
    lane: "moderation",
    stateKey: "rules",
  });
  deepStrictEqual((await call("GET", "/rules", at.ann)).body.rules.words, {
    list: ["secret"],
    action: "refuse",
  });
  strictEqual((await call("GET", "/rules", bob)).body.rules.words, null);
});

Deno.test("rules decide who talks, with what is missing", async () => {
  await using at = await world();
  const { bob, say, rule } = at;
  strictEqual(refusal(await say(null)), "403 visitors");
  await rule({ visitors: true });
  strictEqual((await say(null)).status, 201);
  await rule({ followersOnly: true });
  strictEqual(refusal(await say(bob)), "403 followers_only");
  await at.call("PUT", "/follow", bob);
  strictEqual((await say(bob)).status, 201);
  await rule({ minLevel: 3 });
  const low = await say(bob);
  strictEqual(refusal(low), "403 level");
  strictEqual(low.body.level, 3);
  await rule({ minLevel: 0, emotesOnly: true });
  strictEqual(refusal(await say(bob)), "403 emotes_only");
  strictEqual((await say(bob, "[smile]")).status, 201);
  strictEqual((await say(at.ann, "I may")).status, 201);
});

Deno.test("slow mode says how long to wait, and forgives a text that is sent again", async () => {
  await using at = await world();
  await at.rule({ slowModeS: 30 });
  strictEqual((await at.say(at.bob, "one", "same")).status, 201);
  strictEqual((await at.say(at.bob, "one", "same")).status, 200);
  at.web.clock.nowMs += 10_000;
  const slow = await at.say(at.bob);
  strictEqual(refusal(slow), "429 slow_down");
  strictEqual(slow.headers.get("retry-after"), "20");
  strictEqual((await at.say(at.ann)).status, 201);
  strictEqual((await at.say(at.ann)).status, 201);
  at.web.clock.nowMs += 20_000;
  strictEqual((await at.say(at.bob)).status, 201);
});

Deno.test("words are refused without being repeated, masked, or held", async () => {
  await using at = await world();
  await at.rule({ words: { list: ["rubbish", "傻逼"] } });
  const refused = await at.say(at.bob, "what RUBBISH");
  strictEqual(refusal(refused), "422 words");
  ok(!/rubbish/i.test(JSON.stringify(refused.body)));
  strictEqual(refusal(await at.say(at.bob, "ｒ.ｕ.ｂ.ｂ.ｉ.ｓ.ｈ")), "422 words");
  strictEqual((await at.say(at.bob, "rub a dish")).status, 201);
  await at.rule({ words: { action: "mask" } });
  const masked = await at.say(at.bob, "你傻 逼吗");
  strictEqual(masked.status, 201);
  strictEqual(masked.body.message.text, "你傻 逼吗");
  strictEqual((await at.say(at.bob, "你傻逼吗")).body.message.text, "你**吗");
  await at.rule({ words: { action: "hold" } });
  const held = await at.say(at.bob, "rubbish");
  strictEqual(held.status, 202);
  deepStrictEqual(held.body, { message: null });
});

Deno.test("words of the instance hold in every room and in private", async () => {
  await using at = await world();
  const root = await at.web.admin();
  const words = { list: ["scam*"], action: "refuse" };
  const changed = await at.call("PATCH", "/api/admin/settings", root, { words });
  strictEqual(changed.status, 200);
  deepStrictEqual(changed.body.settings.words, words);
  strictEqual(refusal(await at.say(at.bob, "scammers")), "422 words");
  strictEqual(refusal(await at.say(at.ann, "scam")), "422 words");
  const tell = (text: string) =>
    at.call("POST", `/api/accounts/${at.ann.id}/messages`, at.bob, { text, clientId: text });
  strictEqual(refusal(await tell("s-c-a-m")), "422 words");
  strictEqual((await tell("hello")).status, 201);
});

Deno.test("a mute keeps somebody silent for a while, and the room hears of it", async () => {
  await using at = await world();
  const { ann, bob, call, say } = at;
  const path = `/mutes/${bob.id}`;
  strictEqual(refusal(await call("PUT", path, bob, { seconds: 60 })), "403 forbidden");
  for (const seconds of [59, 2_592_001, 60.5, null]) {
    strictEqual(refusal(await call("PUT", path, ann, { seconds })), "400 invalid");
  }
  const put = await call("PUT", path, ann, { seconds: 600, reason: "spam" });
  strictEqual(put.status, 200);
  const { mute } = put.body;
  deepStrictEqual([mute.account.name, mute.by.name, mute.reason], ["bob", "ann", "spam"]);
  const untilMs = at.web.clock.nowMs + 600_000;
  strictEqual(Date.parse(mute.until), untilMs);
  deepStrictEqual(await at.notices("muted"), [{
    data: { account: bob.id, name: "bob", untilMs },
    lane: "moderation",
    stateKey: null,
  }]);
  const muted = await say(bob);
  strictEqual(refusal(muted), "403 muted");
  strictEqual(muted.body.untilMs, untilMs);
  const seen = (await call("GET", "/rules", bob)).body;
  deepStrictEqual([seen.muted, seen.mutedUntil, seen.reason], [true, mute.until, "spam"]);
  strictEqual((await call("GET", "/rules", await at.web.signUp("eve"))).body.reason, "");
  strictEqual((await call("GET", "/mutes", ann)).body.mutes.length, 1);
  strictEqual(refusal(await call("GET", "/mutes", bob)), "403 forbidden");
  at.web.clock.nowMs = untilMs;
  strictEqual((await say(bob)).status, 201);
  strictEqual((await call("GET", "/mutes", ann)).body.mutes.length, 0);
  await call("PUT", path, ann, { seconds: 60 });
  strictEqual((await call("DELETE", path, ann)).status, 204);
  strictEqual((await say(bob)).status, 201);
  deepStrictEqual((await at.notices("muted")).at(-1)?.data, { account: bob.id, lifted: true });
});

Deno.test("who is banned neither talks nor gets a ticket, and may come back when it is lifted", async () => {
  await using at = await world();
  const { ann, bob, call, say, room } = at;
  const ticket = () => call("GET", `/api/im/gateways?room=${room.id}`, bob);
  strictEqual((await ticket()).status, 200);
  const put = await call("PUT", `/bans/${bob.id}`, ann, { seconds: null, reason: "rude" });
  strictEqual(put.body.ban.until, null);
  const seen = (await call("GET", "/rules", bob)).body;
  deepStrictEqual([seen.banned, seen.bannedUntil, seen.reason], [true, null, "rude"]);
  deepStrictEqual((await at.notices("banned")).map(({ data, lane }) => ({ data, lane })), [{
    data: { account: bob.id, name: "bob", untilMs: null },
    lane: "moderation",
  }]);
  strictEqual(refusal(await say(bob)), "403 banned");
  strictEqual(refusal(await ticket()), "403 banned");
  strictEqual((await call("GET", "/bans", ann)).body.bans[0].account.id, bob.id);
  strictEqual((await call("DELETE", `/bans/${bob.id}`, ann)).status, 204);
  strictEqual((await ticket()).status, 200);
  strictEqual((await at.notices("banned")).at(-1)?.data.lifted, true);
  await call("PUT", `/bans/${bob.id}`, ann, { seconds: 60 });
  at.web.clock.nowMs += 60_000;
  strictEqual((await say(bob)).status, 201);
});

Deno.test("nobody mutes or bans their like: owners, administrators, other moderators, themselves", async () => {
  await using at = await world();
  const { ann, call } = at;
  const root = await at.web.admin();
  const [mod, other] = [await at.moderator("mod"), await at.moderator("other")];
  const ban = async (actor: Member, target: Member) =>
    (await call("PUT", `/bans/${target.id}`, actor, { seconds: 60 })).status;
  for (const target of [ann, root, other, mod]) strictEqual(await ban(mod, target), 403);
  for (const target of [ann, root]) strictEqual(await ban(ann, target), 403);
  strictEqual(await ban(root, ann), 403);
  strictEqual(await ban(mod, at.bob), 200);
  strictEqual(await ban(ann, mod), 200);
  const { moderators } = (await call("GET", "/moderators", ann)).body;
  deepStrictEqual(moderators.map(({ account }: { account: Member }) => account.name), ["other"]);
  strictEqual((await call("PUT", "/bans/nobody", ann, { seconds: 60 })).status, 404);
});

Deno.test("moderators are the owner's choice, and may go by themselves", async () => {
  await using at = await world();
  const { ann, bob, call, say } = at;
  const mod = await at.moderator();
  strictEqual((await say(mod)).body.message.from.role, "moderator");
  const put = (actor: Member, target: Member) => call("PUT", `/moderators/${target.id}`, actor);
  strictEqual(refusal(await put(mod, bob)), "403 forbidden");
  strictEqual(refusal(await put(ann, ann)), "400 invalid");
  strictEqual(refusal(await call("DELETE", `/moderators/${mod.id}`, bob)), "403 forbidden");
  strictEqual((await call("DELETE", `/moderators/${mod.id}`, mod)).status, 204);
  strictEqual(refusal(await call("GET", "/moderators", mod)), "403 forbidden");
  strictEqual((await say(mod)).body.message.from.role, "member");
});

Deno.test("DELETE message takes it back for everybody, by who may", async () => {
  await using at = await world();
  const { ann, bob, call, say } = at;
  const carol = await at.web.signUp("carol");
  const idOf = async (member: Member) => (await say(member)).body.message.id as string;
  const remove = async (member: Member, id: string) =>
    (await call("DELETE", `/messages/${id}`, member)).status;
  const first = await idOf(bob);
  strictEqual(await remove(carol, first), 403);
  strictEqual(await remove(bob, first), 204);
  strictEqual(await remove(bob, first), 404);
  deepStrictEqual((await at.notices("removed")).map(({ data }) => data), [{ ids: [first] }]);
  ok(!(await at.messages()).some(({ kind }) => kind === "chat"));
  const second = await idOf(bob);
  at.web.clock.nowMs += 121_000;
  strictEqual(await remove(bob, second), 403);
  const mod = await at.moderator();
  strictEqual(await remove(mod, second), 204);
  strictEqual(await remove(mod, await idOf(ann)), 403);
  strictEqual(await remove(await at.web.admin(), await idOf(ann)), 204);
  strictEqual(await remove(ann, "nonsense!"), 404);
  const history = await call("GET", "/history", null);
  const chats = history.body.messages.filter(({ kind }: { kind: string }) => kind === "chat");
  strictEqual(chats.length, 1);
});

Deno.test("a text that is held is said when it is approved, once, and never when it is rejected", async () => {
  await using at = await world();
  const { ann, bob, call, say } = at;
  await at.rule({ review: true });
  strictEqual((await say(bob, "one")).status, 202);
  at.web.clock.nowMs += 1_000;
  strictEqual((await say(bob, "two")).status, 202);
  strictEqual((await say(ann, "mine")).status, 201);
  strictEqual(refusal(await call("GET", "/review", bob)), "403 forbidden");
  const { held } = (await call("GET", "/review", ann)).body;
  deepStrictEqual(held.map(({ text }: { text: string }) => text), ["one", "two"]);
  const decide = async (id: string, action: string, member = ann) =>
    (await call("POST", `/review/${id}`, member, { action })).status;
  strictEqual(await decide(held[0].id, "approve", bob), 403);
  strictEqual(await decide(held[0].id, "burn"), 400);
  const racing = await Promise.all([0, 1, 2].map(() => decide(held[0].id, "approve")));
  ok(racing.includes(204));
  strictEqual(await decide(held[1].id, "reject"), 204);
  strictEqual(await decide(held[1].id, "approve"), 404);
  const texts = (await at.messages()).flatMap(({ kind, body }) =>
    kind === "chat" ? [body.text] : []
  );
  deepStrictEqual(texts, ["mine", "one"]);
  strictEqual((await call("GET", "/review", ann)).body.held.length, 0);
});

Deno.test("reports reach those who look after the room, and administrators", async () => {
  await using at = await world({ rateLimits: true });
  const { ann, bob, call } = at;
  const root = await at.web.admin();
  const { id } = (await at.say(ann, "bad words")).body.message;
  const report = (member: Member | null, reason = "rude") =>
    call("POST", `/messages/${id}/report`, member, { reason });
  strictEqual(refusal(await report(null)), "401 unauthenticated");
  strictEqual(refusal(await report(bob, " ")), "400 invalid");
  strictEqual((await report(bob)).status, 202);
  strictEqual((await report(bob, "very rude")).status, 202);
  const [first, ...more] = (await call("GET", "/reports", ann)).body.reports;
  strictEqual(more.length, 0);
  deepStrictEqual(
    [first.message.text, first.message.from.name, first.reason, first.reporter.name, first.room],
    ["bad words", "ann", "very rude", "bob", at.room.id],
  );
  strictEqual(refusal(await call("GET", "/reports", bob)), "403 forbidden");
  strictEqual(refusal(await call("GET", "/api/admin/reports", ann)), "403 forbidden");
  strictEqual((await call("GET", "/api/admin/reports", root)).body.reports[0].id, first.id);
  strictEqual((await call("DELETE", `/reports/${first.id}`, root)).status, 204);
  strictEqual((await call("DELETE", `/reports/${first.id}`, ann)).status, 404);
  strictEqual((await call("GET", "/api/admin/reports", root)).body.reports.length, 0);
  let last = 202;
  for (let n = 0; n < 8 && last === 202; n++) last = (await report(bob, `again ${n}`)).status;
  strictEqual(last, 429);
});

Deno.test("what is done is kept, and what administrators do in the audit log, too", async () => {
  await using at = await world();
  const root = await at.web.admin();
  await at.call("PUT", `/mutes/${at.bob.id}`, at.ann, { seconds: 60, reason: "spam" });
  await at.call("PUT", `/bans/${at.bob.id}`, root, { seconds: null, reason: "more spam" });
  const { acts } = (await at.call("GET", "/acts", at.ann)).body;
  deepStrictEqual(
    acts.map(({ act, actor, account, detail }: Record<string, { name: string }>) => [
      act,
      actor!.name,
      account!.name,
      detail,
    ]).toSorted(),
    [["banned", "root", "bob", "more spam"], ["muted", "ann", "bob", "60 s: spam"]],
  );
  strictEqual(refusal(await at.call("GET", "/acts", at.bob)), "403 forbidden");
  const audit = await at.call("GET", "/api/admin/audit?action=room_moderated", root);
  strictEqual(audit.body.entries.length, 1);
  strictEqual(audit.body.entries[0].target, `room:${at.room.id}`);
  match(audit.body.entries[0].detail, /banned · bob · more spam/);
});

Deno.test("private messages of a blocked account are refused until the block ends", async () => {
  await using at = await world();
  const { ann, bob, call } = at;
  const tell = (clientId: string) =>
    call("POST", `/api/accounts/${ann.id}/messages`, bob, { text: "psst", clientId });
  strictEqual((await tell("a")).status, 201);
  strictEqual(refusal(await call("PUT", `/api/account/blocks/${ann.id}`, ann)), "400 invalid");
  strictEqual(refusal(await call("PUT", "/api/account/blocks/nobody", ann)), "404 not_found");
  strictEqual((await call("PUT", `/api/account/blocks/${bob.id}`, ann)).status, 204);
  strictEqual(refusal(await tell("b")), "403 blocked");
  const { blocks } = (await call("GET", "/api/account/blocks", ann)).body;
  deepStrictEqual(blocks.map(({ account }: { account: Member }) => account.id), [bob.id]);
  deepStrictEqual((await call("GET", "/api/account/blocks", bob)).body.blocks, []);
  strictEqual((await call("DELETE", `/api/account/blocks/${bob.id}`, ann)).status, 204);
  strictEqual((await tell("c")).status, 201);
  strictEqual(refusal(await call("GET", "/api/account/blocks", null)), "401 unauthenticated");
});

Deno.test("every call about a room that is not there says so", async () => {
  await using at = await world();
  const calls: readonly (readonly [string, string, Record<string, unknown>?])[] = [
    ["GET", "rules"],
    ["PATCH", "rules", { minLevel: 1 }],
    ["GET", "moderators"],
    ["PUT", `moderators/${at.bob.id}`],
    ["DELETE", `moderators/${at.bob.id}`],
    ["GET", "mutes"],
    ["PUT", `mutes/${at.bob.id}`, { seconds: 60 }],
    ["DELETE", `mutes/${at.bob.id}`],
    ["GET", "bans"],
    ["PUT", `bans/${at.bob.id}`, { seconds: null }],
    ["DELETE", `bans/${at.bob.id}`],
    ["DELETE", "messages/abc"],
    ["POST", "messages/abc/report", { reason: "x" }],
    ["GET", "review"],
    ["POST", "review/abc", { action: "approve" }],
    ["GET", "reports"],
    ["DELETE", "reports/abc"],
    ["GET", "acts"],
  ];
  for (const [method, path, body] of calls) {
    const answer = await at.call(method, `/api/rooms/999999/${path}`, at.ann, body);
    strictEqual(refusal(answer), "404 not_found", `${method} ${path}`);
  }
});
