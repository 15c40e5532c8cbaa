/**
 * The edge's own metrics, and `/metrics` of the whole platform.
 *
 * @module
 */
import type { Metrics } from "../../platform/metrics.ts";
import type { FlvRelay } from "../flv_relay.ts";
import type { HlsRelay } from "../hls_relay.ts";
import { mergeMetrics, type MetricsSource } from "../metrics_text.ts";
import { readBody } from "../origin_client.ts";
import type { OriginClient } from "../origin_client.ts";
import type { HlsViewers } from "../hls_viewers.ts";
import type { Accounts } from "../im/accounts.ts";
import type { ImRooms } from "../im/rooms.ts";
import type { ImGateway } from "./im_gateway.ts";
import type { Listener } from "./listener.ts";
import type { WebProxy } from "./web_proxy.ts";

/** What is measured. */
export interface EdgeParts {
  readonly relay: FlvRelay;
  readonly hls: HlsRelay;
  readonly hlsViewers: HlsViewers;
  readonly client: OriginClient;
  readonly listener: Listener;
  readonly proxy: WebProxy;
  readonly rtcProxy: WebProxy;
  readonly imRooms: ImRooms;
  readonly imGateway: ImGateway;
  readonly imAccounts: Accounts;
}

/** Registers the edge's metrics; the returned function brings the counters up to date. */
export function registerEdgeMetrics(metrics: Metrics, parts: EdgeParts): () => void {
  const { relay, hls, hlsViewers, client, listener, proxy, rtcProxy } = parts;
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.gauge({ name, help, collect: (gauge) => gauge.set(read()) });
  const updates: (() => void)[] = [];
  const counter = (name: string, help: string, read: () => number) => {
    const family = metrics.counter({ name, help });
    let last = 0;
    updates.push(() => {
      const value = read();
      family.inc(value - last);
      last = value;
    });
  };

  metrics.gauge({
    name: "wanren_edge_viewers",
    help: "Viewers by protocol.",
    labels: ["protocol"],
    collect: (gauge) => {
      let ws = 0;
      for (const [, viewers] of relay.viewersByRoom()) ws += viewers.ws;
      let hlsCount = 0;
      for (const count of hlsViewers.count(performance.now()).values()) hlsCount += count;
      gauge.set({ protocol: "flv" }, relay.viewers - ws);
      gauge.set({ protocol: "ws" }, ws);
      gauge.set({ protocol: "hls" }, hlsCount);
    },
  });
  gauge("wanren_edge_connections", "Open client connections.", () => listener.connections);
  gauge("wanren_edge_flv_upstreams", "FLV streams pulled from origins.", () => relay.upstreams);
  gauge(
    "wanren_edge_flv_batch_seconds",
    "Time for which FLV tags are gathered now.",
    () => relay.batchMs / 1000,
  );
  gauge("wanren_edge_cache_bytes", "Bytes of cached answers.", () => hls.cache.bytes);
  gauge("wanren_edge_cache_entries", "Cached answers.", () => hls.cache.size);
  gauge("wanren_edge_proxy_in_flight", "Requests and tunnels to web.", () => proxy.inFlight);
  gauge("wanren_edge_texts_waiting", "Texts that wait for their turn.", () => proxy.textsWaiting);

  const flv = relay.counters;
  counter("wanren_edge_flv_bytes_total", "FLV bytes handed to viewers.", () => flv.bytes);
  counter("wanren_edge_flv_writes_total", "FLV writes to viewers.", () => flv.writes);
  counter("wanren_edge_flv_batches_total", "FLV batches made.", () => flv.batches);
  counter(
    "wanren_edge_flv_skips_total",
    "Slow viewers sent to the next key frame.",
    () => flv.skips,
  );
  counter(
    "wanren_edge_flv_terminated_total",
    "Viewers dropped: nothing taken for 20 s.",
    () => flv.terminated,
  );
  counter(
    "wanren_edge_flv_gop_overflows_total",
    "Groups of pictures too large to cache.",
    () => flv.gopOverflows,
  );
  counter(
    "wanren_edge_flv_reconnects_total",
    "FLV pulls lost and tried again.",
    () => flv.reconnects,
  );
  const answers = hls.counters;
  counter("wanren_edge_cache_hits_total", "Answers from memory.", () => answers.hits);
  counter(
    "wanren_edge_cache_collapsed_total",
    "Answers shared with a running request.",
    () => answers.collapsed,
  );
  counter(
    "wanren_edge_cache_stale_total",
    "Answers from memory that were being replaced.",
    () => answers.stale,
  );
  counter("wanren_edge_cache_misses_total", "Answers asked for upstream.", () => answers.misses);
  counter(
    "wanren_edge_cache_evictions_total",
    "Fresh answers that had to leave.",
    () => hls.cache.evictions,
  );
  counter(
    "wanren_edge_hls_viewers_uncounted_total",
    "HLS requests beyond the viewer bound.",
    () => hlsViewers.overflows,
  );
  counter("wanren_edge_origin_requests_total", "Requests to origins.", () => client.requests);
  counter(
    "wanren_edge_origin_failures_total",
    "Requests that origins failed.",
    () => client.failures,
  );
  counter(
    "wanren_edge_client_errors_total",
    "Broken or abandoned client requests.",
    () => listener.counters.clientErrors,
  );
  counter("wanren_edge_sent_bytes_total", "Bytes written to clients.", () => listener.sentBytes);
  counter(
    "wanren_edge_connections_refused_total",
    "Connections above the bound.",
    () => listener.counters.refused,
  );
  counter(
    "wanren_edge_proxy_requests_total",
    "Requests passed to web.",
    () => proxy.counters.requests,
  );
  counter(
    "wanren_edge_proxy_failures_total",
    "Requests that web failed.",
    () => proxy.counters.failures,
  );
  counter(
    "wanren_edge_rtc_requests_total",
    "Requests passed to rtc.",
    () => rtcProxy.counters.requests,
  );
  counter(
    "wanren_edge_rtc_failures_total",
    "Requests that rtc failed.",
    () => rtcProxy.counters.failures,
  );
  counter(
    "wanren_edge_texts_turned_away_total",
    "Texts that found their line full.",
    () => proxy.counters.textsTurnedAway,
  );
  registerMessageMetrics({ metrics, gauge, counter }, parts);
  return () => {
    for (const update of updates) update();
  };
}

type Register = (name: string, help: string, read: () => number) => void;

/** The part of rooms' messages. */
function registerMessageMetrics(
  to: { readonly metrics: Metrics; readonly gauge: Register; readonly counter: Register },
  parts: EdgeParts,
): void {
  const { metrics, gauge, counter } = to;
  const { imRooms, imGateway, imAccounts } = parts;
  const { counters } = imRooms;
  gauge("wanren_edge_im_connections", "Long connections.", () => imGateway.connections);
  gauge("wanren_edge_im_rooms", "Rooms whose messages are followed.", () => imRooms.size);
  gauge("wanren_edge_im_viewers", "Connections, and people who polled lately.", () => {
    let viewers = 0;
    for (const [, count] of imRooms.viewersByRoom()) viewers += count;
    return viewers;
  });
  gauge("wanren_edge_im_accounts", "Private channels that are followed.", () => imAccounts.size);
  gauge(
    "wanren_edge_im_feed_away",
    "1: the way to the message store is broken.",
    () => Number(imRooms.isAway),
  );
  counter(
    "wanren_edge_im_connections_total",
    "Long connections that were opened.",
    () => imGateway.counters.opened,
  );
  counter(
    "wanren_edge_im_refused_total",
    "Long connections that were turned away.",
    () => imGateway.counters.refused,
  );
  counter(
    "wanren_edge_im_frames_total",
    "Frames to long connections.",
    () => imGateway.counters.frames,
  );
  counter(
    "wanren_edge_im_bytes_total",
    "Bytes of frames to long connections.",
    () => imGateway.counters.bytes,
  );
  counter(
    "wanren_edge_im_skipped_total",
    "Frames that slow connections did not get.",
    () => counters.skipped,
  );
  counter(
    "wanren_edge_im_stalled_total",
    "Long connections ended: nothing taken for 10 s.",
    () => counters.stalled,
  );
  counter("wanren_edge_im_polls_total", "Polls for messages.", () => counters.polls);
  counter(
    "wanren_edge_im_poll_hits_total",
    "Polls answered with bytes that were there.",
    () => counters.hits,
  );
  counter("wanren_edge_im_poll_empty_total", "Polls that brought nothing.", () => counters.empty);
  counter(
    "wanren_edge_im_poll_resets_total",
    "Answers to polls that began anew.",
    () => counters.resets,
  );
  // Gauges that only grow: the values are read when they are asked for.
  metrics.gauge({
    name: "wanren_edge_im_dropped_messages",
    help: "Messages left out of pushed batches since the start.",
    labels: ["lane"],
    collect: (family) => {
      for (const [lane, count] of Object.entries(counters.dropped)) family.set({ lane }, count);
    },
  });
  metrics.gauge({
    name: "wanren_edge_im_closed_connections",
    help: "Long connections that were ended since the start, by reason.",
    labels: ["reason"],
    collect: (family) => {
      for (const [reason, count] of Object.entries(imGateway.counters.closed)) {
        family.set({ reason }, count);
      }
    },
  });
}

/** Where other roles' metrics are. */
export interface ScrapeOptions {
  readonly webUrl: string;
  readonly rtcUrl: string;
  readonly origins: readonly string[];
  readonly clusterSecret: string;
}

const SCRAPE_TIMEOUT_MS = 1000;
const MAX_SCRAPE_BYTES = 4 * 1024 * 1024;

/**
 * The metrics of this process, of `web`, `rtc` and the origins in one exposition. A role that does not
 * answer in a second is left out, and `wanren_scrape_up` says so.
 */
export async function collectMetrics(own: string, options: ScrapeOptions): Promise<string> {
  const { webUrl, rtcUrl, origins, clusterSecret } = options;
  const targets = [
    { url: webUrl, label: "", up: 'role="web"' },
    { url: rtcUrl, label: "", up: 'role="rtc"' },
    ...origins.map((url) => {
      const origin = `origin="${url.replace(/["\\]/g, "")}"`;
      return { url, label: origins.length > 1 ? origin : "", up: `role="media",${origin}` };
    }),
  ];
  const texts = await Promise.all(targets.map(({ url }) => scrape(url, clusterSecret)));
  const ups = targets.map(({ up }, index) =>
    `wanren_scrape_up{${up}} ${texts[index] === null ? 0 : 1}`
  );
  const sources: MetricsSource[] = [{ text: own }];
  targets.forEach(({ label }, index) => {
    const text = texts[index];
    if (text !== null) sources.push({ text, label });
  });
  sources.push({
    text: "# HELP wanren_scrape_up Whether a role gave its metrics.\n" +
      `# TYPE wanren_scrape_up gauge\n${ups.join("\n")}\n`,
  });
  return mergeMetrics(sources);
}

async function scrape(url: string, clusterSecret: string): Promise<string | null> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), SCRAPE_TIMEOUT_MS);
  try {
    const response = await fetch(`${url}/metrics`, {
      headers: { authorization: `Bearer ${clusterSecret}` },
      redirect: "manual",
      signal: timeout.signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      return null;
    }
    return new TextDecoder().decode(await readBody(response, MAX_SCRAPE_BYTES));
  } catch {
    // Any failure means the same to the reader: `wanren_scrape_up` is 0.
    return null;
  } finally {
    clearTimeout(timer);
  }
}
