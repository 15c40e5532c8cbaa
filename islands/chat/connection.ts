/**
 * The long connection of one room: a ticket, a socket, heartbeats, and coming back from where it
 * stood.
 *
 * | state | begins | ends |
 * |---|---|---|
 * | `connecting` | a ticket is asked for | `open` with the gateway's hello, or `waiting` |
 * | `open` | frames come | `waiting` when it ends however |
 * | `waiting` | the next attempt has its time | `connecting` |
 * | `ended` | stopped, or shown out of the room | never |
 *
 * @module
 */
import type { Batch, Policy, ProblemCode, ServerFrame } from "../../im/protocol/frames.ts";
import { decodeServerFrame, encodeClientFrame } from "../../im/protocol/protobuf.ts";
import { ApiError } from "../../client/mod.ts";
import { reconnectMs } from "./backoff.ts";
import { Alarm, type Clock } from "./clock.ts";
import type { Line, Offer, Transport } from "./transport.ts";

/** Time for a ticket and for a hello, each, milliseconds. */
export const HANDSHAKE_MS = 10_000;
/** Time for the answer to a heartbeat, milliseconds. */
export const PONG_WITHIN_MS = 10_000;
/** A connection that lasted so long was a good one, milliseconds. */
const GOOD_AFTER_MS = 10_000;
/** A gateway that was lost comes behind the others for so long, milliseconds. */
const AVOID_MS = 15_000;
/** Lost gateways that are remembered. */
const MAX_AVOIDED = 8;

/** Where a connection is. */
export type ConnectionState = "connecting" | "open" | "waiting" | "ended";

/** Who hears of a connection. */
export interface ConnectionReader {
  /** Where to continue; null: from the beginning. */
  cursor(): string | null;
  onState(state: ConnectionState): void;
  onPolicy(policy: Policy): void;
  /** The place that the gateway begins at. */
  onHello(cursor: string): void;
  onBatch(batch: Batch): void;
  /** It is over for good. */
  onRefused(reason: "banned" | "missing"): void;
}

/** What a {@linkcode Connection} stands on. */
export interface ConnectionOptions {
  readonly room: string;
  readonly transport: Pick<Transport, "offer" | "open">;
  readonly clock: Clock;
  readonly reader: ConnectionReader;
}

/** One room's connection. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #retry: Alarm;
  readonly #deadline: Alarm;
  readonly #heartbeat: Alarm;
  #state: ConnectionState = "waiting";
  #line: Line | null = null;
  #asking: AbortController | null = null;
  #failures = 0;
  #openedAtMs = 0;
  #problem: ProblemCode | null = null;
  /** A wait that the gateway asked for; null: none. */
  #hintMs: number | null = null;
  /** The gateway that is tried or open. */
  #gateway: string | null = null;
  /** When gateways were lost. */
  readonly #lostAtMs = new Map<string, number>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#retry = new Alarm(options.clock);
    this.#deadline = new Alarm(options.clock);
    this.#heartbeat = new Alarm(options.clock);
  }

  /** Where it is. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Begins, or does not wait any longer. */
  connect(): void {
    if (this.#state !== "waiting") return;
    this.#retry.clear();
    this.#move("connecting");
    this.#problem = null;
    this.#hintMs = null;
    const asking = this.#asking = new AbortController();
    this.#deadline.set(HANDSHAKE_MS, () => this.#lost());
    this.#options.transport.offer(this.#options.room, asking.signal).then(
      (offer) => {
        if (!asking.signal.aborted) this.#open(offer);
      },
      (error: unknown) => {
        if (asking.signal.aborted) return;
        const problem = error instanceof ApiError ? error : null;
        if (problem?.code === "banned") this.#refuse("banned");
        else if (problem?.status === 404 || problem?.status === 403) this.#refuse("missing");
        else this.#lost();
      },
    );
  }

  /** Ends for good. */
  stop(): void {
    this.#drop();
    this.#retry.clear();
    this.#move("ended");
  }

  #open(offer: Offer): void {
    const gateway = this.#choose(offer.gateways);
    if (gateway === undefined) return this.#lost();
    this.#gateway = gateway;
    const query = new URLSearchParams({ ticket: offer.ticket });
    const cursor = this.#options.reader.cursor();
    if (cursor !== null) query.set("cursor", cursor);
    this.#deadline.set(HANDSHAKE_MS, () => this.#lost());
    try {
      const line = this.#options.transport.open(`${gateway}?${query}`, {
        onOpen: () => {},
        onFrame: (bytes) => {
          if (this.#line === line) this.#read(bytes, offer);
        },
        onEnd: () => {
          if (this.#line === line) this.#lost();
        },
      });
      this.#line = line;
    } catch {
      // An address that the browser refuses: a page of HTTPS and a gateway without.
      this.#lost();
    }
  }

  /** The best one that was not lost just now, for who offers them may not know yet. */
  #choose(gateways: readonly string[]): string | undefined {
    const sinceMs = this.#options.clock.now() - AVOID_MS;
    const lostAtMs = (one: string) => Math.max(this.#lostAtMs.get(one) ?? 0, sinceMs);
    return gateways.toSorted((a, b) => lostAtMs(a) - lostAtMs(b))[0];
  }

  #read(bytes: Uint8Array, offer: Offer): void {
    let frame: ServerFrame;
    try {
      frame = decodeServerFrame(bytes);
    } catch {
      return this.#lost();
    }
    const { reader, clock } = this.#options;
    if (this.#state === "open") this.#deadline.clear();
    switch (frame.type) {
      case "hello":
        this.#deadline.clear();
        this.#openedAtMs = clock.now();
        reader.onPolicy(frame.policy);
        reader.onHello(frame.cursor);
        this.#move("open");
        this.#beat(frame.heartbeatMs || offer.heartbeatMs);
        break;
      case "batch":
        reader.onBatch(frame);
        break;
      case "policy":
        reader.onPolicy(frame);
        break;
      case "reconnect":
        this.#hintMs = frame.afterMs;
        this.#lost();
        break;
      case "problem":
        this.#problem = frame.code;
        if (frame.code === "banned") this.#refuse("banned");
        break;
      case "pong":
        break;
    }
  }

  #beat(everyMs: number): void {
    this.#heartbeat.set(everyMs, () => {
      this.#line?.send(encodeClientFrame({ type: "ping" }));
      if (!this.#deadline.isSet) this.#deadline.set(PONG_WITHIN_MS, () => this.#lost());
      this.#beat(everyMs);
    });
  }

  #lost(): void {
    if (this.#state === "ended") return;
    const { clock } = this.#options;
    const wasGood = this.#state === "open" && clock.now() - this.#openedAtMs >= GOOD_AFTER_MS;
    this.#failures = wasGood ? 0 : this.#failures + 1;
    if (this.#gateway !== null) {
      this.#lostAtMs.delete(this.#gateway);
      this.#lostAtMs.set(this.#gateway, clock.now());
      if (this.#lostAtMs.size > MAX_AVOIDED) {
        this.#lostAtMs.delete(this.#lostAtMs.keys().next().value!);
      }
      this.#gateway = null;
    }
    const problem = this.#problem;
    const hintMs = this.#hintMs;
    this.#drop();
    const waitMs = hintMs ?? reconnectMs(this.#failures, { random: clock.random(), problem });
    if (waitMs === null) return this.#refuse("banned");
    this.#move("waiting");
    this.#retry.set(waitMs, () => this.connect());
  }

  #refuse(reason: "banned" | "missing"): void {
    this.stop();
    this.#options.reader.onRefused(reason);
  }

  #drop(): void {
    this.#asking?.abort();
    this.#asking = null;
    this.#deadline.clear();
    this.#heartbeat.clear();
    const line = this.#line;
    this.#line = null;
    line?.close();
  }

  #move(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.reader.onState(state);
  }
}
