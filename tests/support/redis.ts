/**
 * Redis servers of a test's own, on free ports of the loopback: one, or a cluster of three.
 *
 * @module
 */
import { RedisConnection } from "../../store/redis/connection.ts";
import { waitFor } from "./wait.ts";

/** A running server. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Kills it at once (SIGKILL) and starts it again with what it wrote. */
  killAndStart(): Promise<void>;
  kill(): Promise<void>;
  /** For the end of the test process: without waiting. */
  killNow(): void;
}

/** How a server runs. */
export interface RedisServerOptions {
  /** Append-only file; default: nothing is written. */
  readonly appendfsync?: "always" | "everysec";
  readonly cluster?: boolean;
  readonly password?: string;
}

/** Starts a server. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await Deno.makeTempDir({ prefix: "wanren-redis-" });
  const port = freePort();
  const auth = options.password === undefined ? [] : ["--requirepass", options.password];
  const start = async () => {
    const child = new Deno.Command("redis-server", {
      args: [
        ...["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        ...(options.appendfsync === undefined
          ? []
          : ["--appendonly", "yes", "--appendfsync", options.appendfsync]),
        ...(options.cluster
          ? ["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"]
          : []),
        ...auth,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await waitFor("the answer of Redis", () => answers(port), { everyMs: 10 });
    return child;
  };
  let child = await start();
  const kill = async () => {
    try {
      child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await child.status;
  };
  return {
    port,
    url: `redis://${
      options.password === undefined ? "" : `:${options.password}@`
    }127.0.0.1:${port}`,
    kill,
    killNow() {
      child.kill("SIGKILL");
      Deno.removeSync(folder, { recursive: true });
    },
    async killAndStart() {
      await kill();
      child = await start();
    },
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Three nodes that share the keys. */
export interface RedisCluster extends AsyncDisposable {
  readonly nodes: readonly RedisServer[];
  /** Those of all nodes. */
  readonly urls: readonly string[];
  killNow(): void;
}

/** Starts a cluster of three nodes without replicas. */
export async function startRedisCluster(
  options: Pick<RedisServerOptions, "appendfsync"> = {},
): Promise<RedisCluster> {
  const nodes = await Promise.all(
    [1, 2, 3].map(() => startRedis({ ...options, cluster: true })),
  );
  const urls = nodes.map(({ url }) => url);
  const { success, stdout } = await new Deno.Command("redis-cli", {
    args: [
      ...["--cluster", "create", ...nodes.map(({ port }) => `127.0.0.1:${port}`)],
      ...["--cluster-replicas", "0", "--cluster-yes"],
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stdout));
  await waitFor("the cluster", async () => {
    for (const { port } of nodes) {
      if (!(await redisCli(port, "cluster", "info")).includes("cluster_state:ok")) return false;
    }
    return true;
  }, { everyMs: 100 });
  return {
    nodes,
    urls,
    killNow() {
      for (const node of nodes) node.killNow();
    },
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]();
    },
  };
}

let prefixes = 0;

/** A connection with keys of its own: an empty store. */
export function openEmptyRedis(urls: readonly string[]): Promise<RedisConnection> {
  return RedisConnection.open({ urls, name: "REDIS_URL", prefix: `test${++prefixes}:` });
}

/** What `redis-cli` says. */
export async function redisCli(port: number, ...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command("redis-cli", {
    args: ["-p", String(port), ...args],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout);
}

async function answers(port: number): Promise<boolean> {
  try {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode("PING\r\n"));
    const buffer = new Uint8Array(64);
    const size = await connection.read(buffer);
    return /^(\+PONG|-NOAUTH)/.test(new TextDecoder().decode(buffer.subarray(0, size ?? 0)));
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

/** The cluster's bus takes the port 10,000 above. */
function freePort(): number {
  while (true) {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    try {
      for (const each of [port, port + 10_000]) {
        Deno.listen({ hostname: "127.0.0.1", port: each }).close();
      }
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
