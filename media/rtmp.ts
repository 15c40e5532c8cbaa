/**
 * RTMP in and out of this process: the transport put together with ingest and egress.
 *
 * @module
 */
import type { Logger } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import { RtmpEgress } from "./egress/rtmp.ts";
import { publishOverRtmp } from "./ingest/rtmp.ts";
import type { PublishPort, ReadPort } from "./stream/contract.ts";
import { RtmpListener, type RtmpServerLimits } from "./transport/rtmp/server.ts";
import type { SessionTimeouts } from "./transport/rtmp/session.ts";

/** How {@linkcode startRtmpServer} listens. */
export interface RtmpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM texts of a certificate chain and its key; with them the port speaks RTMPS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly publish: PublishPort;
  readonly read: ReadPort;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** For how long messages to players are gathered into one write. Default: 40 ms. */
  readonly batchMs?: number;
  readonly limits?: Partial<RtmpServerLimits>;
  readonly timeouts?: Partial<SessionTimeouts>;
}

/** A listening RTMP port. */
export interface RtmpServer {
  /** The port that is listened on. */
  readonly port: number;
  /** Sessions as they are now, for `/debug`. */
  inspect(): unknown;
  /** Stops listening and closes every connection; publishers are told `draining`. */
  stop(): Promise<void>;
}

/** Listens for RTMP, or RTMPS when `tls` is given. @throws when the port cannot be bound. */
export async function startRtmpServer(options: RtmpServerOptions): Promise<RtmpServer> {
  const { host, port, tls, log, metrics, limits, timeouts } = options;
  const egress = new RtmpEgress({
    read: options.read,
    metrics,
    ...(options.batchMs !== undefined && { batchMs: options.batchMs }),
  });
  const listener = await RtmpListener.listen({
    host,
    port,
    ...(tls && { tls }),
    handler: {
      publish: (command) => publishOverRtmp(command, options.publish),
      play: (command, output) => egress.play(command, output),
    },
    log,
    metrics,
    ...(limits && { limits }),
    ...(timeouts && { timeouts }),
  });
  log.info("listening", { protocol: tls ? "rtmps" : "rtmp", host, port: listener.port });
  return {
    port: listener.port,
    inspect: () => listener.inspect(),
    stop: async () => {
      await listener.stop();
      egress.stop();
    },
  };
}
