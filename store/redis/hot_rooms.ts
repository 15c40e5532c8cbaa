/**
 * Rooms with a Redis of their own: a room that gets more messages than one Redis should carry is
 * moved to another one while everybody goes on writing and reading.
 *
 * A move copies the channel with its scores while messages come in, then *fences* it: in one script
 * the source says that the channel is elsewhere. Nothing can be added any more, so the rest is
 * copied and the target *opened*. Writers that were refused meanwhile wait a few milliseconds and
 * write there; readers go on with the same cursor. A mover that dies before the fence has changed
 * nothing; one that dies between fence and opening is finished by the first writer that waited a
 * second. Of two movers the later one takes the target away from the earlier one.
 *
 * @module
 */
import type { Channel } from "../../im/protocol/message.ts";
import type { HotRoom, HotRooms } from "../../rooms/hot_rooms.ts";
import { type RedisConnection, type Reply } from "./connection.ts";
import { MAIN, type Places, type Underway } from "./places.ts";

const PARTS = ["chat", "gift", "pk", "notice", "history", "dedupe"] as const;
/** Members of one step of a copy. */
const PAGE = 500;
/** Rounds before the fence, until a round copies less than a page. */
const MAX_ROUNDS = 10;
/** A mover that was not heard for so long has lost its lock, milliseconds. */
const LOCK_MS = 3_000;
/** What was left behind is kept for slow readers, milliseconds. */
const LEAVE_MS = 60_000;
/** After a failed move the room is left alone for so long, milliseconds. */
const RETRY_AFTER_MS = 30_000;
/** Life of the copied parts until the next append sets its own, milliseconds. */
const OPEN_MS = 180 * 24 * 3_600_000;

/** What hot rooms tell. */
export interface HotRoomsOptions {
  readonly onMoved?: (move: Underway & { readonly tookMs: number }) => void;
  readonly onFailed?: (move: Underway & { readonly error: Error }) => void;
}

/** Moves rooms, by themselves and because an administrator says so. */
export class RedisHotRooms implements HotRooms {
  readonly #places: Places;
  readonly #options: HotRoomsOptions;
  readonly #moving = new Map<Channel, Promise<boolean>>();
  readonly #notBeforeMs = new Map<Channel, number>();

  constructor(places: Places, options: HotRoomsOptions = {}) {
    this.#places = places;
    this.#options = options;
    places.finish = (underway) => this.#once(underway, () => this.#copy(underway));
  }

  get places(): readonly string[] {
    return [MAIN, ...this.#places.hot];
  }

  async list(): Promise<readonly HotRoom[]> {
    const [placed, pinned] = await Promise.all([this.#table("rooms"), this.#table("pins")]);
    return [...new Set([...placed.keys(), ...pinned.keys()])].sort().map((room) => ({
      room,
      place: placed.get(room) ?? MAIN,
      pinned: pinned.has(room),
    }));
  }

  async pin(room: string, place: string | null): Promise<void> {
    const main = this.#places.connection(MAIN);
    if (place === null) {
      await main.call(tableKey(main, "pins"), ["HDEL", tableKey(main, "pins"), room]);
      return;
    }
    this.#places.connection(place);
    await main.call(tableKey(main, "pins"), ["HSET", tableKey(main, "pins"), room, place]);
    const from = (await this.#table("rooms")).get(room) ?? MAIN;
    if (from !== place) await this.move({ channel: room, from, to: place });
  }

  /** A room was hot long enough: moves it to the hot Redis with the fewest rooms, unless pinned. */
  consider(room: Channel): void {
    const nowMs = performance.now();
    if (this.#places.hot.length === 0 || this.#moving.has(room)) return;
    if ((this.#notBeforeMs.get(room) ?? 0) > nowMs) return;
    if (this.#notBeforeMs.size > 1_000) this.#notBeforeMs.clear();
    this.#notBeforeMs.set(room, nowMs + RETRY_AFTER_MS);
    const work = async () => {
      const [placed, pinned] = await Promise.all([this.#table("rooms"), this.#table("pins")]);
      if (pinned.has(room) || placed.has(room)) return false;
      const rooms = (name: string) => [...placed.values()].filter((each) => each === name).length;
      const [to] = this.#places.hot.toSorted((a, b) => rooms(a) - rooms(b));
      return await this.move({ channel: room, from: MAIN, to: to! });
    };
    // It is told by `move`; a look at the tables that fails comes again with the next message.
    work().catch(() => {});
  }

  /**
   * Moves a channel; false when somebody else moves it just now.
   *
   * @throws {Error} when one of the two fails; the channel is where it was, or is finished later.
   */
  move(underway: Underway): Promise<boolean> {
    return this.#once(underway, () => this.#copy(underway));
  }

  /** Waits for running moves. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#moving.values()]);
  }

  #once(underway: Underway, work: () => Promise<boolean>): Promise<boolean> {
    const { channel } = underway;
    const running = this.#moving.get(channel);
    if (running !== undefined) return running.catch(() => false);
    const sinceMs = performance.now();
    const moving = work().then((moved) => {
      if (moved) this.#options.onMoved?.({ ...underway, tookMs: performance.now() - sinceMs });
      return moved;
    }, (error) => {
      this.#options.onFailed?.({ ...underway, error: error as Error });
      throw error;
    }).finally(() => this.#moving.delete(channel));
    this.#moving.set(channel, moving);
    return moving;
  }

  async #copy(underway: Underway): Promise<boolean> {
    const { channel, from, to } = underway;
    const token = crypto.randomUUID();
    const step = (place: string, ...args: readonly (string | number)[]) =>
      this.#places.runAt(place, { script: "log_move", channel, args });
    const renew = async () => await step(from, "lock", token, LOCK_MS) === 1;
    if (!(await renew())) return false;
    if (await step(to, "clear", token) !== 1) return false;
    const reached = new Map<string, string>(PARTS.map((part) => [part, "-inf"]));
    /** Copies what came since the last time; answers how much that was. */
    const round = async (): Promise<number> => {
      let copied = 0;
      for (const part of PARTS) {
        for (;;) {
          const after = reached.get(part)!;
          const page = await step(from, "page", part, after, PAGE) as readonly string[];
          if (page.length === 0) break;
          const members: string[] = [];
          for (let index = 0; index < page.length; index += 2) {
            members.push(page[index + 1]!, page[index]!);
          }
          if (!(await renew()) || await step(to, "put", token, part, ...members) !== 1) {
            throw new Error("Cannot move: somebody else moves it");
          }
          reached.set(part, page.at(-1)!);
          copied += page.length / 2;
          if (page.length < PAGE * 2) break;
        }
      }
      return copied;
    };
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) if (await round() < PAGE) break;
    const fenced = await step(from, "fence", token, to);
    if (!Array.isArray(fenced)) throw new Error("Cannot move: it is not there any more");
    const [meta, removed] = fenced as readonly (readonly string[])[];
    const main = this.#places.connection(MAIN);
    const key = tableKey(main, "rooms");
    await main.call(key, to === MAIN ? ["HDEL", key, channel] : ["HSET", key, channel, to]);
    await round();
    if (removed!.length > 0) await step(to, "drop", token, ...removed!);
    if (await step(to, "open", token, OPEN_MS, ...meta!) !== 1) {
      throw new Error("Cannot move: somebody else moved it");
    }
    if (from !== MAIN && to !== MAIN) await step(MAIN, "point", to);
    await step(from, "leave", LEAVE_MS);
    return true;
  }

  async #table(name: "rooms" | "pins"): Promise<ReadonlyMap<string, string>> {
    const main = this.#places.connection(MAIN);
    const key = tableKey(main, name);
    const flat = await main.call(key, ["HGETALL", key]) as readonly Reply[];
    const table = new Map<string, string>();
    for (let index = 0; index < flat.length; index += 2) {
      table.set(String(flat[index]), String(flat[index + 1]));
    }
    return table;
  }
}

function tableKey(main: RedisConnection, name: string): string {
  return `${main.prefix}{hot}:${name}`;
}
