/**
 * What is on the air and how many watch, as `media` and the edges last said. Lives in memory: after
 * a restart the next snapshots (2 s) bring it back.
 *
 * @module
 */
import type { StreamReport } from "./model.ts";

/** A snapshot that was not renewed for so long is forgotten, milliseconds. */
export const SNAPSHOT_LIFE_MS = 6_000;
/** Nodes that may report; more are refused. */
const MAX_NODES = 256;

/** Open viewers of one room at one edge, by output. */
export interface ViewerCounts {
  readonly flv: number;
  readonly ws: number;
  readonly hls: number;
}

interface Snapshot<T> {
  readonly byRoom: ReadonlyMap<string, T>;
  readonly atMs: number;
}

/** Live state of one room. */
export interface RoomLiveState {
  readonly stream: StreamReport | null;
  readonly viewers: number;
}

/** Absolute snapshots by node; the clock is passed in. */
export class LiveState {
  readonly #streams = new Map<string, Snapshot<StreamReport>>();
  readonly #viewers = new Map<string, Snapshot<number>>();

  /** Replaces what a media node said before; false when too many nodes report. */
  putStreams(node: string, streams: readonly StreamReport[], nowMs: number): boolean {
    const byRoom = new Map(streams.map((stream) => [stream.room, stream]));
    return put(this.#streams, node, { byRoom, atMs: nowMs });
  }

  /** Replaces what an edge said before; false when too many nodes report. */
  putViewers(
    node: string,
    rooms: Readonly<Record<string, ViewerCounts>>,
    nowMs: number,
  ): boolean {
    const byRoom = new Map<string, number>();
    for (const [room, { flv, ws, hls }] of Object.entries(rooms)) byRoom.set(room, flv + ws + hls);
    return put(this.#viewers, node, { byRoom, atMs: nowMs });
  }

  /** The state of one room now. */
  of(room: string, nowMs: number): RoomLiveState {
    let stream: StreamReport | null = null;
    for (const snapshot of fresh(this.#streams, nowMs)) {
      stream = better(stream, snapshot.byRoom.get(room) ?? null);
    }
    if (stream === null) return { stream, viewers: 0 };
    return { stream, viewers: this.#viewersOf(stream, nowMs) };
  }

  /** All running streams with their viewers, most viewers first, then the longest running. */
  list(nowMs: number): readonly { readonly stream: StreamReport; readonly viewers: number }[] {
    const best = new Map<string, StreamReport>();
    for (const { byRoom } of fresh(this.#streams, nowMs)) {
      for (const [room, stream] of byRoom) {
        best.set(room, better(best.get(room) ?? null, stream) as StreamReport);
      }
    }
    const edges = [...fresh(this.#viewers, nowMs)];
    return [...best.values()]
      .map((stream) => ({ stream, viewers: sum(stream, edges) }))
      .sort((a, b) =>
        b.viewers - a.viewers || a.stream.startedAtMs - b.stream.startedAtMs ||
        Number(a.stream.room) - Number(b.stream.room)
      );
  }

  /** Figures for metrics and `/debug`. */
  inspect(nowMs: number): { mediaNodes: number; edgeNodes: number } {
    return {
      mediaNodes: [...fresh(this.#streams, nowMs)].length,
      edgeNodes: [...fresh(this.#viewers, nowMs)].length,
    };
  }

  #viewersOf(stream: StreamReport, nowMs: number): number {
    return sum(stream, fresh(this.#viewers, nowMs));
  }
}

/** Viewers at the edges and those who take RTMP straight from `media`. */
function sum(stream: StreamReport, edges: Iterable<Snapshot<number>>): number {
  let viewers = (stream.readers.rtmp ?? 0) + (stream.readers.rtmps ?? 0);
  for (const { byRoom } of edges) viewers += byRoom.get(stream.room) ?? 0;
  return viewers;
}

/** Of two reports of the same room: the one that runs, then the one that began last. */
function better(left: StreamReport | null, right: StreamReport | null): StreamReport | null {
  if (left === null) return right;
  if (right === null) return left;
  if (left.state !== right.state) return left.state === "live" ? left : right;
  return left.startedAtMs >= right.startedAtMs ? left : right;
}

function put<T>(snapshots: Map<string, Snapshot<T>>, node: string, snapshot: Snapshot<T>): boolean {
  if (!snapshots.has(node) && snapshots.size >= MAX_NODES) {
    for (const [name, { atMs }] of snapshots) {
      if (snapshot.atMs - atMs >= SNAPSHOT_LIFE_MS) snapshots.delete(name);
    }
    if (snapshots.size >= MAX_NODES) return false;
  }
  snapshots.set(node, snapshot);
  return true;
}

function* fresh<T>(
  snapshots: ReadonlyMap<string, Snapshot<T>>,
  nowMs: number,
): Generator<Snapshot<T>> {
  for (const snapshot of snapshots.values()) {
    if (nowMs - snapshot.atMs < SNAPSHOT_LIFE_MS) yield snapshot;
  }
}
