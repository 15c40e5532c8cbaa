/**
 * Metric families of the live streams.
 *
 * @module
 */
import type { Metrics } from "../../platform/metrics.ts";

/** Makes (or finds) the families in the process's metrics. */
export function streamMetrics(metrics: Metrics) {
  return {
    publishes: metrics.counter({
      name: "wanren_media_publishes_total",
      help: "Requests to publish by result (accepted or the reason of the refusal).",
      labels: ["result"],
    }),
    bytesIn: metrics.counter({
      name: "wanren_media_in_bytes_total",
      help: "Media bytes taken from publishers.",
    }),
    keyFrameWishes: metrics.counter({
      name: "wanren_media_key_frame_wishes_total",
      help: "Key frames asked of publishers that send them when asked.",
    }),
    discontinuities: metrics.counter({
      name: "wanren_media_discontinuities_total",
      help: "Changes of tracks, publisher or clock within a stream.",
    }),
    gopOverflows: metrics.counter({
      name: "wanren_media_gop_overflows_total",
      help: "Groups of pictures too large for the cache.",
    }),
    readerSkips: metrics.counter({
      name: "wanren_media_reader_skips_total",
      help: "Times a slow reader was moved to the next key frame.",
      labels: ["protocol"],
    }),
    droppedUnits: metrics.counter({
      name: "wanren_media_reader_dropped_units_total",
      help: "Units that closed readers missed because they were slow.",
      labels: ["protocol"],
    }),
    listenerFailures: metrics.counter({
      name: "wanren_media_listener_failures_total",
      help: "Packagers that were removed from a stream because they failed.",
    }),
  };
}

/** See {@linkcode streamMetrics}. */
export type StreamMetrics = ReturnType<typeof streamMetrics>;
