/**
 * The role `web`: pages, JSON API, accounts and rooms over the embedded store.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { ImSettings } from "../im/settings.ts";
import { parseManifest } from "../islands/ui/manifest.ts";
import { type Config, internalHost } from "../platform/config.ts";
import { issueStreamPass, PASS_LIFE_MS } from "../platform/stream_pass.ts";
import { iceServersFor } from "../platform/turn.ts";
import type { RoleContext, RunningRole } from "../platform/lifecycle.ts";
import { openBusiness } from "../rooms/business.ts";
import type { CallPost } from "../rooms/calls/repository.ts";
import { Switchboard } from "../rooms/calls/switchboard.ts";
import type { ImageStore, OpenImages } from "../rooms/images/image_store.ts";
import { ImageWorkshop } from "../rooms/images/image_workshop.ts";
import { observeImages } from "../rooms/images/metrics.ts";
import { Pictures } from "../rooms/images/pictures.ts";
import { KeyVault } from "../rooms/key_vault.ts";
import type { HotRooms } from "../rooms/hot_rooms.ts";
import { type LiveShare, shareLive } from "../rooms/live_share.ts";
import { LiveState } from "../rooms/live_state.ts";
import { PasswordHasher } from "../rooms/password_hasher.ts";
import type { MoneyStore, OpenMoney } from "../rooms/money/repository.ts";
import type { SharedBuckets } from "../rooms/rate_limits.ts";
import type { OpenStore, Repositories } from "../rooms/repository.ts";
import type { Settings } from "../rooms/settings.ts";
import { createApp } from "./app.ts";
import { runDuties } from "./duties.ts";
import { ticketBox } from "../im/ticket.ts";
import { Gateways } from "./im_gateways.ts";
import { FeedHub, runFeed } from "./im_feed.ts";
import { type ObservedLog, observeMessages } from "./im_metrics.ts";
import { FeedSocket } from "./im_feed_socket.ts";
import { runMoney } from "./money_clock.ts";
import { Operations } from "./operations.ts";
import { MixerClient } from "./mixer_client.ts";
import { OriginClient } from "./origin_client.ts";
import { createPages, errorAnswer, failurePage } from "./pages/mod.tsx";
import { admit } from "./publish_admission.ts";
import type { Services } from "./services.ts";
import { SfuClient } from "./sfu_client.ts";
import { runStages } from "./stage_clock.ts";
import { isSignalPath, observeSignal, SignalSocket } from "./signal.ts";

/** Time a client has for the head of its request, milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Time a client has for its whole request, milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than an edge keeps an idle connection, or it would write into a closing one. */
const KEEP_ALIVE_MS = 75_000;
const MAX_HEADER_BYTES = 32 * 1024;
/** Time the open requests have when the role stops, milliseconds. */
const DRAIN_MS = 3_000;
const SWEEP_EVERY_MS = 60_000;
const IMAGE_SWEEP_EVERY_MS = 6 * 3_600_000;
/** Settings that another `web` changed are in force within this time, milliseconds. */
const SETTINGS_EVERY_MS = 1_000;

/** Drivers of the contracts of `rooms/`. */
export interface Drivers {
  readonly openStore: OpenStore;
  readonly openImages: OpenImages;
  readonly openMessages: OpenMessages;
  readonly openMoney: OpenMoney;
  /** What several `web` share; left out: this one is the only one. */
  readonly shared?: SharedStores;
}

/** What is beside the drivers when several `web` work on the same stores. */
export interface SharedStores {
  readonly live: LiveShare;
  readonly buckets: SharedBuckets;
  readonly hotRooms: HotRooms;
  readonly callPost: CallPost;
  /** Hears where the settings in force are to be found. */
  takeSettings(read: () => ImSettings): void;
  /** Called when everything over it is closed. */
  close(): Promise<void>;
}

/** Opens the log of messages of a data folder, made when missing. */
export type OpenMessages = (dataDir: string) => Promise<ObservedLog>;

/**
 * Opens the stores, makes what a first start needs, and listens on `WEB_PORT`.
 *
 * @throws when a store cannot be opened, the assets were not built, or the port is taken.
 */
export async function start(context: RoleContext, drivers: Drivers): Promise<RunningRole> {
  const { config } = context;
  const pageManifest = await readManifest(config);
  const repositories = await drivers.openStore(config.dataDir);
  const hasher = new PasswordHasher();
  let messages: ObservedLog | null = null;
  let money: MoneyStore | null = null;
  try {
    messages = await drivers.openMessages(config.dataDir);
    money = await drivers.openMoney(config.dataDir);
    const images = await drivers.openImages(config.dataDir);
    const { shared = null } = drivers;
    return await run(context, {
      repositories,
      messages,
      money,
      hasher,
      images,
      pageManifest,
      shared,
    });
  } catch (error) {
    await messages?.close();
    await money?.close();
    await hasher.close();
    await repositories.close();
    await drivers.shared?.close();
    throw error;
  }
}

interface Parts {
  readonly repositories: Repositories;
  readonly messages: ObservedLog;
  readonly money: MoneyStore;
  readonly hasher: PasswordHasher;
  readonly images: ImageStore;
  readonly pageManifest: ReturnType<typeof parseManifest>;
  readonly shared: SharedStores | null;
}

async function run(context: RoleContext, parts: Parts): Promise<RunningRole> {
  const { config, clusterSecret, log, metrics } = context;
  const { repositories, messages, money, hasher, images, pageManifest: manifest, shared } = parts;
  const vault = await KeyVault.open(config.dataDir);
  const setupToken = await vault.secretFor("setup-link");
  const live = new LiveState();
  const origins = new OriginClient({ origins: config.origins, clusterSecret, log });
  const workshop = new ImageWorkshop();
  const pictures = new Pictures({
    workshop,
    images,
    rateLimits: config.rateLimits,
    buckets: shared?.buckets ?? null,
  });
  const sfu = new SfuClient({
    rtcUrl: config.rtcUrl,
    clusterSecret,
    available: () => live.hasWebRtc(Date.now()),
    log,
  });
  const business = await openBusiness({
    repositories,
    messages,
    money,
    hasher,
    vault,
    live,
    closer: origins,
    mixer: new MixerClient({ origins: config.origins, clusterSecret, log }),
    pictures,
    hotRooms: shared?.hotRooms ?? null,
    callPost: shared?.callPost ?? null,
    callMedia: sfu,
    buckets: shared?.buckets ?? null,
    setupToken,
    rateLimits: config.rateLimits,
  });
  const operations = new Operations();
  const { accounts, profiles, rooms, admin, settings } = business;
  const iceServers = (user: string) => iceServersFor(config, { user, nowMs: Date.now() });
  const services: Services = {
    accounts,
    profiles,
    rooms,
    admin,
    settings,
    streams: { list: () => rooms.running() },
    operations,
    pictures,
    messages: business.messages,
    moderation: business.moderation,
    likes: business.likes,
    people: business.people,
    gifts: business.gifts,
    wallets: business.wallets,
    pk: business.pk,
    calls: business.calls,
    stages: business.stages,
    streamPass: (stream) =>
      issueStreamPass(clusterSecret, { stream, expiresAtMs: Date.now() + PASS_LIFE_MS }),
    iceServers,
    gateways: new Gateways({
      tickets: await ticketBox(clusterSecret),
      settings,
      live,
      region: config.region,
    }),
  };

  const notices: [string, string][] = [];
  if (config.adminName !== null && config.adminPassword !== null) {
    await accounts.ensureAdmin({ name: config.adminName, password: config.adminPassword });
  } else if (await accounts.needsSetup()) {
    // It works once, until there is an administrator.
    notices.push(["Make the administrator", setupLink(config, setupToken)]);
  }

  const pageOptions = {
    services,
    manifest,
    log,
    rtmpPort: config.rtmpPort,
    webRtc: () => live.hasWebRtc(Date.now()),
    demo: config.demo,
  };
  const app = createApp({
    services,
    config,
    clusterSecret,
    log,
    metrics,
    origins,
    images,
    pages: {
      app: createPages(pageOptions),
      notFound: (c) => errorAnswer(c, { ...pageOptions, kind: "not_found" }),
      failure: (c, error) => failurePage(c, { ...pageOptions, error }),
    },
    internal: {
      live,
      operations,
      admit: (request) => admit(business, request),
      demo: {
        wanted: () => config.demo || settings.values.demo,
        channel: async () => await rooms.ensureDemo(await accounts.ensureDemo()),
      },
    },
  });
  observeImages(metrics, { workshop, images });
  const hub = new FeedHub({
    log: messages,
    settings: () => settings.values.im,
    exists: (room) => repositories.rooms.byId(room).then((found) => found !== null),
    logger: log,
  });
  const feed = new FeedSocket({ hub, clusterSecret, log });
  const switchboard = new Switchboard({ calls: business.calls, iceServers, log });
  const signal = new SignalSocket({
    switchboard,
    authenticate: (token) => accounts.authenticate(token),
    config,
    clusterSecret,
    log,
  });
  observeSignal(metrics, { socket: signal, switchboard });
  settings.onChange((keys) => {
    if (keys.includes("im")) hub.pushSettings();
  });
  observeMessages(metrics, { log: messages, hub });
  const sessionCount = observe(context, { ...parts, live, operations });
  const server = await listen(app.fetch, {
    ...context,
    upgrade: (request, socket, head) =>
      (isSignalPath(request.url ?? "") ? signal : feed).upgrade(request, socket, head),
  });
  const endFeed = runFeed(hub, log);
  const sharing = shared === null ? null : share(shared, { live, settings, log });

  let sessions = 0;
  const sweep = async () => {
    try {
      sessions = await accounts.sweep();
      sessionCount.set(sessions);
    } catch (error) {
      log.warn("sweep_failed", { error: error as Error });
    }
  };
  await sweep();
  const sweeping = setInterval(sweep, SWEEP_EVERY_MS);
  const duties = runDuties(business, {
    leases: repositories.leases,
    holder: shared === null ? "web" : `web-${crypto.randomUUID()}`,
    log,
    metrics,
  });
  const clock = runMoney(business, { money, log, metrics, isOurs: () => duties.fence !== null });
  const stageClock = runStages(business.stages, { log, isOurs: () => duties.fence !== null });
  const imageSweeping = setInterval(async () => {
    try {
      const removed = await pictures.sweep((id) => repositories.accounts.showsImage(id));
      if (removed > 0) log.info("images_swept", { removed });
    } catch (error) {
      log.warn("image_sweep_failed", { error: error as Error });
    }
  }, IMAGE_SWEEP_EVERY_MS);
  log.info("listening", { host: internalHost(config), port: config.webPort });

  return {
    notices,
    health: () => ({
      sessions,
      storeQueue: repositories.queued,
      passwordQueue: hasher.queued,
    }),
    takeBeat(beat) {
      const receipt = operations.put(beat);
      if (receipt === null) throw new Error("Cannot take a heartbeat: too many nodes report");
      return receipt;
    },
    async stop() {
      clearInterval(sweeping);
      clearInterval(imageSweeping);
      await Promise.all([server.close(), feed.close(), signal.close()]);
      await switchboard.close();
      await sfu.stop();
      endFeed();
      await clock.stop();
      await stageClock.stop();
      await duties.stop();
      await sharing?.stop();
      workshop.close();
      await origins.stop();
      await hasher.close();
      await messages.close();
      await money.close();
      await repositories.close();
      await shared?.close();
    },
  };
}

/** Sees what nodes said to other `web` and what was changed there. */
function share(
  shared: SharedStores,
  { live, settings, log }: {
    readonly live: LiveState;
    readonly settings: Settings;
    readonly log: RoleContext["log"];
  },
): { stop(): Promise<void> } {
  shared.takeSettings(() => settings.values.im);
  const sharing = shareLive(live, {
    share: shared.live,
    onFailure: (error) => log.warn("live_state_not_shared", { error }),
  });
  let reading: Promise<void> | null = null;
  const timer = setInterval(() => {
    // What is in force stays so while the store is away.
    reading ??= settings.refresh().catch(() => {}).finally(() => reading = null);
  }, SETTINGS_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all([reading, sharing.stop()]);
    },
  };
}

/** Where the first administrator is made. */
function setupLink(config: Config, token: string): string {
  const scheme = config.tls === "off" ? "http" : "https";
  const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
  const authority = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return `${config.publicUrl ?? `${scheme}://${authority}:${config.port}`}/setup?token=${token}`;
}

async function readManifest(config: Config) {
  const path = `${config.assetsDir}/manifest.json`;
  try {
    return parseManifest(await Deno.readTextFile(path));
  } catch (error) {
    throw new Error(`Cannot read ${path}: build the islands first`, { cause: error });
  }
}

function observe(
  { metrics }: RoleContext,
  { repositories, hasher, live, operations }: Parts & {
    readonly live: LiveState;
    readonly operations: Operations;
  },
) {
  metrics.gauge({
    name: "wanren_web_password_queue",
    help: "Password checks that wait or run",
    collect: (gauge) => gauge.set(hasher.queued),
  });
  metrics.gauge({
    name: "wanren_web_password_refused",
    help: "Password checks refused because the queue was full, since the start",
    collect: (gauge) => gauge.set(hasher.refused),
  });
  metrics.gauge({
    name: "wanren_web_store_queue",
    help: "Calls that wait for the store",
    collect: (gauge) => gauge.set(repositories.queued),
  });
  metrics.gauge({
    name: "wanren_rooms_live",
    help: "Rooms with a running stream",
    collect: (gauge) => gauge.set(live.list(Date.now()).length),
  });
  metrics.gauge({
    name: "wanren_viewers",
    help: "Viewers of all rooms",
    collect: (gauge) =>
      gauge.set(live.list(Date.now()).reduce((sum, { viewers }) => sum + viewers, 0)),
  });
  metrics.gauge({
    name: "wanren_web_nodes",
    help: "Nodes whose reports are fresh",
    labels: ["kind"],
    collect(gauge) {
      const { mediaNodes, edgeNodes } = live.inspect(Date.now());
      gauge.set({ kind: "media" }, mediaNodes);
      gauge.set({ kind: "edge" }, edgeNodes);
    },
  });
  metrics.gauge({
    name: "wanren_web_processes",
    help: "Processes that report, by whether they were heard within 6 s",
    labels: ["state"],
    collect(gauge) {
      const { up, down } = operations.inspect();
      gauge.set({ state: "up" }, up);
      gauge.set({ state: "down" }, down);
    },
  });
  return metrics.gauge({ name: "wanren_web_sessions", help: "Sessions, counted every minute" });
}

/** Serves a fetch handler on `WEB_PORT`. */
async function listen(
  handler: (request: Request, env?: unknown) => Response | Promise<Response>,
  context: RoleContext & {
    upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  },
): Promise<{ close(): Promise<void> }> {
  const { config, log, metrics, upgrade } = context;
  const broken = metrics.counter({
    name: "wanren_web_broken_requests_total",
    help: "Connections that sent no readable request, or left in the middle of one",
  });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    getRequestListener((request, env) => handler(request, env), { overrideGlobalObjects: false }),
  );
  server.on("upgrade", (request, socket, head) => upgrade(request, socket as Socket, head));
  server.on("clientError", (_error, socket) => {
    broken.inc();
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.webPort, internalHost(config), () => {
      server.off("error", reject);
      server.on("error", (error: Error) => log.error("server_failed", { error }));
      resolve();
    });
  });
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timeout = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(timeout);
    },
  };
}
