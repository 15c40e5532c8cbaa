/**
 * HLS of one stream, whatever its publisher sends. A stream that every player of HLS takes as it is
 * is packaged all the time. Of any other one a form that they take is made while somebody asks for
 * it (ADR 34).
 *
 * @module
 */
import type { Logger } from "../../../platform/log.ts";
import { problem } from "../../../platform/problem.ts";
import type { StreamItem, Tracks } from "../../access_unit.ts";
import { RenditionRefusedError } from "../../errors.ts";
import {
  isDirect,
  planOf,
  type Reader,
  type ReaderOptions,
  refusalProblem,
  type Wish,
} from "../../stream/contract.ts";
import type { DiscontinuityNumbers } from "./discontinuity_numbers.ts";
import { type HlsAnswer, HlsPackager, type HlsRequest } from "./packager.ts";

/** A form that nobody asked for in this time is not made any longer. */
const IDLE_MS = 20_000;

type LaneName = "cmaf" | "ts";

/** AAC plays everywhere; Opus in HLS does not. */
const WISHES: Readonly<Record<LaneName, Wish>> = {
  cmaf: { video: "cmaf", audio: "aac" },
  ts: { video: "ts", audio: "aac" },
};

/** How an output is made. */
export interface HlsOutputOptions {
  readonly room: string;
  /** Wall clock of tick 0 of the stream. */
  readonly startedAtMs: number;
  readonly discontinuities: Pick<DiscontinuityNumbers, "first" | "used">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
  /** Reads the stream in the form of a wish; see `ReadPort`. */
  readonly read: (options: ReaderOptions) => Reader | null;
  /** Whether other forms can be made on this machine at all. */
  readonly canRender: () => boolean;
}

/** A form that is made while somebody asks for it. */
interface Lane {
  readonly packager: HlsPackager;
  readonly reader: Reader;
  askedAtMs: number;
}

/** See the module's docstring. */
export class HlsOutput {
  readonly #options: HlsOutputOptions;
  readonly #lanes = new Map<LaneName, Lane>();
  #tracks: Tracks | null = null;
  /** Packages the stream as it comes; null while players cannot take it so. */
  #direct: HlsPackager | null = null;
  #directAskedAtMs = -Infinity;
  #ended = false;

  constructor(options: HlsOutputOptions) {
    this.#options = options;
  }

  /** Which formats can be asked for. */
  get outputs(): { readonly llhls: boolean; readonly hls: boolean } {
    if (this.#tracks === null) return { llhls: false, hls: false };
    const direct = this.#direct?.outputs ?? { llhls: false, hls: false };
    const can = this.#options.canRender();
    return { llhls: direct.llhls || can, hls: direct.hls || can };
  }

  /** Takes the next item of the stream. */
  push(item: StreamItem): void {
    if (item.kind === "tracks") this.#setTracks(item.tracks);
    this.#direct?.push(item);
    if (this.#lanes.size > 0) this.#closeIdle();
  }

  /** The stream is over. */
  end(): void {
    this.#ended = true;
    this.#direct?.end();
  }

  /** Answers a request; see {@linkcode HlsPackager.handle}. */
  async handle(request: HlsRequest): Promise<HlsAnswer> {
    const format = request.path.startsWith("ts/") ? "ts" : "cmaf";
    const name = this.#laneOf(format);
    if (name === null) {
      this.#directAskedAtMs = this.#options.now();
      const direct = this.#direct;
      if (direct === null) return notLive();
      const { llhls, hls } = direct.outputs;
      const carried = this.#tracks === null || (format === "ts" ? hls : llhls);
      return carried ? await direct.handle(request) : withoutFfmpeg();
    }
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      if (this.#ended) return notLive();
      try {
        lane = this.#open(name, null);
      } catch (error) {
        if (error instanceof RenditionRefusedError) return refusalProblem(error);
        throw error;
      }
    }
    lane.askedAtMs = this.#options.now();
    const answer = await lane.packager.handle(request);
    lane.askedAtMs = this.#options.now();
    return answer;
  }

  /** What it looks like inside, for administrators. */
  inspect(): unknown {
    return {
      direct: this.#direct?.inspect() ?? null,
      lanes: Object.fromEntries(
        [...this.#lanes].map(([name, { packager }]) => [name, packager.inspect()]),
      ),
    };
  }

  /** The lane that serves a format; null: the stream as it is. */
  #laneOf(format: LaneName): LaneName | null {
    const tracks = this.#tracks;
    if (tracks === null || !this.#options.canRender()) return null;
    const plan = planOf({ tracks, reorders: false }, WISHES[format]);
    if (isDirect(plan)) return this.#direct === null ? "cmaf" : null;
    if (format === "cmaf") return "cmaf";
    const cmaf = planOf({ tracks, reorders: false }, WISHES.cmaf);
    return cmaf.video === plan.video && cmaf.audio === plan.audio ? "cmaf" : "ts";
  }

  #setTracks(tracks: Tracks): void {
    this.#tracks = tracks;
    const asIs = !this.#options.canRender() ||
      isDirect(planOf({ tracks, reorders: false }, WISHES.cmaf));
    if (asIs) {
      // Viewers of a form that is not needed any more go on with the stream itself.
      this.#direct ??= this.#close("cmaf")?.packager ?? this.#newPackager();
    } else if (this.#direct !== null) {
      const packager = this.#direct;
      this.#direct = null;
      if (this.#options.now() - this.#directAskedAtMs < IDLE_MS) this.#hand(packager);
    }
  }

  /** Viewers of the stream go on with a form of it. */
  #hand(packager: HlsPackager): void {
    try {
      this.#open("cmaf", packager);
    } catch (error) {
      if (!(error instanceof RenditionRefusedError)) throw error;
      this.#options.log.warn("hls_form_refused", { stream: this.#options.room, error });
    }
  }

  #open(name: LaneName, known: HlsPackager | null): Lane {
    const reader = this.#options.read({
      protocol: "hls",
      remoteAddress: name,
      wish: WISHES[name],
      onReadable: () => this.#pump(name),
    });
    if (reader === null) {
      throw new RenditionRefusedError("rendition_failed", "Cannot read the stream: it ended");
    }
    const lane: Lane = {
      packager: known ?? this.#newPackager(),
      reader,
      askedAtMs: this.#options.now(),
    };
    this.#lanes.set(name, lane);
    this.#pump(name);
    return lane;
  }

  #pump(name: LaneName): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    for (const item of lane.reader.take()) lane.packager.push(item);
    if (lane.reader.ended) lane.packager.end();
    // The next request tries again, or hears why that cannot be.
    if (lane.reader.broken) this.#close(name);
  }

  #close(name: LaneName): Lane | undefined {
    const lane = this.#lanes.get(name);
    this.#lanes.delete(name);
    lane?.reader.close();
    return lane;
  }

  #closeIdle(): void {
    const nowMs = this.#options.now();
    for (const [name, lane] of this.#lanes) {
      if (nowMs - lane.askedAtMs > IDLE_MS) this.#close(name);
    }
  }

  #newPackager(): HlsPackager {
    const { room, startedAtMs, discontinuities, now, log } = this.#options;
    return new HlsPackager({ room, startedAtMs, discontinuities, now, log });
  }
}

function withoutFfmpeg(): HlsAnswer {
  return refusalProblem(
    new RenditionRefusedError(
      "ffmpeg_missing",
      "Cannot make a form of the stream that players of HLS take: there is no ffmpeg",
    ),
  );
}

function notLive(): HlsAnswer {
  return {
    ...problem({ status: 404, title: "Not found", detail: "This room is not live" }),
    error: { code: "not_found", sentence: "This room is not live" },
  };
}
