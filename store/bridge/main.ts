/**
 * The bridge as a process: `bin/redis-rest`. Environment: `REDIS_URL`, `UPSTASH_REDIS_REST_TOKEN`
 * (what its clients show), `REDIS_REST_HOST` [127.0.0.1], `REDIS_REST_PORT` [8079].
 *
 * @module
 */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { ConfigError, readConfig } from "../../platform/config.ts";
import { createLogger } from "../../platform/log.ts";
import { RedisConnection } from "../redis/connection.ts";
import { loadScripts } from "../redis/scripts.ts";
import { createBridge } from "./app.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** What the bridge is told by its environment. */
export interface BridgeConfig {
  readonly redisUrls: readonly string[];
  readonly token: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the environment.
 *
 * @throws {ConfigError} when something is missing or cannot be used; it names no secret.
 */
export function readBridgeConfig(
  env: Readonly<Record<string, string | undefined>>,
): BridgeConfig {
  const port = env.REDIS_REST_PORT?.trim() || "8079";
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw new ConfigError(
      `Cannot use REDIS_REST_PORT=${port}: it must be a whole number from 1 to 65535`,
    );
  }
  const { redisUrls, upstash } = readConfig({
    REDIS_URL: env.REDIS_URL,
    UPSTASH_REDIS_REST_TOKEN: env.UPSTASH_REDIS_REST_TOKEN,
    UPSTASH_REDIS_REST_URL: env.UPSTASH_REDIS_REST_TOKEN && `http://127.0.0.1:${port}`,
  });
  if (redisUrls.length === 0 || upstash === null) {
    throw new ConfigError(
      "Cannot start the bridge: REDIS_URL and UPSTASH_REDIS_REST_TOKEN must be set",
    );
  }
  const host = env.REDIS_REST_HOST?.trim() || "127.0.0.1";
  return { redisUrls, token: upstash.token, host, port: Number(port) };
}

/** Serves until the returned function is called. */
export async function startBridge(config: BridgeConfig): Promise<() => Promise<void>> {
  const log = createLogger({ level: "info", fields: { role: "redis-rest" } });
  const { log_read: read } = await loadScripts();
  const connection = await RedisConnection.open({
    urls: config.redisUrls,
    name: "REDIS_URL",
    onState: (state, reason) => log.info(`redis_${state}`, { reason }),
  });
  const app = createBridge({ connection, token: config.token, readers: new Set([read.sha]) });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    getRequestListener((request) => app.fetch(request), { overrideGlobalObjects: false }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
  log.info("listening", { host: config.host, port: config.port });
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
    await connection.close();
  };
}

/** The variables that the process may see. */
function environment(): Record<string, string | undefined> {
  const names = [
    ...["REDIS_URL", "UPSTASH_REDIS_REST_TOKEN"],
    ...["REDIS_REST_HOST", "REDIS_REST_PORT"],
  ];
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}

if (import.meta.main) {
  try {
    const stop = await startBridge(readBridgeConfig(environment()));
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      Deno.addSignalListener(signal, () => stop().then(() => Deno.exit(0)));
    }
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(error instanceof ConfigError ? 2 : 1);
  }
}
