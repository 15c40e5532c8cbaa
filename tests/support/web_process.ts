/**
 * The role `web` as the supervisor runs it, with a data folder of its own.
 *
 * @module
 */
import type { AssetManifest } from "../../islands/ui/manifest.ts";
import type { ChildStart } from "../../platform/child.ts";
import { type Config, readConfig } from "../../platform/config.ts";
import { permissionFlags } from "../../roles.ts";
import { freePort } from "./platform.ts";
import { waitFor } from "./wait.ts";

/** What the processes of these tests share. */
export const CLUSTER_SECRET = "cluster-secret-of-the-test";
const MAIN = new URL("../../main.ts", import.meta.url).pathname;
/** What a build leaves; the tests here look at no page. */
const MANIFEST = {
  islands: {},
  pages: {},
  css: "/assets/app.css",
  styles: {},
  sheets: {},
  files: {},
  built: {},
} satisfies AssetManifest;

/** One running process of the role, or of an edge. */
export class WebProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>[] = [];
  #output = "";
  #over = false;

  constructor(config: Config, role: "web" | "edge") {
    this.url = `http://127.0.0.1:${role === "web" ? config.webPort : config.port}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        "--frozen",
        ...permissionFlags(role, config),
        MAIN,
        `--run=${role}`,
      ],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", HOME: Deno.env.get("HOME") ?? "" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      this.#reading.push(this.#read(stream));
    }
  }

  static async start(config: Config, role: "web" | "edge" = "web"): Promise<WebProcess> {
    const web = new WebProcess(config, role);
    const writer = web.#child.stdin.getWriter();
    const first = JSON.stringify(
      {
        clusterSecret: CLUSTER_SECRET,
        config,
        name: role,
        node: `${role}@test:${role === "web" ? config.webPort : config.port}`,
        diskFolder: role === "web" ? config.dataDir : null,
        restarts: 0,
        lastDeath: null,
      } satisfies ChildStart,
    );
    await writer.write(new TextEncoder().encode(`${first}\n`));
    writer.releaseLock();
    await waitFor("a running web", () => web.output.includes("ready\n"), { deadlineMs: 60_000 })
      .catch((error) => {
        throw new Error(`${error.message}\n${web.output}`);
      });
    return web;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get output(): string {
    return this.#output;
  }

  async post(path: string, body: unknown, token?: string) {
    const response = await fetch(`${this.url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  }

  /** Sudden death; does nothing when it ended before. */
  async kill(): Promise<void> {
    if (this.#over) return;
    this.#child.kill("SIGKILL");
    await this.stop();
  }

  /** What the end of the supervisor's pipe does. */
  async stop(): Promise<number> {
    this.#over = true;
    await this.#child.stdin.close();
    const { code } = await this.#child.status;
    await Promise.all(this.#reading);
    return code;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.#output += decoder.decode(chunk, { stream: true });
  }
}

/** Folders and ports of one test. */
export async function prepareWeb(env: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/dist`);
  await Deno.writeTextFile(`${folder}/dist/manifest.json`, JSON.stringify(MANIFEST));
  const config = readConfig({
    HOST: "127.0.0.1",
    RATE_LIMITS: "off",
    PORT: String(freePort()),
    WEB_PORT: String(freePort()),
    MEDIA_PORT: String(freePort()),
    DATA_DIR: `${folder}/data`,
    ASSETS_DIR: `${folder}/dist`,
    ...env,
  });
  await Deno.mkdir(config.dataDir);
  return {
    config,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
