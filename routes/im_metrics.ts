/**
 * Figures of the messages for Prometheus.
 *
 * @module
 */
import type { MessageLog } from "../im/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { FeedHub } from "./im_feed.ts";

/** A log that says how it is. */
export interface ObservedLog extends MessageLog {
  inspect(): {
    readonly queued: number;
    readonly rings: number;
    readonly messages: number;
    readonly commits: number;
    readonly appended: number;
    readonly refused: number;
    readonly trimFailures: number;
  };
  /** Bytes on the disk. */
  sizeBytes(): Promise<number>;
}

/** Registers the figures. */
export function observeMessages(
  metrics: Metrics,
  { log, hub }: { readonly log: ObservedLog; readonly hub: Pick<FeedHub, "inspect"> },
): void {
  const figure = (name: string, help: string, value: () => number | Promise<number>) =>
    metrics.gauge({ name, help, collect: async (gauge) => gauge.set(await value()) });
  figure(
    "wanren_messages_queue",
    "Messages that wait for their commit",
    () => log.inspect().queued,
  );
  figure(
    "wanren_messages_channels",
    "Channels whose live part is in memory",
    () => log.inspect().rings,
  );
  figure("wanren_messages_held", "Messages in memory", () => log.inspect().messages);
  figure(
    "wanren_messages_appended",
    "Messages that were appended since the start",
    () => log.inspect().appended,
  );
  figure(
    "wanren_messages_commits",
    "Commits of messages since the start",
    () => log.inspect().commits,
  );
  figure(
    "wanren_messages_refused",
    "Messages that were refused because too many waited, since the start",
    () => log.inspect().refused,
  );
  figure(
    "wanren_messages_trim_failures",
    "Rounds over old messages that failed, since the start",
    () => log.inspect().trimFailures,
  );
  figure("wanren_messages_disk_bytes", "Size of the messages on the disk", () => log.sizeBytes());
  figure("wanren_feed_edges", "Edges that follow messages here", () => hub.inspect().edges);
  figure("wanren_feed_channels", "Channels that edges follow here", () => hub.inspect().channels);
  figure(
    "wanren_feed_slices",
    "Parts of channels that were sent to edges since the start",
    () => hub.inspect().slices,
  );
  figure(
    "wanren_feed_gaps",
    "Those that an edge got with a gap",
    () => hub.inspect().gaps,
  );
}
