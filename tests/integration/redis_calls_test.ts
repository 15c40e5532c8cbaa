import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { MESH_CAPACITY } from "../../rooms/calls/protocol.ts";
import { RedisPost } from "../../store/redis/call_post.ts";
import { RedisConnection } from "../../store/redis/connection.ts";
import { openRedisRepositories } from "../../store/redis/repositories/mod.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { openEmptyRedis, startRedis } from "../support/redis.ts";
import { SignalClient, Signalling } from "../support/signalling.ts";
import { waitFor } from "../support/wait.ts";

const OFFER = { type: "offer", sdp: "v=0\r\n" } as const;

const server = await startRedis();
addEventListener("unload", () => server.killNow());

/** Two `web` over one Redis. */
async function startTwo() {
  const scripts = await loadScripts();
  const first = await openEmptyRedis([server.url]);
  const second = await RedisConnection.open({
    ...{ urls: [server.url], name: "REDIS_URL", prefix: first.prefix },
  });
  const start = async (connection: RedisConnection) => {
    const post = new RedisPost(connection, scripts);
    const { calls } = openRedisRepositories(connection, scripts);
    const web = await new Signalling({ calls, post }).start();
    return {
      web,
      async close() {
        await web[Symbol.asyncDispose]();
        await post.close();
        await connection.close();
      },
    };
  };
  const here = await start(first);
  const there = await start(second);
  return {
    here: here.web,
    there: there.web,
    async [Symbol.asyncDispose]() {
      await Promise.all([here.close(), there.close()]);
    },
  };
}

Deno.test("people at two web over one Redis are in one call", async () => {
  await using two = await startTwo();
  using ann = await two.here.joined("weekly", { name: "Ann" });
  using bob = await two.there.joined("weekly", { name: "Bob" });
  await ann.sees("Bob", (peers) => peers.length === 2);
  const startedAtMs = performance.now();
  for (let index = 0; index < 20; index++) {
    bob.send({ type: "description", session: 0, to: ann.self, description: OFFER });
    strictEqual((await ann.next("description")).from, bob.self);
    ann.send({ type: "candidate", session: 0, to: bob.self, candidate: null });
    await bob.next("candidate");
  }
  const tookMs = (performance.now() - startedAtMs) / 40;
  console.log(`# one letter over Redis took ${tookMs.toFixed(1)} ms`);
  bob.send({ type: "state", hand: true });
  await ann.sees("the hand", ([, peer]) => peer?.handAtMs != null);
});

Deno.test("a web that is gone loses nobody's seat: people resume at the other one", async () => {
  await using two = await startTwo();
  using ann = await two.here.joined("weekly", { name: "Ann" });
  const bob = await two.there.joined("weekly", { name: "Bob" });
  await two.there.stop();
  await bob.end();
  await ann.sees("Bob away", ([, peer]) => peer?.present === false);
  using again = await two.here.joined("weekly", { resume: bob.resume });
  strictEqual(again.self, bob.self);
  await ann.sees("Bob back", ([, peer]) => peer?.present === true);
});

Deno.test("many who rush both web at once never sit on one chair", async () => {
  await using two = await startTwo();
  const clients = Array.from(
    { length: 10 },
    (_, index) => new SignalClient(`${(index % 2 === 0 ? two.here : two.there).url}/signal/rush`),
  );
  for (const client of clients) client.join();
  await waitFor(
    "all answers",
    () =>
      clients.every(({ messages }) =>
        messages.some(({ type }) => type === "welcome" || type === "refused")
      ),
  );
  const seated = clients.filter(({ messages }) => messages.some(({ type }) => type === "welcome"));
  strictEqual(seated.length, MESH_CAPACITY);
  await seated[0]!.sees("all of them", (peers) => peers.length === MESH_CAPACITY);
  deepStrictEqual(
    new Set(seated.map(({ self }) => self)),
    new Set(seated[0]!.roster.peers.map(({ id }) => id)),
  );
  for (const client of clients) client[Symbol.dispose]();
});
