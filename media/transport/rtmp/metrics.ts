/**
 * What an RTMP server counts.
 *
 * @module
 */
import type { Metrics } from "../../../platform/metrics.ts";

/** The families of one RTMP server. */
export type RtmpMetrics = ReturnType<typeof createRtmpMetrics>;

/** Makes, or finds, the families. */
export function createRtmpMetrics(metrics: Metrics) {
  return {
    connections: metrics.gauge({ name: "wanren_rtmp_connections", help: "Open RTMP connections" }),
    publishers: metrics.gauge({
      name: "wanren_rtmp_publishers",
      help: "RTMP connections that publish",
    }),
    players: metrics.gauge({ name: "wanren_rtmp_players", help: "RTMP connections that play" }),
    bytesIn: metrics.counter({
      name: "wanren_rtmp_received_bytes_total",
      help: "Bytes received from RTMP peers",
    }),
    bytesOut: metrics.counter({
      name: "wanren_rtmp_sent_bytes_total",
      help: "Bytes sent to RTMP peers",
    }),
    refused: metrics.counter({
      name: "wanren_rtmp_refused_total",
      help: "Peers that were refused",
      labels: ["reason"],
    }),
    closed: metrics.counter({
      name: "wanren_rtmp_closed_total",
      help: "RTMP sessions that ended",
      labels: ["reason"],
    }),
    droppedFrames: metrics.counter({
      name: "wanren_rtmp_dropped_frames_total",
      help: "Video frames not sent because an RTMP player was slow",
    }),
  };
}
