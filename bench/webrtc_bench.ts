/**
 * What viewers of WebRTC cost: one publisher of 1.5 Mbps by WHIP, many viewers by WHEP on one process.
 *
 * `VIEWERS=100,200,250 SECONDS=10 deno run -A bench/webrtc_bench.ts`
 *
 * Publisher and viewers are on the library that the server uses, in processes of their own on the same
 * machine, so the load generator takes about as much of it as the server. CPU is that of `rtc` alone,
 * by process accounting.
 *
 * @module
 */
import { TestPlatform } from "../tests/support/platform.ts";
import { RtcClientProcess } from "../tests/support/rtc_client_process.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { cpuSeconds, printTable, residentKib, verdict } from "./report.ts";

const VIEWERS = (Deno.env.get("VIEWERS") ?? "100,200,250").split(",").map(Number);
const SECONDS = Number(Deno.env.get("SECONDS") ?? 10);
const KBPS = 1500;
/** Limits of the product's promise. */
const MAX_CPU_PER_MBPS = 0.2;
const MAX_MB = 0.7;
/** Of a hundred viewers. */
const MAX_JOIN_MS = 1_500;

interface Usage {
  readonly cpuS: number;
  readonly rssMb: number;
}

async function usageOf(pid: number): Promise<Usage> {
  return { cpuS: await cpuSeconds(pid), rssMb: await residentKib(pid) / 1024 };
}

const rows: Record<string, string | number>[] = [];
await using platform = await TestPlatform.start();
const room = await platform.room();
await using publisher = RtcClientProcess.start({
  kind: "publish",
  url: `${platform.url}/whip/${room.id}`,
  key: room.key,
  kilobitsPerSecond: KBPS,
});
await platform.waitLive(room);
await waitFor("the publisher", () => publisher.joinedMs);
await pause(3_000);
const pid = await platform.pidOf("rtc");
const sentBytes = async () => {
  const response = await fetch(`${platform.url}/metrics`);
  const text = await response.text();
  return Number(/wanren_rtc_sent\{[^}]*what="bytes"[^}]*\} ([\d.e+]+)/.exec(text)?.[1] ?? 0);
};
const idle = await usageOf(pid);
for (const count of VIEWERS) {
  await using viewers = RtcClientProcess.start({
    kind: "view",
    url: `${platform.url}/whep/${room.id}`,
    count,
  });
  const joinedMs = await waitFor(`${count} viewers`, () => viewers.joinedMs, {
    deadlineMs: 60_000,
  });
  await pause(3_000);
  const look = async () => ({
    ...await usageOf(pid),
    clientS: await cpuSeconds(viewers.pid),
    bytes: await sentBytes(),
    figures: viewers.figures!,
  });
  const before = await look();
  const beganMs = performance.now();
  await pause(SECONDS * 1_000);
  const after = await look();
  const seconds = (performance.now() - beganMs) / 1_000;
  const mbps = (after.bytes - before.bytes) * 8 / 1e6 / seconds;
  const cpu = (after.cpuS - before.cpuS) / seconds * 100;
  const missing = after.figures.missing - before.figures.missing;
  const mb = (after.rssMb - idle.rssMb) / count;
  rows.push({
    viewers: count,
    "join of all ms": Math.round(joinedMs),
    "out Mbps": mbps.toFixed(0),
    "CPU % of a core": cpu.toFixed(1),
    "% per Mbps": (cpu / mbps).toFixed(3),
    "MB a viewer": mb.toFixed(2),
    "packets missing": missing,
    "received Mbps": ((after.figures.bytes - before.figures.bytes) * 8 / 1e6 / seconds).toFixed(0),
    "client % of a core": ((after.clientS - before.clientS) / seconds * 100).toFixed(0),
    "against the limits": [
      `CPU ${verdict(Number((cpu / mbps).toFixed(3)), MAX_CPU_PER_MBPS)}`,
      `memory ${verdict(Number(mb.toFixed(2)), MAX_MB)}`,
      `loss ${verdict(missing, 0)}`,
      ...(count === 100 ? [`join ${verdict(Math.round(joinedMs), MAX_JOIN_MS)}`] : []),
    ].join(", "),
  });
}
printTable("WHEP viewers of one publisher at 1.5 Mbps", rows);
