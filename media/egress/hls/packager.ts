/**
 * Low-latency HLS (CMAF) and HLS (MPEG-TS) of one stream, in memory: units come in, requests are
 * answered.
 *
 * @module
 */
import type { Logger } from "../../../platform/log.ts";
import { problem } from "../../../platform/problem.ts";
import { CLOCK_HZ, type StreamItem, type Tracks } from "../../access_unit.ts";
import { readFragment } from "../../container/cmaf/fragment_reader.ts";
import { CmafMuxer } from "../../container/cmaf/muxer.ts";
import { TsMuxer, tsPlaysInHls } from "../../container/mpegts/muxer.ts";
import { UnsupportedMediaError } from "../../errors.ts";
import { type HlsAddress, parseHlsAddress } from "./addresses.ts";
import { HeldRequests } from "./held_requests.ts";
import {
  DeliveryDirectiveError,
  type DeliveryDirectives,
  parseDeliveryDirectives,
  PLAYLIST_TYPE,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
} from "./playlist.ts";
import { lowLatencyPlaylist, type PlaylistSource, streamVariant, tsPlaylist } from "./playlists.ts";
import {
  durationS,
  type NewSegment,
  SegmentStore,
  type StoredSegment,
  type StoredTracks,
} from "./segment_store.ts";
import type { DiscontinuityNumbers } from "./discontinuity_numbers.ts";
import { Segmenter, type SegmenterPart } from "./segmenter.ts";
import { lowLatencyTargetDurationS, partTargetS, plainTargetDurationS } from "./target_duration.ts";
import { addPackets, muxTsSegment, tsCountersAfter } from "./ts_segment.ts";

/** Instant from which sequence numbers count (docs/architecture.md). */
const SEQUENCE_EPOCH_MS = Date.UTC(2024, 0, 1);
const MS_PER_MEDIA_SEQUENCE = 500;
/** How long a playlist is held for the first segment of a stream. */
const FIRST_SEGMENT_MS = 4000;
/** Without any item for this long the publisher is away; held playlists wait no longer for it. */
const PUBLISHER_AWAY_MS = 1000;
/** hls.js gives a blocking reload 0.8 target durations, 1.6 s; no sooner, or clients would spin. */
const AWAY_HOLD_MS = 1000;
const HELD_TARGET_DURATIONS = 3;
const SWEEP_MS = 250;
/** Media sequence numbers a client may be ahead of the last segment (RFC 8216bis §6.2.5.2). */
const MSN_AHEAD = 2;
const PART_SECONDS_AHEAD = 3;
const TS_SEGMENTS_CACHED = 3;
const DEFAULT_MAX_HELD = 2000;
const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;

const IMMUTABLE = "public, max-age=31536000, immutable";
const VIDEO_MP4 = "video/mp4";
const AUDIO_MP4 = "audio/mp4";
const MPEG_TS = "video/mp2t";

/** Why a request is not answered with what it asked for. */
export type HlsErrorCode =
  | "not_found"
  | "not_carried"
  | "bad_request"
  | "not_ready"
  | "too_busy"
  | "client_gone"
  | "mux_failed";

/** An answer; errors are problem documents, with the code beside. */
export interface HlsAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
  readonly error?: { readonly code: HlsErrorCode; readonly sentence: string };
}

/** A request below `/live/<room>/`. */
export interface HlsRequest {
  /** Without the prefix: `main.m3u8`, `k3x9/812.2.m4s`, `ts/main.m3u8`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborted when the client went away. */
  readonly signal: AbortSignal;
}

/** How a packager is made. */
export interface HlsPackagerOptions {
  readonly room: string;
  /** Wall clock of tick 0 of the stream. */
  readonly startedAtMs: number;
  /** Gives discontinuity sequence numbers that no run of this stream used before. */
  readonly discontinuities: Pick<DiscontinuityNumbers, "first" | "used">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Logger;
  /** Requests that may wait at once; above, 503. Default 2000. */
  readonly maxHeld?: number;
  /** Bytes of segments that are kept; above, they leave sooner. Default 128 MiB. */
  readonly maxBytes?: number;
}

/** What a packager looks like inside. */
export interface HlsInspection {
  readonly epoch: string;
  readonly outputs: { readonly llhls: boolean; readonly hls: boolean };
  readonly segments: number;
  readonly bytes: number;
  readonly openMsn: number;
  readonly held: number;
  readonly refusedHolds: number;
  /** Segments that begin without a key frame, because the next one was too far. */
  readonly forcedCuts: number;
  readonly targetDurationS: number | null;
  readonly tsTargetDurationS: number | null;
  readonly partTargetS: number | null;
  readonly ended: boolean;
}

/** Packages one stream. */
export class HlsPackager {
  readonly #options: HlsPackagerOptions;
  readonly #log: Logger;
  readonly #epoch: string;
  readonly #store: SegmentStore;
  readonly #segmenter: Segmenter;
  readonly #held: HeldRequests<HlsAnswer>;
  readonly #inits = new Map<number, StoredTracks>();
  readonly #tsCache = new Map<number, Promise<Uint8Array>>();
  readonly #rendered = new Map<string, { readonly version: number; readonly body: Uint8Array }>();
  #tracks: StoredTracks | null = null;
  #muxer: CmafMuxer | null = null;
  #tsMuxer: TsMuxer | null = null;
  #nextInit = 0;
  /** The segment that begins with the next part. */
  #pending: NewSegment | null = null;
  #open: StoredSegment | null = null;
  #lastSegment: StoredSegment | null = null;
  #targetDurationS: number | null = null;
  #tsTargetDurationS: number | null = null;
  #partTargetS: number | null = null;
  #version = 0;
  #lastPushMs: number;
  #ended = false;
  #timer: ReturnType<typeof setInterval> | null = null;
  #refusedHolds = 0;

  constructor(options: HlsPackagerOptions) {
    const now = options.now();
    this.#options = options;
    this.#log = options.log.with({ stream: options.room });
    this.#epoch = newEpoch(now);
    this.#lastPushMs = now;
    this.#store = new SegmentStore({
      mediaSequence: Math.max(0, Math.floor((now - SEQUENCE_EPOCH_MS) / MS_PER_MEDIA_SEQUENCE)),
      discontinuities: options.discontinuities,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    });
    this.#held = new HeldRequests(options.maxHeld ?? DEFAULT_MAX_HELD);
    this.#segmenter = new Segmenter({
      tracks: (tracks) => this.#setTracks(tracks),
      segmentStart: ({ start, discontinuity, independent }) => {
        if (this.#tracks === null) return;
        this.#pending = {
          start,
          independent,
          // A segment that got no part hands its discontinuity on.
          discontinuity: discontinuity || (this.#pending?.discontinuity ?? false),
          tracks: this.#tracks,
          tsCounters: this.#lastSegment === null
            ? { tables: 0, video: 0, audio: 0 }
            : tsCountersAfter(this.#lastSegment),
        };
      },
      part: (part) => this.#addPart(part),
      segmentEnd: (end) => this.#endSegment(end),
    });
  }

  /** Which formats carry the present tracks. */
  get outputs(): { readonly llhls: boolean; readonly hls: boolean } {
    return { llhls: this.#tracks !== null, hls: this.#tracks?.tsCarried ?? false };
  }

  /** Takes the next item of the stream; never throws, does nothing after {@linkcode end}. */
  push(item: StreamItem): void {
    if (this.#ended) return;
    this.#lastPushMs = this.#options.now();
    const { version } = this;
    this.#segmenter.push(item);
    if (version !== this.version) this.#sweep();
  }

  /** The stream is over: playlists get their end mark, held requests their answer. */
  end(): void {
    if (this.#ended) return;
    this.#segmenter.end();
    this.#ended = true;
    this.#version++;
    this.#sweep();
  }

  /** Rises with every part and segment. */
  get version(): number {
    return this.#version;
  }

  /** Answers a request; resolves late when it asks for something that comes soon. */
  async handle(request: HlsRequest): Promise<HlsAnswer> {
    const address = parseHlsAddress(request.path);
    if (address === null) return notFound();
    switch (address.kind) {
      case "multivariant":
        return await this.#holdUntil(address.ts ? "ts/index" : "index", {
          request,
          ms: FIRST_SEGMENT_MS,
          attempt: () => this.#multivariant(address.ts, { force: false }),
          expire: () => this.#multivariant(address.ts, { force: true }) ?? notReady(),
        });
      case "playlist":
        if (address.ts) {
          return await this.#holdUntil("ts/main", {
            request,
            ms: FIRST_SEGMENT_MS,
            attempt: () => this.#tsMain(),
            expire: notReady,
          });
        }
        return await this.#lowLatencyMain(request);
    }
    if (address.epoch !== this.#epoch) return notFound();
    switch (address.kind) {
      case "init": {
        const stored = this.#inits.get(address.number);
        return stored === undefined ? notFound() : media(stored.init, mp4Type(stored.tracks));
      }
      case "part":
        return await this.#part(request, address);
      case "segment": {
        const segment = this.#store.find(address.msn);
        if (segment === null || !segment.complete) return notFound();
        if (!address.ts) return media(concatenate(segment), mp4Type(segment.tracks.tracks));
        return segment.tracks.tsCarried ? await this.#tsSegment(segment) : notCarried();
      }
    }
  }

  /** What it looks like inside, for administrators. */
  inspect(): HlsInspection {
    return {
      epoch: this.#epoch,
      outputs: this.outputs,
      segments: this.#store.count,
      bytes: this.#store.bytes,
      openMsn: this.#store.openMsn,
      held: this.#held.count,
      refusedHolds: this.#refusedHolds,
      forcedCuts: this.#segmenter.forcedCuts,
      targetDurationS: this.#targetDurationS,
      tsTargetDurationS: this.#tsTargetDurationS,
      partTargetS: this.#partTargetS,
      ended: this.#ended,
    };
  }

  #setTracks(tracks: Tracks): void {
    this.#tracks = null;
    this.#muxer = null;
    this.#tsMuxer = null;
    this.#pending = this.#pending?.discontinuity ? this.#pending : null;
    try {
      if (tracks.video?.codec === "vp8") {
        throw new UnsupportedMediaError("Cannot package VP8: no player of HLS takes it");
      }
      const muxer = new CmafMuxer(tracks);
      const init = muxer.initSegment();
      if (tsPlaysInHls(tracks)) this.#tsMuxer = new TsMuxer(tracks);
      const number = this.#nextInit++;
      this.#muxer = muxer;
      this.#tracks = { number, tracks, init, tsCarried: this.#tsMuxer !== null };
      this.#inits.set(number, this.#tracks);
    } catch (error) {
      // The other outputs go on; these tracks have no HLS.
      this.#log.error("hls_tracks_refused", { error: error as Error });
    }
  }

  #addPart(part: SegmenterPart): void {
    if (this.#muxer === null || this.#tracks === null) return;
    if (this.#open === null) {
      if (this.#pending === null) return;
      this.#open = this.#store.begin(this.#pending);
      this.#pending = null;
      if (!this.#open.independent && this.#segmenter.forcedCuts === 1) {
        this.#log.warn("key_frames_too_far", { msn: this.#open.msn });
      }
    }
    const bytes = this.#muxer.fragment(part);
    const segment = this.#open;
    this.#store.add(segment, {
      bytes,
      durationS: (part.end - part.start) / CLOCK_HZ,
      independent: part.independent,
    });
    segment.end = part.end;
    segment.videoFrames += part.video.length;
    if (this.#tsMuxer !== null) {
      const packets = this.#tsMuxer.measure(readFragment(bytes, this.#tracks.tracks));
      segment.tsPackets = addPackets(segment.tsPackets, packets);
    }
    this.#version++;
  }

  #endSegment(end: number): void {
    const segment = this.#open;
    if (segment === null) return;
    segment.end = Math.max(segment.end, end);
    this.#open = null;
    this.#lastSegment = segment;
    this.#store.finish(segment, Math.max(this.#targetDurationS ?? 0, this.#tsTargetDurationS ?? 0));
    const oldest = this.#store.listed()[0];
    for (const number of this.#inits.keys()) {
      if (number + 1 < oldest.tracks.number) this.#inits.delete(number);
    }
    this.#version++;
  }

  #source(): PlaylistSource {
    return {
      store: this.#store,
      epoch: this.#epoch,
      startedAtMs: this.#options.startedAtMs,
      ended: this.#ended,
    };
  }

  #multivariant(ts: boolean, { force }: { readonly force: boolean }): HlsAnswer | null {
    if (ts && this.#tracks !== null && !this.#tracks.tsCarried) return notCarried();
    if (!force && this.#store.lastComplete === null && !this.#ended) return null;
    const variant = streamVariant(this.#store, { ts });
    if (variant === null) return this.#ended ? notFound() : null;
    const body = this.#render(
      ts ? "ts/index" : "index",
      () => renderMultivariantPlaylist([variant]),
    );
    return playlist(body, "public, max-age=1");
  }

  #tsMain(): HlsAnswer | null {
    if (this.#tracks !== null && !this.#tracks.tsCarried) return notCarried();
    const target = this.#tsTarget();
    if (target === null) return this.#ended ? notFound() : null;
    const body = this.#render(
      "ts/main",
      () => renderMediaPlaylist(tsPlaylist(this.#source(), { targetDurationS: target })),
    );
    return playlist(body, "public, max-age=1");
  }

  /** Chosen by the first request that can be answered, and never changed. */
  #tsTarget(): number | null {
    if (this.#tsTargetDurationS !== null) return this.#tsTargetDurationS;
    const lengths = this.#store.listed().filter((one) => one.complete).map(durationS);
    const target = plainTargetDurationS(lengths, { ended: this.#ended });
    if (target === null) return null;
    this.#tsTargetDurationS = Math.max(target, Math.round(Math.max(...lengths)));
    this.#segmenter.declareTargetDuration(this.#tsTargetDurationS);
    return this.#tsTargetDurationS;
  }

  #lowLatencyTargets(): { readonly targetDurationS: number; readonly partTargetS: number } | null {
    if (this.#targetDurationS !== null && this.#partTargetS !== null) {
      return { targetDurationS: this.#targetDurationS, partTargetS: this.#partTargetS };
    }
    const complete = this.#store.listed().filter((one) => one.complete);
    if (complete.length === 0) return null;
    const longest = Math.max(...complete.map(durationS));
    this.#targetDurationS = lowLatencyTargetDurationS(longest);
    this.#partTargetS = partTargetS(complete.map((one) => one.parts.map((part) => part.durationS)));
    this.#segmenter.declareTargetDuration(this.#targetDurationS);
    this.#segmenter.declarePartTarget(this.#partTargetS);
    return { targetDurationS: this.#targetDurationS, partTargetS: this.#partTargetS };
  }

  async #lowLatencyMain(request: HlsRequest): Promise<HlsAnswer> {
    let directives: DeliveryDirectives;
    try {
      directives = parseDeliveryDirectives(request.query);
    } catch (error) {
      if (error instanceof DeliveryDirectiveError) return badRequest(error.message);
      throw error;
    }
    const { msn, part, skip } = directives;
    if (this.#lowLatencyTargets() === null) {
      return await this.#holdUntil(skip ? "main-skip" : "main", {
        request,
        ms: FIRST_SEGMENT_MS,
        attempt: () => {
          if (this.#lowLatencyTargets() !== null) return this.#mainAnswer(skip, "no-cache");
          return this.#ended ? notFound() : null;
        },
        expire: notReady,
      });
    }
    if (msn === null) return this.#mainAnswer(skip, "public, max-age=1");
    const last = this.#store.lastComplete?.msn ?? this.#store.openMsn - 1;
    const partsAhead = Math.ceil(PART_SECONDS_AHEAD / this.#partTargetS!);
    if (
      msn > last + MSN_AHEAD ||
      msn === this.#store.openMsn && part !== null &&
        part > (this.#store.open?.parts.length ?? 0) + partsAhead
    ) return badRequest("Cannot hold the playlist: the segment asked for is too far ahead");
    const askedAtMs = this.#options.now();
    const holdMs = HELD_TARGET_DURATIONS * this.#targetDurationS! * 1000;
    return await this.#holdUntil(`main ${msn} ${part} ${skip}`, {
      request,
      ms: holdMs,
      attempt: () => {
        if (this.#contains(msn, part)) {
          return this.#mainAnswer(skip, `public, max-age=${holdMs / 1000}`);
        }
        const over = this.#ended || this.#publisherAwayFor(askedAtMs);
        return over ? this.#mainAnswer(skip, "no-cache") : null;
      },
      expire: notReady,
    });
  }

  #mainAnswer(skip: boolean, cacheControl: string): HlsAnswer {
    const targets = this.#lowLatencyTargets()!;
    const body = this.#render(
      skip ? "main-skip" : "main",
      () => renderMediaPlaylist(lowLatencyPlaylist(this.#source(), targets), { skip }),
    );
    return playlist(body, cacheControl);
  }

  /** Whether the playlist has the segment, or the part of it, or something later. */
  #contains(msn: number, part: number | null): boolean {
    const { openMsn, open } = this.#store;
    if (msn > openMsn) return false;
    if (msn === openMsn) return part !== null && (open?.parts.length ?? 0) > part;
    const segment = this.#store.find(msn);
    // An index past the last part means the first part of the next segment.
    if (part === null || segment === null || part < segment.parts.length) return true;
    return msn + 1 < openMsn || (open?.parts.length ?? 0) > 0;
  }

  /** Whether a request held since then should wait no longer; not at once, or clients would spin. */
  #publisherAwayFor(askedAtMs: number): boolean {
    const now = this.#options.now();
    return now - this.#lastPushMs > PUBLISHER_AWAY_MS && now - askedAtMs > AWAY_HOLD_MS;
  }

  async #part(
    request: HlsRequest,
    { msn, part }: HlsAddress & { readonly kind: "part" },
  ): Promise<HlsAnswer> {
    const attempt = (): HlsAnswer | null => {
      const segment = this.#store.find(msn);
      const found = segment?.parts[part];
      if (found !== undefined) return media(found.bytes, mp4Type(segment!.tracks.tracks));
      // Only the hinted part will come (RFC 8216bis §6.2.6).
      const hinted = msn === this.#store.openMsn && part === (this.#store.open?.parts.length ?? 0);
      return hinted && !this.#ended ? null : notFound();
    };
    const seconds = HELD_TARGET_DURATIONS * (this.#targetDurationS ?? 2);
    return await this.#holdUntil(`part ${msn} ${part}`, {
      request,
      ms: seconds * 1000,
      attempt,
      expire: notReady,
    });
  }

  async #tsSegment(segment: StoredSegment): Promise<HlsAnswer> {
    let made = this.#tsCache.get(segment.msn);
    if (made === undefined) {
      made = muxTsSegment(segment);
      this.#tsCache.set(segment.msn, made);
      if (this.#tsCache.size > TS_SEGMENTS_CACHED) {
        this.#tsCache.delete(this.#tsCache.keys().next().value!);
      }
    }
    try {
      return media(await made, MPEG_TS);
    } catch (error) {
      this.#tsCache.delete(segment.msn);
      this.#log.error("ts_mux_failed", { msn: segment.msn, error: error as Error });
      return refusal({
        status: 500,
        code: "mux_failed",
        sentence: "Cannot mux the segment as MPEG-TS: its media is broken",
      });
    }
  }

  /** Answers at once when possible, else waits for the next part or the deadline. */
  async #holdUntil(
    key: string,
    options: {
      readonly request: HlsRequest;
      readonly ms: number;
      readonly attempt: () => HlsAnswer | null;
      readonly expire: () => HlsAnswer;
    },
  ): Promise<HlsAnswer> {
    const answer = options.attempt();
    if (answer !== null) return answer;
    const held = this.#held.hold(key, {
      make: () => ({
        attempt: options.attempt,
        expire: options.expire,
        deadlineMs: this.#options.now() + options.ms,
      }),
      signal: options.request.signal,
      gone: CLIENT_GONE,
    });
    if (held === null) {
      this.#refusedHolds++;
      return refusal({
        status: 503,
        code: "too_busy",
        sentence: "Cannot hold the request: too many wait already",
        retryAfterS: 1,
      });
    }
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
    const settled = await held;
    if (this.#held.count === 0) this.#stopTimer();
    return settled;
  }

  #sweep(): void {
    this.#held.sweep(this.#options.now());
    if (this.#held.count === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Encodes a playlist once for all who ask for the same version of it. */
  #render(name: string, make: () => string): Uint8Array {
    const cached = this.#rendered.get(name);
    if (cached?.version === this.#version) return cached.body;
    const body = ENCODER.encode(make());
    this.#rendered.set(name, { version: this.#version, body });
    return body;
  }
}

const ENCODER = new TextEncoder();

/** Nobody reads it: the client went away while its request was held. */
const CLIENT_GONE: HlsAnswer = {
  status: 499,
  headers: { "cache-control": "no-store" },
  body: null,
  error: { code: "client_gone", sentence: "The client went away" },
};

/** Time and chance, so that no address of another run is met again. */
function newEpoch(nowMs: number): string {
  const chance = crypto.getRandomValues(new Uint32Array(1))[0];
  return Math.floor(nowMs).toString(36) + chance.toString(36);
}

function mp4Type(tracks: Tracks): string {
  return tracks.video === null ? AUDIO_MP4 : VIDEO_MP4;
}

/** A segment is its parts one after the other. */
function concatenate(segment: StoredSegment): Uint8Array {
  const out = new Uint8Array(segment.bytes);
  let position = 0;
  for (const part of segment.parts) {
    out.set(part.bytes, position);
    position += part.bytes.length;
  }
  return out;
}

function media(body: Uint8Array, type: string): HlsAnswer {
  return { status: 200, headers: { "content-type": type, "cache-control": IMMUTABLE }, body };
}

function playlist(body: Uint8Array, cacheControl: string): HlsAnswer {
  return {
    status: 200,
    headers: { "content-type": PLAYLIST_TYPE, "cache-control": cacheControl },
    body,
  };
}

function refusal(
  options: {
    readonly status: number;
    readonly code: HlsErrorCode;
    readonly sentence: string;
    readonly cacheControl?: string;
    readonly retryAfterS?: number;
  },
): HlsAnswer {
  const { status, code, sentence } = options;
  const headers: Record<string, string> = {};
  if (options.cacheControl !== undefined) headers["cache-control"] = options.cacheControl;
  if (options.retryAfterS !== undefined) headers["retry-after"] = String(options.retryAfterS);
  return {
    ...problem({ status, title: sentence, members: { code }, headers }),
    error: { code, sentence },
  };
}

function notFound(): HlsAnswer {
  return refusal({
    status: 404,
    code: "not_found",
    sentence: "There is nothing at this address",
    cacheControl: "public, max-age=1",
  });
}

function notCarried(): HlsAnswer {
  return refusal({
    status: 404,
    code: "not_carried",
    sentence: "MPEG-TS does not carry the codecs of this stream",
    cacheControl: "public, max-age=1",
  });
}

function badRequest(sentence: string): HlsAnswer {
  return refusal({
    status: 400,
    code: "bad_request",
    sentence,
    cacheControl: "public, max-age=1",
  });
}

function notReady(): HlsAnswer {
  return refusal({
    status: 503,
    code: "not_ready",
    sentence: "Cannot answer yet: the stream has not come this far",
    retryAfterS: 1,
  });
}
