/**
 * The hubs of all rooms, and where each gets its media: from a publisher of this process when there
 * is one, else from `media`, as long as somebody watches.
 *
 * @module
 */
import type { Logger } from "../../../platform/log.ts";
import { RtcRefusal } from "../refusal.ts";
import { Hub, type HubFeed } from "./hub.ts";

/** How a pull of a room's stream from `media` went. */
export type PullOutcome =
  /** The room has no stream. */
  | "not_live"
  /** The stream ended. */
  | "ended"
  /** The connection was lost, or could not be had. */
  | "failed"
  /** `media` has the stream and cannot give it in a form for WebRTC; it says why. */
  | RtcRefusal;

/** Pulls a room's stream into a hub until it ends or the signal is aborted. */
export type Pull = (hub: Hub, signal: AbortSignal) => Promise<PullOutcome>;

/** What {@linkcode Hubs} need. */
export interface HubsOptions {
  readonly pull: Pull;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
  /** Times, for tests. */
  readonly times?: Partial<HubTimes>;
}

/** Times of a hub, milliseconds. */
export interface HubTimes {
  /** How long viewers wait for a stream that was lost. */
  readonly graceMs: number;
  /** How long a pull goes on without viewers: the next one begins at once. */
  readonly lingerMs: number;
  /** How long a viewer's offer waits until it is known what the stream is. */
  readonly describeWithinMs: number;
  readonly retryMs: number;
}

const TIMES: HubTimes = {
  graceMs: 15_000,
  lingerMs: 5_000,
  describeWithinMs: 8_000,
  retryMs: 500,
};
/** Rooms at the same time; more are refused. */
const MAX_HUBS = 1_000;

/** One hub and what keeps it going. */
interface Room {
  readonly hub: Hub;
  /** Offers that wait to know what the stream is. */
  readonly waiting: Set<() => void>;
  pull: AbortController | null;
  /** Why the last pull could not be had. */
  refusal: RtcRefusal | null;
  linger: ReturnType<typeof setTimeout> | null;
  /** A publisher of this process left and may come back. */
  grace: ReturnType<typeof setTimeout> | null;
}

/** All rooms. */
export class Hubs {
  readonly #rooms = new Map<string, Room>();
  readonly #options: HubsOptions;
  readonly #times: HubTimes;
  #stopped = false;

  constructor(options: HubsOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
  }

  /** Rooms with a hub. */
  get size(): number {
    return this.#rooms.size;
  }

  /** For `/debug`. */
  inspect(): readonly unknown[] {
    return [...this.#rooms.values()].map(({ hub, pull }) => ({
      ...hub.inspect(),
      pulling: pull !== null,
    }));
  }

  /**
   * The hub of a room that is live, when it is known what the stream is; null when the room is not
   * live, `busy` when there are too many rooms.
   *
   * @throws {RtcRefusal} when the stream cannot be had in a form for WebRTC.
   */
  async watch(room: string): Promise<Hub | "busy" | null> {
    const entry = this.#room(room);
    if (entry === null) return "busy";
    const { hub } = entry;
    if (hub.description !== null) return hub;
    const { promise, resolve } = Promise.withResolvers<void>();
    entry.waiting.add(resolve);
    const timer = setTimeout(resolve, this.#times.describeWithinMs);
    this.#tend(entry);
    await promise;
    clearTimeout(timer);
    entry.waiting.delete(resolve);
    this.#tend(entry);
    if (hub.description !== null) return hub;
    if (entry.refusal !== null) throw entry.refusal;
    return null;
  }

  /** The hub that a publisher of this process feeds; null when there are too many rooms. */
  publish(room: string): Hub | null {
    return this.#room(room)?.hub ?? null;
  }

  /**
   * A publisher of this process is gone. `unpublished`: the stream ended; `dropped`: it may come back;
   * `elsewhere`: somebody else publishes into the room now.
   */
  publisherLeft(
    room: string,
    of: { readonly feed: HubFeed; readonly how: "unpublished" | "dropped" | "elsewhere" },
  ): void {
    const { feed, how } = of;
    const entry = this.#rooms.get(room);
    // Somebody else feeds the room by now.
    if (entry === undefined || !feed.isAttached) return;
    if (how === "dropped") {
      this.#endGrace(entry);
      // What `media` has of a publisher that dropped is old: it is waited for the publisher itself.
      entry.grace = setTimeout(() => {
        entry.grace = null;
        if (entry.hub.origin === null) entry.hub.end("stream_ended");
        this.#tend(entry);
      }, this.#times.graceMs);
    }
    feed.detach(how === "unpublished" ? "stream_ended" : null);
  }

  /** Ends everything. */
  stop(): void {
    this.#stopped = true;
    for (const entry of this.#rooms.values()) {
      this.#endGrace(entry);
      if (entry.linger !== null) clearTimeout(entry.linger);
      entry.pull?.abort();
      entry.hub.end("draining");
      entry.hub.close();
      this.#wake(entry);
    }
    this.#rooms.clear();
  }

  #room(room: string): Room | null {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known;
    if (this.#stopped || this.#rooms.size >= MAX_HUBS) return null;
    const hub: Hub = new Hub(room, {
      now: this.#options.now,
      onChange: () => this.#tend(entry),
    });
    const entry: Room = {
      hub,
      waiting: new Set(),
      pull: null,
      refusal: null,
      linger: null,
      grace: null,
    };
    this.#rooms.set(room, entry);
    return entry;
  }

  /** Brings a room's pull in line with who is there. */
  #tend(entry: Room): void {
    const { hub } = entry;
    if (this.#stopped || this.#rooms.get(hub.room) !== entry) return;
    if (hub.description !== null) this.#wake(entry);
    if (hub.origin === "whip") this.#endGrace(entry);
    const isWanted = hub.viewers > 0 || entry.waiting.size > 0;
    if (isWanted && entry.linger !== null) {
      clearTimeout(entry.linger);
      entry.linger = null;
    }
    if (isWanted && hub.origin === null && entry.pull === null && entry.grace === null) {
      this.#startPull(entry);
    } else if (!isWanted && entry.linger === null && hub.origin !== "whip") {
      entry.linger = setTimeout(() => this.#forget(entry), this.#times.lingerMs);
    }
  }

  #forget(entry: Room): void {
    entry.linger = null;
    if (entry.hub.viewers > 0 || entry.waiting.size > 0 || entry.hub.origin === "whip") return;
    this.#rooms.delete(entry.hub.room);
    this.#endGrace(entry);
    entry.pull?.abort();
    entry.hub.close();
  }

  #startPull(entry: Room): void {
    const stop = new AbortController();
    entry.pull = stop;
    this.#pullOn(entry, stop.signal).catch((error) =>
      this.#options.log.error("pull_failed", { stream: entry.hub.room, error })
    ).finally(() => {
      if (entry.pull === stop) entry.pull = null;
      this.#wake(entry);
      this.#tend(entry);
    });
  }

  /** Pulls, and pulls again after a loss, until the stream is over or the signal is aborted. */
  async #pullOn(entry: Room, signal: AbortSignal): Promise<void> {
    const { hub } = entry;
    const { graceMs, retryMs } = this.#times;
    let lostAtMs: number | null = null;
    while (!signal.aborted) {
      entry.refusal = null;
      const outcome = await this.#options.pull(hub, signal);
      if (outcome instanceof RtcRefusal) entry.refusal = outcome;
      // A publisher of this process has taken the place, or nobody watches any more.
      if (signal.aborted || hub.origin !== null) return;
      const nowMs = this.#options.now();
      const hadViewers = hub.viewers > 0;
      if (outcome === "ended" || !hadViewers) {
        hub.end("stream_ended");
        return;
      }
      lostAtMs ??= nowMs;
      if (nowMs - lostAtMs >= graceMs) {
        hub.end("stream_ended");
        return;
      }
      await pause(retryMs, signal);
      if (hub.description !== null) lostAtMs = null;
    }
  }

  #endGrace(entry: Room): void {
    if (entry.grace !== null) clearTimeout(entry.grace);
    entry.grace = null;
  }

  #wake(entry: Room): void {
    for (const resolve of entry.waiting) resolve();
    // They have their answer: for them nothing is pulled again.
    entry.waiting.clear();
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal.addEventListener("abort", finish);
  });
}
