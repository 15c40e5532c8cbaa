/**
 * "Everybody says 1": ten thousand accounts say one thing in one room at once; and what is left out of
 * a full buffer, and what never is.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type Message, messageId } from "../../im/protocol/message.ts";
import { Cluster } from "../support/cluster.ts";
import {
  addressOf,
  residentBytes,
  rush,
  type RushRequest,
  seedAccounts,
  type SeededAccount,
  storeOf,
} from "../support/im_rush.ts";
import { readMessages } from "../../islands/chat/transport.ts";
import { ImClient } from "../support/im_web.ts";
import { pause, waitFor } from "../support/wait.ts";
import { CLUSTER_SECRET } from "../support/web_process.ts";

const CROWD = 10_000;
/** Connections that the crowd's posts come over: each waits for its answer before the next one. */
const CONNECTIONS = 2_000;
/** What a process may grow by, bytes; ten thousand texts are two megabytes. */
const MAX_GROWTH = 256 * 1024 * 1024;

/** Two rooms that are live as long as this runs. */
function keepLive(cluster: Cluster, rooms: readonly string[]): () => Promise<void> {
  let last = Promise.resolve();
  const report = async () => {
    const streams = rooms.map((room) => ({
      ...{ room, state: "live", startedAtMs: 1_800_000_000_000, protocol: "rtmp", encoder: null },
      ...{ remoteAddress: "::1", video: null, audio: null, bitrateKbps: 1, droppedFrames: 0 },
      ...{ droppedFramesRecently: 0, uploadLagMs: 0, reconnects: 0, readers: {} },
      outputs: { llhls: false, hls: false },
    }));
    await cluster.call(cluster.webs[0]!, ["PUT", "/internal/streams"], {
      token: CLUSTER_SECRET,
      body: { node: "media@test", streams },
    });
  };
  const timer = setInterval(() => last = last.then(report), 1_500);
  last = report();
  return async () => {
    clearInterval(timer);
    await last;
  };
}

/** Texts of a room's history, each with its id. */
async function saidIn(cluster: Cluster, room: string): Promise<{ from: string; id: string }[]> {
  const said: { from: string; id: string }[] = [];
  for (let cursor = "";;) {
    const { body } = await cluster.call(cluster.webs[0]!, [
      "GET",
      `/api/rooms/${room}/history?limit=200${cursor && `&cursor=${cursor}`}`,
    ]);
    for (const { kind, from, id } of body.messages) {
      if (kind === "chat") said.push({ from: from.id, id });
    }
    if (body.cursor === null) return said;
    cursor = body.cursor;
  }
}

Deno.test("a room that everybody talks in", async (t) => {
  let accounts: SeededAccount[] = [];
  await using cluster = await Cluster.prepare({
    webs: 1,
    edges: 1,
    // Everybody has an address, as a proxy in front would tell it.
    env: { RATE_LIMITS: "on", TRUSTED_PROXIES: "127.0.0.1" },
  }, async (config) => {
    accounts = await seedAccounts(await storeOf(config), { prefix: "crowd", count: CROWD + 6 });
  });
  await cluster.begin();
  const { webs: [web] } = cluster;
  const [ann, bob, ...fans] = accounts.splice(0, 6) as [
    SeededAccount,
    SeededAccount,
    ...SeededAccount[],
  ];
  const [a, b] = [
    await cluster.room(ann),
    await cluster.room(bob),
  ];
  const rest = keepLive(cluster, [a, b]);
  const admin = await cluster.adminToken();
  for (const { id } of fans) {
    await cluster.call(web!, ["POST", `/api/admin/accounts/${id}/coins`], {
      token: admin,
      body: { coins: 10_000, reason: "" },
    });
  }
  const invited = await cluster.call(web!, ["POST", `/api/rooms/${a}/pk`], {
    token: ann.token,
    body: { opponent: b, durationS: 600 },
  });
  strictEqual(invited.status, 201, JSON.stringify(invited.body));
  await cluster.call(web!, ["PATCH", `/api/rooms/${b}/pk`], {
    token: bob.token,
    body: { action: "accept" },
  });
  const stage: Stage = { ...{ cluster, accounts, fans, admin, a, b } };
  await t.step(
    "ten thousand say 1: each is answered, gifts, PK and polls go on",
    () => say1(stage),
  );
  await t.step("a full buffer: who goes first, what is left out is counted", () => overflow(stage));
  await rest();
});

interface Stage {
  readonly cluster: Cluster;
  readonly accounts: readonly SeededAccount[];
  readonly fans: readonly SeededAccount[];
  readonly admin: string;
  /** Two rooms in a battle. */
  readonly a: string;
  readonly b: string;
}

async function say1({ cluster, accounts, fans, a }: Stage): Promise<void> {
  const { webs: [web], edges: [edge] } = cluster;
  const offer = await cluster.call(edge!, ["GET", `/api/im/gateways?room=${a}`]);
  const viewer = await new ImClient(edge!.url, { ticket: offer.body.ticket }).joined();
  const before = await Promise.all([web!, edge!].map(({ pid }) => residentBytes(pid)));

  let isOver = false;
  /** Polls as a viewer does, only more often. */
  const polling = (async () => {
    const waits: number[] = [];
    for (let cursor = ""; !isOver;) {
      const atMs = performance.now();
      const { status, body } = await cluster.call(edge!, [
        "GET",
        `/api/rooms/${a}/messages${cursor && `?cursor=${cursor}`}`,
      ]);
      strictEqual(status, 200, JSON.stringify(body));
      waits.push(performance.now() - atMs);
      cursor = body.cursor;
      await pause(50);
    }
    return waits;
  })();
  /** How many roses of a fan the viewer saw. */
  const rosesOf = (fan: SeededAccount) =>
    viewer.messages.reduce(
      (sum, one) => sum + (one.kind === "gift" && one.from?.id === fan.id ? one.body.count : 0),
      0,
    );
  let given = 0;
  const giving = fans.map(async (fan, of) => {
    const waits: number[] = [];
    for (let n = 1; !isOver; n++) {
      const atMs = performance.now();
      const { status, body } = await cluster.call(edge!, ["POST", `/api/rooms/${a}/gifts`], {
        token: fan.token,
        body: { gift: "rose", count: 1, requestId: `${of}-${n}` },
      });
      strictEqual(status, 201, JSON.stringify(body));
      given++;
      await waitFor("the gift", () => rosesOf(fan) >= n, { everyMs: 10, deadlineMs: 30_000 });
      waits.push(performance.now() - atMs);
      await pause(200);
    }
    return waits;
  });
  const crowd = await rush(edge!.url, {
    connections: CONNECTIONS,
    withinMs: 2_000,
    requests: accounts.map(({ token }, n) => ({
      path: `/api/rooms/${a}/messages`,
      ...{ token, address: addressOf(n), body: { kind: "chat", text: "1", clientId: "1" } },
    })),
  });
  isOver = true;
  const giftWaits = (await Promise.all(giving)).flat().sort((one, other) => one - other);
  const pollWaits = (await polling).sort((one, other) => one - other);
  const grown = (await Promise.all([web!, edge!].map(({ pid }) => residentBytes(pid))))
    .map((bytes, index) => bytes - before[index]!);
  const worst = (waits: readonly number[]) => Math.round(waits.at(-1)!);
  console.log(
    `${CROWD} posts in ${Math.round(crowd.tookMs)} ms: ${JSON.stringify(crowd.statuses)}; ` +
      `${giftWaits.length} gifts, the slowest seen after ${worst(giftWaits)} ms; ` +
      `${pollWaits.length} polls, the slowest ${worst(pollWaits)} ms; ` +
      `grown by ${grown.map((bytes) => Math.round(bytes / 2 ** 20)).join(" and ")} MB`,
  );
  const { 201: said = 0, 429: refused = 0 } = crowd.statuses;
  strictEqual(said + refused, CROWD, JSON.stringify(crowd.statuses));
  ok(said >= 1_000, "as many as the room takes in a second, at least");
  ok(worst(giftWaits) < 10_000 && worst(pollWaits) < 5_000);
  for (const bytes of grown) ok(bytes < MAX_GROWTH, `grown by ${bytes} bytes`);
  await waitFor("the battle's total", () => {
    const pk = viewer.messages.findLast((one): one is Message & { kind: "pk" } =>
      one.kind === "pk"
    );
    return pk?.body.sides.find(({ room }) => room === a)?.score === given;
  }, { deadlineMs: 5_000 });
  strictEqual(viewer.closed, null);
  const history = await saidIn(cluster, a);
  const tokens = new Set(crowd.accepted.map(({ token }) => token));
  deepStrictEqual(
    history.map(({ from }) => from).toSorted(),
    accounts.filter(({ token }) => tokens.has(token)).map(({ id }) => id).toSorted(),
  );
  const known = new Set(history.map(({ id }) => id));
  ok(
    viewer.messages.every((one) => one.kind !== "chat" || known.has(messageId(one.score))),
  );
  viewer.leave();
  await waitFor("the end", () => viewer.closed !== null);
}

/** Messages that a viewer got and was told of. */
interface Heard {
  readonly messages: Message[];
  dropped: number;
}

/** Small gifts and texts, those behind a merged one counted one by one. */
function lowOf({ messages }: Heard): number {
  return messages.reduce(
    (sum, one) => one.lane === "chat" || one.lane === "valued" ? sum + one.merged : sum,
    0,
  );
}

/** What is said in a burst, of each kind. */
const BURST = { texts: 300, roses: 60, hearts: 20, broadcasts: 5 };

async function overflow({ cluster, accounts, admin, b }: Stage): Promise<void> {
  const { webs: [web], edges: [edge] } = cluster;
  const givers = accounts.slice(0, BURST.roses);
  for (const { id } of givers) {
    await cluster.call(web!, ["POST", `/api/admin/accounts/${id}/coins`], {
      token: admin,
      body: { coins: 1_000, reason: "" },
    });
  }
  const changed = await cluster.call(web!, ["PATCH", "/api/admin/settings"], {
    token: admin,
    body: { im: { maxPerSecond: 8, batchMs: 500, chatPerTenSeconds: 100 } },
  });
  strictEqual(changed.status, 200, JSON.stringify(changed.body));
  const offer = await cluster.call(edge!, ["GET", `/api/im/gateways?room=${b}`]);
  const viewer = await new ImClient(edge!.url, { ticket: offer.body.ticket }).joined();
  const poll = async (cursor: string) => {
    const { status, body } = await cluster.call(edge!, [
      "GET",
      `/api/rooms/${b}/messages?cursor=${cursor}`,
    ]);
    strictEqual(status, 200, JSON.stringify(body));
    return body;
  };
  const dropped = async () => {
    const text = await (await fetch(`${edge!.url}/metrics`)).text();
    const lane = (name: string) =>
      Number(
        new RegExp(`^wanren_edge_im_dropped_messages\\{[^}]*lane="${name}"[^}]*\\} (\\d+)`, "m")
          .exec(text)![1],
      );
    return {
      low: lane("chat") + lane("valued"),
      others: lane("low"),
      high: lane("bigGift") +
        lane("pk") + lane("broadcast") + lane("notice") + lane("moderation"),
    };
  };
  // The settings are in force, and the number of viewers is told.
  await poll("");
  await pause(2_500);
  const before = await dropped();
  const first = viewer.messages.length;
  const polled: Heard = { messages: [], dropped: 0 };
  let { cursor } = await poll("");

  const path = `/api/rooms/${b}`;
  const gift = (who: SeededAccount, n: number, name: string): RushRequest => ({
    ...{ path: `${path}/gifts`, token: who.token, address: addressOf(n) },
    body: { gift: name, count: 1, requestId: `${name}-burst` },
  });
  // The least important come first, so that the others have to overtake them.
  const bursts: RushRequest[][] = [
    Array.from({ length: BURST.texts }, (_, n) => ({
      ...{ path: `${path}/messages`, token: accounts[n]!.token, address: addressOf(n) },
      body: { kind: "chat", text: `text ${n}`, clientId: "burst" },
    })),
    givers.map((who, n) => gift(who, n, "rose")),
    [
      ...givers.slice(0, BURST.hearts).map((who, n) => gift(who, n, "heart")),
      ...Array.from({ length: BURST.broadcasts }, (_, n) => ({
        ...{ path: "/api/broadcasts", token: admin, address: "10.255.0.1" },
        body: { text: `to all ${n}` },
      })),
    ],
  ];
  for (const requests of bursts) {
    const { statuses } = await rush(edge!.url, { requests, connections: 32 });
    deepStrictEqual(statuses, { 201: requests.length });
  }
  const score = BURST.roses + BURST.hearts * 520;
  const isTotal = (one: Message) =>
    one.kind === "pk" && one.body.sides.find(({ room }) => room === b)?.score === score;
  const hearts = (messages: readonly Message[]) =>
    messages.filter((one) => one.kind === "gift" && one.body.gift === "heart");
  const words = (messages: readonly Message[]) =>
    messages.flatMap((one) =>
      one.kind === "notice" && one.body.notice === "broadcast" && one.from !== null &&
        String(one.body.data.text ?? "").startsWith("to all")
        ? [String(one.body.data.text)]
        : []
    );
  const all = BURST.texts + BURST.roses;
  const pushed = (): Heard => ({
    messages: viewer.messages.slice(first),
    dropped: viewer.frames.reduce(
      (sum, frame) => sum + (frame.type === "batch" ? frame.dropped : 0),
      0,
    ),
  });
  await waitFor("everything important, by both ways", async () => {
    const answer = await poll(cursor);
    strictEqual(answer.reset, false);
    cursor = answer.cursor;
    polled.messages.push(...readMessages(answer.messages));
    polled.dropped += answer.dropped;
    return [pushed(), polled].every((heard) =>
      hearts(heard.messages).length >= BURST.hearts && words(heard.messages).length >=
        BURST.broadcasts &&
      heard.messages.some(isTotal) && lowOf(heard) + heard.dropped >= all
    );
  }, { everyMs: 250 });
  const after = await dropped();
  const others = after.others - before.others;
  for (const [way, heard] of Object.entries({ pushed: pushed(), polled })) {
    const { messages } = heard;
    strictEqual(hearts(messages).length, BURST.hearts, `${way}: no big gift is lost`);
    strictEqual(new Set(hearts(messages).map(({ from }) => from!.id)).size, BURST.hearts);
    deepStrictEqual(
      words(messages).toSorted(),
      Array.from({ length: BURST.broadcasts }, (_, n) => `to all ${n}`),
    );
    ok(heard.dropped > 0, `${way}: something was left out`);
    const counted = lowOf(heard) + heard.dropped;
    ok(counted >= all && counted <= all + Math.max(others, 2), `${way}: ${counted} of ${all}`);
  }
  strictEqual(after.high, before.high, "nothing important was left out");
  strictEqual(lowOf(pushed()) + after.low - before.low, all, "exactly");
  // By push: the battle overtook words for everybody, which overtook big gifts; both overtook the rest.
  const { messages } = pushed();
  const lastHeart = messages.findLastIndex((one) => hearts([one]).length > 0);
  const lastWords = messages.findLastIndex((one) => words([one]).length > 0);
  ok(messages.findIndex(isTotal) < lastHeart, "PK before the last big gift");
  ok(lastWords < lastHeart, "words for everybody before the last big gift");
  const firstHeart = messages.findIndex((one) => hearts([one]).length > 0);
  const between = messages.slice(firstHeart, lastHeart).filter(({ lane }) => lane === "chat");
  deepStrictEqual(between.map(({ lane }) => lane), [], "no text while big gifts wait");
  viewer.leave();
  await waitFor("the end", () => viewer.closed !== null);
}
