/** Two `web` over a Redis cluster, of which one and every node die while people talk and give. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { checkBooks } from "../conformance/money_conformance.ts";
import { Cluster, type ClusterPerson } from "../support/cluster.ts";
import { openGiftStage } from "../support/gift_stage.ts";
import { startRedisCluster } from "../support/redis.ts";
import { pause, waitFor } from "../support/wait.ts";

const COINS = 100_000;

/** What was said and given, as the room's history has it. */
async function kept(cluster: Cluster, room: string) {
  const texts: string[] = [];
  const gifts = new Map<string, number>();
  for (let cursor = "";;) {
    const { status, body } = await cluster.call(cluster.webs[0]!, [
      "GET",
      `/api/rooms/${room}/history?limit=200${cursor && `&cursor=${cursor}`}`,
    ]);
    strictEqual(status, 200, JSON.stringify(body));
    for (const one of body.messages) {
      if (one.kind === "chat") texts.push(one.text);
      if (one.kind === "gift") {
        gifts.set(one.from.id, (gifts.get(one.from.id) ?? 0) + 1);
      }
    }
    if (body.cursor === null) return { texts, gifts };
    cursor = body.cursor;
  }
}

/**
 * Says and gives in turn, each until it is acknowledged, at the one `web` or the other: what got no
 * answer is asked for again under the same name.
 */
function writer(
  cluster: Cluster,
  of: { readonly room: string; readonly person: ClusterPerson; readonly first: number },
) {
  const { room, person, first } = of;
  const acknowledged = { texts: [] as string[], gifts: 0, retries: 0 };
  let isOver = false;
  const insist = async (path: string, body: unknown) => {
    for (let attempt = 0;; attempt++) {
      const web = cluster.webs[(first + attempt) % cluster.webs.length]!;
      const answer = await cluster.call(web, ["POST", `/api/rooms/${room}${path}`], {
        ...{ token: person.token, body },
      }).catch(() => null);
      if (answer?.status === 201 || answer?.status === 200) return;
      ok(answer === null || answer.status >= 500 || answer.status === 429, JSON.stringify(answer));
      acknowledged.retries++;
      await pause(50);
    }
  };
  const work = (async () => {
    for (let n = 0; !isOver; n++) {
      const text = `${person.name} ${n}`;
      await insist("/messages", { kind: "chat", text, clientId: `${n}` });
      acknowledged.texts.push(text);
      await insist("/gifts", { gift: "rose", count: 1, requestId: `${n}` });
      acknowledged.gifts++;
    }
  })();
  return {
    person,
    acknowledged,
    async stop() {
      isOver = true;
      await work;
    },
  };
}

Deno.test("redis cluster: a web and every node die while four write: all is there, once, and books add up", async () => {
  await using redis = await startRedisCluster({ appendfsync: "always" });
  await using cluster = await Cluster.start({
    webs: 2,
    edges: 0,
    env: { REDIS_URL: redis.urls.join() },
  });
  const people = await Promise.all(
    ["ann", "bob", "cleo", "dan"].map((name, index) =>
      cluster.person(name, cluster.webs[index % 2])
    ),
  );
  const room = await cluster.room(people[0]!);
  const admin = await cluster.adminToken();
  for (const { id } of people) {
    const granted = await cluster.call(
      cluster.webs[0]!,
      ["POST", `/api/admin/accounts/${id}/coins`],
      { token: admin, body: { coins: COINS, reason: "" } },
    );
    strictEqual(granted.body.balance, COINS, JSON.stringify(granted));
  }
  const writers = people.map((person, first) => writer(cluster, { room, person, first }));
  const given = () => writers.map(({ acknowledged }) => acknowledged.gifts);
  const more = async (what: string) => {
    const before = given();
    await waitFor(
      `gifts of everybody after ${what}`,
      () => given().every((count, index) => count >= before[index]! + 5),
      { everyMs: 10 },
    );
  };
  await more("the start");
  await cluster.webs[0]!.kill();
  await cluster.startWeb(0);
  await more("the death of a web");
  for (const [index, node] of redis.nodes.entries()) {
    await node.killAndStart();
    await more(`the death of node ${index}`);
  }
  await Promise.all(writers.map((one) => one.stop()));

  const stage = await openGiftStage("redis", ["wanren:", ...redis.urls]);
  try {
    let found = await kept(cluster, room);
    const said = writers.flatMap(({ acknowledged }) => acknowledged.texts).toSorted();
    deepStrictEqual(found.texts.toSorted(), said, "every text, once");
    let all = 0;
    for (const { person, acknowledged } of writers) {
      const { balance, spent } = await stage.money.wallets.read(person.id);
      strictEqual(spent, acknowledged.gifts, `${person.name}: every gift is paid once`);
      strictEqual(balance, COINS - spent);
      strictEqual(found.gifts.get(person.id), spent, `${person.name}: and told once`);
      all += spent;
    }
    // What a dead `web` left half done, another one finishes.
    await waitFor("the board", async () => {
      const places = await stage.money.boards.top(room, { day: null, limit: 10 });
      return places.reduce((sum, { coins }) => sum + coins, 0) === all;
    }, { everyMs: 250 });
    found = await kept(cluster, room);
    strictEqual(found.gifts.values().reduce((sum, count) => sum + count, 0), all);
    await checkBooks(stage.money);
    const retries = writers.reduce((sum, { acknowledged }) => sum + acknowledged.retries, 0);
    console.log(`${said.length} texts and ${all} gifts, ${retries} asked for again`);
    ok(retries > 0, "somebody felt it");
  } finally {
    await stage.close();
  }
});
