/**
 * What is on the air and how many watch, as `media` and the edges last said. Lives in memory: after
 * a restart the next snapshots (2 s) bring it back.
 *
 * @module
 */
import type { StreamReport, ViewersByProtocol } from "./model.ts";
import { isBattleStream } from "./pk/battle.ts";
import { hostStream, seatOfStream } from "./stage/stage.ts";

/** A snapshot that was not renewed for so long is forgotten, milliseconds. */
export const SNAPSHOT_LIFE_MS = 6_000;
/** Nodes that may report; more are refused. */
const MAX_NODES = 256;

/** Open viewers of one room at one edge or in one `rtc`, by output. */
export interface ViewerCounts {
  readonly flv: number;
  readonly ws: number;
  readonly hls: number;
  /** Those who read the room's messages there: most of them watch as well. Default: none. */
  readonly chat?: number;
  /** Those who watch by WebRTC; their messages come from an edge. Default: none. */
  readonly whep?: number;
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
  readonly webRtc: boolean;
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
  /** Of a room whose host is mixed with guests, what the host sends: the mix is ours. */
  readonly stream: StreamReport | null;
  /**
   * Pages are counted once: at each edge those who watch or those who read messages, whichever are
   * more, and who takes RTMP straight from `media`. Who watches by WebRTC is taken for one of those
   * who only read messages at the edges, as long as there are any.
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

const NO_VIEWERS: ViewersByProtocol = { flv: 0, ws: 0, hls: 0, rtmp: 0, whep: 0 };
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
    /** It is an `rtc`: publishing and watching by WebRTC work. Default: it is an edge. */
    readonly webRtc?: boolean;
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

  /** Replaces what an edge or an `rtc` said before; false when too many nodes report. */
  putViewers(
    node: string,
    rooms: Readonly<Record<string, ViewerCounts>>,
    nowMs: number,
    { gateway = null, webRtc = false }: {
      readonly gateway?: GatewayReport | null;
      readonly webRtc?: boolean;
    } = {},
  ): boolean {
    return this.#report({ kind: "viewers", node, rooms, gateway, webRtc }, nowMs);
  }

  /** Takes a report that was made elsewhere, unless this one knows a newer one of the node. */
  take(report: LiveReport, atMs: number): boolean {
    const { kind, node } = report;
    const known = kind === "streams" ? this.#streams.get(node) : this.#viewers.get(node);
    if (known !== undefined && known.atMs >= atMs) return true;
    if (kind === "viewers") {
      const { gateway = null, webRtc = false } = report;
      const byRoom = new Map(Object.entries(report.rooms));
      return put(this.#viewers, node, { byRoom, gateway, webRtc, atMs });
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
      ...withViewers(this.#withHost(stream, nowMs), fresh(this.#viewers, nowMs)),
      still: ffmpeg && stream.video !== null,
    };
  }

  /** What is said of one stream, a seat's too; null: it is not on the air. */
  report(stream: string, nowMs: number): StreamReport | null {
    let found: StreamReport | null = null;
    for (const { byRoom } of fresh(this.#streams, nowMs)) {
      found = better(found, byRoom.get(stream) ?? null);
    }
    return found;
  }

  /** A mix with what its host sends. */
  #withHost(stream: StreamReport, nowMs: number): StreamReport {
    if (stream.protocol !== "mix") return stream;
    const host = hostStream(stream.room);
    const report = host === null ? null : this.report(host, nowMs);
    if (report === null) return stream;
    const { room, state, startedAtMs, readers, outputs, reconnects } = stream;
    return { ...report, room, state, startedAtMs, readers, outputs, reconnects };
  }

  /** All running streams of rooms with their viewers, most viewers first, then the longest running. */
  list(nowMs: number): readonly RunningStream[] {
    const best = new Map<string, StreamReport>();
    for (const { byRoom } of fresh(this.#streams, nowMs)) {
      for (const [room, stream] of byRoom) {
        if (!isRoomStream(room)) continue;
        best.set(room, better(best.get(room) ?? null, stream) as StreamReport);
      }
    }
    const edges = [...fresh(this.#viewers, nowMs)];
    return [...best.values()]
      .map((stream) => withViewers(this.#withHost(stream, nowMs), edges))
      .sort((a, b) =>
        b.viewers - a.viewers || a.stream.startedAtMs - b.stream.startedAtMs ||
        Number(a.stream.room) - Number(b.stream.room)
      );
  }

  /** Rooms that are on the air or that somebody is in. */
  rooms(nowMs: number): ReadonlySet<string> {
    const rooms = new Set<string>();
    for (const { byRoom } of [...fresh(this.#streams, nowMs), ...fresh(this.#viewers, nowMs)]) {
      for (const room of byRoom.keys()) if (isRoomStream(room)) rooms.add(room);
    }
    return rooms;
  }

  /** Streams with both pictures of battles. */
  battles(nowMs: number): ReadonlySet<string> {
    const streams = new Set<string>();
    for (const { byRoom } of fresh(this.#streams, nowMs)) {
      for (const [stream, { protocol }] of byRoom) {
        if (isBattleStream(stream) && protocol === "mix") streams.add(stream);
      }
    }
    return streams;
  }

  /** Edges that take long connections. */
  gateways(nowMs: number): readonly GatewayReport[] {
    return [...fresh(this.#viewers, nowMs)].flatMap(({ gateway }) => gateway ?? []);
  }

  /** Whether an `rtc` reports, so that publishing and watching by WebRTC work. */
  hasWebRtc(nowMs: number): boolean {
    return [...fresh(this.#viewers, nowMs)].some(({ webRtc }) => webRtc);
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
      edgeNodes: [...fresh(this.#viewers, nowMs)].filter(({ webRtc }) => !webRtc).length,
    };
  }
}

/** Viewers at the edges, those of `rtc`, and those who take RTMP straight from `media`. */
function withViewers(stream: StreamReport, edges: Iterable<Snapshot<ViewerCounts>>): RunningStream {
  const rtmp = (stream.readers.rtmp ?? 0) + (stream.readers.rtmps ?? 0);
  let flv = 0;
  let ws = 0;
  let hls = 0;
  let whep = 0;
  let onlyChat = 0;
  for (const { byRoom } of edges) {
    const counts = byRoom.get(stream.room);
    if (counts === undefined) continue;
    flv += counts.flv;
    ws += counts.ws;
    hls += counts.hls;
    whep += counts.whep ?? 0;
    onlyChat += Math.max(0, (counts.chat ?? 0) - (counts.flv + counts.ws + counts.hls));
  }
  return {
    stream,
    viewers: rtmp + flv + ws + hls + Math.max(whep, onlyChat),
    viewersByProtocol: { flv, ws, hls, rtmp, whep },
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

/** Whether a stream is a room's, and not the one of a seat or of both sides of a battle. */
function isRoomStream(stream: string): boolean {
  return !isBattleStream(stream) && seatOfStream(stream) === null;
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
