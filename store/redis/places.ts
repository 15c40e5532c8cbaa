/**
 * Where a channel is: in the main Redis, or in one of the hot ones by its name. The Redis itself
 * says so with every answer, so that nobody who remembers an old place does harm: a channel that
 * moved answers where to, and one that is on its way there makes writers wait and readers read what
 * it was until then.
 *
 * @module
 */
import type { Channel } from "../../im/protocol/message.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import type { RedisConnection, Reply } from "./connection.ts";
import type { ScriptName, Scripts } from "./scripts.ts";

/** The name of the main Redis among the places. */
export const MAIN = "main";

/** A writer waits so long for a channel on its way, milliseconds. */
const MOVE_WAIT_MS = 5_000;
/** After so long whoever moved it is taken for dead, milliseconds. */
const MOVER_DEAD_MS = 1_000;
const RETRY_MS = 10;
/** Channels whose place is remembered; then all are asked anew. */
const MAX_REMEMBERED = 50_000;

/** A channel between two places. */
export interface Underway {
  readonly channel: Channel;
  readonly from: string;
  readonly to: string;
}

/** What stands where. */
export interface PlacesOptions {
  readonly main: RedisConnection;
  /** By name. */
  readonly hot?: ReadonlyMap<string, RedisConnection>;
  readonly scripts: Scripts;
}

type Found =
  | { readonly place: string; readonly reply: Reply }
  | { readonly underway: Underway };

interface Watched {
  readonly wakes: Set<() => void>;
  place: string;
  end: () => void;
}

/** Leads each call of the message log to the Redis where its channel is. */
export class Places {
  readonly #options: PlacesOptions;
  /** Only channels that are not in the main Redis. */
  readonly #known = new Map<Channel, string>();
  readonly #watched = new Map<Channel, Watched>();
  /** Completes the move of a mover that is dead; set by the hot rooms. */
  finish: ((underway: Underway) => Promise<unknown>) | null = null;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Names of the hot ones. */
  get hot(): readonly string[] {
    return [...this.#options.hot?.keys() ?? []];
  }

  /**
   * The connection of a place.
   *
   * @throws {Error} when this process does not know it.
   */
  connection(place: string): RedisConnection {
    const connection = place === MAIN ? this.#options.main : this.#options.hot?.get(place);
    if (connection === undefined) {
      throw new Error(`Cannot use the Redis ${place}: HOT_REDIS_URLS does not name it here`);
    }
    return connection;
  }

  /** Runs a script at a place, whether the channel is there or not. */
  runAt(
    place: string,
    call: {
      readonly script: ScriptName;
      readonly channel: Channel;
      readonly args: readonly (string | number)[];
    },
  ): Promise<Reply> {
    const connection = this.connection(place);
    return connection.run(this.#options.scripts[call.script], {
      keys: [baseOf(connection, call.channel)],
      args: [place === MAIN ? "main" : "hot", ...call.args],
    });
  }

  /**
   * Runs a script that changes a channel, where the channel is.
   *
   * @throws {StoreBusyError} when the channel is on its way for more than 5 s; nothing was done.
   */
  async write(
    channel: Channel,
    script: ScriptName,
    args: readonly (string | number)[],
  ): Promise<{ readonly place: string; readonly reply: Reply }> {
    const sinceMs = performance.now();
    for (;;) {
      const found = await this.#find(channel, { script, channel, args });
      if ("place" in found) return found;
      const waitedMs = performance.now() - sinceMs;
      if (waitedMs > MOVE_WAIT_MS) {
        throw new StoreBusyError(`Cannot write: ${channel} is being moved`);
      }
      // It may be alive after all; the next look tells.
      if (waitedMs > MOVER_DEAD_MS) await this.finish?.(found.underway).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Runs a script that reads a channel; its last argument says whether one that moved is read. */
  async read(
    channel: Channel,
    script: ScriptName,
    args: readonly (string | number)[],
  ): Promise<Reply> {
    const found = await this.#find(channel, { script, channel, args: [...args, 0] });
    if ("place" in found) return found.reply;
    // Nothing can have been added since it left.
    return await this.runAt(found.underway.from, { script, channel, args: [...args, 1] });
  }

  /** Calls `wake` soon after something was appended, wherever the channel goes. */
  watch(channel: Channel, wake: () => void): () => void {
    let watched = this.#watched.get(channel);
    if (watched === undefined) {
      watched = { wakes: new Set(), place: "", end: () => {} };
      this.#watched.set(channel, watched);
      this.#listen(channel, this.#known.get(channel) ?? MAIN);
    }
    const { wakes } = watched;
    wakes.add(wake);
    return () => {
      wakes.delete(wake);
      if (wakes.size > 0 || this.#watched.get(channel)?.wakes !== wakes) return;
      this.#watched.get(channel)?.end();
      this.#watched.delete(channel);
    };
  }

  async #find(
    channel: Channel,
    call: {
      readonly script: ScriptName;
      readonly channel: Channel;
      readonly args: readonly (string | number)[];
    },
  ): Promise<Found> {
    let place = this.#known.get(channel) ?? MAIN;
    let from = place;
    const visited = new Set<string>();
    for (;;) {
      visited.add(place);
      const reply = await this.runAt(place, call);
      const [word, to] = Array.isArray(reply) ? reply : [];
      if (word === "moved" && typeof to === "string") {
        if (visited.has(to)) return { underway: { channel, from: place, to } };
        from = place;
        place = to;
      } else if (word === "absent") {
        if (from !== place) return { underway: { channel, from, to: place } };
        // What was remembered is no longer true.
        this.#known.delete(channel);
        place = from = MAIN;
        visited.clear();
      } else {
        this.#remember(channel, place);
        return { place, reply };
      }
    }
  }

  #remember(channel: Channel, place: string): void {
    if (place === MAIN) this.#known.delete(channel);
    else {
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      this.#known.set(channel, place);
    }
    this.#listen(channel, place);
  }

  #listen(channel: Channel, place: string): void {
    const watched = this.#watched.get(channel);
    if (watched === undefined || watched.place === place) return;
    watched.end();
    const connection = this.connection(place);
    watched.place = place;
    watched.end = connection.watch(
      `${baseOf(connection, channel)}wake`,
      () => watched.wakes.forEach((wake) => wake()),
    );
  }
}

/** Where the keys of a channel begin; the braces keep them in one slot. */
function baseOf(connection: RedisConnection, channel: Channel): string {
  return `${connection.prefix}{${channel}}:`;
}
