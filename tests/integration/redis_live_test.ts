import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LiveState } from "../../rooms/live_state.ts";
import { shareLive } from "../../rooms/live_share.ts";
import { Settings } from "../../rooms/settings.ts";
import { openRedisLive } from "../../store/redis/live.ts";
import { openRedisRepositories } from "../../store/redis/repositories/mod.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { accountNamed } from "../conformance/repository_conformance.ts";
import { openEmptyRedis, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";

const server = await startRedis();
addEventListener("unload", () => server.killNow());
const scripts = await loadScripts();

const stream = (room: string, startedAtMs: number) => ({
  room,
  state: "live" as const,
  startedAtMs,
  protocol: "rtmp",
  encoder: null,
  remoteAddress: "127.0.0.1",
  video: null,
  audio: null,
  bitrateKbps: 1,
  droppedFrames: 0,
  droppedFramesRecently: 0,
  uploadLagMs: 0,
  reconnects: 0,
  readers: { rtmp: 1 },
  outputs: { llhls: false, hls: false },
});

Deno.test("every web sees what nodes reported to any, and forgets it in time", async () => {
  const connection = await openEmptyRedis([server.url]);
  const webs = [new LiveState(), new LiveState()] as const;
  const failures: Error[] = [];
  const shared = webs.map((live) =>
    shareLive(live, {
      share: openRedisLive(connection, scripts),
      onFailure: (error) => failures.push(error),
      everyMs: 50,
    })
  );
  webs[0].putStreams("media@a", {
    streams: [stream("100001", 5)],
    capabilities: { ffmpeg: true },
  }, Date.now());
  webs[0].putViewers("edge@a", { "100001": { flv: 1, ws: 2, hls: 3 } }, Date.now());
  const gateway = { url: "https://b.test", region: "east", weight: 1, load: 0.5 };
  webs[1].putViewers("edge@b", { "100001": { flv: 10, ws: 0, hls: 0 } }, Date.now(), { gateway });
  for (const live of webs) {
    await waitFor("all viewers", () => live.of("100001", Date.now()).viewers === 17);
    strictEqual(live.newestMediaNode(Date.now()), "media@a");
    deepStrictEqual(live.gateways(Date.now()), [gateway]);
    deepStrictEqual(live.inspect(Date.now()), { mediaNodes: 1, edgeNodes: 2 });
  }
  // A node that calls another web now; what it said before counts no more.
  webs[1].putViewers("edge@a", { "100001": { flv: 0, ws: 0, hls: 0 } }, Date.now());
  await waitFor("fewer viewers", () => webs[0].of("100001", Date.now()).viewers === 11);
  strictEqual(webs[0].of("100001", Date.now() + 6_100).stream, null);
  // One that starts now knows what is fresh.
  const late = new LiveState();
  const lately = shareLive(late, {
    share: openRedisLive(connection, scripts),
    onFailure: (error) => failures.push(error),
  });
  await waitFor("the stream", () => late.of("100001", Date.now()).stream !== null);
  for (const each of [...shared, lately]) await each.stop();
  deepStrictEqual(failures, []);
  await connection.close();
});

Deno.test("a setting that one web changes is in force at the other after it looks again", async () => {
  const connection = await openEmptyRedis([server.url]);
  const { settings: repository } = openRedisRepositories(connection, scripts);
  const [one, other] = [await Settings.open({ repository }), await Settings.open({ repository })];
  await one.change(accountNamed("root"), { siteName: "万人", signUp: "closed" });
  strictEqual(other.values.siteName, "Wanren");
  await other.refresh();
  deepStrictEqual([other.values.siteName, other.values.signUp], ["万人", "closed"]);
  // What is changed while it reads is not undone.
  const reading = other.refresh();
  await other.change(accountNamed("root"), { siteName: "Ten thousand" });
  await reading;
  strictEqual(other.values.siteName, "Ten thousand");
  await connection.close();
});
