/** A whole platform seen through its heartbeats: deaths, logs of all roles, the relay's hit rate. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { isAlive, processTable } from "../support/processes.ts";
import { waitFor } from "../support/wait.ts";

interface Node {
  readonly node: string;
  readonly role: string;
  readonly pid: number;
  readonly up: boolean;
  readonly restarts: number;
  readonly lastDeath: { readonly code: number; readonly signal: string | null } | null;
  readonly rssBytes: number;
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number } | null;
  readonly figures: Readonly<Record<string, number>>;
  readonly series: { readonly hitRate: readonly (number | null)[] };
}

interface Line {
  readonly role: string;
  readonly event: string;
  readonly text: string;
}

const SOURCE = new URL("../fixtures/media/h264_bframes_aac.flv", import.meta.url).pathname;

async function logIn(platform: TestPlatform): Promise<string> {
  const { body } = await platform.api<{ token: string }>("/api/sessions", {
    body: { name: "admin", password: "correct horse battery" },
  });
  return body.token;
}

Deno.test("administrators see deaths, logs and the hit rate of a running platform", async (t) => {
  await using platform = await TestPlatform.start();
  const token = await logIn(platform);
  const nodes = async () =>
    (await platform.api<{ nodes: Node[] }>("/api/admin/health", { token })).body.nodes;
  const nodeOf = (role: string, is: (node: Node) => boolean) =>
    waitFor(
      `${role} as it should be`,
      async () => (await nodes()).find((node) => node.role === role && node.up && is(node)),
    );
  const lines = async (query: string) =>
    (await platform.api<{ lines: Line[] }>(`/api/admin/log?${query}`, { token })).body.lines;

  await t.step("every role reports itself", async () => {
    const all = await waitFor("four processes", async () => {
      const found = await nodes();
      return found.length === 4 && found.every(({ up }) => up) && found;
    });
    deepStrictEqual(all.map(({ role, restarts, lastDeath }) => ({ role, restarts, lastDeath })), [
      { role: "edge", restarts: 0, lastDeath: null },
      { role: "media", restarts: 0, lastDeath: null },
      { role: "rtc", restarts: 0, lastDeath: null },
      { role: "web", restarts: 0, lastDeath: null },
    ]);
    for (const { role, node, pid, rssBytes, disk } of all) {
      match(node, new RegExp(`^${role}@[A-Za-z0-9.-]+:\\d+$`));
      strictEqual(pid, await platform.pidOf(role as "edge"));
      ok(rssBytes > 10_000_000);
      if (role === "edge" || role === "rtc") strictEqual(disk, null);
      else ok(disk !== null && disk.totalBytes >= disk.freeBytes && disk.freeBytes > 0, role);
    }
  });

  await t.step("the hit rate rises with the second request for a playlist", async () => {
    const room = await platform.room();
    await using _publisher = Publisher.file(SOURCE, room.publishUrl);
    const path = `/live/${room.id}/index.m3u8`;
    await waitFor("a playlist", async () => {
      const response = await platform.fetch(path);
      await response.body?.cancel();
      return response.status === 200;
    });
    const before = await nodeOf("edge", ({ figures }) => figures.cacheMisses > 0);
    for (let i = 0; i < 20; i++) await (await platform.fetch(path)).body?.cancel();
    const after = await nodeOf(
      "edge",
      ({ figures }) => figures.cacheHits >= before.figures.cacheHits + 10,
    );
    ok(rateOf(after) > rateOf(before), `${rateOf(before)} → ${rateOf(after)}`);
    ok(after.figures.sentBytes > before.figures.sentBytes);
    ok(after.series.hitRate.some((rate) => rate !== null && rate > 0));
    await nodeOf("media", ({ figures }) => figures.streams === 1);
  });

  await t.step("a killed role comes back and says how it died", async () => {
    const pid = await platform.pidOf("media");
    Deno.kill(pid, "SIGKILL");
    const media = await nodeOf("media", (node) => node.restarts === 1);
    ok(media.pid !== pid);
    strictEqual(media.lastDeath?.signal, "SIGKILL");
    strictEqual((await nodes()).filter(({ role }) => role === "media").length, 1);
  });

  await t.step("the log holds lines of all roles and of the supervisor", async () => {
    for (const role of ["edge", "web", "media", "rtc"]) {
      await waitFor(`lines of ${role}`, async () => (await lines(`role=${role}`)).length > 0);
    }
    const [died] = await waitFor("the death in the log", async () => {
      const found = await lines("role=supervisor&level=error&q=child_died");
      return found.length > 0 && found;
    });
    match(died.text, /^child=media code=137 signal=SIGKILL restart_in_ms=\d+$/);
    const all = JSON.stringify(await lines("limit=1000"));
    ok(!all.includes("correct horse"));
  });

  await t.step("a web that was killed gets the lines from before its death again", async () => {
    const pid = await platform.pidOf("web");
    Deno.kill(pid, "SIGKILL");
    await nodeOf("web", (node) => node.restarts === 1 && node.pid !== pid);
    await waitFor(
      "the death of media in the log",
      async () => (await lines("q=child%3Dmedia")).length > 0,
    );
  });

  await t.step("SIGKILL of the supervisor leaves nobody behind", async () => {
    const roles = (await processTable()).filter((row) => row.parent === platform.pid);
    strictEqual(roles.length, 4);
    await platform.stop("SIGKILL");
    for (const { pid, command } of roles) {
      await waitFor(`the end of ${command}`, async () => !(await isAlive(pid)));
    }
  });
});

function rateOf({ figures }: Node): number {
  return figures.cacheHits / (figures.cacheHits + figures.cacheMisses);
}
