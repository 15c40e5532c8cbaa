/**
 * Other forms of live streams, made while somebody reads them: bounded, counted, one encoder a stream
 * and kind, however many read.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { StreamItem } from "../access_unit.ts";
import { RenditionRefusedError } from "../errors.ts";
import { type StreamClock, systemClock } from "../stream/clock.ts";
import type { Reader, ReaderOptions, ReadPort, RenditionSource } from "../stream/contract.ts";
import { streamMetrics } from "../stream/metrics.ts";
import { isDirect, planOf, type RenditionKind, type Wish, wishName } from "../stream/wish.ts";
import type { FfmpegPipe } from "../transcode/ffmpeg.ts";
import { SwitchingReader } from "./switching_reader.ts";
import { Transcoder } from "./transcoder.ts";
import { Variant } from "./variant.ts";

/** After it was given up, a rendition is not tried again for so long. */
const FAILED_MS = 30_000;
const MAX_REMEMBERED = 1000;

/** How many encoders may run at once. */
export interface RenditionLimits {
  /** Of pictures. Default: one for each core. */
  readonly video: number;
  /** Of sound. Default: 16 for each core. */
  readonly audio: number;
}

/** What {@linkcode Renditions} stand on. */
export interface RenditionsOptions {
  /** The live stream of a room; null: it is not live. */
  readonly source: (room: string) => RenditionSource | null;
  /** Whether there is an ffmpeg. */
  readonly available: () => boolean;
  /** Starts ffmpeg. */
  readonly start: (args: readonly string[]) => FfmpegPipe;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: StreamClock;
  readonly limits?: Partial<RenditionLimits>;
  /** For how long an encoder runs on without readers; for tests. */
  readonly idleMs?: number;
}

interface Room {
  readonly source: RenditionSource;
  readonly transcoders: Map<RenditionKind, Transcoder>;
  readonly variants: Map<string, Variant>;
}

/** See the module's docstring. */
export class Renditions implements ReadPort {
  readonly #options: RenditionsOptions;
  readonly #clock: StreamClock;
  readonly #limits: RenditionLimits;
  readonly #streamMetrics;
  readonly #counters;
  readonly #rooms = new Map<string, Room>();
  readonly #all = new Set<Transcoder>();
  /** By room and kind: until when it is not tried again. */
  readonly #failedUntilMs = new Map<string, number>();
  #stopped = false;

  constructor(options: RenditionsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const cores = navigator.hardwareConcurrency;
    this.#limits = { video: Math.max(1, cores), audio: 16 * cores, ...options.limits };
    this.#streamMetrics = streamMetrics(options.metrics);
    this.#counters = renditionMetrics(options.metrics, () => this.#all);
  }

  read(room: string, options: ReaderOptions): Reader | null {
    const source = this.#options.source(room);
    const { wish } = options;
    if (source === null || source.shape === null) return null;
    if (wish === undefined) return source.read(options);
    if (!isDirect(planOf(source.shape, wish))) return this.#readVariant(room, wish, options);
    return SwitchingReader.open({
      options,
      direct: (direct) => source.read(direct),
      variant: (made) => this.#readVariant(room, wish, made),
      fulfils: fulfilment(source, wish),
    });
  }

  /** Readers of renditions of a room, by protocol. */
  readersByProtocol(room: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const variant of this.#rooms.get(room)?.variants.values() ?? []) {
      for (const [protocol, count] of Object.entries(variant.readersByProtocol())) {
        counts[protocol] = (counts[protocol] ?? 0) + count;
      }
    }
    return counts;
  }

  /** What runs, by room, for administrators. */
  inspect(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      [...this.#rooms].map(([name, { transcoders, variants }]) => [name, {
        renditions: [...transcoders.values()].map((one) => one.inspect()),
        variants: Object.fromEntries([...variants].map(([wish, one]) => [wish, one.inspect()])),
      }]),
    );
  }

  /** Ends every encoder; readers hear nothing, as when the process goes away. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { variants } of this.#rooms.values()) {
      for (const variant of [...variants.values()]) variant.stop();
    }
    await Promise.all([...this.#all].map((transcoder) => transcoder.stop()));
    this.#rooms.clear();
  }

  #readVariant(room: string, wish: Wish, options: ReaderOptions): Reader {
    try {
      const entry = this.#room(room);
      const name = wishName(wish);
      let variant = entry.variants.get(name);
      if (variant === undefined || variant.isOver) {
        variant = this.#makeVariant(room, entry, wish);
      }
      return variant.read(options);
    } catch (error) {
      if (error instanceof RenditionRefusedError) {
        this.#counters.refusals.inc({ reason: error.reason });
      }
      throw error;
    }
  }

  #makeVariant(room: string, entry: Room, wish: Wish): Variant {
    const name = wishName(wish);
    const variant: Variant = new Variant({
      wish,
      source: entry.source,
      rendition: (kind, options) => this.#transcoder(room, entry, kind).read(options),
      clock: this.#clock,
      log: this.#options.log.with({ stream: room, variant: name }),
      metrics: this.#streamMetrics,
      onOver: (over) => {
        if (entry.variants.get(name) === over) entry.variants.delete(name);
        this.#forgetEmpty(room, entry);
      },
    });
    entry.variants.set(name, variant);
    return variant;
  }

  /** The encoders of a room belong to one stream; the next one of the room gets its own. */
  #room(room: string): Room {
    const source = this.#options.source(room);
    if (source === null || this.#stopped) {
      throw new RenditionRefusedError("rendition_failed", `Cannot read room ${room}: it ended`);
    }
    const known = this.#rooms.get(room);
    if (known !== undefined && known.source === source) return known;
    const entry: Room = { source, transcoders: new Map(), variants: new Map() };
    this.#rooms.set(room, entry);
    return entry;
  }

  #transcoder(room: string, entry: Room, kind: RenditionKind): Transcoder {
    const running = entry.transcoders.get(kind);
    if (running !== undefined && !running.isOver) return running;
    this.#admit(room, kind);
    const transcoder = new Transcoder({
      kind,
      source: entry.source,
      start: this.#options.start,
      clock: this.#clock,
      log: this.#options.log.with({ stream: room }),
      metrics: this.#streamMetrics,
      events: {
        started: () => this.#counters.starts.inc({ kind }),
        failed: () => this.#counters.failures.inc({ kind }),
        dropped: (_kind, units) => this.#counters.dropped.inc({ kind }, units),
        over: (over) => {
          this.#all.delete(over);
          if (over.isFailed) this.#rememberFailure(`${room} ${kind}`);
          if (entry.transcoders.get(kind) === over) entry.transcoders.delete(kind);
          this.#forgetEmpty(room, entry);
        },
      },
      ...(this.#options.idleMs !== undefined && { idleMs: this.#options.idleMs }),
    });
    entry.transcoders.set(kind, transcoder);
    this.#all.add(transcoder);
    return transcoder;
  }

  /** @throws {RenditionRefusedError} when no encoder can be started for it now. */
  #admit(room: string, kind: RenditionKind): void {
    if (!this.#options.available()) {
      throw new RenditionRefusedError(
        "ffmpeg_missing",
        `Cannot make ${kind} of the stream: there is no ffmpeg on this machine`,
      );
    }
    const failedUntilMs = this.#failedUntilMs.get(`${room} ${kind}`) ?? -Infinity;
    if (this.#clock.now() < failedUntilMs) {
      throw new RenditionRefusedError(
        "rendition_failed",
        `Cannot make ${kind} of the stream: ffmpeg failed again and again`,
      );
    }
    const isVideo = kind === "h264";
    let running = 0;
    for (const one of this.#all) if ((one.kind === "h264") === isVideo) running++;
    if (running >= (isVideo ? this.#limits.video : this.#limits.audio)) {
      throw new RenditionRefusedError(
        "too_many_renditions",
        `Cannot make ${kind} of the stream: ${running} encoders are running already`,
      );
    }
  }

  #rememberFailure(key: string): void {
    this.#failedUntilMs.delete(key);
    this.#failedUntilMs.set(key, this.#clock.now() + FAILED_MS);
    if (this.#failedUntilMs.size > MAX_REMEMBERED) {
      this.#failedUntilMs.delete(this.#failedUntilMs.keys().next().value!);
    }
  }

  #forgetEmpty(room: string, entry: Room): void {
    if (entry.variants.size > 0 || entry.transcoders.size > 0) return;
    if (this.#rooms.get(room) === entry) this.#rooms.delete(room);
  }
}

/** Judges items of a stream that fulfils the wish now. */
function fulfilment(source: RenditionSource, wish: Wish): (item: StreamItem) => boolean {
  let highestPts = -Infinity;
  return (item) => {
    if (item.kind === "tracks") {
      highestPts = -Infinity;
      return isDirect(planOf({
        tracks: item.tracks,
        reorders: source.shape?.reorders ?? false,
      }, wish));
    }
    if (item.kind !== "video" || wish.video !== "plain") return true;
    // The first picture that is shown before one that came earlier.
    if (item.pts < highestPts) return false;
    highestPts = item.pts;
    return true;
  };
}

function renditionMetrics(metrics: Metrics, all: () => ReadonlySet<Transcoder>) {
  metrics.gauge({
    name: "wanren_renditions",
    help: "Encoders that make another form of a track, by kind.",
    labels: ["kind"],
    collect: (gauge) => {
      const counts: Record<RenditionKind, number> = { h264: 0, aac: 0, opus: 0 };
      for (const { kind } of all()) counts[kind]++;
      for (const kind of ["h264", "aac", "opus"] as const) gauge.set({ kind }, counts[kind]);
    },
  });
  return {
    starts: metrics.counter({
      name: "wanren_rendition_starts_total",
      help: "Encoders that were started, by kind.",
      labels: ["kind"],
    }),
    failures: metrics.counter({
      name: "wanren_rendition_failures_total",
      help: "Encoders that ended by themselves, by kind.",
      labels: ["kind"],
    }),
    dropped: metrics.counter({
      name: "wanren_rendition_dropped_units_total",
      help: "Pictures and packets that an encoder was too slow for, by kind.",
      labels: ["kind"],
    }),
    refusals: metrics.counter({
      name: "wanren_rendition_refusals_total",
      help: "Readers that did not get the form of a stream that they wished for, by reason.",
      labels: ["reason"],
    }),
  };
}
