/**
 * What calls by `rtc` cost: everybody sends a camera and a microphone once and receives all others.
 *
 * `PEOPLE=6,16 KBPS=500 FPS=30 SECONDS=10 deno run -A bench/calls_bench.ts`
 *
 * The people are on the library that the server uses, in one process of their own on the same machine;
 * nothing is encoded or decoded. CPU is that of `rtc` alone, by process accounting.
 *
 * @module
 */
import type { SfuClientOrder, SfuFigures } from "../tests/support/sfu_client.ts";
import { TestPlatform } from "../tests/support/platform.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { cpuSeconds, printTable, residentKib } from "./report.ts";

const PEOPLE = (Deno.env.get("PEOPLE") ?? "6,12,16").split(",").map(Number);
const SECONDS = Number(Deno.env.get("SECONDS") ?? 10);
const KBPS = Number(Deno.env.get("KBPS") ?? 500);
const FPS = Number(Deno.env.get("FPS") ?? 30);

interface Running extends AsyncDisposable {
  readonly figures: SfuFigures | null;
}

function startPeople(order: SfuClientOrder): Running {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--cached-only"],
      ...["tests/support/sfu_client.ts", JSON.stringify(order)],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let figures: SfuFigures | null = null;
  const reading = (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of process.stdout) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) figures = JSON.parse(line) as SfuFigures;
    }
  })();
  return {
    get figures() {
      return figures;
    },
    async [Symbol.asyncDispose]() {
      await process.stdin.close().catch(() => {});
      await process.status;
      await reading;
    },
  };
}

const secretFile = await Deno.makeTempFile({ prefix: "wanren-bench-" });
const clusterSecret = crypto.randomUUID();
await Deno.writeTextFile(secretFile, clusterSecret);
const rows: Record<string, string | number>[] = [];
try {
  await using platform = await TestPlatform.start({ env: { CLUSTER_SECRET_FILE: secretFile } });
  const pid = await platform.pidOf("rtc");
  const idleKib = await residentKib(pid);
  for (const people of PEOPLE) {
    await using client = startPeople({
      url: `http://127.0.0.1:${platform.rtcHttpPort}/sfu/bench${people}`,
      clusterSecret,
      people,
      kilobitsPerSecond: KBPS,
      framesPerSecond: FPS,
    });
    const streams = people * (people - 1) * 2;
    const joined = await waitFor(
      "everybody to get everybody else",
      () => client.figures !== null && client.figures.streams >= streams && client.figures,
    );
    await pause(2_000);
    const before = { cpuS: await cpuSeconds(pid), figures: client.figures! };
    const beganMs = performance.now();
    await pause(SECONDS * 1_000);
    const after = { cpuS: await cpuSeconds(pid), figures: client.figures! };
    const seconds = (performance.now() - beganMs) / 1_000;
    const cpu = (after.cpuS - before.cpuS) / seconds * 100;
    const mbps = (after.figures.bytes - before.figures.bytes) * 8 / 1e6 / seconds;
    rows.push({
      people,
      "all see all after ms": Math.round(joined.joinedMs ?? NaN),
      "out Mbps": mbps.toFixed(1),
      "packets out a second": Math.round(
        (after.figures.received - before.figures.received) / seconds,
      ),
      "CPU % of a core": cpu.toFixed(1),
      "% a person": (cpu / people).toFixed(2),
      "% per Mbps": (cpu / mbps).toFixed(3),
      "MB more than idle": ((await residentKib(pid) - idleKib) / 1024).toFixed(0),
      "packets missing": after.figures.missing - before.figures.missing,
    });
  }
} finally {
  await Deno.remove(secretFile);
}
printTable(`Calls by rtc, everybody sends ${KBPS} kbps at ${FPS} fps and Opus`, rows);
