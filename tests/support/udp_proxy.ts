/**
 * A bad network for one UDP port: whoever sends to the proxy reaches the target through loss, delay,
 * jitter and disorder, and back. What happens is decided by a seed, so it happens again.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSocket, type Socket } from "node:dgram";

/** What the network does to packets, in each direction. */
export interface NetworkConditions {
  /** Packets that vanish, 0–100 %. Default: 0. */
  readonly lossPercent?: number;
  /** Delay of every packet, in milliseconds. Default: 0. */
  readonly delayMs?: number;
  /** Largest additional delay, in milliseconds, different for each packet but in order. Default: 0. */
  readonly jitterMs?: number;
  /** Packets that are held back for `reorderMs`, so that later ones pass them, 0–100 %. Default: 0. */
  readonly reorderPercent?: number;
  /** Default: 15. */
  readonly reorderMs?: number;
  /** Packets that come twice, 0–100 %. Default: 0. */
  readonly duplicatePercent?: number;
  /** What passes in each direction, in kilobits a second; a queue of 300 ms, then loss. */
  readonly kilobitsPerSecond?: number;
}

/** How a proxy is opened. */
export interface UdpProxyOptions {
  readonly targetPort: number;
  /** Default: 127.0.0.1. */
  readonly targetHost?: string;
  /** Where clients reach the proxy. Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 1. */
  readonly seed?: number;
  /** From clients to the target. */
  readonly up?: NetworkConditions;
  /** From the target to clients. */
  readonly down?: NetworkConditions;
}

/** What happened to packets of one direction. */
export interface DirectionCounts {
  received: number;
  forwarded: number;
  lost: number;
  reordered: number;
  duplicated: number;
}

/** A running proxy. */
export interface UdpProxy extends AsyncDisposable {
  /** Port for clients. */
  readonly port: number;
  readonly up: DirectionCounts;
  readonly down: DirectionCounts;
  /** Changes the network from the next packet on. */
  change(conditions: { readonly up?: NetworkConditions; readonly down?: NetworkConditions }): void;
  close(): Promise<void>;
}

/** A sequence of numbers in [0, 1) that follows from the seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

const QUEUE_MS = 300;

/**
 * What becomes of the packets of one direction. Pure: the clock is passed in, decisions follow from
 * the seed and the order of packets.
 */
export class NetworkDirection {
  readonly counts: DirectionCounts = {
    received: 0,
    forwarded: 0,
    lost: 0,
    reordered: 0,
    duplicated: 0,
  };
  conditions: NetworkConditions;
  readonly #random: () => number;
  /** When the packet before leaves, so that jitter alone keeps the order. */
  #lastAtMs = -Infinity;
  /** When the bottleneck is free. */
  #freeAtMs = -Infinity;

  constructor(conditions: NetworkConditions, seed: number) {
    this.conditions = conditions;
    this.#random = seededRandom(seed);
  }

  /** When a packet of `bytes` is delivered, once for each copy; empty when it is lost. */
  deliveries(bytes: number, nowMs: number): number[] {
    const { lossPercent = 0, delayMs = 0, jitterMs = 0, reorderPercent = 0, reorderMs = 15 } =
      this.conditions;
    const { duplicatePercent = 0, kilobitsPerSecond } = this.conditions;
    // Always the same count of numbers for a packet, whatever becomes of it.
    const [loss, jitter, reorder, duplicate] = Array.from({ length: 4 }, this.#random);
    this.counts.received++;
    let sentAtMs = nowMs;
    if (kilobitsPerSecond !== undefined) {
      const waitsMs = Math.max(0, this.#freeAtMs - nowMs);
      if (waitsMs > QUEUE_MS) {
        this.counts.lost++;
        return [];
      }
      this.#freeAtMs = nowMs + waitsMs + bytes * 8 / kilobitsPerSecond;
      sentAtMs = this.#freeAtMs;
    }
    if (loss * 100 < lossPercent) {
      this.counts.lost++;
      return [];
    }
    const at = sentAtMs + delayMs + jitter * jitterMs;
    const deliveries: number[] = [];
    if (reorder * 100 < reorderPercent) {
      this.counts.reordered++;
      deliveries.push(Math.max(at, this.#lastAtMs) + reorderMs);
    } else {
      this.#lastAtMs = Math.max(at, this.#lastAtMs);
      deliveries.push(this.#lastAtMs);
    }
    if (duplicate * 100 < duplicatePercent) {
      this.counts.duplicated++;
      deliveries.push(deliveries[0] + 1);
    }
    this.counts.forwarded += deliveries.length;
    return deliveries;
  }
}

interface Waiting {
  readonly atMs: number;
  readonly send: () => void;
}

/** Sends what is due; one timer for all packets. */
class Schedule {
  readonly #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  add(entry: Waiting): void {
    // Nearly always the newest is the last to leave.
    let index = this.#waiting.length;
    while (index > 0 && this.#waiting[index - 1].atMs > entry.atMs) index--;
    this.#waiting.splice(index, 0, entry);
    if (entry.atMs <= performance.now()) this.#run();
    else if (index === 0 || this.#timer === null) this.#arm();
  }

  clear(): void {
    this.#waiting.length = 0;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #run(): void {
    const nowMs = performance.now();
    while (this.#waiting.length > 0 && this.#waiting[0].atMs <= nowMs) {
      this.#waiting.shift()!.send();
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#waiting.length === 0) return;
    const delayMs = Math.max(0, this.#waiting[0].atMs - performance.now());
    this.#timer = setTimeout(() => this.#run(), delayMs);
  }
}

/** Opens a proxy; each client address gets a socket of its own towards the target. */
export async function openUdpProxy(options: UdpProxyOptions): Promise<UdpProxy> {
  const seed = options.seed ?? 1;
  const up = new NetworkDirection(options.up ?? {}, seed);
  const down = new NetworkDirection(options.down ?? {}, seed + 1);
  const schedule = new Schedule();
  const upstream = new Map<string, Socket>();
  const front = createSocket("udp4");
  let closed = false;
  const pass = (direction: NetworkDirection, bytes: Buffer, send: (bytes: Buffer) => void) => {
    for (const atMs of direction.deliveries(bytes.length, performance.now())) {
      const copy = Buffer.from(bytes);
      schedule.add({ atMs, send: () => void (closed || send(copy)) });
    }
  };
  front.on("message", (bytes, client) => {
    const key = `${client.address}:${client.port}`;
    let socket = upstream.get(key);
    if (socket === undefined) {
      socket = createSocket("udp4");
      upstream.set(key, socket);
      socket.on("message", (answer) => {
        pass(down, answer, (copy) => front.send(copy, client.port, client.address));
      });
      // A target that is away answers with ICMP; to clients that is loss.
      socket.on("error", () => {});
    }
    const back = socket;
    pass(
      up,
      bytes,
      (copy) => back.send(copy, options.targetPort, options.targetHost ?? "127.0.0.1"),
    );
  });
  front.on("error", () => {});
  await new Promise<void>((resolve) => front.bind(0, options.host ?? "127.0.0.1", resolve));
  const close = async () => {
    if (closed) return;
    closed = true;
    schedule.clear();
    await Promise.all(
      [front, ...upstream.values()].map((socket) =>
        new Promise<void>((resolve) => socket.close(() => resolve()))
      ),
    );
  };
  return {
    port: front.address().port,
    up: up.counts,
    down: down.counts,
    change(conditions) {
      if (conditions.up !== undefined) up.conditions = conditions.up;
      if (conditions.down !== undefined) down.conditions = conditions.down;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
