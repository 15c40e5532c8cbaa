/**
 * The surface of `web` over the memory store, for tests that need no process.
 *
 * @module
 */
import { strictEqual } from "node:assert/strict";
import { Hono } from "hono";
import { ticketBox } from "../../im/ticket.ts";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import type { IceServer } from "../../platform/turn.ts";
import { type Business, openBusiness } from "../../rooms/business.ts";
import type { ImageStore } from "../../rooms/images/image_store.ts";
import { ImageWorkshop } from "../../rooms/images/image_workshop.ts";
import { Pictures } from "../../rooms/images/pictures.ts";
import { KeyVault } from "../../rooms/key_vault.ts";
import { LiveState } from "../../rooms/live_state.ts";
import type { Gate } from "../../rooms/messages/gate.ts";
import type { MoneyStore } from "../../rooms/money/repository.ts";
import type { StreamReport } from "../../rooms/model.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { createApp } from "../../routes/app.ts";
import { Gateways } from "../../routes/im_gateways.ts";
import { MixerClient } from "../../routes/mixer_client.ts";
import { Operations } from "../../routes/operations.ts";
import { OriginClient } from "../../routes/origin_client.ts";
import { admit } from "../../routes/publish_admission.ts";
import { openMemoryImages } from "../../store/memory/images.ts";
import type { EmbeddedLog } from "../../store/messages/mod.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { openMemoryMoney } from "../../store/memory/money.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";

/** Secret of the cluster under test. */
export const CLUSTER_SECRET = "cluster-secret-of-the-test";
/** Token of the set-up link under test. */
export const SETUP_TOKEN = "setup-token-of-the-test";

/** What a test may set. */
export interface WebAppOptions {
  readonly rateLimits?: boolean;
  readonly publicUrl?: string;
  readonly trustedProxies?: readonly string[];
  readonly origins?: readonly string[];
  readonly demo?: boolean;
  readonly hasher?: PasswordHasher;
  readonly gate?: Gate;
  readonly iceServers?: readonly IceServer[];
}

/** Somebody who is logged in. */
export interface Member {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** The app with its parts; `await using` ends it. */
export interface WebApp extends AsyncDisposable {
  readonly app: Hono;
  readonly business: Business;
  readonly accounts: Business["accounts"];
  readonly rooms: Business["rooms"];
  readonly live: LiveState;
  readonly log: EmbeddedLog;
  readonly money: MoneyStore;
  readonly images: ImageStore;
  readonly pictures: Pictures;
  /** Set it to move the clock. */
  clock: { nowMs: number };
  /** One call; an object body goes as JSON. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  signUp(name?: string): Promise<Member>;
  admin(): Promise<Member>;
  createRoom(member: Member, title?: string): Promise<{ id: string; key: string }>;
}

/** What a call carries. */
export interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly rawBody?: BodyInit;
  /** Address of the peer's socket. */
  readonly peer?: string;
}

/** Starts the app. */
export async function startWebApp(options: WebAppOptions = {}): Promise<WebApp> {
  const repositories = openMemoryStore();
  const hasher = options.hasher ?? new PasswordHasher();
  const clock = { nowMs: Date.now() };
  const now = () => clock.nowMs;
  const live = new LiveState();
  const toOrigins = {
    origins: options.origins ?? [],
    clusterSecret: CLUSTER_SECRET,
    log: silentLogger,
  };
  const origins = new OriginClient({ ...toOrigins, retryPausesMs: [1] });
  const vault = await KeyVault.fromBytes(new Uint8Array(32));
  const images = openMemoryImages();
  const workshop = new ImageWorkshop();
  const pictures = new Pictures({
    workshop,
    images,
    rateLimits: options.rateLimits ?? false,
    now,
  });
  const messages = openMemoryLog({ commitMs: 0, now });
  const money = openMemoryMoney();
  const business = await openBusiness({
    repositories,
    messages,
    money,
    hasher,
    vault,
    live,
    closer: origins,
    mixer: new MixerClient(toOrigins),
    pictures,
    setupToken: SETUP_TOKEN,
    rateLimits: options.rateLimits ?? false,
    ...(options.gate && { gate: options.gate }),
    now,
  });
  const { accounts, rooms } = business;
  const pages = new Hono();
  pages.get("/", (c) => c.html("<!doctype html><title>lobby</title>"));
  pages.post("/login", (c) => c.html("<!doctype html><title>logged in</title>"));
  const operations = new Operations({ now });
  const app = createApp({
    services: {
      ...business,
      streams: { list: () => rooms.running() },
      operations,
      pictures,
      iceServers: () => options.iceServers ?? [],
      streamPass: (stream) => `pass-${stream}`,
      gateways: new Gateways({
        tickets: await ticketBox(CLUSTER_SECRET),
        settings: business.settings,
        live,
        now,
      }),
    },
    internal: {
      live,
      operations,
      now,
      admit: (request) => admit(business, request),
      demo: {
        wanted: () => options.demo === true || business.settings.values.demo,
        channel: async () => await rooms.ensureDemo(await accounts.ensureDemo()),
      },
    },
    origins,
    images,
    config: {
      publicUrl: options.publicUrl ?? null,
      trustedProxies: options.trustedProxies ?? [],
      rtmpPort: 1935,
    },
    clusterSecret: CLUSTER_SECRET,
    log: silentLogger,
    metrics: new Metrics("web"),
    pages: {
      app: pages,
      notFound: (c) => c.html("<!doctype html><title>not found</title>", 404),
      failure: (c) => c.html("<!doctype html><title>failed</title>", 500),
    },
  });
  let members = 0;
  const call: WebApp["call"] = async (method, path, given = {}) => {
    const { token, headers, body, rawBody, peer = "192.0.2.1" } = given;
    return await app.request(`http://wanren.test${path}`, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: body !== undefined ? JSON.stringify(body) : rawBody ?? null,
    }, { incoming: { socket: { remoteAddress: peer } } });
  };
  return {
    app,
    business,
    accounts,
    rooms,
    live,
    log: messages,
    money,
    images,
    pictures,
    clock,
    call,
    async signUp(name = `member ${++members}`) {
      const response = await call("POST", "/api/accounts", {
        body: { name, password: "correct horse" },
      });
      const { account, token } = await response.json();
      return { ...account, token };
    },
    async admin() {
      const { account, token } = await accounts.setUp({
        name: "root",
        password: "correct horse",
        setupToken: SETUP_TOKEN,
        remoteAddress: "192.0.2.1",
      });
      return { id: account.id, name: account.name, token };
    },
    async createRoom(member, title = "A room") {
      const response = await call("POST", "/api/rooms", { token: member.token, body: { title } });
      const { room, publish } = await response.json();
      return { id: room.id, key: publish.key };
    },
    async [Symbol.asyncDispose]() {
      workshop.close();
      await origins.stop();
      if (options.hasher === undefined) await hasher.close();
      await messages.close();
      await money.close();
      await repositories.close();
    },
  };
}

/** The headers of a browser that is logged in, on one of our own pages. */
export function asBrowser(member: Pick<Member, "token">): Record<string, string> {
  return { cookie: `wanren_session=${member.token}`, "sec-fetch-site": "same-origin" };
}

/** The problem of an answer, checked to have the form of all problems. */
export async function problemOf(
  response: Response,
  status: number,
): Promise<Record<string, unknown>> {
  const text = await response.text();
  strictEqual(response.status, status, text);
  strictEqual(response.headers.get("content-type"), "application/problem+json");
  strictEqual(response.headers.get("cache-control"), "no-store");
  const problem = JSON.parse(text);
  strictEqual(problem.status, status);
  strictEqual(typeof problem.title, "string");
  strictEqual(typeof problem.code, "string");
  return problem;
}

/** The body of an answer that is a success. */
// deno-lint-ignore no-explicit-any
export async function answerOf(response: Response, status = 200): Promise<any> {
  const text = await response.text();
  strictEqual(response.status, status, text);
  return text === "" ? null : JSON.parse(text);
}

/** A report as `media` sends it. */
export function reportOf(room: string, change: Partial<StreamReport> = {}): StreamReport {
  return {
    room,
    state: "live",
    startedAtMs: 1_700_000_000_000,
    protocol: "rtmp",
    encoder: "obs-output module",
    remoteAddress: "198.51.100.7",
    video: {
      codec: "h264",
      codecString: "avc1.64001f",
      width: 1280,
      height: 720,
      fps: 30,
      bFrames: true,
      bFrameDelayMs: 67,
      keyFrameIntervalMs: 2_000,
    },
    audio: { codec: "aac", codecString: "mp4a.40.2", sampleRate: 48_000, channels: 2 },
    bitrateKbps: 1_500,
    droppedFrames: 0,
    droppedFramesRecently: 0,
    uploadLagMs: 12,
    reconnects: 0,
    readers: { flv: 1, rtmp: 2 },
    outputs: { llhls: true, hls: true },
    ...change,
  };
}
