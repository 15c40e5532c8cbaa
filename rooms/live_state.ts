/**
 * What is on the air and how many watch, as `media` and the edges last said. Lives in memory: after
 * a restart the next snapshots (2 s) bring it back.
 *
 * @module
 */
import type { StreamReport, ViewersByProtocol } from "./model.ts";

/** A snapshot that was not renewed for so long is forgotten, milliseconds. */
export const SNAPSHOT_LIFE_MS = 6_000;
/** Nodes that may report; more are refused. */
const MAX_NODES = 256;

/** Open viewers of one room at one edge, by output. */
export interface ViewerCounts {
  readonly flv: number;
  readonly ws: number;
  readonly hls: number;
  /** Those who read the room's messages there: most of them watch as well. Default: none. */
  readonly chat?: number;
}

/** An edge that takes long connections, as it says itself. */
export interface GatewayReport {
  /** Public address: scheme, host and port without a trailing slash. */
  readonly url: string;
  readonly region: string;
  /** How much it shall take beside others; 0: nothing while there are others. */
  readonly weight: number;
  /** From 0 (idle) to 1 (full). */
  readonly load: number;
}

interface Edge extends Snapshot<ViewerCounts> {
  readonly gateway: GatewayReport | null;
}

interface Snapshot<T> {
  readonly byRoom: ReadonlyMap<string, T>;
  readonly atMs: number;
}

interface MediaNode extends Snapshot<StreamReport> {
  /** When it reported first without a break. */
  readonly sinceMs: number;
  readonly capabilities: NodeCapabilities;
}

/** Live state of one room. */
export interface RoomLiveState {
  readonly stream: StreamReport | null;
  /**
   * Pages are counted once: at each edge those who watch or those who read messages, whichever are
   * more, and who takes RTMP straight from `media`.
   */
  readonly viewers: number;
  readonly viewersByProtocol: ViewersByProtocol;
  /** Whether a still can be had: the stream has a picture, and its node has ffmpeg. */
  readonly still: boolean;
}

/** A running stream and who watches it. */
export interface RunningStream extends Omit<RoomLiveState, "still"> {
  readonly stream: StreamReport;
}

/** What a media node can do beside relaying. */
export interface NodeCapabilities {
  /** ffmpeg is on the machine: stills and the demo channel work. */
  readonly ffmpeg: boolean;
}

/** What a media node says of itself. */
export interface MediaSnapshot {
  readonly streams: readonly StreamReport[];
  /** Default: nothing. */
  readonly capabilities?: NodeCapabilities;
}

const NO_VIEWERS: ViewersByProtocol = { flv: 0, ws: 0, hls: 0, rtmp: 0 };
const NO_CAPABILITIES: NodeCapabilities = { ffmpeg: false };

/** What a node said, with what its receiver knows of it. */
export type LiveReport =
  | {
    readonly kind: "streams";
    readonly node: string;
    readonly snapshot: MediaSnapshot;
    /** When it reported first without a break. */
    readonly sinceMs: number;
  }
  | {
    readonly kind: "viewers";
    readonly node: string;
    readonly rooms: Readonly<Record<string, ViewerCounts>>;
    /** Null: it takes no long connections, or no more. */
    readonly gateway: GatewayReport | null;
  };

/** Absolute snapshots by node; the clock is passed in. */
export class LiveState {
  /** Hears of each report that a node made here. */
  onReport: ((report: LiveReport) => void) | null = null;
  readonly #streams = new Map<string, MediaNode>();
  readonly #viewers = new Map<string, Edge>();

  /** Replaces what a media node said before; false when too many nodes report. */
  putStreams(node: string, snapshot: MediaSnapshot, nowMs: number): boolean {
    const before = this.#streams.get(node);
    const sinceMs = before !== undefined && isFresh(before.atMs, nowMs) ? before.sinceMs : nowMs;
    return this.#report({ kind: "streams", node, snapshot, sinceMs }, nowMs);
  }

  /** Replaces what an edge said before; false when too many nodes report. */
  putViewers(
    node: string,
    rooms: Readonly<Record<string, ViewerCounts>>,
    nowMs: number,
    { gateway = null }: { readonly gateway?: GatewayReport | null } = {},
  ): boolean {
    return this.#report({ kind: "viewers", node, rooms, gateway }, nowMs);
  }

  /** Takes a report that was made elsewhere, unless this one knows a newer one of the node. */
  take(report: LiveReport, atMs: number): boolean {
    const { kind, node } = report;
    const known = kind === "streams" ? this.#streams.get(node) : this.#viewers.get(node);
    if (known !== undefined && known.atMs >= atMs) return true;
    if (kind === "viewers") {
      const { gateway = null } = report;
      const byRoom = new Map(Object.entries(report.rooms));
      return put(this.#viewers, node, { byRoom, gateway, atMs });
    }
    const { streams, capabilities = NO_CAPABILITIES } = report.snapshot;
    const byRoom = new Map(streams.map((stream) => [stream.room, stream]));
    return put(this.#streams, node, { byRoom, capabilities, sinceMs: report.sinceMs, atMs });
  }

  #report(report: LiveReport, nowMs: number): boolean {
    // It is the newest there can be, whatever the clock did.
    (report.kind === "streams" ? this.#streams : this.#viewers).delete(report.node);
    const taken = this.take(report, nowMs);
    if (taken) this.onReport?.(report);
    return taken;
  }

  /** The state of one room now. */
  of(room: string, nowMs: number): RoomLiveState {
    let stream: StreamReport | null = null;
    let ffmpeg = false;
    for (const { byRoom, capabilities } of fresh(this.#streams, nowMs)) {
      const report = byRoom.get(room) ?? null;
      stream = better(stream, report);
      if (report !== null && stream === report) ({ ffmpeg } = capabilities);
    }
    if (stream === null) {
      return { stream, viewers: 0, viewersByProtocol: NO_VIEWERS, still: false };
    }
    return {
      ...withViewers(stream, fresh(this.#viewers, nowMs)),
      still: ffmpeg && stream.video !== null,
    };
  }

  /** All running streams with their viewers, most viewers first, then the longest running. */
  list(nowMs: number): readonly RunningStream[] {
    const best = new Map<string, StreamReport>();
    for (const { byRoom } of fresh(this.#streams, nowMs)) {
      for (const [room, stream] of byRoom) {
        best.set(room, better(best.get(room) ?? null, stream) as StreamReport);
      }
    }
    const edges = [...fresh(this.#viewers, nowMs)];
    return [...best.values()]
      .map((stream) => withViewers(stream, edges))
      .sort((a, b) =>
        b.viewers - a.viewers || a.stream.startedAtMs - b.stream.startedAtMs ||
        Number(a.stream.room) - Number(b.stream.room)
      );
  }

  /** Rooms that are on the air or that somebody is in. */
  rooms(nowMs: number): ReadonlySet<string> {
    const rooms = new Set<string>();
    for (const { byRoom } of [...fresh(this.#streams, nowMs), ...fresh(this.#viewers, nowMs)]) {
      for (const room of byRoom.keys()) rooms.add(room);
    }
    return rooms;
  }

  /** Edges that take long connections. */
  gateways(nowMs: number): readonly GatewayReport[] {
    return [...fresh(this.#viewers, nowMs)].flatMap(({ gateway }) => gateway ?? []);
  }

  /** What each media node that reports can do, by its name. */
  capabilities(nowMs: number): ReadonlyMap<string, NodeCapabilities> {
    const nodes = new Map<string, NodeCapabilities>();
    for (const [node, { capabilities, atMs }] of this.#streams) {
      if (isFresh(atMs, nowMs)) nodes.set(node, capabilities);
    }
    return nodes;
  }

  /** The media node that came last, one with ffmpeg if there is any; null when none reports. */
  newestMediaNode(nowMs: number): string | null {
    let newest: string | null = null;
    let best: MediaNode | null = null;
    for (const [name, node] of this.#streams) {
      if (!isFresh(node.atMs, nowMs)) continue;
      const more = Number(node.capabilities.ffmpeg) - Number(best?.capabilities.ffmpeg ?? false);
      if (best !== null && (more < 0 || (more === 0 && node.sinceMs < best.sinceMs))) continue;
      newest = name;
      best = node;
    }
    return newest;
  }

  /** Figures for metrics and `/debug`. */
  inspect(nowMs: number): { mediaNodes: number; edgeNodes: number } {
    return {
      mediaNodes: [...fresh(this.#streams, nowMs)].length,
      edgeNodes: [...fresh(this.#viewers, nowMs)].length,
    };
  }
}

/** Viewers at the edges and those who take RTMP straight from `media`. */
function withViewers(stream: StreamReport, edges: Iterable<Snapshot<ViewerCounts>>): RunningStream {
  const rtmp = (stream.readers.rtmp ?? 0) + (stream.readers.rtmps ?? 0);
  let flv = 0;
  let ws = 0;
  let hls = 0;
  let viewers = rtmp;
  for (const { byRoom } of edges) {
    const counts = byRoom.get(stream.room);
    if (counts === undefined) continue;
    flv += counts.flv;
    ws += counts.ws;
    hls += counts.hls;
    viewers += Math.max(counts.flv + counts.ws + counts.hls, counts.chat ?? 0);
  }
  return {
    stream,
    viewers,
    viewersByProtocol: { flv, ws, hls, rtmp },
  };
}

/** Of two reports of the same room: the one that runs, then the one that began last. */
function better(left: StreamReport | null, right: StreamReport | null): StreamReport | null {
  if (left === null) return right;
  if (right === null) return left;
  if (left.state !== right.state) return left.state === "live" ? left : right;
  return left.startedAtMs >= right.startedAtMs ? left : right;
}

function put<S extends { readonly atMs: number }>(
  snapshots: Map<string, S>,
  node: string,
  snapshot: S,
): boolean {
  if (!snapshots.has(node) && snapshots.size >= MAX_NODES) {
    for (const [name, { atMs }] of snapshots) {
      if (!isFresh(atMs, snapshot.atMs)) snapshots.delete(name);
    }
    if (snapshots.size >= MAX_NODES) return false;
  }
  snapshots.set(node, snapshot);
  return true;
}

function* fresh<S extends { readonly atMs: number }>(
  snapshots: ReadonlyMap<string, S>,
  nowMs: number,
): Generator<S> {
  for (const snapshot of snapshots.values()) {
    if (isFresh(snapshot.atMs, nowMs)) yield snapshot;
  }
}

function isFresh(atMs: number, nowMs: number): boolean {
  return nowMs - atMs < SNAPSHOT_LIFE_MS;
}
