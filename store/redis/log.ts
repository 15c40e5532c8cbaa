/**
 * The message log in Redis, for as many writers and readers as there are: each append is one script,
 * so that the clock, the last score and the order are those of Redis alone.
 *
 * What an acknowledged message survives is what Redis was told (docs/operations.md): with
 * `appendfsync always` everything, with `everysec` the end of its process, but not always that of
 * its machine.
 *
 * @module
 */
import {
  type Appended,
  DEFAULT_LOG_LIMITS,
  type Entry,
  type LogLimits,
  type MessageLog,
  PRIVATE_HISTORY_DAYS,
  type Slice,
} from "../../im/log.ts";
import {
  type Channel,
  type Draft,
  EVERYONE,
  isChannel,
  type Message,
  scoreAt,
} from "../../im/protocol/message.ts";
import { StoreBusyError } from "../../rooms/errors.ts";
import type { Reply } from "./connection.ts";
import { MAIN, type Places } from "./places.ts";
import { messageOf, toMessage, toSlice } from "./slices.ts";

/** How the log is opened; every value has a default. */
export interface RedisLogOptions {
  readonly limits?: LogLimits;
  /** Days that the history of rooms is kept. Default: 180. */
  readonly historyDays?: number;
  /** Messages a second from which on a room is hot; 0: never. Default: 0. */
  readonly hotPerSecond?: () => number;
  /** A room in the main Redis was hot for {@linkcode HOT_SECONDS} seconds. */
  readonly onHot?: (room: Channel) => void;
}

/** A room is hot after so many seconds above the rate. */
export const HOT_SECONDS = 5;

const DAY_MS = 24 * 3_600_000;
/** Dedupe keys are known so long, milliseconds. */
const DEDUPE_MS = DAY_MS;
const DEFAULT_HISTORY_DAYS = 180;

/** A log over the places of channels; connections are closed by whoever opened them. */
export class RedisLog implements MessageLog {
  readonly #places: Places;
  readonly #limits: LogLimits;
  readonly #options: RedisLogOptions;
  readonly #running = new Set<Promise<unknown>>();
  #calls = 0;
  #appended = 0;
  #refused = 0;
  #closing: Promise<void> | null = null;

  constructor(places: Places, options: RedisLogOptions = {}) {
    this.#places = places;
    this.#limits = options.limits ?? DEFAULT_LOG_LIMITS;
    this.#options = options;
  }

  append(channel: Channel, entries: readonly Entry[]): Promise<readonly Appended[]> {
    if (!isChannel(channel)) {
      return Promise.reject(new TypeError(`Cannot append to ${channel.slice(0, 40)}: no channel`));
    }
    return this.#run(async () => {
      if (entries.length === 0) return [];
      const isRoom = !channel.startsWith("@");
      const historyDays = isRoom
        ? this.#options.historyDays ?? DEFAULT_HISTORY_DAYS
        : channel === EVERYONE
        ? 0
        : PRIVATE_HISTORY_DAYS;
      const { place, reply } = await this.#write(channel, entries.length, [
        this.#limits.maxAgeMs,
        this.#limits.maxPerKind,
        historyDays * DAY_MS,
        DEDUPE_MS,
        isRoom ? this.#options.hotPerSecond?.() ?? 0 : 0,
        ...entries.flatMap(({ draft, dedupeKey }) => [
          draft.kind,
          dedupeKey ?? "",
          JSON.stringify(draft),
        ]),
      ]);
      const [streak, ...placed] = reply as readonly Reply[];
      if (place === MAIN && Number(streak) >= HOT_SECONDS) this.#options.onHot?.(channel);
      return placed.map((each, index) => {
        const [score, repeated, json] = each as readonly Reply[];
        // One that was taken out is known by its score alone; the sender meant this.
        const draft = typeof json === "string" ? JSON.parse(json) as Draft : entries[index]!.draft;
        return { message: messageOf(Number(score), draft), repeated: repeated === 1 };
      });
    });
  }

  read(
    channel: Channel,
    { after, limit }: { readonly after: number | null; readonly limit: number },
  ): Promise<Slice> {
    return this.#run(async () => {
      const args = [after ?? "", limit, this.#limits.maxAgeMs];
      const reply = await this.#places.read(channel, "log_read", args);
      return toSlice(reply as readonly Reply[], { after, limit });
    });
  }

  watch(channel: Channel, wake: () => void): () => void {
    return this.#places.watch(channel, wake);
  }

  history(
    room: Channel,
    { fromMs, toMs, after, limit }: {
      readonly fromMs: number;
      readonly toMs: number;
      readonly after: number | null;
      readonly limit: number;
    },
  ): Promise<{ readonly messages: readonly Message[]; readonly next: number | null }> {
    return this.#run(async () => {
      const lowest = Math.max(scoreAt(fromMs), after === null ? 0 : after + 1);
      const members = await this.#places.read(room, "log_history", [
        lowest,
        `(${scoreAt(toMs)}`,
        limit + 1,
      ]) as readonly string[];
      const messages = members.slice(0, limit).map(toMessage);
      const next = members.length > limit ? messages.at(-1)?.score ?? null : null;
      return { messages, next };
    });
  }

  remove(channel: Channel, scores: readonly number[]): Promise<void> {
    return this.#run(async () => {
      if (scores.length > 0) await this.#places.write(channel, "log_remove", scores);
    });
  }

  close(): Promise<void> {
    return this.#closing ??= Promise.allSettled([...this.#running]).then(() => {});
  }

  /** Figures for metrics; live parts are in Redis alone. */
  inspect() {
    return {
      queued: this.#running.size,
      rings: 0,
      messages: 0,
      commits: this.#calls,
      appended: this.#appended,
      refused: this.#refused,
      trimFailures: 0,
    };
  }

  /** Nothing is on this machine's disk. */
  sizeBytes(): Promise<number> {
    return Promise.resolve(0);
  }

  async #write(channel: Channel, entries: number, args: readonly (string | number)[]) {
    try {
      const written = await this.#places.write(channel, "log_append", args);
      this.#calls++;
      this.#appended += entries;
      return written;
    } catch (error) {
      if (error instanceof StoreBusyError) this.#refused += entries;
      throw error;
    }
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) {
      return Promise.reject(new Error("Cannot use the message log: it is closed"));
    }
    const running = work();
    this.#running.add(running);
    // Whoever asked hears of a failure.
    running.catch(() => {}).finally(() => this.#running.delete(running));
    return running;
  }
}
