/** Battles over HTTP. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { type Member, reportOf, startWebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

Deno.test("two live rooms battle, and gifts count for their side", async () => {
  await using web = await startWebApp({ hasher });
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const fan = await web.signUp("fan");
  const a = (await web.createRoom(ann)).id;
  const b = (await web.createRoom(bob)).id;
  const invite = (member: Member, room: string, body: Record<string, unknown>) =>
    web.call("POST", `/api/rooms/${room}/pk`, { token: member.token, body });
  const act = (member: Member, room: string, action: string) =>
    web.call("PATCH", `/api/rooms/${room}/pk`, { token: member.token, body: { action } });
  const read = async (room: string) =>
    (await (await web.call("GET", `/api/rooms/${room}/pk`)).json()).pk;
  const codeOf = async (response: Response) => [response.status, (await response.json()).code];

  strictEqual(await read(a), null);
  const body = { opponent: b, durationS: 60 };
  deepStrictEqual(await codeOf(await invite(ann, a, body)), [409, "not_live"]);
  const onAir = () =>
    web.live.putStreams("media", { streams: [a, b].map((id) => reportOf(id)) }, web.clock.nowMs);
  onAir();
  deepStrictEqual(await codeOf(await invite(bob, a, body)), [403, "forbidden"]);
  deepStrictEqual(await codeOf(await invite(ann, a, { ...body, durationS: 5 })), [400, "invalid"]);
  deepStrictEqual(await codeOf(await invite(ann, a, { ...body, opponent: "1" })), [
    404,
    "not_found",
  ]);
  strictEqual((await web.call("POST", `/api/rooms/${a}/pk`, { body })).status, 401);

  const invited = await invite(ann, a, body);
  strictEqual(invited.status, 201);
  const { pk } = await invited.json();
  deepStrictEqual(pk, {
    battle: pk.battle,
    phase: "invited",
    sides: [{ room: a, name: "ann", score: 0 }, { room: b, name: "bob", score: 0 }],
    durationS: 60,
    endsAtMs: web.clock.nowMs + 30_000,
    winner: null,
    ending: null,
    mix: null,
  });
  deepStrictEqual(await codeOf(await invite(bob, b, { ...body, opponent: a })), [409, "in_battle"]);
  deepStrictEqual(await codeOf(await act(ann, a, "accept")), [409, "not_now"]);
  deepStrictEqual(await codeOf(await act(fan, b, "accept")), [403, "forbidden"]);
  deepStrictEqual(await codeOf(await act(bob, b, "win")), [400, "invalid"]);
  strictEqual((await act(bob, b, "accept")).status, 200);

  await web.money.wallets.grant({
    ...{ grantId: "g", accountId: fan.id, coins: 10_000, reason: "", atMs: web.clock.nowMs },
  });
  let n = 0;
  const give = (room: string, gift: string, side?: string) =>
    web.call("POST", `/api/rooms/${room}/gifts`, {
      token: fan.token,
      body: { gift, count: 1, requestId: `r${n++}`, ...(side && { side }) },
    });
  strictEqual((await (await give(a, "cake")).json()).message.side, a);
  strictEqual((await (await give(a, "star", b)).json()).message.side, b);
  strictEqual((await give(a, "rose", "100099")).status, 400);
  await web.business.pk.tick();
  for (const room of [a, b]) {
    deepStrictEqual((await read(room)).sides.map(({ score }: { score: number }) => score), [
      66,
      188,
    ]);
    const { messages } = await web.log.read(room, { after: null, limit: 100 });
    const told = messages.filter(({ kind }) => kind === "pk");
    deepStrictEqual(told.map(({ lane, stateKey }) => [lane, stateKey]), [
      ["pk", "pk"],
      ["pk", "pk"],
      ["pk", "pk"],
    ]);
  }

  const ended = await (await act(ann, a, "end")).json();
  deepStrictEqual([ended.pk.phase, ended.pk.winner, ended.pk.ending], ["penalty", b, "given_up"]);
  strictEqual((await (await give(a, "cake")).json()).message.side, null);
  deepStrictEqual(await codeOf(await act(ann, a, "end")), [409, "not_now"]);
  const over = await (await act(bob, b, "end")).json();
  deepStrictEqual([over.pk.phase, over.pk.winner, over.pk.ending], ["over", b, "released"]);
  strictEqual((await read(a)).phase, "over");
});
