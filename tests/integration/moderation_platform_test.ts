/** Moderation through a running platform: what `web` decides, the edge does to open connections. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { PROBLEM_CODES } from "../../im/protocol/frames.ts";
import { ImClient } from "../support/im_web.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

Deno.test("who is banned loses open connections, gets no other, and gives nothing", async (t) => {
  await using platform = await TestPlatform.start();
  const room = await platform.room("Banned here");
  const other = await platform.room("Not banned here");
  const { body: bob } = await platform.api<{ token: string; account: { id: string } }>(
    "/api/accounts",
    { body: { name: "bob", password: "a long password" } },
  );
  const call = async (method: string, path: string, token: string | null, body?: unknown) =>
    await platform.api<Record<string, never>>(path, {
      method,
      ...(token !== null && { token }),
      ...(body !== undefined && { body }),
    });
  const gateways = (of: { readonly id: string }, token: string | null) =>
    call("GET", `/api/im/gateways?room=${of.id}`, token);
  const ticketOf = async (of: { readonly id: string }, token: string | null): Promise<string> => {
    const { status, body } = await gateways(of, token);
    strictEqual(status, 200, JSON.stringify(body));
    return body.ticket;
  };
  const connect = async (of: { readonly id: string }, token: string | null) =>
    await new ImClient(platform.url, { ticket: await ticketOf(of, token) }).joined();
  const say = (words: string, token: string) =>
    call("POST", `/api/rooms/${room.id}/messages`, token, {
      ...{ kind: "chat", text: words, clientId: words.replaceAll(" ", "-") },
    });
  const give = (requestId: string) =>
    call("POST", `/api/rooms/${room.id}/gifts`, bob.token, { gift: "rose", count: 1, requestId });
  const restrict = (method: "PUT" | "DELETE", kind: "mutes" | "bans", body?: unknown) =>
    call(method, `/api/rooms/${room.id}/${kind}/${bob.account.id}`, room.token, body);
  const clients = {
    bob: await connect(room, bob.token),
    bobAgain: await connect(room, bob.token),
    bobElsewhere: await connect(other, bob.token),
    visitor: await connect(room, null),
    host: await connect(room, room.token),
  };
  const { bob: first, bobAgain, ...others } = clients;
  const stillOpen = () => Object.values(others).every(({ closed }) => closed === null);
  const admin = await call("POST", "/api/sessions", null, {
    ...{ name: "admin", password: "correct horse battery" },
  });
  const coins = { coins: 10, reason: "", requestId: "g1" };
  const token: string = admin.body.token;
  strictEqual(
    (await call("POST", `/api/admin/accounts/${bob.account.id}/coins`, token, coins)).status,
    200,
  );
  try {
    await t.step("a mute keeps the connection, and lets gifts through without words", async () => {
      strictEqual((await restrict("PUT", "mutes", { seconds: 60 })).status, 200);
      strictEqual((await say("unheard", bob.token)).body.code, "muted");
      strictEqual((await give("muted")).status, 201);
      await waitFor("the gift", () => others.visitor.messages.some(({ kind }) => kind === "gift"));
      strictEqual(first.closed, null);
      strictEqual((await restrict("DELETE", "mutes")).status, 204);
    });

    const before = await ticketOf(room, bob.token);
    await t.step("a ban ends every connection to the room, and no other one", async () => {
      const banned = await restrict("PUT", "bans", { seconds: null, reason: "rude" });
      strictEqual(banned.status, 200);
      await waitFor("both ends", () => first.closed !== null && bobAgain.closed !== null);
      deepStrictEqual([first.closed, bobAgain.closed], [
        PROBLEM_CODES.banned,
        PROBLEM_CODES.banned,
      ]);
      ok(stillOpen());
    });

    await t.step("nothing opens another one, talks, or pays", async () => {
      const refused = await gateways(room, bob.token);
      deepStrictEqual([refused.status, refused.body.code], [403, "banned"]);
      const late = new ImClient(platform.url, { ticket: before });
      await waitFor("the refusal", () => late.closed);
      strictEqual(late.closed, PROBLEM_CODES.banned);
      strictEqual((await say("unheard too", bob.token)).body.code, "banned");
      strictEqual((await give("banned")).body.code, "banned");
      strictEqual((await call("GET", "/api/wallet", bob.token)).body.balance, 9);
    });

    await t.step("polls are public: the banned account reads on like a visitor", async () => {
      strictEqual((await say("for everybody", room.token)).status, 201);
      await waitFor("the text", () => others.visitor.texts.includes("for everybody"));
      const polled = await platform.api<{ messages: { text?: string }[] }>(
        `/api/rooms/${room.id}/messages`,
        { token: bob.token },
      );
      strictEqual(polled.status, 200);
      ok(polled.body.messages.some(({ text }) => text === "for everybody"));
      ok(!others.visitor.texts.some((text) => text.startsWith("unheard")));
      ok(stillOpen());
    });

    await t.step("once it is lifted, everything opens again", async () => {
      strictEqual((await restrict("DELETE", "bans")).status, 204);
      const back = await waitFor("the way back", async () => {
        const client = await connect(room, bob.token);
        return client.closed === null && client;
      });
      strictEqual((await say("thank you", bob.token)).status, 201);
      await waitFor("the text", () => back.texts.includes("thank you"));
      strictEqual((await give("banned")).status, 201);
      back.leave();
    });
  } finally {
    for (const client of Object.values(clients)) client.leave();
  }
});
