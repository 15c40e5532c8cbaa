/**
 * The role `rtc`: WebRTC publishers (WHIP) and viewers (WHEP). One process, one UDP port for all
 * media; its HTTP is for the edge.
 *
 * @module
 */
import { internalHost } from "../../platform/config.ts";
import { opensStream } from "../../platform/stream_pass.ts";
import type { RoleContext, RunningRole } from "../../platform/lifecycle.ts";
import { pullFlv } from "./egress/flv_feed.ts";
import { Hubs } from "./egress/hubs.ts";
import { RtcHttpServer } from "./http_server.ts";
import { uplinkOpener } from "./ingest/publish_uplink.ts";
import { checkUdpPort, NativePeers } from "./native_peer.ts";
import { registerRtcMetrics } from "./rtc_metrics.ts";
import { SfuCalls } from "./sfu/calls.ts";
import { randomBelow, RtcSignalling } from "./signalling.ts";
import { ViewerReport } from "./viewer_report.ts";
import { wallNowMs } from "./wall_clock.ts";

/** A started role. */
export interface RunningRtc extends RunningRole {
  /** The HTTP port; differs from the configured one when that is 0. */
  readonly port: number;
}

/** Ticks come every second, beats between them. */
const HALF_TICK_MS = 500;

/** Starts the role; rejects when a port cannot be bound, with everything released. */
export async function start(context: RoleContext): Promise<RunningRtc> {
  const { config, clusterSecret, log, metrics } = context;
  const { origins, webUrl } = config;
  // "All addresses" is the library's own default, for both versions of IP.
  const address = bindAddress(config.host);
  await checkUdpPort({ port: config.rtcPort, address });
  await using starting = new AsyncDisposableStack();
  const peers = new NativePeers({ bindAddress: address, port: config.rtcPort, log });
  starting.defer(() => peers.stop());
  const hubs = new Hubs({
    pull: (hub, signal) => pullFlv(hub, { origins, clusterSecret, signal, now: wallNowMs, log }),
    now: wallNowMs,
    log,
  });
  starting.defer(() => hubs.stop());
  const ends = metrics.counter({
    name: "wanren_rtc_sessions_closed_total",
    help: "Sessions that ended, by kind and reason.",
    labels: ["kind", "reason"],
  });
  const offers = metrics.counter({
    name: "wanren_rtc_offers_total",
    help: "Offers by kind and outcome.",
    labels: ["kind", "outcome"],
  });
  const signalling = new RtcSignalling({
    peers,
    hubs,
    openUplink: uplinkOpener({ origins, clusterSecret, log }),
    ice: config,
    opensSeat: (seat) => opensStream(clusterSecret, { ...seat, nowMs: Date.now() }),
    publicAddresses: config.rtcPublicIps,
    rateLimits: config.rateLimits,
    log,
    now: wallNowMs,
    onOffer: (kind, outcome) => offers.inc({ kind, outcome }),
    onEnd: (kind, reason) => ends.inc({ kind, reason }),
  });
  starting.defer(() => signalling.stop());
  const calls = new SfuCalls({
    peers,
    publicAddresses: config.rtcPublicIps,
    now: wallNowMs,
    random: randomBelow,
    log,
    received: signalling.received,
    sent: signalling.sent,
  });
  starting.defer(() => calls.stop());
  registerRtcMetrics(metrics, { signalling, hubs, calls, peers: () => peers.size });
  const http = await RtcHttpServer.listen({
    host: internalHost(config),
    port: config.rtcHttpPort,
    clusterSecret,
    signalling,
    calls,
    inspect: () => ({
      calls: calls.inspect(),
      sessions: signalling.sessions.all().map((session) => session.inspect()),
      rooms: hubs.inspect(),
    }),
    log,
    metrics,
  });
  starting.defer(() => http.stop());
  const node = `rtc-${config.region}-${crypto.randomUUID().slice(0, 8)}`;
  const report = new ViewerReport({
    node,
    webUrl,
    clusterSecret,
    viewersByRoom: () => signalling.sessions.viewersByRoom(),
    log,
  });
  let isTick = false;
  const timer = setInterval(() => {
    isTick = !isTick;
    if (!isTick) return signalling.beat();
    signalling.tick();
    calls.tick();
  }, HALF_TICK_MS);
  log.info("rtc_started", { http: http.port, udp: config.rtcPort });
  starting.move();
  return {
    port: http.port,
    health() {
      const { publishers, viewers, halfOpen } = signalling.sessions.counts();
      return { publishers, viewers, halfOpen, sentBytes: signalling.sent.bytes };
    },
    async stop() {
      clearInterval(timer);
      // Everybody is told by RTCP before the transports go.
      signalling.stop();
      calls.stop();
      hubs.stop();
      await Promise.all([http.stop(), report.stop()]);
      peers.stop();
      log.info("rtc_stopped");
    },
  };
}

/** The address of the UDP socket; null: all of the machine. */
function bindAddress(host: string): string | null {
  switch (host) {
    case "0.0.0.0":
    case "::":
      return null;
    case "localhost":
      return "127.0.0.1";
    default:
      return host;
  }
}
