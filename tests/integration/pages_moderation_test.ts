import assert from "node:assert/strict";
import { htmlOf, type Site, startSite } from "../support/pages.ts";

const PATH = "/studio/moderation";

async function send(site: Site, cookie: string, fields: Readonly<Record<string, string>>) {
  return await site.post(PATH, fields, { cookie });
}

Deno.test("the rules of a room are for who looks after it", async () => {
  await using site = await startSite();
  const stranger = await site.get(PATH);
  assert.equal(stranger.status, 303);
  assert.equal(stranger.headers.get("location"), "/login?next=/studio/moderation");
  const lin = await site.room("Lin", "Tea hill");
  const other = await site.room("Other", "Elsewhere");
  const foreign = await site.get(`${PATH}?room=${lin.id}`, { cookie: other.cookie });
  assert.equal(foreign.status, 403);
  const forced = await send(site, other.cookie, { room: lin.id, act: "rules", slowModeS: "5" });
  assert.equal(forced.status, 403);
  assert.equal((await site.get(`${PATH}?room=999999`, { cookie: lin.cookie })).status, 404);
  const page = await htmlOf(await site.get(PATH, { cookie: lin.cookie }));
  assert.match(page, /Tea hill/);
  assert.match(page, /Nobody is muted/);
  assert.match(
    await htmlOf(await site.get("/studio", { cookie: lin.cookie })),
    /studio\/moderation/,
  );
});

Deno.test("rules and words are saved by a plain form, and refused with a sentence", async () => {
  await using site = await startSite();
  const lin = await site.room("Lin", "Tea hill");
  const rules = { room: lin.id, act: "rules", slowModeS: "15", minLevel: "2", visitors: "on" };
  const saved = await send(site, lin.cookie, rules);
  assert.equal(saved.status, 303);
  assert.equal(saved.headers.get("location"), `${PATH}?room=${lin.id}#rules-title`);
  await send(site, lin.cookie, {
    room: lin.id,
    act: "words",
    words: "spam\r\n\r\n 傻逼 \r\n<b>",
    wordAction: "mask",
  });
  const { rules: now } = await site.business.moderation.rules(null, lin.id);
  assert.deepEqual(now, {
    slowModeS: 15,
    followersOnly: false,
    minLevel: 2,
    emotesOnly: false,
    visitors: true,
    review: false,
    words: { list: ["spam", "傻逼", "<b>"], action: "mask" },
  });
  const page = await htmlOf(await site.get(PATH, { cookie: lin.cookie }));
  assert.match(page, /spam\n傻逼\n&lt;b>/);
  const wrong = await send(site, lin.cookie, { ...rules, slowModeS: "99999" });
  assert.equal(wrong.status, 422);
  assert.match(await htmlOf(wrong), /role="alert"/);
  assert.equal((await send(site, lin.cookie, { room: lin.id, act: "dance" })).status, 400);
});

Deno.test("moderators, mutes and bans come and go by plain forms", async () => {
  await using site = await startSite();
  const lin = await site.room("Lin", "Tea hill");
  const bob = await site.room("Bob", "Elsewhere");
  const room = lin.id;
  assert.equal((await send(site, lin.cookie, { room, act: "appoint", name: "bob" })).status, 303);
  const helper = await site.get(`${PATH}?room=${room}`, { cookie: bob.cookie });
  assert.equal(helper.status, 200);
  assert.doesNotMatch(await htmlOf(helper), /value="appoint"/);
  assert.equal(
    (await send(site, bob.cookie, { room, act: "appoint", name: "Bob" })).status,
    403,
  );
  const unknown = await send(site, lin.cookie, { room, act: "appoint", name: "nobody" });
  assert.equal(unknown.status, 422);
  assert.match(await htmlOf(unknown), /no account of this log-in name/);
  const ban = { room, act: "restrict", name: "Bob", kind: "bans", seconds: "", reason: "<i>rude" };
  assert.equal((await send(site, lin.cookie, ban)).status, 303);
  const page = await htmlOf(await site.get(PATH, { cookie: lin.cookie }));
  assert.match(page, /&lt;i>rude/);
  assert.match(page, /Nobody helps you yet/);
  const account = /name="account" value="([^"]+)"/.exec(page)?.[1] ?? "";
  assert.equal(
    (await send(site, lin.cookie, { room, act: "lift", kind: "bans", account })).status,
    303,
  );
  assert.match(await htmlOf(await site.get(PATH, { cookie: lin.cookie })), /Nobody is banned/);
});

Deno.test("texts that wait are said or rejected by plain forms", async () => {
  await using site = await startSite();
  const lin = await site.room("Lin", "Tea hill");
  const bob = await site.room("Bob", "Elsewhere");
  const { moderation, messages } = site.business;
  const owner = await site.business.rooms.get(lin.id);
  await send(site, lin.cookie, {
    room: lin.id,
    act: "rules",
    slowModeS: "0",
    minLevel: "0",
    review: "on",
  });
  const speaker = { account: bob.account, address: "192.0.2.9" };
  assert.equal(
    (await messages.say(speaker, owner.id, { text: "hello", clientId: "a" })).outcome,
    "held",
  );
  const page = await htmlOf(await site.get(PATH, { cookie: lin.cookie }));
  const id = /name="act" value="approve"\/?><input type="hidden" name="id" value="([^"]+)"/
    .exec(page)?.[1] ?? "";
  assert.equal((await send(site, lin.cookie, { room: lin.id, act: "approve", id })).status, 303);
  assert.equal((await send(site, lin.cookie, { room: lin.id, act: "approve", id })).status, 409);
  const { messages: said } = await messages.history(null, owner.id, {
    fromMs: 0,
    toMs: 4e12,
    cursor: null,
    limit: 10,
  });
  assert.equal(said.filter(({ kind }) => kind === "chat").length, 1);
  assert.equal((await moderation.rules(null, lin.id)).rules.review, true);
});
