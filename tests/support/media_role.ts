/**
 * The role `media` in this process, with a small server in the place of `web` that answers the internal
 * calls as documented.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { readConfig } from "../../platform/config.ts";
import { createLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import { start } from "../../media/mod.ts";
import type { StreamReport } from "../../media/stream/report.ts";
import { freePort } from "./platform.ts";
import { waitFor } from "./wait.ts";

export const SECRET = "secret-of-the-test";
export const ROOM = "100001";
export const KEY = "right-key";
export const AUTHORIZATION = `Bearer ${SECRET}`;
/** For ffmpeg and ffprobe. */
export const HEADERS = ["-headers", `Authorization: ${AUTHORIZATION}\r\n`];

/** `web` as far as `media` knows it; can be taken away and brought back on the same port. */
export class InternalWeb implements AsyncDisposable {
  readonly port = freePort();
  /** The last snapshot. */
  streams: readonly StreamReport[] = [];
  reportsReceived = 0;
  capabilities: unknown = null;
  /** Rooms that can be published to with {@linkcode KEY}. */
  readonly rooms = new Set([ROOM]);
  /** Whether the demo channel is wanted. */
  demo = false;
  #server: Server | null = null;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      this.#answer(request).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(body === undefined ? undefined : JSON.stringify(body));
      }).catch((error) => {
        // A role that stops takes back what it is just asking.
        if (!request.destroyed) throw error;
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body?: unknown }> {
    let text = "";
    for await (const chunk of request) text += chunk;
    if (request.headers.authorization !== AUTHORIZATION) return { status: 401 };
    const body = JSON.parse(text);
    switch (`${request.method} ${request.url}`) {
      case "POST /internal/publish":
        if (!this.rooms.has(body.room)) return { status: 404, body: { status: 404 } };
        return body.key === KEY
          ? { status: 200, body: { room: body.room } }
          : { status: 403, body: { status: 403, reason: "wrong_key" } };
      case "PUT /internal/streams":
        this.streams = body.streams;
        this.capabilities = body.capabilities;
        this.reportsReceived++;
        return { status: 200, body: { demo: this.demo } };
      case "POST /internal/demo":
        return this.demo ? { status: 200, body: { room: ROOM, key: KEY } } : { status: 404 };
      default:
        return { status: 404 };
    }
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}

/** A running role with its `web`. */
export class MediaUnderTest implements AsyncDisposable {
  readonly web = new InternalWeb();
  readonly log: string[] = [];
  readonly rtmpPort = freePort();
  readonly httpPort = freePort();
  readonly #folder: string;
  #role: { stop(): Promise<void> } | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(env: Record<string, string> = {}): Promise<MediaUnderTest> {
    const media = new MediaUnderTest(await Deno.makeTempDir());
    await media.web.start();
    const config = readConfig({
      HOST: "127.0.0.1",
      RTMP_PORT: String(media.rtmpPort),
      MEDIA_PORT: String(media.httpPort),
      WEB_PORT: String(media.web.port),
      DATA_DIR: media.#folder,
      ...env,
    });
    media.#role = await start({
      role: "media",
      config,
      clusterSecret: SECRET,
      log: createLogger({ level: "debug", write: (line) => media.log.push(line) }),
      metrics: new Metrics("media"),
      loopLag: { lagMs: 0 },
    });
    return media;
  }

  /** A file in a folder that goes with the test. */
  path(name: string): string {
    return `${this.#folder}/${name}`;
  }

  publishUrl(
    options: { readonly key?: string; readonly port?: number; readonly room?: string } = {},
  ): string {
    const { key = KEY, port = this.rtmpPort, room = ROOM } = options;
    return `rtmp://127.0.0.1:${port}/live/${room}?key=${key}`;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.httpPort}${path}`;
  }

  get(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url(path), { ...init, headers: { authorization: AUTHORIZATION } });
  }

  async untilLive(): Promise<void> {
    await waitFor("the live stream", () => this.web.streams[0]?.state === "live");
  }

  async stop(): Promise<void> {
    const role = this.#role;
    this.#role = null;
    await role?.stop();
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
    await this.web.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
