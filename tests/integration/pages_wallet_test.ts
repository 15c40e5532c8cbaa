import assert from "node:assert/strict";
import { htmlOf, type Site, startSite } from "../support/pages.ts";

/** An administrator's cookie, and a member who has some coins. */
async function members(site: Site) {
  const root = await site.admin();
  const lin = await site.member("Lin");
  return { root, lin };
}

const requestIdIn = (html: string) => /name="requestId" value="([\w-]+)"/.exec(html)?.[1] ?? "";

Deno.test("the wallet is for its owner; without coins it says how to get them", async () => {
  await using site = await startSite();
  const { lin } = await members(site);
  const away = await site.get("/account/wallet");
  assert.equal(away.headers.get("location"), "/login?next=/account/wallet");
  const posted = await site.post("/account/wallet/top-up", { requestId: "a" });
  assert.equal(posted.headers.get("location"), "/login?next=/account");
  const html = await htmlOf(await site.get("/account", lin));
  assert.match(html, /0 coins/);
  assert.match(html, /Level 0/);
  assert.match(html, /10 coins in gifts to level 1/);
  assert.match(html, /given by this server(&#39;|')s administrators/);
  assert.doesNotMatch(html, /top-up/);
  const refused = await site.post("/account/wallet/top-up", { requestId: "a" }, lin);
  assert.equal(refused.status, 403);
  assert.match(await htmlOf(refused), /class="form-problem"/);
  const zh = await htmlOf(
    await site.get("/account", { ...lin, headers: { "accept-language": "zh" } }),
  );
  assert.match(zh, /再送 10 金币的礼物升到 1 级/);
});

Deno.test("a top-up form gives once however often it is sent, and the ledger says it in words", async () => {
  await using site = await startSite();
  const { root, lin } = await members(site);
  await site.business.admin.changeSettings(root.account, { topUp: "development" });
  const requestId = requestIdIn(await htmlOf(await site.get("/account", lin)));
  assert.notEqual(requestId, "");
  for (let i = 0; i < 2; i++) {
    const done = await site.post("/account/wallet/top-up", { requestId }, lin);
    assert.equal(done.status, 303);
    assert.equal(done.headers.get("location"), "/account");
    assert.match(done.headers.get("set-cookie") ?? "", /wanren_done=toppedUp/);
  }
  await site.business.wallets.grant(root.account, lin.account.id, {
    coins: 500,
    reason: "For <b>helping</b>",
  });
  const room = await site.room("Milo", "Milo plays");
  await site.business.gifts.give({ account: lin.account, address: "192.0.2.1" }, room.id, {
    gift: "rocket",
    count: 2,
    requestId: "g1",
  });
  const html = await htmlOf(await site.get("/account", lin));
  assert.match(html, /4,500 coins/);
  assert.match(html, /−6,000/);
  assert.match(html, /\+500/);
  assert.match(html, /\+10,000/);
  assert.match(html, /Rocket ×2/);
  assert.match(html, new RegExp(`href="/rooms/${room.id}"`));
  assert.match(html, /From an administrator<.*<bdi>For &lt;b>helping/);
  assert.doesNotMatch(html, /href="\/account\/wallet"/);
  const odd = await site.post("/account/wallet/top-up", { requestId: "<>" }, lin);
  assert.equal(odd.status, 422);
  const other = await site.post("/account/wallet/top-up", { requestId: "b" }, {
    ...lin,
    headers: { "sec-fetch-site": "cross-site" },
  });
  assert.equal(other.status, 403);
});

Deno.test("everything that came and went is read page by page, each line once", async () => {
  await using site = await startSite();
  const { root, lin } = await members(site);
  for (let i = 1; i <= 60; i++) {
    await site.business.wallets.grant(root.account, lin.account.id, { coins: i, reason: "" });
  }
  assert.match(await htmlOf(await site.get("/account", lin)), /href="\/account\/wallet"/);
  const seen: number[] = [];
  let path: string | null = "/account/wallet";
  while (path !== null) {
    const html: string = await htmlOf(await site.get(path, lin));
    seen.push(...[...html.matchAll(/class="came">\+(\d+)</g)].map((match) => Number(match[1])));
    path = /href="(\/account\/wallet\?before=\d+)"/.exec(html)?.[1] ?? null;
  }
  assert.deepEqual(seen, Array.from({ length: 60 }, (_, index) => 60 - index));
  for (const before of ["x", "0", "-1", "9".repeat(40), "%00"]) {
    const odd = await site.get(`/account/wallet?before=${before}`, lin);
    assert.equal(odd.status, 200, before);
  }
});
