/** Heartbeats and what administrators see of them. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { HealthBeat } from "../../platform/heartbeat.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { CLUSTER_SECRET, startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

const BEAT: HealthBeat = {
  node: "media@host:8001",
  role: "media",
  region: "local",
  pid: 42,
  startedAtMs: 1_700_000_000_000,
  restarts: 1,
  lastDeath: { code: 137, signal: "SIGKILL", atMs: 1_700_000_000_000, error: null },
  rssBytes: 100_000_000,
  heapBytes: 50_000_000,
  cpu: 0.25,
  lagMs: 0.4,
  lagMaxMs: 12.5,
  disk: { totalBytes: 1e12, freeBytes: 5e11 },
  figures: { streams: 2 },
  linesFrom: 1,
  lines: [
    { n: 1, atMs: 1_700_000_000_000, level: "info", event: "media_started", text: "http=8001" },
    { n: 2, atMs: 1_700_000_000_001, level: "error", event: "odd", text: "error=x" },
    {
      n: 3,
      atMs: 1_700_000_000_002,
      level: "error",
      event: "child_died",
      text: "child=media",
      role: "supervisor",
    },
  ],
};

const beat = (web: WebApp, change: Partial<Record<keyof HealthBeat, unknown>> = {}) =>
  web.call("PUT", "/internal/health", { token: CLUSTER_SECRET, body: { ...BEAT, ...change } });

Deno.test("PUT /internal/health needs the secret and says which line it has last", async () => {
  await using web = await startWebApp({ hasher });
  strictEqual((await web.call("PUT", "/internal/health", { body: BEAT })).status, 401);
  const response = await beat(web);
  strictEqual(response.status, 200);
  deepStrictEqual(await response.json(), { linesUntil: 3 });
  deepStrictEqual(await (await beat(web, { lines: [] })).json(), { linesUntil: 3 });
});

Deno.test("PUT /internal/health refuses what no process of ours says", async () => {
  await using web = await startWebApp({ hasher });
  const line = BEAT.lines[0];
  const figures = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [
      `figure${String.fromCharCode(97 + Math.floor(i / 26), 97 + i % 26)}`,
      1,
    ]));
  for (
    const [field, value] of [
      ["node", ""],
      ["node", "x".repeat(129)],
      ["node", "a b"],
      ["node", "a\u202eb"],
      ["role", "supervisor"],
      ["role", "admin"],
      ["region", "x".repeat(129)],
      ["pid", -1],
      ["pid", 1.5],
      ["cpu", -0.1],
      ["cpu", null],
      ["cpu", "1"],
      ["startedAtMs", 9e15],
      ["lastDeath", { code: 1, signal: "x".repeat(33), atMs: 0, error: null }],
      ["disk", { totalBytes: -1, freeBytes: 0 }],
      ["figures", figures(33)],
      ["figures", { "": 1 }],
      ["figures", { "<script>": 1 }],
      ["figures", { x: "1" }],
      ["lines", Array.from({ length: 201 }, (_, i) => ({ ...line, n: i + 1 }))],
      ["lines", [{ ...line, n: 0 }]],
      ["lines", [{ ...line, level: "fatal" }]],
      ["lines", [{ ...line, text: "x".repeat(2_049) }]],
      ["lines", [{ ...line, event: "x".repeat(129) }]],
      ["lines", [{ ...line, role: "web" }]],
    ] as const
  ) {
    const response = await beat(web, { [field]: value });
    strictEqual(response.status, 400, `${field}=${JSON.stringify(value).slice(0, 80)}`);
    strictEqual(response.headers.get("content-type"), "application/problem+json");
    await response.body?.cancel();
  }
  strictEqual((await beat(web, { figures: figures(32) })).status, 200);
  const large = await web.call("PUT", "/internal/health", {
    token: CLUSTER_SECRET,
    headers: { "content-type": "application/json" },
    rawBody: `"${"x".repeat(600_000)}"`,
  });
  strictEqual(large.status, 413);
});

Deno.test("GET /api/admin/health is for administrators alone and never cached", async () => {
  await using web = await startWebApp({ hasher });
  const member = await web.signUp();
  for (const path of ["/api/admin/health", "/api/admin/log"]) {
    strictEqual((await web.call("GET", path)).status, 401);
    strictEqual((await web.call("GET", path, { token: member.token })).status, 403);
    strictEqual((await web.call("GET", path, { token: CLUSTER_SECRET })).status, 401);
    const { token } = path.endsWith("health") ? await web.admin() : { token: "" };
    if (token === "") continue;
    const response = await web.call("GET", path, { token });
    strictEqual(response.status, 200);
    strictEqual(response.headers.get("cache-control"), "no-store");
  }
});

Deno.test("GET /api/admin/health shows each process with its history", async () => {
  await using web = await startWebApp({ hasher });
  web.clock.nowMs = 1_700_000_000_000;
  const { token } = await web.admin();
  await (await beat(web)).body?.cancel();
  web.clock.nowMs += 10_000;
  await (await beat(web, { lines: [], lagMaxMs: 3, disk: null })).body?.cancel();
  const health = async () => (await (await web.call("GET", "/api/admin/health", { token })).json());
  deepStrictEqual((await health()).nodes, [{
    node: "media@host:8001",
    role: "media",
    region: "local",
    pid: 42,
    startedAt: "2023-11-14T22:13:20.000Z",
    heardAt: "2023-11-14T22:13:30.000Z",
    up: true,
    restarts: 1,
    lastDeath: { code: 137, signal: "SIGKILL", at: "2023-11-14T22:13:20.000Z", error: null },
    rssBytes: 100_000_000,
    heapBytes: 50_000_000,
    cpu: 0.25,
    lagMs: 0.4,
    lagMaxMs: 3,
    disk: null,
    figures: { streams: 2 },
    series: {
      stepMs: 10_000,
      fromMs: 1_700_000_000_000,
      lagMaxMs: [12.5, 3],
      cpu: [0.25, 0.25],
      rssBytes: [100_000_000, 100_000_000],
      hitRate: [null, null],
    },
  }]);
  web.clock.nowMs += 6_000;
  const { nodes, now } = await health();
  strictEqual(nodes[0].up, false);
  strictEqual(now, "2023-11-14T22:13:36.000Z");
  web.clock.nowMs += 600_000;
  deepStrictEqual((await health()).nodes, []);
});

Deno.test("GET /api/admin/log filters, goes on where it stopped, and refuses odd questions", async () => {
  await using web = await startWebApp({ hasher });
  const { token } = await web.admin();
  await (await beat(web)).body?.cancel();
  const read = async (query = "") =>
    await (await web.call("GET", `/api/admin/log${query}`, { token })).json();
  const all = await read();
  strictEqual(all.lines.length, 3);
  deepStrictEqual({ ...all.lines[0], seq: 0 }, {
    seq: 0,
    at: "2023-11-14T22:13:20.000Z",
    level: "info",
    node: "media@host:8001",
    role: "media",
    event: "media_started",
    text: "http=8001",
  });
  strictEqual(all.dropped, 0);
  deepStrictEqual(await read(`?after=${all.next}`), { lines: [], next: all.next, dropped: 0 });
  const events = async (query: string) =>
    (await read(query)).lines.map(({ event }: { event: string }) => event);
  deepStrictEqual(await events("?level=warn"), ["odd", "child_died"]);
  deepStrictEqual(await events("?role=supervisor"), ["child_died"]);
  deepStrictEqual(await events("?q=HTTP%3D8001"), ["media_started"]);
  deepStrictEqual(await events(`?after=${all.lines[0].seq}&limit=1`), ["odd"]);
  for (
    const query of [
      "?after=-1",
      "?after=x",
      "?after=99999999999999999",
      "?level=fatal",
      "?role=admin",
      "?limit=0",
      "?limit=1001",
      `?q=${"x".repeat(101)}`,
    ]
  ) {
    const response = await web.call("GET", `/api/admin/log${query}`, { token });
    strictEqual(response.status, 400, query);
    match((await response.json()).detail, /^Cannot accept (after|level|role|limit|q):/);
  }
});

Deno.test("/openapi.json describes the calls about the running platform", async () => {
  await using web = await startWebApp({ hasher });
  const { paths, components } = await (await web.call("GET", "/openapi.json")).json();
  strictEqual(paths["/api/admin/health"].get.operationId, "getHealth");
  deepStrictEqual(
    paths["/api/admin/log"].get.parameters.map(({ name }: { name: string }) => name),
    ["after", "level", "role", "q", "limit"],
  );
  for (const name of ["Node", "NodeSeries", "LogLine"]) {
    strictEqual(typeof components.schemas[name], "object", name);
  }
});
