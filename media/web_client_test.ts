import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createLogger, silentLogger } from "../platform/log.ts";
import { PublishRefusedError } from "./errors.ts";
import { publishRequest } from "./stream/testing.ts";
import type { StreamReport } from "./stream/report.ts";
import { WebClient, WebUnavailableError } from "./web_client.ts";

interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** A `web` that answers what the test says. */
class FakeWeb implements AsyncDisposable {
  readonly received: Received[] = [];
  answer: (request: Received) => { status: number; body?: unknown } = () => ({
    status: 200,
    body: { demo: false },
  });
  #server: Server | null = null;
  #port = 0;
  #waiters: (() => void)[] = [];

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const received = {
          method: request.method!,
          url: request.url!,
          authorization: request.headers.authorization,
          body,
        };
        this.received.push(received);
        const { status, body: answer } = this.answer(received);
        if (answer === undefined) response.writeHead(status).end();
        else {
          response.writeHead(status, { "content-type": "application/json" })
            .end(JSON.stringify(answer));
        }
        for (const wake of this.#waiters.splice(0)) wake();
      });
    });
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#server = server;
    this.#port = (server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }

  /** Waits until `condition` holds, looking after each request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async [Symbol.asyncDispose]() {
    await this.stop();
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

async function setUp() {
  const web = new FakeWeb();
  await web.start();
  const client = new WebClient({
    webUrl: web.url,
    clusterSecret: "cluster",
    log: silentLogger,
    node: "node-1",
    retryDelaysMs: [5, 5],
  });
  return { web, client };
}

function refusedAs(reason: string) {
  return (error: unknown) => error instanceof PublishRefusedError && error.reason === reason;
}

Deno.test("WebClient authorize() asks web with the cluster secret", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  web.answer = () => ({ status: 200, body: { room: "100001" } });
  assert.equal(await client.authorize(publishRequest()), "100001");
  assert.deepEqual(web.received, [{
    method: "POST",
    url: "/internal/publish",
    authorization: "Bearer cluster",
    body: { room: "100001", key: "right", protocol: "rtmp", remoteAddress: "192.0.2.1" },
  }]);
  await client.stop();
});

Deno.test("WebClient authorize() gives the refusal of web its reason", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  web.answer = () => ({ status: 403, body: { reason: "suspended" } });
  await assert.rejects(client.authorize(publishRequest()), refusedAs("suspended"));
  web.answer = () => ({ status: 403, body: { reason: "something new" } });
  await assert.rejects(client.authorize(publishRequest()), refusedAs("wrong_key"));
  web.answer = () => ({ status: 404 });
  await assert.rejects(client.authorize(publishRequest()), refusedAs("unknown_room"));
  assert.equal(web.received.length, 3);
  await client.stop();
});

Deno.test("WebClient authorize() tries again while web restarts", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  web.answer = () =>
    web.received.length < 3 ? { status: 503 } : { status: 200, body: { room: "7" } };
  assert.equal(await client.authorize(publishRequest({ room: "7" })), "7");
  await client.stop();
});

Deno.test("WebClient accepts from memory what web accepted, while web is away", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  web.answer = ({ body }) =>
    body.key === "right" ? { status: 200, body: { room: body.room } } : {
      status: 403,
      body: { reason: "wrong_key" },
    };
  await client.authorize(publishRequest());
  await assert.rejects(client.authorize(publishRequest({ key: "guess" })), refusedAs("wrong_key"));
  await web.stop();
  assert.equal(await client.authorize(publishRequest()), "100001");
  await assert.rejects(client.authorize(publishRequest({ key: "x" })), refusedAs("unavailable"));
  client.forget("100001");
  await assert.rejects(client.authorize(publishRequest()), refusedAs("unavailable"));
  await client.stop();
});

Deno.test("WebClient forgets a key that web refuses later, and one that is too old", async () => {
  const web = new FakeWeb();
  await web.start();
  await using _web = web;
  let nowMs = 0;
  const client = new WebClient({
    webUrl: web.url,
    clusterSecret: "cluster",
    log: silentLogger,
    node: "node-1",
    retryDelaysMs: [],
    now: () => nowMs,
  });
  web.answer = () => ({ status: 200, body: { room: "100001" } });
  await client.authorize(publishRequest());
  web.answer = () => ({ status: 403, body: { reason: "wrong_key" } });
  await assert.rejects(client.authorize(publishRequest()), refusedAs("wrong_key"));
  web.answer = () => ({ status: 503 });
  await assert.rejects(client.authorize(publishRequest()), refusedAs("unavailable"));
  web.answer = () => ({ status: 200, body: { room: "100001" } });
  await client.authorize(publishRequest());
  web.answer = () => ({ status: 503 });
  await client.authorize(publishRequest());
  nowMs += 25 * 3600 * 1000;
  await assert.rejects(client.authorize(publishRequest()), refusedAs("unavailable"));
  await client.stop();
});

Deno.test("WebClient refuses answers without end", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  web.answer = () => ({ status: 200, body: { room: "7", room2: "x".repeat(200_000) } });
  await assert.rejects(client.authorize(publishRequest()), refusedAs("unavailable"));
  await assert.rejects(client.demoChannel(), WebUnavailableError);
  await client.stop();
});

Deno.test("WebClient reports at once on a change and gathers changes", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  const reports: StreamReport[] = [];
  const wanted: boolean[] = [];
  const changed = client.startReporting({
    snapshot: () => ({ streams: reports, capabilities: { ffmpeg: true } }),
    answered: ({ demo }) => wanted.push(demo),
  });
  await web.until(() => web.received.length >= 1);
  reports.push({ room: "100001" } as StreamReport);
  web.answer = () => ({ status: 200, body: { demo: true } });
  for (let i = 0; i < 100; i++) changed();
  const hasRoom = ({ body }: Received) => (body.streams as unknown[]).length === 1;
  await web.until(() => web.received.some(hasRoom));
  assert.equal(web.received[0].method, "PUT");
  assert.equal(web.received[0].url, "/internal/streams");
  assert.equal(web.received[0].body.node, "node-1");
  assert.deepEqual(web.received[0].body.capabilities, { ffmpeg: true });
  while (!wanted.includes(true)) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(wanted[0], false);
  assert.ok(web.received.length <= 3);
  await client.stop();
});

Deno.test("WebClient says once that web is away and once that it is back", async () => {
  const web = new FakeWeb();
  await web.start();
  await using _web = web;
  const lines: string[] = [];
  const client = new WebClient({
    webUrl: web.url,
    clusterSecret: "cluster",
    log: createLogger({ level: "info", write: (line) => lines.push(line) }),
    node: "node-1",
    reportIntervalMs: 5,
  });
  web.answer = () =>
    web.received.length < 6
      ? [{ status: 500 }, { status: 200, body: {} }][web.received.length % 2]
      : { status: 200, body: { demo: false } };
  let answers = 0;
  client.startReporting({
    snapshot: () => ({ streams: [], capabilities: { ffmpeg: false } }),
    answered: () => answers++,
  });
  await web.until(() => lines.some((line) => line.includes("reports_resumed")));
  await client.stop();
  assert.equal(lines.filter((line) => line.includes("reports_failing")).length, 1);
  assert.ok(answers >= 1 && answers <= web.received.length - 5);
});

Deno.test("WebClient asks for the demo channel", async () => {
  const { web, client } = await setUp();
  await using _web = web;
  web.answer = () => ({ status: 200, body: { room: "100001", key: "k" } });
  assert.deepEqual(await client.demoChannel(), { room: "100001", key: "k" });
  web.answer = () => ({ status: 404 });
  await assert.rejects(client.demoChannel(), WebUnavailableError);
  await client.stop();
});
