/** Thousands of viewers while processes die under them, all as the supervisor runs them. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Message } from "../../im/protocol/message.ts";
import { Cluster, type ClusterPerson } from "../support/cluster.ts";
import { SocketCrowd, textsOf, ViewerCrowd } from "../support/im_crowd.ts";
import { startRedis } from "../support/redis.ts";
import { pause, waitFor } from "../support/wait.ts";

const VIEWERS = 2_000;

/** Two thousand are no big room here: everything is pushed, so that there is something to miss. */
async function pushEverything(cluster: Cluster, admin: string): Promise<void> {
  const { status, body } = await cluster.call(cluster.webs[0]!, ["PATCH", "/api/admin/settings"], {
    token: admin,
    body: { im: { bigRoomViewers: 2 * VIEWERS } },
  });
  strictEqual(status, 200, JSON.stringify(body));
}

/** Texts of the room's whole history, in order. */
async function history(cluster: Cluster, room: string): Promise<string[]> {
  const texts: string[] = [];
  for (let cursor = "";;) {
    const { status, body } = await cluster.call(cluster.webs[0]!, [
      "GET",
      `/api/rooms/${room}/history?limit=200${cursor && `&cursor=${cursor}`}`,
    ]);
    strictEqual(status, 200, JSON.stringify(body));
    texts.push(...body.messages.map(({ text }: { text: string }) => text));
    if (body.cursor === null) return texts;
    cursor = body.cursor;
  }
}

/**
 * Somebody who says one thing after the other through an edge, and the same again until it is
 * acknowledged, as the page's outbox does.
 */
function writer(
  cluster: Cluster,
  of: { readonly room: string; readonly person: ClusterPerson; readonly everyMs: number },
) {
  const acknowledged: string[] = [];
  let isOver = false;
  const talk = (async () => {
    for (let n = 0; !isOver; n++) {
      const text = `${of.person.name} ${n}`;
      const body = { kind: "chat", text, clientId: `${n}` };
      for (;;) {
        const answer = await cluster.call(
          cluster.edges[0]!,
          ["POST", `/api/rooms/${of.room}/messages`],
          { token: of.person.token, body },
        ).catch(() => null);
        if (answer?.status === 201 || answer?.status === 200) break;
        ok(answer === null || answer.status >= 500, JSON.stringify(answer));
        await pause(100);
      }
      acknowledged.push(text);
      await pause(of.everyMs);
    }
  })();
  return {
    acknowledged,
    async stop() {
      isOver = true;
      await talk;
    },
  };
}

Deno.test("web is killed under 2,000 connections: none closes, nothing acknowledged is lost", async () => {
  await using cluster = await Cluster.start({ webs: 1, edges: 1 });
  const [edge] = cluster.edges;
  const people = await Promise.all(
    ["ann", "bob", "cleo", "dan"].map((name) => cluster.person(name)),
  );
  const room = await cluster.room(people[0]!);
  await pushEverything(cluster, await cluster.adminToken());
  const offer = await cluster.call(edge!, ["GET", `/api/im/gateways?room=${room}`]);
  await using crowd = new SocketCrowd();
  await crowd.join(edge!.url, { ticket: offer.body.ticket, count: VIEWERS });
  const writers = people.map((person) => writer(cluster, { room, person, everyMs: 400 }));
  const said = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0);
  await waitFor("some texts", () => said() >= 8);
  await cluster.webs[0]!.kill();
  await cluster.startWeb(0);
  const before = said();
  await waitFor("more texts", () => said() >= before + 8);
  await Promise.all(writers.map((one) => one.stop()));
  const all = await history(cluster, room);
  strictEqual(new Set(all).size, all.length, "nothing stands twice in the history");
  const acknowledged = writers.flatMap((one) => one.acknowledged);
  deepStrictEqual(all.toSorted(), acknowledged.toSorted());
  await waitFor(
    "everything to arrive",
    () =>
      crowd.sockets.every(({ messages, dropped }) =>
        textsOf(messages).length + dropped >= all.length
      ),
  );
  strictEqual(crowd.ended, 0);
  for (const { messages, dropped, resets } of crowd.sockets) {
    const texts = textsOf(messages);
    strictEqual(resets, 0);
    strictEqual(texts.length + dropped, all.length);
    const heard = new Set(texts);
    deepStrictEqual(texts, all.filter((text) => heard.has(text)), "in order, none twice");
    ok(heard.has(all.at(-1)!));
  }
});

/** What nobody may miss, as a viewer tells it apart: words for everybody, and who gave. */
function important(messages: readonly Message[]): string[] {
  return messages.flatMap((one) => {
    if (one.kind === "gift") return [`gift of ${one.from?.name}`];
    if (one.kind !== "notice" || one.body.notice !== "broadcast") return [];
    const { text } = one.body.data;
    return typeof text === "string" && text !== "" ? [text] : [];
  });
}

Deno.test("an edge is lost under 2,000 viewers, then another is replaced: all come back and miss nothing", async () => {
  await using redis = await startRedis();
  await using cluster = await Cluster.start({
    webs: 1,
    edges: 2,
    offered: true,
    env: { REDIS_URL: redis.url },
  });
  const { webs: [web], edges } = cluster;
  const fans = await Promise.all(
    Array.from({ length: 8 }, (_, n) => cluster.person(`fan${n}`)),
  );
  const room = await cluster.room(fans[0]!);
  const admin = await cluster.adminToken();
  await pushEverything(cluster, admin);
  for (const { id } of fans) {
    await cluster.call(web!, ["POST", `/api/admin/accounts/${id}/coins`], {
      token: admin,
      body: { coins: 10_000, reason: "" },
    });
  }
  const expected: string[] = [];
  /** A big gift and words for everybody. */
  const tell = async () => {
    const fan = fans[expected.length / 2]!;
    const given = await cluster.call(web!, ["POST", `/api/rooms/${room}/gifts`], {
      token: fan.token,
      body: { gift: "heart", count: 1, requestId: "once" },
    });
    strictEqual(given.status, 201, JSON.stringify(given.body));
    const text = `words ${expected.length}`;
    const told = await cluster.call(web!, ["POST", "/api/broadcasts"], {
      token: admin,
      body: { text },
    });
    strictEqual(told.status, 201, JSON.stringify(told.body));
    expected.push(`gift of ${fan.name}`, text);
  };
  const urls = edges.map(({ url }) => url);
  await using crowd = new ViewerCrowd(room, urls);
  await waitFor("both edges to be offered", async () => {
    const { body } = await cluster.call(web!, ["GET", `/api/im/gateways?room=${room}`]);
    return urls.every((url) => body.gateways.includes(`${url.replace("http", "ws")}/im`));
  });
  await crowd.join(VIEWERS);
  const hasAll = () =>
    waitFor(
      "all to have everything",
      () => crowd.viewers.every(({ news }) => important(news).length >= expected.length),
      { everyMs: 100 },
    );
  await tell();
  await hasAll();

  // The one with more of them.
  const first = crowd.countAt(urls[0]!) >= VIEWERS / 2 ? 0 : 1;
  const [a, b] = [urls[first]!, urls[1 - first]!];
  const lost = crowd.viewers.filter(({ at }) => at === a);
  const kept = crowd.viewers.filter(({ at }) => at === b);
  const killedAtMs = performance.now();
  await edges[first]!.kill();
  for (let n = 0; n < 3; n++) {
    await tell();
    await pause(300);
  }
  await waitFor("all to be back", () => crowd.countAt(b) === VIEWERS, { everyMs: 20 });
  const backMs = Math.max(...lost.map(({ openedAtMs }) => openedAtMs - killedAtMs));
  console.log(`the last of ${lost.length} was back after ${Math.round(backMs)} ms`);
  ok(backMs < 10_000, `the last was back after ${Math.round(backMs)} ms`);
  ok(kept.every(({ connections }) => connections === 1), "who was elsewhere noticed nothing");
  await tell();
  await hasAll();

  // Replaced: a new one is there before the old one is told to end.
  await cluster.startEdge(first);
  const replacedAtMs = performance.now();
  const stopped = edges[1 - first]!.stop();
  for (let n = 0; n < 2; n++) {
    await tell();
    await pause(300);
  }
  strictEqual(await stopped, 0);
  await waitFor("all to be at the new one", () => crowd.countAt(a) === VIEWERS, {
    everyMs: 20,
    deadlineMs: 60_000,
  });
  const moves = crowd.viewers.map(({ openedAtMs }) => openedAtMs - replacedAtMs)
    .sort((one, other) => one - other);
  const at = (share: number) => Math.round(moves[Math.floor(share * (moves.length - 1))]!);
  console.log(`moved in waves: ${at(0)} ms first, ${at(0.5)} ms half, ${at(1)} ms last`);
  ok(at(0.9) - at(0.1) > 1_000, "they came in waves, not at once");
  await tell();
  await hasAll();
  for (const { news } of crowd.viewers) {
    deepStrictEqual(important(news).toSorted(), expected.toSorted(), "everything, nothing twice");
  }
});
