/**
 * The whole product at once on one machine: a publisher, viewers of HTTP-FLV at 300 kbps, polls and
 * long connections of one room that talks; the cores of each role, stalls, and how late things come.
 *
 *     deno run -A bench/im_product_bench.ts
 *
 * Environment: `SECONDS` measured (default 30), `SCALE` share of the crowd (default 1: 5,000 of each),
 * `EDGE_PROCESSES` (default 1), `CHATS` (default 50) and `GIFTS` (default 1) a second.
 *
 * The settings are the defaults: in a room of this size connections get what is important and polls
 * bring the texts. All three load generators and the talkers share the cores with the platform.
 *
 * @module
 */
import { makeSource, Publisher } from "../tests/support/ffmpeg.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { processTable } from "../tests/support/processes.ts";
import { pause } from "../tests/support/wait.ts";
import { type LoadFigures, LoadProgram } from "./load/program.ts";
import { Talkers } from "./load/talkers.ts";
import { cpuSeconds, printTable, residentKib, verdict } from "./report.ts";

const SECONDS = Number(Deno.env.get("SECONDS") ?? 30);
const SCALE = Number(Deno.env.get("SCALE") ?? 1);
const PROCESSES = Deno.env.get("EDGE_PROCESSES") ?? "1";
const CHATS = Number(Deno.env.get("CHATS") ?? 50);
const GIFTS = Number(Deno.env.get("GIFTS") ?? 1);
const EACH = Math.round(5_000 * SCALE);
const ARRIVALS_PER_SECOND = 500;
/** Time after the last arrival before anything is measured. */
const WARM_UP_S = 8;
const ROLES = ["edge", "web", "media"] as const;

async function pidsOf(platform: TestPlatform): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = (await processTable()).filter(({ parent, state }) =>
    parent === platform.pid && state !== "Z"
  );
  return new Map(ROLES.map((role) => [
    role,
    rows.filter(({ command }) => command.includes(`--run=${role}`)).map(({ pid }) => pid),
  ]));
}

async function sum(pids: readonly number[], of: (pid: number) => Promise<number>): Promise<number> {
  return (await Promise.all(pids.map(of))).reduce((all, one) => all + one, 0);
}

await using flv = await LoadProgram.build("edge_load");
await using im = await LoadProgram.build("im_load");
await using platform = await TestPlatform.start({ env: { EDGE_PROCESSES: PROCESSES } });
const room = await platform.room("A crowd");
const source = `${platform.dataDir}/source.flv`;
await makeSource(source, { seconds: 20, videoKbps: 278 });
await using _publisher = Publisher.file(source, room.publishUrl);
await platform.waitLive(room);
const rates = { chatsPerSecond: CHATS, giftsPerSecond: GIFTS };
await using talkers = await Talkers.start(platform, { room, rates });
const { body: { ticket } } = await platform.api<{ ticket: string }>(
  `/api/im/gateways?room=${room.id}`,
);
const pids = await pidsOf(platform);
const address = `127.0.0.1:${platform.httpPort}`;
const common = [`-n${EACH}`, `-r${ARRIVALS_PER_SECOND}`, `-w${WARM_UP_S}`, `-t${SECONDS}`];
const arrivingMs = (EACH / ARRIVALS_PER_SECOND + WARM_UP_S) * 1000;

const readers: Promise<LoadFigures>[] = [
  flv.run(["flv", ...common, address, `/live/${room.id}.flv`]),
  im.run([
    "poll",
    ...common,
    "-zgzip, deflate, br",
    address,
    `/api/rooms/${room.id}/messages`,
  ]),
  im.run(["socket", ...common, address, `/im?ticket=${encodeURIComponent(ticket)}`]),
];
await pause(arrivingMs);
const before = new Map<string, number>();
for (const role of ROLES) before.set(role, await sum(pids.get(role)!, cpuSeconds));
const talkedBefore = talkers.figures;
await pause(SECONDS * 1000 - 500);
const roles = [];
for (const role of ROLES) {
  const own = pids.get(role)!;
  const seconds = await sum(own, cpuSeconds) - before.get(role)!;
  roles.push({
    role,
    processes: own.length,
    cores: Math.round(seconds / (SECONDS - 0.5) * 1000) / 1000,
    MiB: Math.round(await sum(own, residentKib) / 1024),
  });
}
const talked = talkers.figures;
const [viewers, polls, sockets] = await Promise.all(readers) as [
  LoadFigures,
  LoadFigures,
  LoadFigures,
];
const total = roles.reduce((all, { cores }) => all + cores, 0);
printTable(`${EACH} viewers of FLV, ${EACH} who poll, ${EACH} sockets in one room, ${SECONDS} s`, [
  ...roles,
  { role: "all", processes: "", cores: Math.round(total * 1000) / 1000, MiB: "" },
]);
printTable("What they got", [
  {
    who: "FLV",
    alive: viewers.alive!,
    got: `${viewers.kbps} kbps (least ${viewers.kbps_min})`,
    "p50 ms": "",
    "p99 ms": "",
    note: `stalled ${viewers.stalled} ${verdict(viewers.stalled!, 0)}`,
  },
  {
    who: "polls",
    alive: polls.alive!,
    got: `${polls.a_second} a second, ${polls.bytes_a_full_poll} bytes`,
    "p50 ms": polls.p50_ms!,
    "p99 ms": polls.p99_ms!,
    note: `refused ${polls.refused}`,
  },
  {
    who: "sockets, gifts",
    alive: sockets.alive!,
    got: `${sockets.a_second} frames a second`,
    "p50 ms": sockets.gift_p50_ms!,
    "p99 ms": sockets.gift_p99_ms!,
    note: `closed ${sockets.closed}`,
  },
]);
const share = (of: keyof typeof talked) => (talked[of] - talkedBefore[of]) / (SECONDS - 0.5);
printTable("What was said", [{
  "texts/s": Math.round(share("said") * 10) / 10,
  "gifts/s": Math.round(share("given") * 100) / 100,
  "refused/s": Math.round(share("refused") * 100) / 100,
}]);
