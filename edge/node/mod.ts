/**
 * The role `edge`: the front door of the platform.
 *
 * @module
 */
import type { RoleContext, RunningRole } from "../../platform/lifecycle.ts";
import { chooseBatchMs } from "../batch_policy.ts";
import { TrustedProxies } from "../client_address.ts";
import { FlvRelay } from "../flv_relay.ts";
import { HlsRelay } from "../hls_relay.ts";
import { HlsViewers } from "../hls_viewers.ts";
import { OriginClient } from "../origin_client.ts";
import { OriginPool } from "../origin_pool.ts";
import { Accounts } from "../im/accounts.ts";
import { ImRooms } from "../im/rooms.ts";
import { WebFeed } from "../im/web_feed.ts";
import type { Feed } from "../../im/feed.ts";
import { ticketBox } from "../../im/ticket.ts";
import { Assets } from "./assets.ts";
import { collectMetrics, registerEdgeMetrics } from "./edge_metrics.ts";
import { feedConnector } from "./feed_socket.ts";
import { FrontDoor } from "./front_door.ts";
import { type GatewayLimits, ImGateway } from "./im_gateway.ts";
import { Listener, type ListenerLimits } from "./listener.ts";
import { ViewerReporter } from "./viewer_report.ts";
import { rtcProxyOptions } from "./rtc_proxy.ts";
import { WebProxy } from "./web_proxy.ts";

/** Deviations from the defaults, for tests and benches. */
export interface EdgeOverrides {
  readonly limits?: ListenerLimits;
  /** How long a room without viewers keeps its pull. */
  readonly lingerMs?: number;
  /** How long a lost pull is tried again. */
  readonly reconnectForMs?: number;
  readonly reportIntervalMs?: number;
  readonly gatewayLimits?: GatewayLimits;
  /** Where rooms' messages come from. Default: `web`. */
  readonly openFeed?: () => Feed | Promise<Feed>;
}

/** A started edge. */
export interface RunningEdge extends RunningRole {
  /** The port that is listened on; differs from the configured one when that is 0. */
  readonly port: number;
}

/** Time for clients to take what was sent to them when the edge stops. */
const STOP_WITHIN_MS = 4000;
/** An edge whose event loop is so late has no room for more, milliseconds. */
const FULL_LAG_MS = 500;
/** In which viewers are told one after the other to connect elsewhere. */
const DRAIN_WITHIN_MS = 3600;

/**
 * Starts the front door of `context.config`.
 *
 * @throws when the port is taken, or a certificate or the assets cannot be read.
 */
export async function start(
  context: RoleContext,
  overrides: EdgeOverrides = {},
): Promise<RunningEdge> {
  const { config, clusterSecret, log, metrics, loopLag } = context;
  const { origins, webUrl } = config;
  const client = new OriginClient({ pool: new OriginPool(origins), clusterSecret });
  const relay = new FlvRelay({
    client,
    lingerMs: overrides.lingerMs,
    reconnectForMs: overrides.reconnectForMs,
    batchMs: (viewers) =>
      chooseBatchMs({ floorMs: config.flvBatchMs, viewers, lagMs: loopLag.lagMs }),
    onUpstream: (room, event) => log.info("flv_upstream", { room, state: event }),
  });
  const hls = new HlsRelay({ client });
  const hlsViewers = new HlsViewers();
  const proxy = new WebProxy({ webUrl, clusterSecret });
  const rtcProxy = new WebProxy(rtcProxyOptions({ rtcUrl: config.rtcUrl, clusterSecret }));
  const assets = new Assets(`${config.assetsDir}/assets`);
  const trustedProxies = new TrustedProxies(config.trustedProxies);
  const feed = await (overrides.openFeed?.() ?? new WebFeed({
    connect: feedConnector({ webUrl, clusterSecret }),
    onState: ({ connected, reason }) =>
      connected ? log.info("feed_connected") : log.warn("feed_lost", { reason }),
  }));
  const imRooms = new ImRooms({
    feed,
    lagMs: () => loopLag.lagMs,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const imAccounts = new Accounts(feed, { now: Date.now });
  const imGateway = new ImGateway({
    rooms: imRooms,
    accounts: imAccounts,
    tickets: await ticketBox(clusterSecret),
    rateLimits: config.rateLimits,
    limits: overrides.gatewayLimits,
  });
  const stopMessages = async () => {
    imGateway.stop();
    imRooms.stop();
    imAccounts.stop();
    await feed.close();
  };
  let updateMetrics = () => {};
  const door = new FrontDoor({
    relay,
    hls,
    hlsViewers,
    assets,
    imRooms,
    imGateway,
    proxy,
    rtcProxy,
    trustedProxies,
    log,
    metricsText: async () => {
      updateMetrics();
      return await collectMetrics(await metrics.text(), {
        webUrl,
        rtcUrl: config.rtcUrl,
        origins,
        clusterSecret,
      });
    },
  });
  const tls = config.tls === "off"
    ? null
    : { certFile: config.tlsCertFile!, keyFile: config.tlsKeyFile! };
  const listener = new Listener({
    host: config.host,
    port: config.port,
    tls,
    sharePort: config.edgeProcesses > 1,
    limits: overrides.limits,
    onRequest: (request, response) => door.handle(request, response),
    onUpgrade: (request, socket, head) => door.upgrade(request, socket, head),
  });
  updateMetrics = registerEdgeMetrics(metrics, {
    relay,
    hls,
    hlsViewers,
    client,
    listener,
    proxy,
    rtcProxy,
    imRooms,
    imGateway,
    imAccounts,
  });
  try {
    await assets.load();
    await listener.start();
  } catch (error) {
    await stopMessages();
    throw error;
  }
  if (assets.size === 0) log.warn("assets_missing", { folder: config.assetsDir });
  const node = `${config.region}-edge-${crypto.randomUUID().slice(0, 8)}`;
  const reporter = new ViewerReporter({
    node,
    webUrl,
    clusterSecret,
    relay,
    hlsViewers,
    imRooms,
    gateway: () =>
      config.publicUrl === null ? null : {
        url: config.publicUrl,
        region: config.region,
        weight: config.nodeWeight,
        load: Math.min(1, Math.max(imGateway.fill, loopLag.lagMs / FULL_LAG_MS)),
      },
    log,
    intervalMs: overrides.reportIntervalMs,
  });
  log.info("listening", { port: listener.port, tls: config.tls, node });
  return {
    port: listener.port,
    health: () => ({
      cacheHits: hls.counters.hits + hls.counters.stale + hls.counters.collapsed,
      cacheMisses: hls.counters.misses,
      flvViewers: relay.viewers,
      connections: listener.connections,
      imConnections: imGateway.connections,
      imPolls: imRooms.counters.polls,
      imSkipped: imRooms.counters.skipped,
      imRooms: imRooms.size,
      sentBytes: listener.sentBytes,
    }),
    async stop() {
      listener.drain();
      relay.stop();
      proxy.closeTunnels();
      // Before anybody is told to go elsewhere: they are not sent here again.
      await reporter.drain();
      await reporter.stop();
      await Promise.all([imGateway.drain(DRAIN_WITHIN_MS), listener.stop(STOP_WITHIN_MS)]);
      await stopMessages();
      proxy.stop();
      rtcProxy.stop();
    },
  };
}
