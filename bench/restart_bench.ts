/**
 * How long a killed role is away, and how long a take-over by the same key takes.
 *
 * @module
 */
import { makeSource, Publisher } from "../tests/support/ffmpeg.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { waitFor } from "../tests/support/wait.ts";
import { percentile, printTable, verdict } from "./report.ts";

const RUNS = Number(Deno.env.get("RUNS") ?? 5);

const folder = await Deno.makeTempDir({ prefix: "wanren-bench-" });
await makeSource(`${folder}/source.flv`, { seconds: 12 });
const rows: Record<string, string | number>[] = [];
{
  await using platform = await TestPlatform.start();
  const health: Record<string, string> = {
    web: `http://127.0.0.1:${platform.webPort}/healthz`,
    media: `http://127.0.0.1:${platform.mediaPort}/healthz`,
    edge: `${platform.url}/healthz`,
    rtc: `http://127.0.0.1:${platform.rtcHttpPort}/healthz`,
  };
  for (const role of ["web", "media", "rtc", "edge"] as const) {
    const times: number[] = [];
    for (let index = 0; index < RUNS; index++) {
      const pid = await platform.pidOf(role);
      const killedMs = performance.now();
      Deno.kill(pid, "SIGKILL");
      await waitFor(`${role} again`, async () => {
        const response = await fetch(health[role]!);
        await response.body?.cancel();
        return response.ok && await platform.pidOf(role) !== pid;
      }, { everyMs: 10 });
      times.push(performance.now() - killedMs);
      // A role that ran for 10 s starts again with the shortest back-off.
      await new Promise((resolve) => setTimeout(resolve, 10_500));
    }
    const worst = Math.max(...times);
    rows.push({
      what: `SIGKILL of ${role} until it answers`,
      "p50 ms": Math.round(percentile(times, 0.5)),
      "max ms": Math.round(worst),
      "against the limit": verdict(worst, 2_000),
    });
  }
  const room = await platform.room();
  const source = `${folder}/source.flv`;
  const times: number[] = [];
  let publisher = Publisher.file(source, room.publishUrl);
  await platform.waitLive(room);
  for (let index = 0; index < RUNS; index++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const count = () => platform.output.split("event=publisher_attached").length;
    const before = count();
    const next = Publisher.file(source, room.publishUrl);
    await waitFor("the new publisher", () => count() > before, { everyMs: 5 });
    const attachedMs = performance.now();
    await publisher.process.status;
    times.push(performance.now() - attachedMs);
    await publisher.stop();
    publisher = next;
  }
  await publisher.stop("SIGKILL");
  rows.push({
    what: "take-over: new publisher attached until the old one is gone",
    "p50 ms": Math.round(percentile(times, 0.5)),
    "max ms": Math.round(Math.max(...times)),
    "against the limit": verdict(Math.max(...times), 1_000),
  });
}
await Deno.remove(folder, { recursive: true });
printTable("Away times", rows);
