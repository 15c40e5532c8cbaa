/**
 * What viewers cost on the real path: ffmpeg publishes by RTMP, viewers take HTTP-FLV or hold
 * low-latency playlists at the edge, peers beside it in the same run.
 *
 * `deno run -A bench/real_path_bench.ts [fanout crowd reload peers]`
 *
 * CPU is that of `edge` and `media` together by process accounting, because the load generator shares
 * the cores. Peers: Node-Media-Server (npm), and SRS or nginx-http-flv when `SRS_BINARY` or
 * `NGINX_HTTP_FLV_BINARY` names one.
 *
 * @module
 */
import { Publisher, runFfmpeg } from "../tests/support/ffmpeg.ts";
import { freePort, type PlatformOptions, TestPlatform } from "../tests/support/platform.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { LoadProgram } from "./load/program.ts";
import { printTable, verdict } from "./report.ts";

const SECONDS = Number(Deno.env.get("SECONDS") ?? 12);
/** Time before the first figure: in its first minute the runtime's compiler costs more than we do. */
const WARM_UP_S = Number(Deno.env.get("WARM_UP_S") ?? 60);
const SECRET = "a secret of the bench alone";

/** A clip that repeats: constant bit rate, key frames every 2 s. */
interface Clip {
  readonly path: string;
  readonly kbps: number;
}

async function makeClip(path: string, size: string, rates: [number, number]): Promise<Clip> {
  const [video, audio] = rates.map((kbps) => `${kbps}k`);
  await runFfmpeg([
    ...["-f", "lavfi", "-i", `testsrc2=s=${size}:r=30`, "-f", "lavfi", "-i", "sine=f=440:r=44100"],
    ...["-t", "30", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-pix_fmt"],
    ...["yuv420p", "-b:v", video!, "-minrate", video!, "-maxrate", video!, "-bufsize", video!],
    ...["-x264-params", "nal-hrd=cbr:keyint=60:min-keyint=60:scenecut=0", "-bf", "0"],
    ...["-c:a", "aac", "-b:a", audio!, "-ac", "2", "-y", path],
  ]);
  return { path, kbps: rates[0] + rates[1] };
}

/** A server that carries one stream. */
interface Server {
  readonly name: string;
  /** `HOST:PORT` and path of the FLV. */
  readonly address: string;
  readonly path: string;
  readonly pids: readonly number[];
  /** The batch in force, for the table. */
  batch(): Promise<string>;
}

async function withWanren<T>(
  clip: Clip,
  env: PlatformOptions["env"],
  use: (server: Server, platform: TestPlatform) => Promise<T>,
): Promise<T> {
  const secretFile = await Deno.makeTempFile();
  await Deno.writeTextFile(secretFile, SECRET.replaceAll(" ", "-"));
  await using platform = await TestPlatform.start({
    env: { ...env, CLUSTER_SECRET_FILE: secretFile },
  });
  const room = await platform.room("bench");
  await using _publisher = Publisher.file(clip.path, room.publishUrl);
  await platform.waitLive(room);
  await pause(3_000);
  const pids = await Promise.all((["edge", "media"] as const).map((role) => platform.pidOf(role)));
  const result = await use({
    name: "Wanren",
    address: `127.0.0.1:${platform.httpPort}`,
    path: `/live/${room.id}.flv`,
    pids,
    batch: async () => {
      const text = await (await fetch(`${platform.url}/metrics`)).text();
      const value = /wanren_edge_flv_batch_seconds(?:\{[^}]*\})? ([\d.e-]+)/.exec(text)?.[1];
      return `${Math.round(Number(value) * 1_000)} ms`;
    },
  }, platform);
  await Deno.remove(secretFile);
  return result;
}

async function withNodeMediaServer<T>(clip: Clip, use: (server: Server) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "wanren-nms-" });
  const [rtmpPort, httpPort] = [freePort(), freePort()];
  const app = await Deno.realPath("node_modules/node-media-server/bin/app.js");
  const config = JSON.parse(
    await Deno.readTextFile("node_modules/node-media-server/bin/config.json"),
  );
  // It writes a secret of its own into the file that it is given.
  await Deno.writeTextFile(
    `${folder}/config.json`,
    JSON.stringify({
      bind: "127.0.0.1",
      notify: config.notify,
      store: { ...config.store, path: `${folder}/data` },
      auth: config.auth,
      rtmp: { port: rtmpPort },
      http: { port: httpPort },
      record: { auto: false, path: `${folder}/record` },
    }),
  );
  const server = new Deno.Command("node", {
    args: [app, "-c", `${folder}/config.json`, "--no-admin"],
    cwd: folder,
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await waitFor("Node-Media-Server", async () => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: rtmpPort });
      connection.close();
      return true;
    });
    await using _publisher = Publisher.file(clip.path, `rtmp://127.0.0.1:${rtmpPort}/live/s`);
    await pause(4_000);
    return await use({
      name: "Node-Media-Server",
      address: `127.0.0.1:${httpPort}`,
      path: "/live/s.flv",
      pids: [server.pid],
      batch: () => Promise.resolve("none"),
    });
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function withSrs<T>(
  clip: Clip,
  batchMs: number,
  use: (server: Server) => Promise<T>,
): Promise<T | null> {
  const binary = Deno.env.get("SRS_BINARY");
  if (binary === undefined) return null;
  const folder = await Deno.makeTempDir({ prefix: "wanren-srs-" });
  const [rtmpPort, httpPort] = [freePort(), freePort()];
  await Deno.writeTextFile(
    `${folder}/srs.conf`,
    `listen 127.0.0.1:${rtmpPort}; max_connections 10000; daemon off; srs_log_tank console;
     pid ${folder}/srs.pid; http_server { enabled on; listen 127.0.0.1:${httpPort}; dir ${folder}; }
     vhost __defaultVhost__ { play { mw_latency ${batchMs}; } http_remux { enabled on; mount [vhost]/[app]/[stream].flv; } }`,
  );
  const server = new Deno.Command(binary, {
    args: ["-c", `${folder}/srs.conf`],
    cwd: folder,
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await pause(2_000);
    await using _publisher = Publisher.file(clip.path, `rtmp://127.0.0.1:${rtmpPort}/live/s`);
    await pause(4_000);
    return await use({
      name: "SRS",
      address: `127.0.0.1:${httpPort}`,
      path: "/live/s.flv",
      pids: [server.pid],
      batch: () => Promise.resolve(`${batchMs} ms`),
    });
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function withNginxHttpFlv<T>(
  clip: Clip,
  use: (server: Server) => Promise<T>,
): Promise<T | null> {
  const binary = Deno.env.get("NGINX_HTTP_FLV_BINARY");
  if (binary === undefined) return null;
  const folder = await Deno.makeTempDir({ prefix: "wanren-nhf-" });
  const [rtmpPort, httpPort] = [freePort(), freePort()];
  await Deno.mkdir(`${folder}/logs`);
  await Deno.writeTextFile(
    `${folder}/nginx.conf`,
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log; events { worker_connections 10000; }
     rtmp { server { listen 127.0.0.1:${rtmpPort}; application live { live on; gop_cache on; } } }
     http { access_log off; server { listen 127.0.0.1:${httpPort}; location /flv { flv_live on; } } }`,
  );
  const server = new Deno.Command(binary, {
    args: ["-p", folder, "-c", `${folder}/nginx.conf`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await pause(1_000);
    await using _publisher = Publisher.file(clip.path, `rtmp://127.0.0.1:${rtmpPort}/live/s`);
    await pause(4_000);
    return await use({
      name: "nginx-http-flv",
      address: `127.0.0.1:${httpPort}`,
      path: `/flv?port=${rtmpPort}&app=live&stream=s`,
      pids: [server.pid],
      batch: () => Promise.resolve("per message"),
    });
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await Deno.remove(folder, { recursive: true });
  }
}

type Row = Record<string, string | number>;

async function measureFlv(
  load: LoadProgram,
  server: Server,
  options: { viewers: number; probe?: string; rate?: number; warmUpS?: number },
): Promise<Row & { cpu: number }> {
  const { viewers, probe, rate = 1_000, warmUpS = 4 } = options;
  const running = load.run([
    ...["flv", `-n${viewers}`, `-r${rate}`, `-w${warmUpS}`, `-t${SECONDS}`],
    ...(probe === undefined ? [] : [`-k${probe}`]),
    ...[`-S${Math.ceil(viewers / 5_000)}`, `-p${server.pids.join(",")}`],
    ...[server.address, server.path],
  ]);
  await pause((viewers / rate + warmUpS + SECONDS / 2) * 1_000);
  const batch = await server.batch();
  const figures = await running;
  const round = (name: string, digits: number) => Number(figures[name]?.toFixed(digits));
  return {
    cpu: figures.cpu_s_per_gb!,
    server: server.name,
    viewers,
    alive: figures.alive!,
    batch,
    kbps: round("kbps", 0),
    "CPU s/GB": round("cpu_s_per_gb", 2),
    "softirq s/GB": round("softirq_s_per_gb", 2),
    cores: round("core", 2),
    stalled: figures.stalled!,
    "KiB/viewer": round("kib_per_viewer", 1),
    ...(probe !== undefined &&
      { "probe p50 ms": round("probe_p50_ms", 1), "probe p99 ms": round("probe_p99_ms", 1) }),
  };
}

function shown(row: Row & { cpu: number }, extra: Row = {}): Row {
  const { cpu: _cpu, ...rest } = row;
  return { ...rest, ...extra };
}

if (import.meta.main) {
  const wanted = Deno.args.length > 0 ? Deno.args : ["fanout", "peers", "crowd", "reload"];
  await using load = await LoadProgram.build("edge_load");
  const folder = await Deno.makeTempDir({ prefix: "wanren-clips-" });
  const hd = await makeClip(`${folder}/hd.flv`, "1280x720", [1_500, 128]);
  const sd = await makeClip(`${folder}/sd.flv`, "320x180", [250, 48]);

  if (wanted.includes("fanout")) {
    const rows: Row[] = [];
    const own = new Map<string, number>();
    for (const [batchMs, limit] of [[100, 0.7], [350, 0.4]] as const) {
      await withWanren(hd, { FLV_BATCH_MS: `${batchMs}` }, async (server) => {
        await measureFlv(load, server, { viewers: 1_000 });
        await pause(WARM_UP_S * 1_000);
        for (const viewers of [500, 1_000, 2_000]) {
          const row = await measureFlv(load, server, { viewers });
          own.set(`${batchMs}/${viewers}`, row.cpu);
          rows.push(
            shown(row, { "against the limit": verdict(row.cpu, limit), "ours is cheaper": "" }),
          );
        }
      });
    }
    if (wanted.includes("peers")) {
      for (const viewers of [500, 1_000]) {
        const measure = (batchMs: number) => async (server: Server) => {
          await measureFlv(load, server, { viewers });
          const row = await measureFlv(load, server, { viewers });
          const ratio = row.cpu / own.get(`${batchMs}/${viewers}`)!;
          rows.push(shown(row, {
            "against the limit": "",
            "ours is cheaper": `${ratio.toFixed(1)} × at ${batchMs} ms`,
          }));
        };
        await withNodeMediaServer(hd, measure(100));
        await withSrs(hd, 100, measure(100));
        await withSrs(hd, 350, measure(350));
        await withNginxHttpFlv(hd, measure(100));
      }
    }
    printTable(
      "HTTP-FLV fan-out, RTMP in, edge + media; limits 0.7 at 100 ms, 0.4 at 350 ms",
      rows,
    );
  }

  if (wanted.includes("crowd")) {
    await withWanren(sd, {}, async (server) => {
      const row = await measureFlv(load, server, {
        viewers: 10_000,
        probe: "/healthz",
        warmUpS: 12,
      });
      printTable("10,000 viewers of 300 kbps; limits: none stalled, 20 KiB, p99 50 ms", [
        shown(row),
      ]);
    });
  }

  if (wanted.includes("reload")) {
    const rows: Row[] = [];
    for (const [viewers, limit] of [[200, 30], [1_000, 60]] as const) {
      await withWanren(sd, {}, async (server, platform) => {
        const figures = await load.run([
          ...["reload", `-n${viewers}`, "-r1000", "-w3", `-t${SECONDS}`],
          ...[`-o127.0.0.1:${platform.mediaPort}`, `-s${SECRET.replaceAll(" ", "-")}`],
          ...[`-p${server.pids.join(",")}`, server.address],
          server.path.replace(".flv", "/main.m3u8"),
        ]);
        const p99 = figures.lag_p99_ms!;
        rows.push({
          viewers,
          alive: figures.alive!,
          answers: figures.answers!,
          "lag p50 ms": figures.lag_p50_ms!,
          "lag p95 ms": figures.lag_p95_ms!,
          "lag p99 ms": p99,
          "against the limit": verdict(p99, limit),
        });
      });
    }
    printTable("Held playlists through the edge: added lag", rows);
  }
  await Deno.remove(folder, { recursive: true });
}
