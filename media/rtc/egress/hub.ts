/**
 * The media of one room on their way to WebRTC viewers: one feed in at a time, many viewers out. A
 * feed may go and another come; viewers stay.
 *
 * @module
 */
import type { OfferedLayer } from "../../transport/webrtc/layer_choice.ts";
import type { SessionEnd } from "../session.ts";
import type { ClockPoint, FeedDescription, FeedTrack, MediaKind, SourcePacket } from "./packet.ts";
import { AUDIO_LIMITS, PacketBuffer, VIDEO_LIMITS } from "./packet_buffer.ts";

/** Who takes what a hub has. Called synchronously; must not throw. */
export interface HubViewer {
  /** What comes from now on is of another feed, or of other tracks of it. */
  onFeed(description: FeedDescription): void;
  onPacket(packet: SourcePacket): void;
  /** The viewer is no longer among those of the hub. */
  onEnd(reason: SessionEnd): void;
}

/** What a hub asks of its feed. */
export interface FeedControl {
  /** Where the feed comes from, for `/debug`. */
  readonly origin: "whip" | "flv" | "sfu";
  /** A picture is needed that is decoded without any other. Throttled by the hub. */
  requestKeyFrame(layer: number): void;
  /** Nobody watches, or another feed took the place. */
  onDetached(): void;
}

/** How a feed brings its packets; nothing happens once it was detached. */
export interface HubFeed {
  /** Whether the hub still takes from it. */
  readonly isAttached: boolean;
  /**
   * The tracks, at first and whenever they change. Packets that come before are kept for those who
   * begin with them.
   */
  describe(description: FeedDescription): void;
  write(packet: SourcePacket): void;
  /** Numbers begin anew: what follows has nothing to do with what came before. */
  restart(): void;
  /** Where timestamps stand on the wall clock. */
  clock(of: { readonly kind: MediaKind; readonly layer: number }, point: ClockPoint): void;
  /** No more comes of it. With `null` viewers wait for another feed; else they end. */
  detach(reason: SessionEnd | null): void;
}

/** One PLI of all viewers together in this time. */
const KEY_FRAME_EVERY_MS = 500;

/** Layers are compared over this time; one that brought nothing in it is not there. */
const RATE_WINDOW_MS = 1_000;

interface Stream {
  readonly kind: MediaKind;
  readonly layer: number;
  readonly buffer: PacketBuffer;
  /** Bytes of the window that runs, and bits a second of the one before. */
  bytes: number;
  windowFromMs: number;
  bitsPerSecond: number;
  clock: ClockPoint | null;
  keyFrameAskedMs: number;
}

interface Attached {
  readonly control: FeedControl;
  readonly streams: Map<string, Stream>;
  description: FeedDescription | null;
}

/** One room. */
export class Hub {
  readonly room: string;
  readonly #now: () => number;
  readonly #viewers = new Set<HubViewer>();
  readonly #onChange: () => void;
  #feed: Attached | null = null;
  #keyFrameRequests = 0;
  #feeds = 0;

  /** @param onChange called when the feed or the number of viewers changed. */
  constructor(
    room: string,
    options: { readonly now: () => number; readonly onChange: () => void },
  ) {
    this.room = room;
    this.#now = options.now;
    this.#onChange = options.onChange;
  }

  /** What the feed brings; null while there is none, or it has not said so. */
  get description(): FeedDescription | null {
    return this.#feed?.description ?? null;
  }

  /** Where the feed comes from; null: there is none. */
  get origin(): FeedControl["origin"] | null {
    return this.#feed?.control.origin ?? null;
  }

  /** Viewers that are there. */
  get viewers(): number {
    return this.#viewers.size;
  }

  /** Gives the hub a feed; one that was there is detached. */
  attach(control: FeedControl): HubFeed {
    const attached: Attached = { control, streams: new Map(), description: null };
    const before = this.#feed;
    this.#feed = attached;
    this.#feeds++;
    before?.control.onDetached();
    this.#onChange();
    const isAttached = () => this.#feed === attached;
    return {
      get isAttached() {
        return isAttached();
      },
      describe: (description) => {
        if (isAttached()) this.#describe(attached, description);
      },
      write: (packet) => {
        if (isAttached()) this.#write(attached, packet);
      },
      restart: () => {
        attached.streams.clear();
        const { description } = attached;
        if (!isAttached() || description === null) return;
        for (const viewer of [...this.#viewers]) viewer.onFeed(description);
      },
      clock: ({ kind, layer }, point) => {
        streamOf(attached, kind, layer).clock = point;
      },
      detach: (reason) => {
        if (!isAttached()) return;
        this.#feed = null;
        if (reason !== null) this.end(reason);
        this.#onChange();
      },
    };
  }

  /** Adds a viewer; packets come to it from now on. */
  join(viewer: HubViewer): void {
    this.#viewers.add(viewer);
    this.#onChange();
  }

  /** Removes a viewer; one that is not there is fine. */
  leave(viewer: HubViewer): void {
    if (this.#viewers.delete(viewer)) this.#onChange();
  }

  /** The packets that a new viewer begins with: from the newest key frame of a layer on. */
  group(layer: number): readonly SourcePacket[] {
    return this.#feed?.streams.get(`video${layer}`)?.buffer.group() ?? [];
  }

  /** A packet that was sent before; undefined when it is not kept. */
  find(kind: MediaKind, of: { readonly layer: number; readonly sequence: number }) {
    return this.#feed?.streams.get(`${kind}${of.layer}`)?.buffer.find(of.sequence);
  }

  /** The simulcast layers that the publisher really sends now, in no order. */
  layers(): readonly OfferedLayer[] {
    const layers: OfferedLayer[] = [];
    const nowMs = this.#now();
    for (const stream of this.#feed?.streams.values() ?? []) {
      if (stream.kind !== "video") continue;
      roll(stream, nowMs);
      const bitsPerSecond = Math.max(stream.bitsPerSecond, stream.bytes * 8);
      if (bitsPerSecond > 0) layers.push({ layer: stream.layer, bitsPerSecond });
    }
    return layers;
  }

  /** Where a stream stands on the wall clock; null while nobody knows. */
  clockOf(kind: MediaKind, layer: number): ClockPoint | null {
    return this.#feed?.streams.get(`${kind}${layer}`)?.clock ?? null;
  }

  /** Asks the feed for a key frame, at most every {@linkcode KEY_FRAME_EVERY_MS}. */
  requestKeyFrame(layer: number): void {
    const feed = this.#feed;
    if (feed === null || feed.description?.video === null) return;
    const stream = streamOf(feed, "video", layer);
    const nowMs = this.#now();
    if (nowMs - stream.keyFrameAskedMs < KEY_FRAME_EVERY_MS) return;
    stream.keyFrameAskedMs = nowMs;
    this.#keyFrameRequests++;
    feed.control.requestKeyFrame(layer);
  }

  /** Ends all viewers. */
  end(reason: SessionEnd): void {
    const viewers = [...this.#viewers];
    this.#viewers.clear();
    for (const viewer of viewers) viewer.onEnd(reason);
    this.#onChange();
  }

  /** Takes the feed away, if there is one. */
  close(): void {
    const feed = this.#feed;
    this.#feed = null;
    feed?.control.onDetached();
  }

  /** For `/debug`. */
  inspect(): Readonly<Record<string, unknown>> {
    return {
      room: this.room,
      feed: this.origin,
      feeds: this.#feeds,
      description: this.description,
      viewers: this.viewers,
      keyFrameRequests: this.#keyFrameRequests,
    };
  }

  #describe(feed: Attached, description: FeedDescription): void {
    const changed = !sameTracks(feed.description, description);
    feed.description = description;
    if (!changed) return;
    for (const viewer of [...this.#viewers]) viewer.onFeed(description);
    this.#onChange();
  }

  #write(feed: Attached, packet: SourcePacket): void {
    const stream = streamOf(feed, packet.kind, packet.layer);
    stream.buffer.add(packet);
    stream.bytes += packet.bytes.byteLength;
    if (packet.kind === "video") roll(stream, this.#now());
    // Until the feed says what it is, viewers would take it for what was there before.
    if (feed.description === null) return;
    for (const viewer of this.#viewers) viewer.onPacket(packet);
  }
}

function streamOf(feed: Attached, kind: MediaKind, layer: number): Stream {
  const key = `${kind}${layer}`;
  let stream = feed.streams.get(key);
  if (stream === undefined) {
    stream = {
      kind,
      layer,
      bytes: 0,
      windowFromMs: -Infinity,
      bitsPerSecond: 0,
      buffer: new PacketBuffer(kind === "video" ? VIDEO_LIMITS : AUDIO_LIMITS),
      clock: null,
      keyFrameAskedMs: -Infinity,
    };
    feed.streams.set(key, stream);
  }
  return stream;
}

/** Begins a new window when the one that runs is over. */
function roll(stream: Stream, nowMs: number): void {
  if (stream.windowFromMs === -Infinity) stream.windowFromMs = nowMs;
  const elapsedMs = nowMs - stream.windowFromMs;
  if (elapsedMs < RATE_WINDOW_MS) return;
  // After a pause the window says nothing of what is sent now.
  stream.bitsPerSecond = elapsedMs < 2 * RATE_WINDOW_MS ? stream.bytes * 8000 / elapsedMs : 0;
  stream.bytes = 0;
  stream.windowFromMs = nowMs;
}

function sameTracks(a: FeedDescription | null, b: FeedDescription): boolean {
  return a !== null && sameTrack(a.video, b.video) && sameTrack(a.audio, b.audio);
}

function sameTrack(a: FeedTrack | null, b: FeedTrack | null): boolean {
  return a?.codec === b?.codec && a?.layers === b?.layers && a?.clockRate === b?.clockRate;
}
