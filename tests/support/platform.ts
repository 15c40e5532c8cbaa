/**
 * A whole platform for tests: `main.ts` on free ports with a data folder of its own.
 *
 * @module
 */
import { pause, waitFor } from "./wait.ts";
import { processTable } from "./processes.ts";

/** A room to publish to, with its owner's token. */
export interface TestRoom {
  readonly id: string;
  readonly token: string;
  /** `rtmp://…/live/<room>?key=…`. */
  readonly publishUrl: string;
  readonly key: string;
}

/** What a test may set. */
export interface PlatformOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Roles to start; default all. */
  readonly role?: string;
  /** Kept when given, else made and removed. */
  readonly dataDir?: string;
}

const portsInUse = new Set<number>();

/** A TCP port that nobody listens on now. */
export function freePort(): number {
  while (true) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    if (portsInUse.has(port)) continue;
    portsInUse.add(port);
    return port;
  }
}

let built: Promise<void> | null = null;
/** Builds what browsers load, once for all tests of a run. */
export async function buildOnce(): Promise<void> {
  built ??= (async () => {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "build"],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot build: ${new TextDecoder().decode(stderr)}`);
  })();
  await built;
}

/** A running platform; `await using` ends it. */
export class TestPlatform {
  readonly httpPort: number;
  readonly rtmpPort: number;
  readonly rtmpsPort: number;
  readonly mediaPort: number;
  readonly webPort: number;
  /** UDP. */
  readonly rtcPort: number;
  readonly rtcHttpPort: number;
  readonly dataDir: string;
  readonly #process: Deno.ChildProcess;
  readonly #keepData: boolean;
  readonly #reading: Promise<void>[];
  #output = "";
  #secure: boolean;
  /** Trusts the certificate that the platform made; null without TLS. */
  #client: Deno.HttpClient | null = null;

  private constructor(
    start: { process: Deno.ChildProcess; env: Record<string, string>; keepData: boolean },
  ) {
    const { env } = start;
    this.httpPort = Number(env.PORT);
    this.rtmpPort = Number(env.RTMP_PORT);
    this.rtmpsPort = Number(env.RTMPS_PORT);
    this.mediaPort = Number(env.MEDIA_PORT);
    this.webPort = Number(env.WEB_PORT);
    this.rtcPort = Number(env.RTC_PORT);
    this.rtcHttpPort = Number(env.RTC_HTTP_PORT);
    this.dataDir = env.DATA_DIR!;
    this.#secure = (env.TLS ?? "off") !== "off";
    this.#process = start.process;
    this.#keepData = start.keepData;
    this.#reading = [start.process.stdout, start.process.stderr].map(async (stream) => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) this.#output += decoder.decode(chunk, { stream: true });
    });
  }

  /** Starts all roles and resolves when they serve. */
  static async start(options: PlatformOptions = {}): Promise<TestPlatform> {
    await buildOnce();
    const dataDir = options.dataDir ?? await Deno.makeTempDir({ prefix: "wanren-test-" });
    const env: Record<string, string> = {
      HOST: "127.0.0.1",
      PORT: `${freePort()}`,
      RTMP_PORT: `${freePort()}`,
      RTMPS_PORT: `${freePort()}`,
      MEDIA_PORT: `${freePort()}`,
      WEB_PORT: `${freePort()}`,
      RTC_PORT: `${freePort()}`,
      RTC_HTTP_PORT: `${freePort()}`,
      DATA_DIR: dataDir,
      RATE_LIMITS: "off",
      ADMIN_NAME: "admin",
      ADMIN_PASSWORD: "correct horse battery",
      ...options.env,
    };
    const process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--cached-only",
        "main.ts",
        `--role=${options.role ?? "all"}`,
      ],
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const platform = new TestPlatform({ process, env, keepData: options.dataDir !== undefined });
    try {
      await waitFor("the platform's start", () => platform.output.includes("event=started"), {
        deadlineMs: 40_000,
      });
      if (platform.#secure) {
        const certificate = await Deno.readTextFile(env.TLS_CERT ?? `${dataDir}/tls/cert.pem`);
        platform.#client = Deno.createHttpClient({ caCerts: [certificate] });
      }
    } catch (error) {
      await platform[Symbol.asyncDispose]();
      throw new Error(`Cannot start the platform:\n${platform.output}`, { cause: error });
    }
    return platform;
  }

  /** Everything that was printed and logged so far. */
  get output(): string {
    return this.#output;
  }

  /** Base address of the edge, without a slash at the end. */
  get url(): string {
    return `${this.#secure ? "https" : "http"}://127.0.0.1:${this.httpPort}`;
  }

  /** The supervisor's process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** `fetch()` of a path of the edge; over TLS its certificate is checked. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(
      this.url + path,
      this.#client === null ? init : { ...init, client: this.#client },
    );
  }

  /** A request to the JSON API; the body of the answer is parsed. */
  async api<T = Record<string, unknown>>(
    path: string,
    request: { method?: string; body?: unknown; token?: string } = {},
  ): Promise<{ status: number; body: T }> {
    const response = await this.fetch(path, {
      method: request.method ?? (request.body === undefined ? "GET" : "POST"),
      headers: {
        ...(request.body !== undefined && { "content-type": "application/json" }),
        ...(request.token !== undefined && { authorization: `Bearer ${request.token}` }),
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? null : JSON.parse(text)) as T };
  }

  /** A new account with a room. */
  async room(title = "Test room"): Promise<TestRoom> {
    const name = `user${crypto.randomUUID().slice(0, 8)}`;
    const account = await this.api<{ token: string }>("/api/accounts", {
      body: { name, password: "a long password" },
    });
    if (account.status !== 201) throw new Error(`Cannot sign up: ${JSON.stringify(account)}`);
    const { token } = account.body;
    const room = await this.api<
      { room: { id: string }; publish: { key: string } }
    >("/api/rooms", { token, body: { title } });
    if (room.status !== 201) throw new Error(`Cannot make a room: ${JSON.stringify(room)}`);
    const { id } = room.body.room;
    const { key } = room.body.publish;
    return {
      id,
      token,
      key,
      publishUrl: `rtmp://127.0.0.1:${this.rtmpPort}/live/${id}?key=${key}`,
    };
  }

  /** Waits until the room is live (or not) by the API. */
  async waitLive(room: TestRoom, live = true): Promise<void> {
    await waitFor(`room ${room.id} live=${live}`, async () => {
      const { body } = await this.api<{ room: { live: boolean } }>(`/api/rooms/${room.id}`);
      return body.room.live === live;
    });
  }

  /** Process id of a role. */
  async pidOf(role: "edge" | "web" | "media" | "rtc"): Promise<number> {
    return await waitFor(`the process of ${role}`, async () => {
      const row = (await processTable()).find((row) =>
        row.parent === this.pid && row.state !== "Z" && row.command.includes(`--run=${role}`)
      );
      return row?.pid;
    });
  }

  /** Sends a signal to the supervisor and waits for its end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    try {
      this.#process.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    const status = await this.#process.status;
    await Promise.all(this.#reading);
    this.#client?.close();
    this.#client = null;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    // The group of a role that was just killed may still hold a file for an instant.
    for (let attempt = 0; !this.#keepData; attempt++) {
      try {
        await Deno.remove(this.dataDir, { recursive: true });
        break;
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) break;
        if (attempt === 20) throw error;
        await pause(100);
      }
    }
  }
}
