/**
 * What the edge costs: FLV fan-out, ten thousand viewers, held playlists.
 *
 *     deno run -A bench/edge_fanout_bench.ts [--only=fanout,crowd,reload] [--seconds=8]
 *
 * By itself it starts an edge as the supervisor does and an origin beside it. To measure a running
 * platform instead (real path, RTMP in), name it; the batch is then the platform's own:
 *
 *     --edge=127.0.0.1:8000 --room=100001 --pids=<edge>,<media> [--viewers=500,1000,2000]
 *     [--origin=127.0.0.1:8001 --secret=<cluster secret>]     for reload
 *
 * CPU is the accounted time of the named processes; the load generator (C, built with `cc`) runs
 * beside them on the same cores.
 *
 * @module
 */
import { firstLine, startEdgeProcess } from "./load/edge_process.ts";
import { type LoadFigures, LoadProgram } from "./load/program.ts";

const SECRET = "bench-secret-0123456789abcdef";
const HD_KBPS = 1650;
const SD_KBPS = 300;

interface Target {
  /** Host and port. */
  readonly edge: string;
  readonly room: string;
  readonly pids: readonly number[];
  readonly origin: string | null;
  readonly secret: string;
  readonly batch: string;
  stop(): Promise<void>;
}

const options = new Map(
  Deno.args.map((arg) => {
    const [name, value = ""] = arg.replace(/^--/, "").split("=", 2);
    return [name!, value] as const;
  }),
);
const only = options.get("only")?.split(",") ?? ["fanout", "crowd", "reload"];
const seconds = Number(options.get("seconds") ?? 8);

/** An edge as the supervisor starts it, and an origin. */
async function startOwn(kbps: number, batchMs: number): Promise<Target> {
  const originProcess = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "bench/load/edge_origin_process.ts", String(kbps)],
    stdout: "piped",
  }).spawn();
  const originPort = Number(await firstLine(originProcess.stdout));
  const edge = await startEdgeProcess({
    secret: SECRET,
    env: { FLV_BATCH_MS: String(batchMs), ORIGINS: `http://127.0.0.1:${originPort}` },
  });
  return {
    edge: `127.0.0.1:${edge.port}`,
    room: "100001",
    pids: [edge.pid],
    origin: `127.0.0.1:${originPort}`,
    secret: SECRET,
    batch: String(batchMs),
    async stop() {
      await edge.stop();
      originProcess.kill("SIGKILL");
      await originProcess.status;
      await originProcess.stdout.cancel().catch(() => {});
    },
  };
}

/** The platform that the options name, or null. */
function givenTarget(): Target | null {
  const edge = options.get("edge");
  if (edge === undefined) return null;
  return {
    edge,
    room: options.get("room") ?? "100001",
    pids: (options.get("pids") ?? "").split(",").filter((pid) => pid !== "").map(Number),
    origin: options.get("origin") ?? null,
    secret: options.get("secret") ?? "",
    batch: options.get("batch") ?? "own",
    stop: () => Promise.resolve(),
  };
}

async function effectiveBatch(target: Target): Promise<string> {
  const text = await fetch(`http://${target.edge}/metrics`).then((r) => r.text(), () => "");
  const value = /wanren_edge_flv_batch_seconds(?:\{[^}]*\})? ([\d.e-]+)/.exec(text)?.[1];
  return value === undefined ? target.batch : `${Math.round(Number(value) * 1000)} ms`;
}

function withTarget(kbps: number, batchMs: number): Promise<Target> {
  const given = givenTarget();
  return given === null ? startOwn(kbps, batchMs) : Promise.resolve(given);
}

/** FLV over loopback; the batch in force is read while the viewers are there. */
async function flv(
  target: Target,
  viewers: number,
  probe = false,
): Promise<LoadFigures & { batch: string }> {
  const measured = load.run([
    "flv",
    `-n${viewers}`,
    "-r1000",
    "-w4",
    `-t${seconds}`,
    ...(probe ? ["-k/healthz"] : []),
    `-S${Math.ceil(viewers / 5000)}`,
    `-p${target.pids.join(",")}`,
    target.edge,
    `/live/${target.room}.flv`,
  ]);
  const soon = (viewers / 1000 + 4 + seconds / 2) * 1000;
  const batch = await new Promise<string>((resolve) =>
    setTimeout(() => resolve(effectiveBatch(target)), soon)
  );
  return { ...await measured, batch } as unknown as LoadFigures & { batch: string };
}

function row(figures: Record<string, unknown>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, figures[name]]));
}

await using load = await LoadProgram.build("edge_load");
{
  if (only.includes("fanout")) {
    const rows = [];
    const counts = (options.get("viewers") ?? "500,1000,2000").split(",").map(Number);
    for (const batchMs of givenTarget() === null ? [100, 350] : [0]) {
      const target = await withTarget(HD_KBPS, batchMs);
      for (const viewers of counts) {
        rows.push(row(await flv(target, viewers), [
          "viewers",
          "alive",
          "batch",
          "kbps",
          "cpu_s_per_gb",
          "softirq_s_per_gb",
          "stalled",
          "core",
        ]));
      }
      await target.stop();
    }
    console.log("HTTP-FLV fan-out (limits: 0.7 CPU-s/GB at 100 ms, 0.4 at 350 ms)");
    console.table(rows);
  }
  if (only.includes("crowd")) {
    const target = await withTarget(SD_KBPS, 100);
    const figures = await flv(target, Number(options.get("crowd") ?? 10_000), true);
    await target.stop();
    console.log("Crowd (limits: 0 stalled, 20 KiB a viewer, p99 of other requests 50 ms)");
    console.table([
      row(figures, [
        "viewers",
        "alive",
        "batch",
        "kbps",
        "kbps_min",
        "stalled",
        "core",
        "kib_per_viewer",
        "probe_p50_ms",
        "probe_p99_ms",
        "probe_max_ms",
      ]),
    ]);
  }
  if (only.includes("reload")) {
    const rows = [];
    for (const viewers of [200, 1000]) {
      const target = await withTarget(SD_KBPS, 100);
      if (target.origin === null) throw new Error("Cannot measure reload: --origin is not given");
      const figures = await load.run([
        "reload",
        `-n${viewers}`,
        "-r1000",
        "-w3",
        `-t${seconds}`,
        `-o${target.origin}`,
        `-s${target.secret}`,
        `-p${target.pids.join(",")}`,
        target.edge,
        `/live/${target.room}/main.m3u8`,
      ]);
      // The player that asks the origin itself is one request for each address.
      const counts = await fetch(`http://${target.origin}/counts`)
        .then((r) => r.ok ? r.json() as Promise<[string, number][]> : [], () => []);
      const blocking = counts.filter(([url]) => url.includes("_HLS_msn"));
      const most = Math.max(0, ...blocking.map(([, count]) => count - 1));
      await target.stop();
      rows.push({
        ...row(figures, ["viewers", "alive", "answers", "lag_p50_ms", "lag_p95_ms", "lag_p99_ms"]),
        ...row(figures, ["lag_max_ms", "core"]),
        upstream_per_url: blocking.length > 0 ? most : "see origin metrics",
      });
    }
    console.log("Blocking reloads (limits: 1 upstream a URL, p99 30 ms at 200, 60 ms at 1,000)");
    console.table(rows);
  }
}
