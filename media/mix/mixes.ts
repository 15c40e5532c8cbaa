/**
 * All mixes of this process: bounded, counted, one for a room.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { PublishRefusedError } from "../errors.ts";
import { type StreamClock, systemClock } from "../stream/clock.ts";
import type { Publisher, PublishRequest, RenditionSource } from "../stream/contract.ts";
import type { DemoFont } from "../transcode/argv.ts";
import { MixRefusedError, type MixSpec, parseMixSpec } from "./contract.ts";
import { FeedDesk, type FeedSink } from "./feed_desk.ts";
import { LatePublisher } from "./late_publisher.ts";
import { Mix } from "./mix.ts";
import type { StartMixer } from "./mix_run.ts";

/** How much may be mixed at once. */
export interface MixLimits {
  /** Mixes. Default: one for each two cores, at least one. */
  readonly mixes: number;
  /** Inputs of all mixes. Default: nine for each two cores. */
  readonly inputs: number;
}

/** A publisher has so long to take its room back, milliseconds; key frames come every few seconds. */
const RESTORE_MS = 5_000;

/** What the mixes need of the live streams. */
export interface MixStreams {
  source(room: string): RenditionSource | null;
  isPublished(room: string): boolean;
  /** Whether a room is on the air, or waits for its publisher to come back. */
  isLive(room: string): boolean;
  publishOwn(request: Omit<PublishRequest, "key">): Publisher;
  divert(room: string, to: string): void;
  restore(room: string): boolean;
}

/** What {@linkcode Mixes} stand on. */
export interface MixesOptions {
  readonly streams: MixStreams;
  /** Whether there is an ffmpeg. */
  readonly available: () => boolean;
  readonly start: StartMixer;
  /** Draws names; null: nothing can. */
  readonly font: () => Promise<DemoFont | null>;
  /** Where ffmpeg takes tracks; their secret is added. */
  readonly feedBase: () => string;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: StreamClock;
  readonly limits?: Partial<MixLimits>;
}

/** An HTTP answer that tracks are written to. */
export interface FeedResponse extends FeedSink {
  writeHead(status: number, headers: Record<string, string>): unknown;
  flushHeaders(): void;
}

/** See the module's docstring. */
export class Mixes {
  readonly #options: MixesOptions;
  readonly #clock: StreamClock;
  readonly #limits: MixLimits;
  readonly #desk = new FeedDesk();
  readonly #mixes = new Map<string, Mix>();
  /** Mixes whose publishers are about to take their rooms back: ends the waiting. */
  readonly #restoring = new Map<string, () => void>();
  readonly #counters;
  /** One change after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;
  /** Of mixes that are over. */
  #spent = { total: 0, decoding: 0 };

  constructor(options: MixesOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const pairs = Math.max(1, Math.floor(navigator.hardwareConcurrency / 2));
    this.#limits = { mixes: pairs, inputs: 9 * pairs, ...options.limits };
    this.#counters = mixMetrics(options.metrics, {
      mixes: () => this.#mixes.values(),
      spent: () => this.#spent,
    });
  }

  /**
   * Begins the mix that is published to `room`, or changes it; gives its inside.
   *
   * @throws {RangeError} when `body` is no mix.
   * @throws {MixRefusedError} when it cannot be made now.
   */
  put(room: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
    return this.#inTurn(async () => {
      const spec = parseMixSpec(body, room);
      const running = this.#mixes.get(room);
      try {
        this.#admit(room, spec);
        if (spec.publisher !== null) this.#divert(room, spec.publisher);
        if (running !== undefined) running.change(spec);
        return (running ?? await this.#begin(room, spec)).inspect();
      } catch (error) {
        if (!this.#mixes.has(room)) this.#options.streams.restore(room);
        if (error instanceof MixRefusedError) this.#counters.refusals.inc({ reason: error.reason });
        throw error;
      }
    });
  }

  /**
   * Ends the mix of a room, and with it the stream, unless the publisher whose place it took takes
   * the room back; does nothing when there is none.
   */
  remove(room: string): Promise<void> {
    return this.#inTurn(async () => {
      const mix = this.#mixes.get(room);
      if (mix === undefined || this.#restoring.has(room)) return;
      if (!this.#options.streams.restore(room)) return await mix.stop();
      this.#restoring.set(room, this.#clock.after(RESTORE_MS, () => void mix.stop()));
    });
  }

  /** Answers ffmpeg with a track; false when nothing is offered under this secret. */
  serveFeed(secret: string, response: FeedResponse): boolean {
    const track = this.#desk.take(secret);
    if (track === null) return false;
    response.writeHead(200, { "content-type": "video/x-matroska", "connection": "close" });
    response.flushHeaders();
    track.attach(response);
    return true;
  }

  /** What is mixed, by room, for administrators. */
  inspect(): Readonly<Record<string, unknown>> {
    return Object.fromEntries([...this.#mixes].map(([room, mix]) => [room, mix.inspect()]));
  }

  /** Ends every mix; streams wait for somebody to come back, as when the process goes away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#mixes.values()].map((mix) => mix.stop("draining")));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** @throws {MixRefusedError} */
  #divert(room: string, to: string): void {
    this.#restoring.get(room)?.();
    this.#restoring.delete(room);
    orRefuse(() => this.#options.streams.divert(room, to));
  }

  async #begin(room: string, spec: MixSpec): Promise<Mix> {
    const font = await this.#options.font();
    const open = () =>
      this.#options.streams.publishOwn({
        room,
        protocol: "mix",
        remoteAddress: "",
        encoder: null,
      });
    // Viewers of somebody's room see the mix when there is something to see.
    const publisher = spec.publisher === null ? orRefuse(open) : new LatePublisher(open);
    const mix = new Mix({
      room,
      spec,
      publisher,
      source: (stream) => this.#options.streams.source(stream),
      start: this.#options.start,
      desk: this.#desk,
      feedBase: this.#options.feedBase,
      font,
      clock: this.#clock,
      log: this.#options.log,
      events: {
        runStarted: () => this.#counters.runs.inc(),
        runFailed: () => this.#counters.failures.inc(),
        switched: ({ mediaMs, wallMs }) => {
          this.#counters.gaps.observe({ of: "media" }, mediaMs / 1000);
          this.#counters.gaps.observe({ of: "wall" }, wallMs / 1000);
        },
        over: (over) => {
          if (this.#mixes.get(room) === over) {
            this.#mixes.delete(room);
            this.#restoring.get(room)?.();
            if (!this.#restoring.delete(room)) this.#options.streams.restore(room);
          }
          const { total, decoding } = over.cost;
          this.#spent.total += total;
          for (const seconds of decoding.values()) this.#spent.decoding += seconds;
        },
      },
    });
    this.#mixes.set(room, mix);
    return mix;
  }

  /** @throws {MixRefusedError} */
  #admit(room: string, spec: MixSpec): void {
    const refuse = (reason: MixRefusedError["reason"], why: string) => {
      throw new MixRefusedError(reason, `Cannot mix for room ${room}: ${why}`);
    };
    if (this.#stopped) refuse("unavailable", "the server is stopping");
    if (!this.#options.available()) {
      refuse("ffmpeg_missing", "there is no ffmpeg on this machine");
    }
    let others = 0;
    for (const [name, mix] of this.#mixes) if (name !== room) others += mix.spec.inputs.length;
    if (others + spec.inputs.length > this.#limits.inputs) {
      refuse("too_many_inputs", `${others} streams are being mixed already`);
    }
    if (this.#mixes.has(room)) return;
    if (this.#mixes.size >= this.#limits.mixes) {
      refuse("too_many_mixes", `${this.#mixes.size} mixes are running already`);
    }
    if (spec.publisher !== null) {
      if (!this.#options.streams.isLive(room)) refuse("not_live", "nobody publishes to it");
    } else if (this.#options.streams.isPublished(room)) {
      refuse("room_busy", "somebody publishes to it");
    }
    const missing = spec.inputs.find(({ stream }) => !this.#options.streams.isPublished(stream));
    if (spec.ifLive && missing !== undefined) {
      refuse("not_live", `nobody publishes stream ${missing.stream} here`);
    }
  }
}

/** Does what a registry may refuse. @throws {MixRefusedError} */
function orRefuse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PublishRefusedError)) throw error;
    throw new MixRefusedError("unavailable", error.message);
  }
}

interface Observed {
  readonly mixes: () => Iterable<Mix>;
  /** Seconds of a core that mixes took which are over. */
  readonly spent: () => { readonly total: number; readonly decoding: number };
}

function mixMetrics(metrics: Metrics, { mixes, spent }: Observed) {
  metrics.gauge({
    name: "wanren_mixes",
    help: "Mixes that are running.",
    collect: (gauge) => gauge.set([...mixes()].length),
  });
  metrics.gauge({
    name: "wanren_mix_inputs",
    help: "Inputs of all mixes.",
    collect: (gauge) =>
      gauge.set([...mixes()].reduce((sum, { spec }) => sum + spec.inputs.length, 0)),
  });
  metrics.gauge({
    name: "wanren_mix_cpu_seconds",
    help: "Seconds of a core that mixes have taken: decoding of inputs, and everything else.",
    labels: ["work"],
    collect: (gauge) => {
      let { total, decoding } = spent();
      for (const { cost } of mixes()) {
        total += cost.total;
        for (const seconds of cost.decoding.values()) decoding += seconds;
      }
      gauge.set({ work: "decoding" }, decoding);
      gauge.set({ work: "composing" }, Math.max(0, total - decoding));
    },
  });
  return {
    runs: metrics.counter({
      name: "wanren_mix_runs_total",
      help: "Times ffmpeg was started for a mix.",
    }),
    failures: metrics.counter({
      name: "wanren_mix_failures_total",
      help: "Times ffmpeg ended by itself in a mix.",
    }),
    refusals: metrics.counter({
      name: "wanren_mix_refusals_total",
      help: "Mixes that were not made, by reason.",
      labels: ["reason"],
    }),
    gaps: metrics.histogram({
      name: "wanren_mix_gap_seconds",
      help:
        "From the last picture of a run to the first one of the next, on the time line (media) " +
        "and on the clock (wall).",
      labels: ["of"],
      buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    }),
  };
}
