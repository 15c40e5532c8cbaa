/**
 * FLV rooms: one pull from the origin per room and form, however many watch.
 *
 * @module
 */
import { NOT_FOUND_TTL_MS } from "./cache_policy.ts";
import { type FlvCounters, FlvRoom } from "./flv_room.ts";
import { FlvUpstream, NotLiveError, type UpstreamEnd } from "./flv_upstream.ts";
import type { FlvSink, FlvViewer } from "./flv_viewer.ts";
import { OriginAwayError, type OriginClient } from "./origin_client.ts";

/** What an {@linkcode FlvRelay} needs. */
export interface FlvRelayOptions {
  readonly client: OriginClient;
  /** The batch for this many viewers of all rooms, in milliseconds. */
  readonly batchMs: (viewers: number) => number;
  /** How long a room without viewers keeps its pull. Default: 10,000 ms. */
  readonly lingerMs?: number;
  /** How long a lost pull is tried again. Default: 15,000 ms. */
  readonly reconnectForMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** A pull began or is over. */
  readonly onUpstream?: (room: string, event: "opened" | UpstreamEnd) => void;
}

/** Rooms relayed at the same time; more are answered 503. */
const MAX_ROOMS = 1024;
/** Rooms remembered as not live; the oldest leaves first. */
const MAX_NOT_LIVE = 4096;

/** A stream in one form; two forms of a room are two rooms here. */
export interface FlvTarget {
  readonly room: string;
  /** Query; see `flvForm()`. */
  readonly form: string;
}

interface RelayedRoom {
  readonly target: FlvTarget;
  readonly room: FlvRoom;
  readonly upstream: FlvUpstream;
  readonly opened: Promise<void>;
  lingerTimer: ReturnType<typeof setTimeout> | null;
}

/** A viewer's place in a room. */
export interface Seat {
  /** The connection is closed; calling it again does nothing. */
  leave(): void;
}

/** Relays `/live/<room>.flv`. */
export class FlvRelay {
  readonly counters: FlvCounters = {
    bytes: 0,
    writes: 0,
    batches: 0,
    skips: 0,
    terminated: 0,
    gopOverflows: 0,
    reconnects: 0,
  };
  readonly #options: FlvRelayOptions;
  readonly #now: () => number;
  readonly #rooms = new Map<string, RelayedRoom>();
  readonly #notLiveUntilMs = new Map<string, number>();
  #viewers = 0;
  #stopped = false;

  constructor(options: FlvRelayOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Viewers of all rooms. */
  get viewers(): number {
    return this.#viewers;
  }

  /** Pulls that are open or being tried again. */
  get upstreams(): number {
    return this.#rooms.size;
  }

  /** The batch in use, in milliseconds. */
  get batchMs(): number {
    return this.#options.batchMs(this.#viewers);
  }

  /** Viewers by room and protocol. */
  *viewersByRoom(): Generator<[room: string, viewers: { flv: number; ws: number }]> {
    const byRoom = new Map<string, { flv: number; ws: number }>();
    for (const { room, target } of this.#rooms.values()) {
      const { flv, ws } = room.viewers;
      const sum = byRoom.get(target.room);
      byRoom.set(target.room, { flv: flv + (sum?.flv ?? 0), ws: ws + (sum?.ws ?? 0) });
    }
    yield* byRoom;
  }

  /** State of every room, for `/debug`. */
  inspect(): Record<string, ReturnType<FlvRoom["inspect"]>> {
    return Object.fromEntries([...this.#rooms].map(([name, { room }]) => [name, room.inspect()]));
  }

  /**
   * Makes sure that the room is being pulled; call it before the answer to a viewer begins.
   *
   * @throws {NotLiveError} when the room is not live, {FormRefusedError} when it is, but not in this
   * form, {OriginAwayError} when nobody can tell.
   */
  async open(target: FlvTarget): Promise<void> {
    const name = nameOf(target);
    const running = this.#rooms.get(name);
    if (running !== undefined) return await running.opened;
    const notLiveUntil = this.#notLiveUntilMs.get(target.room);
    if (notLiveUntil !== undefined && this.#now() < notLiveUntil) {
      throw new NotLiveError(`Cannot relay room ${target.room}: it is not live`);
    }
    if (this.#stopped || this.#rooms.size >= MAX_ROOMS) {
      throw new OriginAwayError(`Cannot relay room ${name}: this edge takes no more rooms`);
    }
    await this.#start(target).opened;
  }

  /**
   * Seats a viewer in a room that {@linkcode FlvRelay.open} opened; when it ended meanwhile, the
   * sink ends at once.
   */
  join(target: FlvTarget, sink: FlvSink): Seat {
    const relayed = this.#rooms.get(nameOf(target));
    if (relayed === undefined || relayed.room.ended) {
      sink.end();
      return { leave() {} };
    }
    if (relayed.lingerTimer !== null) clearTimeout(relayed.lingerTimer);
    relayed.lingerTimer = null;
    this.#viewers++;
    const viewer = relayed.room.add(sink);
    return new RoomSeat(relayed.room, viewer, () => this.#viewers--);
  }

  /** Ends every stream properly and every pull. */
  stop(): void {
    this.#stopped = true;
    for (const { room, upstream, lingerTimer } of this.#rooms.values()) {
      if (lingerTimer !== null) clearTimeout(lingerTimer);
      room.end();
      upstream.close();
    }
  }

  #start(target: FlvTarget): RelayedRoom {
    const name = nameOf(target);
    const room = new FlvRoom({
      counters: this.counters,
      batchMs: () => this.batchMs,
      now: this.#now,
      onEmpty: () => this.#linger(name, relayed),
    });
    const upstream = new FlvUpstream({
      client: this.#options.client,
      ...target,
      now: this.#now,
      reconnectForMs: this.#options.reconnectForMs,
      onTags: (tags) => room.push(tags),
      onReconnect: () => this.counters.reconnects++,
      onEnd: (end) => {
        this.#forget(name, relayed);
        room.end();
        this.#options.onUpstream?.(target.room, end);
      },
    });
    const opened = upstream.open().then(
      () => {
        this.#options.onUpstream?.(target.room, "opened");
        // Whoever asked may have gone before the origin answered.
        if (relayed.room.viewers.flv + relayed.room.viewers.ws === 0) this.#linger(name, relayed);
      },
      (error) => {
        this.#forget(name, relayed);
        room.dispose();
        if (error instanceof NotLiveError) this.#rememberNotLive(target.room);
        throw error;
      },
    );
    const relayed: RelayedRoom = { target, room, upstream, opened, lingerTimer: null };
    this.#rooms.set(name, relayed);
    return relayed;
  }

  #linger(name: string, relayed: RelayedRoom): void {
    if (this.#stopped || relayed.room.ended || relayed.lingerTimer !== null) return;
    relayed.lingerTimer = setTimeout(() => {
      this.#forget(name, relayed);
      relayed.room.dispose();
      relayed.upstream.close();
    }, this.#options.lingerMs ?? 10_000);
  }

  #forget(name: string, relayed: RelayedRoom): void {
    if (this.#rooms.get(name) === relayed) this.#rooms.delete(name);
    if (relayed.lingerTimer !== null) clearTimeout(relayed.lingerTimer);
    relayed.lingerTimer = null;
  }

  #rememberNotLive(room: string): void {
    this.#notLiveUntilMs.delete(room);
    this.#notLiveUntilMs.set(room, this.#now() + NOT_FOUND_TTL_MS);
    if (this.#notLiveUntilMs.size > MAX_NOT_LIVE) {
      this.#notLiveUntilMs.delete(this.#notLiveUntilMs.keys().next().value!);
    }
  }
}

function nameOf({ room, form }: FlvTarget): string {
  return room + form;
}

class RoomSeat implements Seat {
  readonly #room: FlvRoom;
  readonly #viewer: FlvViewer;
  readonly #onLeave: () => void;
  #left = false;

  constructor(room: FlvRoom, viewer: FlvViewer, onLeave: () => void) {
    this.#room = room;
    this.#viewer = viewer;
    this.#onLeave = onLeave;
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#onLeave();
    this.#room.remove(this.#viewer);
  }
}
