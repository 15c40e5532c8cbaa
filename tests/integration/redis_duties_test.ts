/** What one of two processes of `web` over one Redis does, and who does it when it dies. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Message, NoticeBody } from "../../im/protocol/message.ts";
import { silentLogger } from "../../platform/log.ts";
import { openRedisStores } from "../../store/redis/mod.ts";
import { startRedis } from "../support/redis.ts";
import { pause, waitFor } from "../support/wait.ts";
import { reportOf } from "../support/web.ts";
import { CLUSTER_SECRET, prepareWeb, WebProcess } from "../support/web_process.ts";

/** A record that runs is written every ten seconds, and later where the machine has much to do. */
const RECORDED = { everyMs: 400, deadlineMs: 60_000 };

const server = await startRedis();
addEventListener("unload", () => server.killNow());

async function put(web: WebProcess, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${web.url}${path}`, {
    method: "PUT",
    headers: { "content-type": "application/json", authorization: `Bearer ${CLUSTER_SECRET}` },
    body: JSON.stringify(body),
  });
  await response.body?.cancel();
  ok(response.ok, `${path}: ${response.status}`);
}

async function isOnDuty(web: WebProcess): Promise<boolean> {
  const text = await (await fetch(`${web.url}/metrics`)).text();
  return /^wanren_web_on_duty(\{[^}]*\})? 1$/m.test(text);
}

Deno.test("of two web one tells viewers and likes and keeps records, the other takes over", async () => {
  const env = { REDIS_URL: server.url };
  await using first = await prepareWeb(env);
  await using second = await prepareWeb(env);
  await using one = await WebProcess.start(first.config);
  await Deno.copyFile(
    `${first.config.dataDir}/instance.key`,
    `${second.config.dataDir}/instance.key`,
  );
  await using other = await WebProcess.start(second.config);
  const stores = await openRedisStores(
    { redisUrls: [server.url], hotRedisUrls: {} },
    { log: silentLogger },
  );
  const { body: { token } } = await one.post("/api/accounts", {
    ...{ name: "ann", password: "correct horse" },
  });
  const room: string = (await one.post("/api/rooms", { title: "A" }, token)).body.room.id;
  const holder = await waitFor("somebody on duty", async () => {
    const on = [await isOnDuty(one), await isOnDuty(other)];
    ok(!(on[0] && on[1]));
    return on[0] ? one : on[1] ? other : null;
  });
  const heir = holder === one ? other : one;

  let viewers = 3;
  const stream = reportOf(room, { startedAtMs: Date.now(), readers: {} });
  let reporter = heir;
  const beat = async () => {
    await put(reporter, "/internal/streams", { node: "media@a", streams: [stream] });
    await put(reporter, "/internal/viewers", {
      node: "edge@a",
      rooms: { [room]: { flv: viewers, ws: 0, hls: 0 } },
    });
  };
  const said = async (notice: string) => {
    const { messages } = await stores.messages.history(room, {
      ...{ fromMs: 0, toMs: Date.now() + 60_000, after: null, limit: 1_000 },
    });
    return messages
      .filter((each): each is Message & { kind: "notice" } => each.kind === "notice")
      .map(({ body }) => body as NoticeBody)
      // What is only said again, once a minute, adds nothing.
      .filter(({ data, notice: said }) => said === notice && data.added !== 0)
      .map(({ data }) => data.total);
  };
  const until = async (notice: string, total: number) =>
    await waitFor(`${total} ${notice}`, async () => {
      await beat();
      return (await said(notice)).at(-1) === total;
    }, { everyMs: 400 });

  await until("viewers", 3);
  viewers = 5;
  await until("viewers", 5);
  // Longer than either needs to look once more.
  for (let second = 0; second < 6; second++) {
    await beat();
    await pause(1_000);
  }
  deepStrictEqual(await said("viewers"), [3, 5]);

  // Likes at both: the rooms hear rising totals, each once.
  for (let n = 0; n < 10; n++) {
    for (const web of [one, other]) {
      await web.post(`/api/rooms/${room}/likes`, { count: 1, requestId: `${n}` }, token)
        .then(({ status }) => strictEqual(status, 202));
    }
    await pause(100);
  }
  await until(
    "likes",
    (await stores.repositories.likes.totals([room]).then(async ([total]) => {
      await pause(1_200);
      return (await stores.repositories.likes.totals([room]))[0] ?? total;
    }))!,
  );
  const totals = await said("likes") as number[];
  deepStrictEqual(totals, [...new Set(totals)].sort((a, b) => a - b));

  // The record of the broadcast is one, and goes on.
  const records = () => stores.repositories.broadcasts.list(room, { limit: 9 });
  await waitFor("the record", async () => {
    await beat();
    return (await records())[0]?.peakViewers === 5;
  }, RECORDED);
  strictEqual((await records()).length, 1);

  await holder.kill();
  reporter = heir;
  viewers = 8;
  const diedAtMs = performance.now();
  await waitFor("the heir on duty", async () => {
    await beat();
    return await isOnDuty(heir);
  }, { everyMs: 100, deadlineMs: 8_000 });
  ok(performance.now() - diedAtMs < 6_000, "it took too long");
  await until("viewers", 8);
  await waitFor("the record", async () => {
    await beat();
    return (await records())[0]?.peakViewers === 8;
  }, RECORDED);
  const [record, ...more] = await records();
  deepStrictEqual(more, []);
  strictEqual(record!.startedAtMs, stream.startedAtMs);
  strictEqual(record!.endedAtMs, null);

  // Who stops hands over at once.
  await using again = await WebProcess.start(holder === one ? first.config : second.config);
  strictEqual(await isOnDuty(again), false);
  strictEqual(await heir.stop(), 0);
  await waitFor("the duties", () => isOnDuty(again), { everyMs: 50, deadlineMs: 4_000 });
  await stores.close();
});
