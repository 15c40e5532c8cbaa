/**
 * One mix: streams of this process on one picture, published to a room like any other stream.
 *
 * It is made by runs of ffmpeg (`mix_run.ts`). An input that stalls is ended and its card is seen;
 * an input that comes, or another wish, needs a new run, which begins beside the old one and takes
 * over with its first key frame. The published stream goes on: same tracks, same time line.
 *
 * @module
 */
import { CLOCK_HZ, type StreamItem, type Tracks } from "../access_unit.ts";
import type { CloseReason } from "../errors.ts";
import type { Logger } from "../../platform/log.ts";
import type { StreamClock } from "../stream/clock.ts";
import type { Publisher, RenditionSource } from "../stream/contract.ts";
import { sameTracks } from "../stream/track_gate.ts";
import type { DemoFont } from "../transcode/argv.ts";
import { type FfmpegExit, FfmpegMissingError, restartDelayMs } from "../transcode/ffmpeg.ts";
import { feedsOf, mixArgv } from "../transcode/mixer_argv.ts";
import type { MixSpec } from "./contract.ts";
import { MixFeed } from "./feed.ts";
import type { FeedDesk } from "./feed_desk.ts";
import { InputWatch } from "./input_watch.ts";
import { placesOf } from "./layout.ts";
import { MixRun, type StartMixer } from "./mix_run.ts";

const TICKS_PER_MS = CLOCK_HZ / 1000;
const TEND_MS = 100;
/** A run that only brings an input back begins at most this often. */
const RUN_INTERVAL_MS = 2000;
/** Later than this, and what came has not been looked at for a while. */
const LATE_MS = 150;
/** A run that has written nothing for so long has failed. */
const START_MS = 10_000;
/** The same while it is seen: the clock drives it, whatever becomes of inputs. */
const SILENT_MS = 5000;
/** Inputs whose time runs slower than the clock hold the mix up: so much, then it begins anew. */
const MAX_LAG_MS = 3000;
/** At most so often, for a machine that is too slow lags for ever. */
const LAG_INTERVAL_MS = 15_000;
/** A run that lasted this long was a good one. */
const GOOD_RUN_MS = 10_000;
/** The first run waits so long for the publisher whose place the mix takes. */
const PUBLISHER_MS = 3_000;
/** Runs in a row that came to nothing; after them the mix ends. */
const MAX_FAILURES = 5;

/** What a {@linkcode Mix} is made with. */
export interface MixOptions {
  readonly room: string;
  readonly spec: MixSpec;
  readonly publisher: Publisher;
  readonly source: (stream: string) => RenditionSource | null;
  readonly start: StartMixer;
  readonly desk: FeedDesk;
  /** Where ffmpeg reaches this process: `http://127.0.0.1:<port>/mix-feed/`. */
  readonly feedBase: () => string;
  readonly font: DemoFont | null;
  readonly clock: StreamClock;
  readonly log: Logger;
  readonly events: MixEvents;
}

/** What happened, for metrics. */
export interface MixEvents {
  runStarted(): void;
  runFailed(): void;
  /** A run took over from another. */
  switched(gap: MixGap): void;
  /** It is over, whatever the reason; called once. */
  over(mix: Mix, reason: CloseReason): void;
}

/** What viewers notice of a change of runs. */
export interface MixGap {
  /** From the last picture to the first one, less the usual distance, on the time line; milliseconds. */
  readonly mediaMs: number;
  /** The same on the wall. */
  readonly wallMs: number;
}

interface Shown {
  readonly run: MixRun;
  /** Added to ticks of the run: ticks of the publisher. */
  readonly offset: number;
  /** What the run was behind the clock with its first picture, milliseconds. */
  readonly firstLagMs: number;
}

interface Waiting {
  readonly run: MixRun;
  readonly startedAtMs: number;
  readonly spec: MixSpec;
  tracks: Tracks | null;
}

/** See the module's docstring. */
export class Mix {
  readonly room: string;
  readonly #options: MixOptions;
  readonly #clock: StreamClock;
  readonly #log: Logger;
  readonly #watches = new Map<string, InputWatch>();
  #spec: MixSpec;
  #shown: Shown | null = null;
  #shownSpec: MixSpec | null = null;
  #waiting: Waiting | null = null;
  #publishedTracks: Tracks | null = null;
  #firstAtMs: number | null = null;
  #lastVideoDts = -Infinity;
  #lastDts = -Infinity;
  #lastPictureAtMs = 0;
  /** Of the newest picture, behind the clock, milliseconds. */
  #lagMs = 0;
  #startedAtMs = -Infinity;
  #notBeforeMs = -Infinity;
  /** The publisher whose place the mix took has been there. */
  #hadPublisher = false;
  readonly #madeAtMs: number;
  #failures = 0;
  #runs = 0;
  #lastGap: MixGap | null = null;
  /** Of runs that are over. */
  #spentSeconds = 0;
  readonly #spentDecoding = new Map<string, number>();
  #cancelTend: (() => void) | null = null;
  #excused = false;
  #over = false;
  readonly #stopping = new Set<Promise<void>>();

  constructor(options: MixOptions) {
    this.room = options.room;
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log.with({ stream: options.room });
    this.#spec = options.spec;
    this.#madeAtMs = options.clock.now();
    options.publisher.signal.addEventListener("abort", () => {
      void this.stop(options.publisher.signal.reason as CloseReason);
    }, { once: true });
    this.#watchInputs();
    this.#log.info("mix_started", {
      inputs: this.#spec.inputs.length,
      layout: this.#spec.layout,
    });
    this.#tend();
  }

  get spec(): MixSpec {
    return this.#spec;
  }

  /** Another wish; it is seen as soon as a run with it has begun. */
  change(spec: MixSpec): void {
    if (JSON.stringify(spec) === JSON.stringify(this.#spec)) return;
    this.#spec = spec;
    this.#watchInputs();
    this.#consider();
  }

  /** Ends it; resolves when no ffmpeg is left. */
  async stop(reason: CloseReason = "unpublished"): Promise<void> {
    if (!this.#over) {
      this.#over = true;
      this.#cancelTend?.();
      for (const watch of this.#watches.values()) watch.close();
      for (const run of [this.#shown?.run, this.#waiting?.run]) {
        if (run === undefined) continue;
        this.#waiting = null;
        this.#end(run);
      }
      this.#shown = null;
      this.#options.publisher.end(reason);
      this.#log.info("mix_ended", { reason, runs: this.#runs });
      this.#options.events.over(this, reason);
    }
    await Promise.all(this.#stopping);
  }

  /** Seconds of a core so far, and of them decoding by stream. */
  get cost(): { readonly total: number; readonly decoding: ReadonlyMap<string, number> } {
    let total = this.#spentSeconds;
    const decoding = new Map(this.#spentDecoding);
    for (const run of [this.#shown?.run, this.#waiting?.run]) {
      if (run === undefined) continue;
      total += run.cost.total;
      addDecoding(decoding, run);
    }
    return { total, decoding };
  }

  /** Its inside, for administrators. */
  inspect(): Readonly<Record<string, unknown>> {
    const { total, decoding } = this.cost;
    const run = this.#shown?.run;
    const spec = this.#shownSpec;
    return {
      layout: this.#spec.layout,
      size: `${this.#spec.width}x${this.#spec.height}`,
      frameRate: this.#spec.frameRate,
      runs: this.#runs,
      failures: this.#failures,
      starting: this.#waiting !== null,
      lastGap: this.#lastGap,
      lagMs: Math.round(this.#lagMs),
      cpuSeconds: round(total),
      inputs: this.#spec.inputs.map(({ stream, name, muted }) => {
        const feed = run?.feeds[spec?.inputs.findIndex((one) => one.stream === stream) ?? -1];
        return {
          stream,
          name,
          muted,
          video: isOpen(feed?.video),
          audio: isOpen(feed?.audio),
          decodingCpuSeconds: round(decoding.get(stream) ?? 0),
        };
      }),
    };
  }

  #watchInputs(): void {
    const wanted = new Set(this.#spec.inputs.map(({ stream }) => stream));
    for (const [stream, watch] of this.#watches) {
      if (wanted.has(stream)) continue;
      watch.close();
      this.#watches.delete(stream);
    }
    for (const stream of wanted) {
      if (this.#watches.has(stream)) continue;
      const watch = new InputWatch({
        source: () => this.#options.source(stream),
        now: () => this.#clock.now(),
      });
      this.#watches.set(stream, watch);
      watch.look();
    }
  }

  #tend(): void {
    const dueAtMs = this.#clock.now() + TEND_MS;
    this.#cancelTend = this.#clock.after(TEND_MS, () => {
      if (this.#over) return;
      for (const watch of this.#watches.values()) watch.look();
      if (this.#lostPublisher()) return void this.stop();
      const lateMs = this.#clock.now() - dueAtMs;
      // Never twice in a row: what is always late is slow, and inputs stall all the same.
      this.#excused = lateMs >= LATE_MS && !this.#excused;
      if (this.#excused) this.#excuse(lateMs);
      else this.#look();
      this.#tend();
    });
  }

  #look(): void {
    const nowMs = this.#clock.now();
    this.#shown?.run.tend();
    this.#waiting?.run.tend();
    if (this.#waiting !== null && nowMs - this.#waiting.startedAtMs > START_MS) {
      this.#giveUp(this.#waiting.run, "it wrote nothing");
    }
    if (this.#shown !== null && nowMs - this.#lastPictureAtMs > SILENT_MS) {
      this.#giveUp(this.#shown.run, "it stopped writing");
    }
    this.#consider();
  }

  /** This process was busy: what came meanwhile is read before anything is called stalled. */
  #excuse(lateMs: number): void {
    for (const watch of this.#watches.values()) watch.excuse(lateMs);
    for (const run of [this.#shown?.run, this.#waiting?.run]) run?.excuse(lateMs);
    this.#lastPictureAtMs += lateMs;
  }

  /** Its exit is what others look at. */
  #giveUp(run: MixRun, why: string): void {
    if (run.givenUp) return;
    this.#log.warn("mix_run_given_up", { why });
    void run.giveUp();
  }

  /** Whether the publisher whose place the mix took is gone for good. */
  #lostPublisher(): boolean {
    const { publisher } = this.#spec;
    if (publisher === null) return false;
    const isThere = this.#options.source(publisher) !== null;
    const isLost = this.#hadPublisher && !isThere;
    this.#hadPublisher ||= isThere;
    return isLost;
  }

  /** Whether viewers still see a publisher directly who is not ready to be mixed. */
  #waitsForPublisher(nowMs: number): boolean {
    const { publisher } = this.#spec;
    if (publisher === null || this.#runs > 0) return false;
    const watch = this.#watches.get(publisher)!;
    if (watch.isFlowing("video")) return false;
    return nowMs - this.#madeAtMs < PUBLISHER_MS;
  }

  /** Begins a run when what is seen is not what could be seen. */
  #consider(): void {
    if (this.#over || this.#waiting !== null) return;
    const nowMs = this.#clock.now();
    if (nowMs < this.#notBeforeMs || this.#waitsForPublisher(nowMs)) return;
    const isOther = this.#shown === null || this.#shownSpec !== this.#spec ||
      (this.#lagMs > MAX_LAG_MS && nowMs - this.#startedAtMs > LAG_INTERVAL_MS);
    if (!isOther && (nowMs - this.#startedAtMs < RUN_INTERVAL_MS || !this.#lacksInput())) return;
    this.#startedAtMs = nowMs;
    const feeds = this.#openFeeds(nowMs);
    if (isOther || this.#isBetter(feeds)) return this.#begin(nowMs, feeds);
    for (const feed of feeds) feed?.close();
  }

  /** The tracks of an input that flow and are wanted. */
  #flowing({ stream, muted }: MixSpec["inputs"][number]) {
    const watch = this.#watches.get(stream)!;
    return { video: watch.isFlowing("video"), audio: !muted && watch.isFlowing("audio") };
  }

  /** Whether an input flows of which nothing is seen or heard. */
  #lacksInput(): boolean {
    const { feeds } = this.#shown!.run;
    return this.#spec.inputs.some((input, index) => {
      const flowing = this.#flowing(input);
      return (flowing.video && !isOpen(feeds[index]?.video)) ||
        (flowing.audio && !isOpen(feeds[index]?.audio));
    });
  }

  /** Whether something is seen or heard with these that is not now; where not, a key frame may help. */
  #isBetter(feeds: readonly (MixFeed | null)[]): boolean {
    const shown = this.#shown!.run.feeds;
    const isBetter = feeds.some((feed, index) =>
      (isOpen(feed?.video) && !isOpen(shown[index]?.video)) ||
      (isOpen(feed?.audio) && !isOpen(shown[index]?.audio))
    );
    if (!isBetter) { for (const watch of this.#watches.values()) watch.source?.wishKeyFrame(); }
    return isBetter;
  }

  #openFeeds(nowMs: number): (MixFeed | null)[] {
    return this.#spec.inputs.map((input) => {
      const takes = this.#flowing(input);
      const watch = this.#watches.get(input.stream)!;
      const { source } = watch;
      if (source === null || !(takes.video || takes.audio)) return null;
      const { cadence } = watch;
      return MixFeed.open({ source, zeroMs: nowMs, now: () => this.#clock.now(), takes, cadence });
    });
  }

  #begin(nowMs: number, feeds: readonly (MixFeed | null)[]): void {
    const spec = this.#spec;
    const { desk, font } = this.#options;
    const secrets: string[] = [];
    const base = this.#options.feedBase();
    const offer = (track: MixFeed["video"] | undefined) => {
      if (track === null || track === undefined) return null;
      const secret = desk.offer(track);
      secrets.push(secret);
      return `${base}${secret}`;
    };
    const places = placesOf(spec.layout, spec.inputs.length, spec);
    const inputs = spec.inputs.map(({ name }, index) => ({
      name,
      place: places[index],
      videoUrl: offer(feeds[index]?.video),
      audioUrl: offer(feeds[index]?.audio),
    }));
    try {
      const run = new MixRun({
        args: mixArgv({ ...spec, inputs, font }),
        start: this.#options.start,
        feeds,
        streams: spec.inputs.map(({ stream }) => stream),
        inputOfFeed: feedsOf(inputs).map(({ input }) => input),
        secrets,
        desk,
        zeroMs: nowMs,
        onItem: (from, item) => this.#take(from, item),
        onExit: (from, exit) => this.#exited(from, exit),
      });
      this.#waiting = { run, startedAtMs: nowMs, spec, tracks: null };
      this.#runs++;
      this.#options.events.runStarted();
    } catch (error) {
      for (const feed of feeds) feed?.close();
      for (const secret of secrets) desk.withdraw(secret);
      if (!(error instanceof FfmpegMissingError)) throw error;
      this.#failed(nowMs);
    }
  }

  #take(run: MixRun, item: StreamItem): void {
    if (this.#over) return;
    if (this.#shown?.run === run) return this.#publish(item, this.#shown.offset);
    const waiting = this.#waiting;
    if (waiting?.run !== run) return;
    if (item.kind === "tracks") waiting.tracks = item.tracks;
    if (item.kind !== "video" || !item.keyFrame || waiting.tracks === null) return;
    this.#switchTo(waiting, item.dts);
    this.#publish(item, this.#shown!.offset);
  }

  #switchTo(waiting: Waiting, firstDts: number): void {
    const { run, spec } = waiting;
    const nowMs = this.#clock.now();
    const step = CLOCK_HZ / spec.frameRate;
    // By the clock, however long a run took to begin: its delay is no hole in the time line.
    this.#firstAtMs ??= nowMs;
    const due = (nowMs - this.#firstAtMs) * TICKS_PER_MS;
    const offset = Math.max(due, this.#lastVideoDts + step) - firstDts;
    const before = this.#shown;
    if (this.#lastVideoDts > -Infinity) {
      const gap: MixGap = {
        mediaMs: Math.round((offset + firstDts - this.#lastVideoDts - step) / TICKS_PER_MS),
        wallMs: Math.max(0, Math.round(nowMs - this.#lastPictureAtMs - step / TICKS_PER_MS)),
      };
      this.#lastGap = gap;
      this.#options.events.switched(gap);
      this.#log.info("mix_switched", { media_gap_ms: gap.mediaMs, wall_gap_ms: gap.wallMs });
    }
    this.#shown = { run, offset, firstLagMs: lagOf(run, { dts: firstDts, nowMs }) };
    this.#shownSpec = spec;
    this.#waiting = null;
    if (before !== null) this.#end(before.run);
    // Another decoder configuration is rare: the encoder is the same one each time.
    const tracks = waiting.tracks!;
    if (this.#publishedTracks === null || !sameTracks(this.#publishedTracks, tracks)) {
      this.#write({ kind: "tracks", tracks, dts: firstDts + offset, discontinuity: false });
    }
  }

  #publish(item: StreamItem, offset: number): void {
    switch (item.kind) {
      case "metadata":
        return;
      case "tracks":
        if (this.#publishedTracks === null || !sameTracks(this.#publishedTracks, item.tracks)) {
          this.#write({ ...item, dts: item.dts + offset });
        }
        return;
      case "video":
        this.#lastVideoDts = item.dts + offset;
        this.#lastPictureAtMs = this.#clock.now();
        this.#lagMs = this.#lagOfShown(item.dts);
        break;
      case "audio":
        // The sound of two runs may overlap for a moment: never backwards.
        if (item.dts + offset <= this.#lastDts) return;
        this.#lastDts = item.dts + offset;
    }
    this.#write({ ...item, dts: item.dts + offset, pts: item.pts + offset });
  }

  #lagOfShown(dts: number): number {
    const { run, firstLagMs } = this.#shown!;
    return lagOf(run, { dts, nowMs: this.#lastPictureAtMs }) - firstLagMs;
  }

  #write(item: StreamItem): void {
    if (item.kind === "tracks") this.#publishedTracks = item.tracks;
    this.#options.publisher.write(item);
  }

  #exited(run: MixRun, exit: FfmpegExit): void {
    const wasShown = this.#shown?.run === run;
    const wasWaiting = this.#waiting?.run === run;
    if (this.#over || (!wasShown && !wasWaiting)) return;
    this.#spend(run);
    this.#log.warn("mix_run_ended", { code: exit.code, messages: exit.messages });
    if (wasShown) this.#shown = null;
    else this.#waiting = null;
    // Only what was seen for a while was good; one that has to be killed never was.
    this.#failed(wasShown && !run.givenUp ? run.zeroMs : this.#clock.now());
  }

  #failed(startedAtMs: number): void {
    this.#options.events.runFailed();
    const nowMs = this.#clock.now();
    this.#failures = nowMs - startedAtMs >= GOOD_RUN_MS ? 1 : this.#failures + 1;
    if (this.#failures >= MAX_FAILURES) {
      this.#log.error("mix_given_up", { failures: this.#failures });
      void this.stop("connection_lost");
      return;
    }
    this.#notBeforeMs = nowMs + restartDelayMs(this.#failures - 1);
  }

  #end(run: MixRun): void {
    const stopping: Promise<void> = run.stop().finally(() => this.#stopping.delete(stopping));
    this.#stopping.add(stopping);
    // One that has not been seen yet is counted when it is gone.
    if (this.#waiting?.run !== run) this.#spend(run);
  }

  #spend(run: MixRun): void {
    this.#spentSeconds += run.cost.total;
    addDecoding(this.#spentDecoding, run);
  }
}

function addDecoding(sums: Map<string, number>, run: MixRun): void {
  for (const [stream, seconds] of run.cost.decoding) {
    sums.set(stream, (sums.get(stream) ?? 0) + seconds);
  }
}

/** How far a picture of a run is behind the clock, milliseconds. */
function lagOf(
  run: MixRun,
  { dts, nowMs }: { readonly dts: number; readonly nowMs: number },
): number {
  return nowMs - run.zeroMs - dts / TICKS_PER_MS;
}

function isOpen(track: { readonly ended: boolean } | null | undefined): boolean {
  return track !== null && track !== undefined && !track.ended;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
