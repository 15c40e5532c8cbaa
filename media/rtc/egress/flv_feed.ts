/**
 * Feeds a hub with a stream that did not come by WebRTC: FLV of `media`, with sound as Opus and
 * pictures as H.264 in the order in which they are shown, cut into RTP once for all viewers.
 *
 * @module
 */
import type { AccessUnit, StreamItem, Tracks } from "../../access_unit.ts";
import { CLOCK_HZ } from "../../access_unit.ts";
import { FlvDemuxer, FlvTagParser } from "../../container/flv/mod.ts";
import { abortableBody } from "../../../platform/abortable_body.ts";
import type { Logger } from "../../../platform/log.ts";
import { isRtpCodec, RtpSource } from "../../transport/webrtc/packetize/mod.ts";
import { refusal } from "../refusal.ts";
import type { Hub, HubFeed } from "./hub.ts";
import type { PullOutcome } from "./hubs.ts";
import type { FeedDescription, FeedTrack, MediaKind } from "./packet.ts";

/** Where and how to pull. */
export interface FlvPullOptions {
  /** Base addresses of the origins in order. */
  readonly origins: readonly string[];
  readonly clusterSecret: string;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  readonly log: Logger;
}

/** The answer's head; a rendition begins within this time. */
const HEAD_WITHIN_MS = 6_000;
/** Longer than the 10 s for which the origin waits for a lost publisher. */
const SILENCE_MS = 20_000;
/** The cached group of pictures comes in one go; after this time what comes is live. */
const BURST_MS = 120;
const MAX_PROBLEM_CHARS = 4_096;
/** A promised track that has not come by then is done without. */
const TRACKS_WITHIN_MS = 4_000;

/** Pulls until the stream ends, the connection is lost or the signal is aborted. */
export async function pullFlv(hub: Hub, options: FlvPullOptions): Promise<PullOutcome> {
  let outcome: PullOutcome = "failed";
  for (const origin of options.origins) {
    outcome = await pullFrom(origin, hub, options);
    // Another origin may have the room, or be there at all.
    if (options.signal.aborted || outcome === "ended") break;
  }
  return outcome;
}

async function pullFrom(origin: string, hub: Hub, options: FlvPullOptions): Promise<PullOutcome> {
  const { clusterSecret, signal, log } = options;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), HEAD_WITHIN_MS);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  let feed: RtpFeed | null = null;
  try {
    const response = await fetch(`${origin}/live/${hub.room}.flv?audio=opus&video=plain`, {
      headers: { authorization: `Bearer ${clusterSecret}` },
      redirect: "error",
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status !== 200 || response.body === null) {
      if (response.status === 404) {
        await response.body?.cancel();
        return "not_live";
      }
      log.warn("flv_refused", { stream: hub.room, status: response.status });
      return await refusalOf(response);
    }
    const parser = new FlvTagParser();
    const demuxer = new FlvDemuxer();
    for await (const piece of abortableBody(response.body, [signal, silence.signal])) {
      heard();
      for (const tag of parser.push(piece)) {
        const { header } = parser;
        feed ??= new RtpFeed(hub, {
          ...options,
          promised: { video: header?.hasVideo ?? true, audio: header?.hasAudio ?? true },
        });
        for (const item of demuxer.push(tag)) feed.take(item);
      }
      if (feed?.isOver === true) return "failed";
    }
    return parser.pendingBytes > 0 || feed === null ? "failed" : "ended";
  } catch (error) {
    // Lost, silent or malformed: all are answered by pulling anew.
    if (!signal.aborted) log.info("flv_lost", { stream: hub.room, error: error as Error });
    return "failed";
  } finally {
    clearTimeout(timer);
    feed?.stop();
  }
}

/** What `media` says when it cannot give the form that was wished for. */
async function refusalOf(response: Response): Promise<PullOutcome> {
  const text = (await response.text()).slice(0, MAX_PROBLEM_CHARS);
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text);
  } catch {
    // Not from `media` itself.
    return "failed";
  }
  const { code, detail } = body;
  if (response.status !== 503 || typeof code !== "string") return "failed";
  return refusal(503, {
    code,
    title: "No form for WebRTC",
    detail: typeof detail === "string" ? detail : "Play this stream by FLV or HLS.",
    headers: { "retry-after": response.headers.get("retry-after") ?? "10" },
  });
}

interface FeedOptions {
  readonly now: () => number;
  readonly log: Logger;
  /** What the file header announces. */
  readonly promised: { readonly video: boolean; readonly audio: boolean };
}

/** Items of a stream as packets of a hub. */
export class RtpFeed {
  readonly #hub: Hub;
  readonly #options: FeedOptions;
  readonly #startedAtMs: number;
  #feed: HubFeed | null = null;
  #detached = false;
  #sources: { video: RtpSource | null; audio: RtpSource | null } = { video: null, audio: null };
  #sequence = { video: 0, audio: 0 };
  #tracks: Tracks | null = null;
  /** Where presentation time 0 stands on the wall clock. */
  #zeroAtMs: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #described = false;
  #burstOver = false;

  constructor(hub: Hub, options: FeedOptions) {
    this.#hub = hub;
    this.#options = options;
    this.#startedAtMs = options.now();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#burstOver = true;
      this.#describe();
    }, BURST_MS);
  }

  /** Another feed has taken its place, or nobody watches. */
  get isOver(): boolean {
    return this.#detached;
  }

  /** Takes the next item of the stream. */
  take(item: StreamItem): void {
    if (this.#detached) return;
    if (item.kind === "tracks") this.#follow(item.tracks);
    else if (item.kind !== "metadata") this.#write(item);
    if (this.#burstOver && !this.#described) this.#describe();
  }

  /** Brings nothing more; viewers wait for what comes next. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#feed?.detach(null);
  }

  #follow(tracks: Tracks): void {
    this.#tracks = tracks;
    for (const kind of ["video", "audio"] as const) {
      const codec = tracks[kind]?.codec;
      if (codec === undefined || !isRtpCodec(codec)) {
        if (codec !== undefined) {
          this.#options.log.warn("codec_not_for_rtp", { stream: this.#hub.room, codec });
        }
        continue;
      }
      if (this.#sources[kind]?.codec !== codec) {
        // Numbers of viewers are their own: these are only for telling packets apart.
        this.#sources[kind] = new RtpSource({
          codec,
          payloadType: 0,
          ssrc: 0,
          sequenceNumber: 0,
          timestampOffset: 0,
        });
      }
      this.#sources[kind]!.tracks(tracks);
    }
    if (this.#described) this.#describe();
  }

  #write(unit: AccessUnit): void {
    const source = this.#sources[unit.kind];
    if (source === null) return;
    const feed = this.#attach();
    if (!feed.isAttached) return;
    const { clockRate } = source;
    const timestamp = Math.round(unit.pts * clockRate / CLOCK_HZ);
    if (this.#zeroAtMs === null) {
      this.#zeroAtMs = this.#options.now() - unit.pts * 1000 / CLOCK_HZ;
    }
    feed.clock({ kind: unit.kind, layer: 0 }, {
      timestamp,
      atMs: this.#zeroAtMs + timestamp * 1000 / clockRate,
    });
    const packets = source.packets(unit);
    packets.forEach((bytes, index) => {
      feed.write({
        kind: unit.kind,
        layer: 0,
        bytes,
        sequence: this.#sequence[unit.kind]++,
        timestamp,
        marker: unit.kind === "video" && index === packets.length - 1,
        keyFrameStart: unit.kind === "video" && unit.keyFrame && index === 0,
      });
    });
  }

  #attach(): HubFeed {
    return this.#feed ??= this.#hub.attach({
      origin: "flv",
      // A stream from elsewhere makes its key frames when it likes; viewers get the group again.
      requestKeyFrame: () => {},
      onDetached: () => this.#detached = true,
    });
  }

  /** Tells what there is, as soon as that is complete. */
  #describe(): void {
    const { promised, now } = this.#options;
    const { video, audio } = this.#sources;
    const isLate = now() - this.#startedAtMs >= TRACKS_WITHIN_MS;
    const isComplete = (!promised.video || video !== null) && (!promised.audio || audio !== null);
    if (this.#feed === null || (!isComplete && !isLate)) return;
    this.#described = true;
    const track = (kind: MediaKind): FeedTrack | null => {
      const source = this.#sources[kind];
      if (source === null) return null;
      const profile = kind === "video" && source.codec === "h264"
        ? this.#tracks?.video?.description[1]
        : undefined;
      return {
        codec: source.codec,
        clockRate: source.clockRate,
        layers: 1,
        ...(profile !== undefined && { profile }),
      };
    };
    const description: FeedDescription = { video: track("video"), audio: track("audio") };
    this.#feed.describe(description);
  }
}
