/** Gifts and battles through processes of `web` as the supervisor runs them, some of which die. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Config } from "../../platform/config.ts";
import { startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";
import { CLUSTER_SECRET, prepareWeb, WebProcess } from "../support/web_process.ts";

const PASSWORD = "correct horse";
const ADMIN = { adminName: "root", adminPassword: PASSWORD };

async function call(
  web: WebProcess,
  method: string,
  path: string,
  options: { readonly token?: string; readonly body?: unknown } = {},
) {
  const response = await fetch(`${web.url}${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** Two live rooms in a battle, and a fan with coins. */
async function battle(web: WebProcess) {
  const made = async (name: string) => {
    const { body } = await web.post("/api/accounts", { name, password: PASSWORD });
    return { id: body.account.id as string, token: body.token as string };
  };
  const [ann, bob, fan] = [await made("ann"), await made("bob"), await made("fan")];
  const roomOf = async (token: string) =>
    (await web.post("/api/rooms", { title: "A room" }, token)).body.room.id as string;
  const a = await roomOf(ann.token);
  const b = await roomOf(bob.token);
  const air = async (to: WebProcess) => {
    const streams = [a, b].map((room) => ({
      ...{ room, state: "live", startedAtMs: 1_800_000_000_000, protocol: "rtmp", encoder: null },
      ...{ remoteAddress: "::1", video: null, audio: null, bitrateKbps: 1, droppedFrames: 0 },
      ...{ droppedFramesRecently: 0, uploadLagMs: 0, reconnects: 0, readers: {} },
      outputs: { llhls: false, hls: false },
    }));
    const { status } = await call(to, "PUT", "/internal/streams", {
      token: CLUSTER_SECRET,
      body: { node: "media@a", streams },
    });
    strictEqual(status, 200);
  };
  await air(web);
  const root = await web.post("/api/sessions", { name: ADMIN.adminName, password: PASSWORD });
  const coins = await call(web, "POST", `/api/admin/accounts/${fan.id}/coins`, {
    token: root.body.token,
    body: { coins: 1_000, reason: "" },
  });
  deepStrictEqual(coins, { status: 200, body: { balance: 1_000 } });
  const invited = await call(web, "POST", `/api/rooms/${a}/pk`, {
    token: ann.token,
    body: { opponent: b, durationS: 60 },
  });
  strictEqual(invited.status, 201, JSON.stringify(invited.body));
  return { ...{ ann, bob, fan, a, b, air } };
}

type Stage = Awaited<ReturnType<typeof battle>>;

function actions({ ann, bob, fan, a, b }: Stage) {
  return {
    accept: (web: WebProcess) =>
      call(web, "PATCH", `/api/rooms/${b}/pk`, { token: bob.token, body: { action: "accept" } }),
    end: (web: WebProcess, room: string) =>
      call(web, "PATCH", `/api/rooms/${room}/pk`, {
        token: room === a ? ann.token : bob.token,
        body: { action: "end" },
      }),
    give: (web: WebProcess, room: string, gift: string, requestId: string) =>
      call(web, "POST", `/api/rooms/${room}/gifts`, {
        token: fan.token,
        body: { gift, count: 1, requestId },
      }),
    async told(web: WebProcess, room: string): Promise<string[]> {
      const { body } = await call(web, "GET", `/api/rooms/${room}/history`);
      return body.messages.filter(({ kind }: { kind: string }) => kind === "pk").map(
        ({ phase, sides: [one, two] }: { phase: string; sides: { score: number }[] }) =>
          `${phase} ${one!.score}:${two!.score}`,
      );
    },
  };
}

/** What happened before `web` died is there; the rest goes on. */
async function finish(stage: Stage, web: WebProcess): Promise<void> {
  const { a, b, fan } = stage;
  const { give, end, told } = actions(stage);
  const again = await give(web, a, "cake", "one");
  deepStrictEqual([again.status, again.body.balance], [200, 934]);
  const second = await give(web, b, "coffee", "two");
  deepStrictEqual([second.status, second.body.message.side], [201, b]);
  await waitFor("the totals", async () => (await told(web, b)).at(-1) === "running 66:10");
  strictEqual((await end(web, a)).body.pk.phase, "penalty");
  strictEqual((await end(web, b)).body.pk.phase, "over");
  for (const room of [a, b]) {
    const said = await told(web, room);
    deepStrictEqual(said.slice(-3), ["running 66:10", "penalty 66:10", "over 66:10"]);
    strictEqual(said[0], "invited 0:0");
  }
  const { body } = await call(web, "GET", "/api/wallet", { token: fan.token });
  deepStrictEqual([body.balance, body.spent], [924, 76]);
  const board = await call(web, "GET", `/api/rooms/${a}/leaderboard`);
  deepStrictEqual(board.body.places, [{ account: { id: fan.id, name: "fan" }, coins: 66 }]);
}

async function begin(stage: Stage, web: WebProcess): Promise<void> {
  const { accept, give, told } = actions(stage);
  strictEqual((await accept(web)).status, 200);
  const first = await give(web, stage.a, "cake", "one");
  deepStrictEqual([first.status, first.body.message.side], [201, stage.a]);
  await waitFor("the totals", async () => (await told(web, stage.b)).at(-1) === "running 66:0");
}

const startWeb = (config: Config) => WebProcess.start({ ...config, ...ADMIN });

Deno.test("embedded: a battle goes on after web was killed", async () => {
  await using prepared = await prepareWeb();
  await using first = await startWeb(prepared.config);
  const stage = await battle(first);
  await begin(stage, first);
  await first.kill();
  await using second = await startWeb(prepared.config);
  await stage.air(second);
  await finish(stage, second);
  strictEqual(await second.stop(), 0);
});

Deno.test("redis: a battle goes on at another web when the one where it began was killed", async () => {
  await using server = await startRedis();
  const env = { REDIS_URL: server.url };
  await using prepared = await prepareWeb(env);
  await using elsewhere = await prepareWeb(env);
  await using first = await startWeb(prepared.config);
  await Deno.copyFile(
    `${prepared.config.dataDir}/instance.key`,
    `${elsewhere.config.dataDir}/instance.key`,
  );
  await using second = await WebProcess.start(elsewhere.config);
  const stage = await battle(first);
  await begin(stage, first);
  await stage.air(second);
  await first.kill();
  // A battle that began elsewhere is known within a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await finish(stage, second);
});
