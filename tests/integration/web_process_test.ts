/** The role `web` as the supervisor runs it: least permissions, sudden death, clean stop. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { ChildStart } from "../../platform/child.ts";
import { type Config, readConfig } from "../../platform/config.ts";
import { permissionFlags } from "../../roles.ts";
import { freePort } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

const CLUSTER_SECRET = "cluster-secret-of-the-test";
const MAIN = new URL("../../main.ts", import.meta.url).pathname;
/** What a build leaves; the tests here look at no page. */
const MANIFEST = {
  islands: {},
  pages: {},
  css: "/assets/app.css",
  styles: {},
  files: {},
  built: {},
};

/** One running process of the role. */
class WebProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>[] = [];
  #output = "";
  #over = false;

  constructor(config: Config) {
    this.url = `http://127.0.0.1:${config.webPort}`;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        "--frozen",
        ...permissionFlags("web", config),
        MAIN,
        "--run=web",
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

  static async start(config: Config): Promise<WebProcess> {
    const web = new WebProcess(config);
    const writer = web.#child.stdin.getWriter();
    const first = JSON.stringify(
      {
        clusterSecret: CLUSTER_SECRET,
        config,
        name: "web",
        node: "web@test:8002",
        diskFolder: config.dataDir,
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
async function prepare(env: Record<string, string> = {}) {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/dist`);
  await Deno.writeTextFile(`${folder}/dist/manifest.json`, JSON.stringify(MANIFEST));
  const config = readConfig({
    HOST: "127.0.0.1",
    RATE_LIMITS: "off",
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

const CREDENTIALS = { name: "ann", password: "correct horse" };

Deno.test("web runs with its permissions, and what it acknowledged survives SIGKILL", async () => {
  await using prepared = await prepare();
  const { config } = prepared;
  const kept: { room: string; key: string; token: string }[] = [];
  for (let round = 0; round < 3; round++) {
    await using web = await WebProcess.start(config);
    const signedUp = await web.post("/api/accounts", { ...CREDENTIALS, name: `ann ${round}` });
    strictEqual(signedUp.status, 201, web.output);
    const { token } = signedUp.body;
    const made = await web.post("/api/rooms", { title: `round ${round}` }, token);
    // Nothing happens between the answer and the death.
    await web.kill();
    strictEqual(made.status, 201);
    kept.push({ room: made.body.room.id, key: made.body.publish.key, token });
  }
  await using web = await WebProcess.start(config);
  for (const { room, key, token } of kept) {
    const admitted = await web.post("/internal/publish", {
      room,
      key,
      protocol: "rtmp",
      remoteAddress: "127.0.0.1",
    }, CLUSTER_SECRET);
    deepStrictEqual(admitted, { status: 200, body: { room } });
    const shown = await fetch(`${web.url}/api/rooms/${room}/publish-key`, {
      headers: { authorization: `Bearer ${token}` },
    });
    strictEqual((await shown.json()).publish.key, key);
  }
  const logIn = await web.post("/api/sessions", { ...CREDENTIALS, name: "ann 0" });
  strictEqual(logIn.status, 200);
  for (const file of ["instance.key", "wanren.db"]) {
    strictEqual(((await Deno.stat(`${config.dataDir}/${file}`)).mode ?? 0) & 0o777, 0o600);
  }
  strictEqual(await web.stop(), 0);
});

Deno.test("the set-up link stays the same until it was used", async () => {
  await using prepared = await prepare({ PUBLIC_URL: "https://live.example" });
  const { config } = prepared;
  const linkOf = (web: WebProcess) =>
    /notice \["Make the administrator","(https:\/\/live\.example\/setup\?token=[\w-]{32})"\]/
      .exec(web.output)?.[1];
  const links: (string | undefined)[] = [];
  for (let start = 0; start < 2; start++) {
    await using web = await WebProcess.start(config);
    links.push(linkOf(web));
    strictEqual(await web.stop(), 0);
  }
  match(links[0] ?? "", /^https:/);
  strictEqual(links[0], links[1]);
  await using web = await WebProcess.start({ ...config, ...ADMIN });
  strictEqual(linkOf(web), undefined);
  const { body } = await web.post("/api/sessions", {
    name: ADMIN.adminName,
    password: ADMIN.adminPassword,
  });
  const who = await fetch(`${web.url}/api/session`, {
    headers: { authorization: `Bearer ${body.token}` },
  });
  strictEqual((await who.json()).account.admin, true);
});

const ADMIN = { adminName: "root", adminPassword: "correct horse" };
