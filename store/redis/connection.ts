/**
 * A connection to one Redis or to a Redis Cluster (7.0 or newer), over npm `redis`.
 *
 * Commands of one turn of the event loop travel together. While the connection is being made anew a
 * call waits at most {@linkcode CALL_WAIT_MS} and is then refused with {@linkcode StoreBusyError}: it
 * was never sent. A call that was sent and got no answer fails otherwise, for nobody can tell whether
 * it happened; callers that may not do a thing twice say so to the script (dedupe keys, versions).
 *
 * @module
 */
import { createClient, createCluster } from "redis";
import { StoreBusyError } from "../../rooms/errors.ts";
import type { Script } from "./scripts.ts";

/** A call waits so long for a connection, milliseconds. */
export const CALL_WAIT_MS = 2_000;
/** A call that was sent waits so long for its answer, milliseconds. */
export const ANSWER_WAIT_MS = 5_000;
/** Calls at once; more are refused with {@linkcode StoreBusyError}. */
const MAX_PENDING = 10_000;
/** Time to make the first connection, milliseconds. */
const FIRST_CONNECTION_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;
const PING_EVERY_MS = 5_000;
const SILENT_AFTER_MS = 15_000;
const RETRY_OFFLINE_MS = 25;
const TIMER_SLACK_MS = 10;
/** A try to connect that is under way when everything closes is waited for so long. */
const UNDER_WAY_MS = 50;
const SWEEP_EVERY_MS = 500;

/** What Redis answers (RESP2). */
export type Reply = string | number | null | readonly Reply[];

/** How a connection is opened. */
export interface RedisOptions {
  /** One address, or several of the nodes of one cluster: `redis[s]://[user][:password]@host:port`. */
  readonly urls: readonly string[];
  /** For people: `REDIS_URL`, or the name of a hot Redis. Addresses hold passwords. */
  readonly name: string;
  /** Every key begins with it; default: `wanren:`. */
  readonly prefix?: string;
  /** Default: 10,000. */
  readonly maxPending?: number;
  /** Called once for each loss of the connection and once when it is back. */
  readonly onState?: (state: "away" | "back", reason: string) => void;
}

/** What single and cluster have in common. */
interface Endpoint {
  send(key: string | null, args: readonly string[]): Promise<Reply>;
  transaction(key: string, commands: readonly (readonly string[])[]): Promise<readonly Reply[]>;
  sSubscribe(channel: string, listener: () => void): Promise<void>;
  sUnsubscribe(channel: string): Promise<void>;
  close(): Promise<void>;
  destroy(): void;
  /** On the clock of `performance.now()`: until when it waits before it tries to connect again. */
  pausedUntilMs(): number;
}

interface Pending {
  readonly sinceMs: number;
  readonly reject: (error: Error) => void;
}

/** One opened connection. */
export class RedisConnection {
  readonly name: string;
  readonly prefix: string;
  readonly #maxPending: number;
  readonly #endpoint: Endpoint;
  readonly #pending = new Set<Pending>();
  readonly #wakes = new Map<string, Set<() => void>>();
  readonly #sweeping: ReturnType<typeof setInterval>;
  #closing: Promise<void> | null = null;
  #idle: (() => void) | null = null;

  private constructor(endpoint: Endpoint, options: RedisOptions) {
    this.name = options.name;
    this.prefix = options.prefix ?? "wanren:";
    this.#maxPending = options.maxPending ?? MAX_PENDING;
    this.#endpoint = endpoint;
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_EVERY_MS);
  }

  /**
   * Connects.
   *
   * @throws {Error} when nothing answers within 10 s, the password is wrong, or it is too old; the
   * message names the setting and never the address.
   */
  static async open(options: RedisOptions): Promise<RedisConnection> {
    const { name } = options;
    let endpoint: Endpoint;
    try {
      endpoint = await (options.urls.length > 1 ? openCluster(options) : openSingle(options));
    } catch (error) {
      throw new Error(`Cannot use ${name}: ${(error as Error).message}`);
    }
    const connection = new RedisConnection(endpoint, options);
    try {
      const info = String(await connection.call(connection.prefix, ["INFO", "server"]));
      const version = /^redis_version:(\d+)\.(\d+)/m.exec(info);
      if (version !== null && Number(version[1]) < 7) {
        throw new Error(`it is version ${version[1]}.${version[2]}, older than 7.0`);
      }
    } catch (error) {
      await connection.close();
      throw new Error(`Cannot use ${name}: ${(error as Error).message}`);
    }
    return connection;
  }

  /** Calls that wait for an answer or for a connection. */
  get pending(): number {
    return this.#pending.size;
  }

  /**
   * Runs one command; `key` leads to its node of a cluster.
   *
   * @throws {StoreBusyError} when too many calls wait or there is no connection; nothing was done.
   */
  call(key: string | null, args: readonly string[]): Promise<Reply> {
    if (this.#closing !== null) {
      return Promise.reject(new Error("Cannot use the store: it is closed"));
    }
    return this.#wait(() => this.#endpoint.send(key, args));
  }

  /** Runs commands over keys of one slot as one transaction; `key` is one of them. */
  transaction(
    key: string,
    commands: readonly (readonly string[])[],
  ): Promise<readonly Reply[]> {
    if (this.#closing !== null) {
      return Promise.reject(new Error("Cannot use the store: it is closed"));
    }
    return this.#wait(() => this.#endpoint.transaction(key, commands));
  }

  /** Runs a script; its keys are of one slot and the first one leads to the node. */
  async run(
    script: Script,
    input: { readonly keys: readonly string[]; readonly args: readonly (string | number)[] },
  ): Promise<Reply> {
    const rest = [String(input.keys.length), ...input.keys, ...input.args.map(String)];
    const key = input.keys[0] ?? null;
    try {
      return await this.call(key, ["EVALSHA", script.sha, ...rest]);
    } catch (error) {
      // The node is new, or was restarted: it learns the script with this call.
      if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return await this.call(key, ["EVAL", script.text, ...rest]);
    }
  }

  /**
   * Calls `wake` when something is published in a sharded channel, and after each loss of the
   * connection may have been. The returned function ends it.
   */
  watch(channel: string, wake: () => void): () => void {
    let wakes = this.#wakes.get(channel);
    if (wakes === undefined) {
      const all = new Set<() => void>();
      wakes = all;
      this.#wakes.set(channel, all);
      // One that cannot be made now is made by the client with its next connection, or the reader's
      // own look at the channel does without it.
      this.#endpoint.sSubscribe(channel, () => all.forEach((each) => each())).catch(() => {});
    }
    wakes.add(wake);
    return () => {
      wakes.delete(wake);
      if (wakes.size > 0 || this.#wakes.get(channel) !== wakes) return;
      this.#wakes.delete(channel);
      this.#endpoint.sUnsubscribe(channel).catch(() => {});
    };
  }

  /** Waits for the running calls and closes. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    if (this.#pending.size > 0) await new Promise<void>((resolve) => this.#idle = resolve);
    clearInterval(this.#sweeping);
    this.#wakes.clear();
    // A connection that is being made anew while it closes never says that it has.
    const late = Promise.withResolvers<void>();
    const timeout = setTimeout(() => {
      this.#endpoint.destroy();
      late.resolve();
    }, CALL_WAIT_MS);
    await Promise.race([this.#endpoint.close().catch(() => {}), late.promise]);
    clearTimeout(timeout);
    // The library's pause before its next try cannot be cut short; nothing outlives this call.
    const pauseMs = this.#endpoint.pausedUntilMs() - performance.now();
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }

  /** Waits for what `send` gives, while there is room and a connection. */
  #wait<T>(send: () => Promise<T>): Promise<T> {
    if (this.#pending.size >= this.#maxPending) {
      return Promise.reject(
        new StoreBusyError(`Cannot use the store: ${this.#pending.size} calls are waiting`),
      );
    }
    return new Promise((resolve, reject) => {
      const pending: Pending = { sinceMs: performance.now(), reject };
      this.#pending.add(pending);
      this.#sendSoon(send, pending.sinceMs).then(resolve, reject).finally(() => {
        this.#pending.delete(pending);
        if (this.#pending.size === 0) this.#idle?.();
      });
    });
  }

  async #sendSoon<T>(send: () => Promise<T>, sinceMs: number): Promise<T> {
    while (true) {
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (isBusy(error)) throw new StoreBusyError(`Cannot use the store: ${error.message}`);
        if (!isOffline(error)) throw error;
        if (performance.now() - sinceMs > CALL_WAIT_MS) {
          throw new StoreBusyError("Cannot use the store: there is no connection to Redis");
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_OFFLINE_MS));
      }
    }
  }

  #sweep(): void {
    const before = performance.now() - CALL_WAIT_MS - ANSWER_WAIT_MS;
    for (const { sinceMs, reject } of this.#pending) {
      if (sinceMs < before) {
        reject(new Error(`Cannot use the store: no answer for ${ANSWER_WAIT_MS / 1000} s`));
      }
    }
  }
}

/** Never sent, or Redis said that it did nothing. */
function isOffline(error: Error): boolean {
  return error.constructor.name === "ClientOfflineError" ||
    /^(LOADING|CLUSTERDOWN|TRYAGAIN|MASTERDOWN)/.test(error.message) ||
    error.message.startsWith("None of the root nodes is available");
}

/** Redis has no room and has done nothing. */
function isBusy(error: Error): boolean {
  return /^(OOM|BUSY|MISCONF|READONLY)/.test(error.message);
}

/** When to try again, and until when the library waits before it does. */
function reconnects(isOpened: () => boolean) {
  const sinceMs = performance.now();
  let untilMs = 0;
  return {
    pausedUntilMs: () => untilMs,
    strategy(retries: number, cause: Error) {
      const nowMs = performance.now();
      const hopeless = /^(WRONGPASS|NOAUTH|NOPERM|ERR)/.test(cause.message) ||
        nowMs - sinceMs > FIRST_CONNECTION_MS;
      if (!isOpened() && hopeless) return cause;
      const pauseMs = Math.min(25 * 2 ** Math.min(retries, 6), 1_000) + Math.random() * 50;
      untilMs = Math.max(untilMs, nowMs + pauseMs + TIMER_SLACK_MS);
      return pauseMs;
    },
  };
}

/** Options that every client has. */
const COMMON = {
  RESP: 2,
  disableOfflineQueue: true,
  disableClientInfo: true,
  maintNotifications: "disabled",
  pingInterval: PING_EVERY_MS,
} as const;

/** Says each change of state once. */
function stateOf({ onState }: RedisOptions) {
  let away = false;
  return {
    error: (error: Error) => {
      if (away) return;
      away = true;
      onState?.("away", error.message);
    },
    ready: () => {
      if (away) onState?.("back", "connected");
      away = false;
    },
  };
}

async function openSingle(options: RedisOptions): Promise<Endpoint> {
  let opened = false;
  const { strategy, pausedUntilMs } = reconnects(() => opened);
  const state = stateOf(options);
  const make = () =>
    createClient({
      ...COMMON,
      url: options.urls[0]!,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: SILENT_AFTER_MS,
        reconnectStrategy: strategy,
      },
    }).on("error", state.error).on("ready", state.ready);
  const client = make();
  // A connection that listens may do nothing else (RESP2).
  const listening = make();
  const destroy = () => {
    for (const each of [client, listening]) each.destroy();
  };
  // Both come to their end: one that still tries could not be destroyed.
  const outcomes = await Promise.allSettled([client.connect(), listening.connect()]);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    destroy();
    throw failed.reason;
  }
  opened = true;
  return {
    send: (_key, args) => client.sendCommand(args) as Promise<Reply>,
    async transaction(_key, commands) {
      const transaction = client.multi();
      for (const command of commands) transaction.addCommand([...command]);
      return await transaction.exec() as unknown as readonly Reply[];
    },
    sSubscribe: (channel, listener) => listening.sSubscribe(channel, listener),
    sUnsubscribe: (channel) => listening.sUnsubscribe(channel),
    async close() {
      await Promise.all([client, listening].map(async (each) => {
        if (each.isReady) return await each.close();
        // It is being made anew: what comes of a try that is under way ends with its first breath.
        each.on("ready", () => each.destroy());
        each.destroy();
        await new Promise((resolve) => setTimeout(resolve, UNDER_WAY_MS));
      }));
    },
    destroy,
    pausedUntilMs,
  };
}

async function openCluster(options: RedisOptions): Promise<Endpoint> {
  let opened = false;
  const { strategy, pausedUntilMs } = reconnects(() => opened);
  const state = stateOf(options);
  const { username, password, protocol } = new URL(options.urls[0]!);
  const socket = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENT_AFTER_MS,
    reconnectStrategy: strategy,
  };
  const cluster = createCluster({
    RESP: 2,
    rootNodes: options.urls.map((url) => ({ ...COMMON, url, socket })),
    defaults: {
      ...COMMON,
      socket: protocol === "rediss:" ? { ...socket, tls: true } : socket,
      ...(username !== "" && { username: decodeURIComponent(username) }),
      ...(password !== "" && { password: decodeURIComponent(password) }),
    },
  }).on("error", state.error).on("node-error", state.error).on("node-ready", state.ready);
  try {
    await cluster.connect();
  } catch (error) {
    cluster.destroy();
    throw error;
  }
  opened = true;
  return {
    send: (key, args) =>
      cluster.sendCommand(key ?? undefined, false, [...args]) as unknown as Promise<Reply>,
    async transaction(key, commands) {
      const transaction = cluster.multi(key);
      for (const command of commands) transaction.addCommand(key, false, [...command]);
      return await transaction.exec() as unknown as readonly Reply[];
    },
    sSubscribe: (channel, listener) => cluster.sSubscribe(channel, listener),
    sUnsubscribe: (channel) => cluster.sUnsubscribe(channel),
    close: () => cluster.close(),
    destroy: () => cluster.destroy(),
    pausedUntilMs,
  };
}
