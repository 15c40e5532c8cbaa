/**
 * Reads the message log over HTTP, for edges that can hold no connection: Upstash, or the bridge of
 * `store/bridge/` in front of a Redis of one's own. Runs on any fetch runtime.
 *
 * It reads rooms and `@everyone` and nothing else; rooms that were moved to a hot Redis cannot be
 * read this way.
 *
 * @module
 */
import { Redis } from "@upstash/redis/cloudflare";
import { DEFAULT_LOG_LIMITS, type LogLimits, type MessageLog, type Slice } from "../../im/log.ts";
import { type Channel, isChannel } from "../../im/protocol/message.ts";
import { toSlice } from "../redis/slices.ts";
import { READ_SCRIPT, READ_SCRIPT_SHA } from "./read_script.ts";

/** A read that takes longer has failed, milliseconds. */
const READ_WITHIN_MS = 5_000;

/** Where the log is. */
export interface UpstashOptions {
  readonly url: string;
  readonly token: string;
  /** As of whoever writes it; default: `wanren:`. */
  readonly prefix?: string;
  readonly limits?: LogLimits;
}

/** What of the log can be had over HTTP. */
export class UpstashLog implements Pick<MessageLog, "read" | "watch"> {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #limits: LogLimits;

  constructor({ url, token, prefix = "wanren:", limits = DEFAULT_LOG_LIMITS }: UpstashOptions) {
    this.#redis = new Redis({
      url,
      token,
      // Texts come as they are and stay texts; reads are repeated by the next poll.
      responseEncoding: false,
      automaticDeserialization: false,
      enableTelemetry: false,
      retry: false,
      signal: () => AbortSignal.timeout(READ_WITHIN_MS),
    });
    this.#prefix = prefix;
    this.#limits = limits;
  }

  /** As {@linkcode MessageLog.read}. */
  async read(
    channel: Channel,
    { after, limit }: { readonly after: number | null; readonly limit: number },
  ): Promise<Slice> {
    if (!isChannel(channel)) {
      throw new TypeError(`Cannot read ${channel.slice(0, 40)}: no channel`);
    }
    const reply = await this.#run([`${this.#prefix}{${channel}}:`], [
      "main",
      after === null ? "" : String(after),
      String(limit),
      String(this.#limits.maxAgeMs),
      "0",
    ]);
    if (reply[0] === "moved") throw new Error(`Cannot read ${channel}: it has a Redis of its own`);
    return toSlice(reply, { after, limit });
  }

  /** Nobody is woken over HTTP: readers look again. */
  watch(): () => void {
    return () => {};
  }

  /** Whether there is such a room. */
  async exists(room: string): Promise<boolean> {
    return await this.#redis.exists(`${this.#prefix}{store}:room:${room}`) === 1;
  }

  /** The newest change of each setting: `<number> <JSON>`. */
  settings(): Promise<readonly string[]> {
    return this.#redis.hvals(`${this.#prefix}{store}:settings-values`) as Promise<string[]>;
  }

  async #run(keys: string[], args: string[]): Promise<readonly (string | number)[]> {
    try {
      return await this.#redis.evalsha(READ_SCRIPT_SHA, keys, args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes("NOSCRIPT")) throw error;
      return await this.#redis.eval(READ_SCRIPT, keys, args);
    }
  }
}
