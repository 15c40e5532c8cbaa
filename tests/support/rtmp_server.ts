/**
 * A real RTMP server on real live streams for tests: rooms 100001 to 100009, key `good`.
 *
 * @module
 */
import { startRtmpServer } from "../../media/rtmp.ts";
import { PublishRefusedError } from "../../media/errors.ts";
import type { PublishRequest } from "../../media/stream/contract.ts";
import { StreamRegistry } from "../../media/stream/registry.ts";
import type { RtmpServerLimits } from "../../media/transport/rtmp/server.ts";
import type { SessionTimeouts } from "../../media/transport/rtmp/session.ts";
import { createLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";

/** The key that is accepted. */
export const GOOD_KEY = "good";

/** How {@linkcode startTestServer} starts. */
export interface TestServerOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly limits?: Partial<RtmpServerLimits>;
  readonly timeouts?: Partial<SessionTimeouts>;
}

/** Starts a server on a free port; `await using` stops it. */
export async function startTestServer(options: TestServerOptions = {}) {
  const lines: string[] = [];
  const log = createLogger({ level: "info", write: (line) => lines.push(line) });
  const metrics = new Metrics("media");
  const registry = new StreamRegistry({
    authority: { authorize },
    createPackager: () => ({
      outputs: { llhls: false, hls: false },
      push() {},
      end() {},
      inspect: () => null,
    }),
    log,
    metrics,
  });
  const server = await startRtmpServer({
    host: "127.0.0.1",
    port: 0,
    publish: registry,
    read: registry,
    log,
    metrics,
    ...options,
  });
  const base = `${options.tls ? "rtmps" : "rtmp"}://127.0.0.1:${server.port}/live`;
  return {
    server,
    registry,
    metrics,
    lines,
    playUrl: (room: string) => `${base}/${room}`,
    publishUrl: (room: string, key = GOOD_KEY) => `${base}/${room}?key=${key}`,
    async [Symbol.asyncDispose]() {
      await server.stop();
      registry.stop();
    },
  };
}

/** A running test server. */
export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

function authorize(request: PublishRequest): Promise<string> {
  if (!/^10000[1-9]$/.test(request.room)) {
    return Promise.reject(
      new PublishRefusedError("unknown_room", `Cannot publish: there is no room ${request.room}`),
    );
  }
  return request.key === GOOD_KEY
    ? Promise.resolve(request.room)
    : Promise.reject(new PublishRefusedError("wrong_key", "Cannot publish: the key is wrong"));
}

/** Waits until `condition` holds; generous, for states that other processes bring about. */
export async function until(condition: () => boolean, what: string, timeoutMs = 30_000) {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Cannot go on: ${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
