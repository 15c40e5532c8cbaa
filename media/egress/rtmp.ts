/**
 * Playing over RTMP: readers of live streams become messages for players.
 *
 * A batch of items that several players take together is encoded once, into the bytes that all of
 * them send.
 *
 * @module
 */
import type { StreamItem } from "../access_unit.ts";
import { RenditionRefusedError } from "../errors.ts";
import { FLV_TAG, FlvMuxer, type FlvTag, metadataTag } from "../container/flv/mod.ts";
import { isSeatStream } from "../../platform/stream_pass.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { CLASSIC, parseWish, type Reader, type ReadPort, type Wish } from "../stream/contract.ts";
import { encodeMessages, OUTGOING_CHUNK_SIZE } from "../transport/rtmp/chunk_stream.ts";
import type { PlayOutput, PlaySource, StreamCommand } from "../transport/rtmp/contract.ts";
import { CHUNK_STREAM } from "../transport/rtmp/messages.ts";
import { createRtmpMetrics, type RtmpMetrics } from "../transport/rtmp/metrics.ts";

/** Bytes that may wait in a socket; above, its reader is left alone and skips. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** A player that takes nothing for so long is closed. */
const STALL_MS = 20_000;
/** How often players with a full socket are looked at. */
const STALLED_CHECK_MS = 250;
/** Writes in one turn of the event loop. */
const SLICE = 500;
const DEFAULT_BATCH_MS = 40;
/** The message stream of every player. */
const PLAY_STREAM_ID = 1;

/** How an {@linkcode RtmpEgress} is made. */
export interface RtmpEgressOptions {
  readonly read: ReadPort;
  readonly metrics: Metrics;
  /** For how long messages are gathered into one write, in milliseconds. Default: 40. */
  readonly batchMs?: number;
  /** Milliseconds of a clock that does not go back. */
  readonly now?: () => number;
}

/** Feeds all RTMP players of this process. */
export class RtmpEgress {
  readonly #read: ReadPort;
  readonly #metrics: RtmpMetrics;
  readonly #batchMs: number;
  readonly #now: () => number;
  readonly #waiting = new Set<Player>();
  readonly #stalled = new Set<Player>();
  readonly #batches = new SharedBatches();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stallTimer: ReturnType<typeof setInterval> | null = null;

  constructor(options: RtmpEgressOptions) {
    this.#read = options.read;
    this.#metrics = createRtmpMetrics(options.metrics);
    this.#batchMs = options.batchMs ?? DEFAULT_BATCH_MS;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * A source for a player, or null when the room is not live.
   *
   * @throws {RenditionRefusedError} when it is live, but not in a form that the player takes.
   */
  play(command: StreamCommand, output: PlayOutput): PlaySource | null {
    // Those on stage watch each other by WebRTC; viewers watch the mix.
    if (isSeatStream(command.address.name)) return null;
    const wish = wishOf(command);
    const player = new Player({
      room: command.address.name,
      output,
      batches: this.#batches,
      open: (onReadable) =>
        this.#read.read(command.address.name, {
          protocol: command.secure ? "rtmps" : "rtmp",
          remoteAddress: command.remoteAddress,
          wish,
          onReadable,
        }),
      onReadable: () => this.#await(player),
      onStalled: () => this.#watch(player),
      onDropped: (frames) => this.#metrics.droppedFrames.inc(frames),
      onClosed: () => {
        this.#waiting.delete(player);
        this.#unwatch(player);
      },
      now: this.#now,
    });
    return player.open() ? player : null;
  }

  /** Lets go of the timers; sessions close their players. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#stallTimer !== null) clearInterval(this.#stallTimer);
    this.#timer = this.#stallTimer = null;
  }

  #await(player: Player): void {
    this.#waiting.add(player);
    this.#timer ??= setTimeout(() => this.#flush(), this.#batchMs);
  }

  #flush(): void {
    let left = SLICE;
    for (const player of this.#waiting) {
      if (left-- === 0) {
        this.#timer = setTimeout(() => this.#flush(), 0);
        return;
      }
      this.#waiting.delete(player);
      player.flush();
    }
    this.#timer = this.#waiting.size > 0 ? setTimeout(() => this.#flush(), this.#batchMs) : null;
  }

  #watch(player: Player): void {
    this.#stalled.add(player);
    this.#stallTimer ??= setInterval(() => {
      for (const stalled of this.#stalled) if (stalled.checkStall()) this.#unwatch(stalled);
    }, STALLED_CHECK_MS);
  }

  #unwatch(player: Player): void {
    this.#stalled.delete(player);
    if (this.#stalled.size > 0 || this.#stallTimer === null) return;
    clearInterval(this.#stallTimer);
    this.#stallTimer = null;
  }
}

interface PlayerOptions {
  readonly room: string;
  readonly output: PlayOutput;
  readonly batches: SharedBatches;
  readonly open: (onReadable: () => void) => Reader | null;
  readonly onReadable: () => void;
  readonly onStalled: () => void;
  readonly onDropped: (frames: number) => void;
  readonly onClosed: () => void;
  readonly now: () => number;
}

/** One player: takes from its reader while its socket has room. */
class Player implements PlaySource {
  readonly room: string;
  readonly #options: PlayerOptions;
  readonly #muxer = new FlvMuxer();
  #reader: Reader | null = null;
  #dropped = 0;
  #started = false;
  #stalledSince: number | null = null;
  #stalledBytes = 0;
  #audio = true;
  #video = true;

  constructor(options: PlayerOptions) {
    this.room = options.room;
    this.#options = options;
  }

  /** False when there is no stream. */
  open(): boolean {
    this.#dropped = 0;
    this.#reader = this.#options.open(() => {
      if (this.#started) this.#options.onReadable();
    });
    return this.#reader !== null;
  }

  start(): void {
    this.#started = true;
    this.flush();
  }

  pause(paused: boolean): void {
    if (paused) {
      this.#closeReader();
    } else if (this.#reader === null) {
      try {
        if (this.open()) this.flush();
        else this.#options.output.ended();
      } catch (error) {
        if (!(error instanceof RenditionRefusedError)) throw error;
        this.#options.output.broken();
      }
    }
  }

  select(selection: { readonly audio?: boolean; readonly video?: boolean }): void {
    this.#audio = selection.audio ?? this.#audio;
    this.#video = selection.video ?? this.#video;
  }

  close(): void {
    this.#closeReader();
    this.#options.onClosed();
  }

  /** Sends what waits, unless the socket is full. */
  flush(): void {
    const reader = this.#reader;
    if (reader === null) return;
    const { output, onStalled, onDropped } = this.#options;
    if (output.bufferedBytes > MAX_BUFFERED_BYTES) {
      this.#stalledSince ??= this.#options.now();
      this.#stalledBytes = output.bufferedBytes;
      onStalled();
      return;
    }
    const items = reader.take();
    if (reader.dropped > this.#dropped) {
      onDropped(reader.dropped - this.#dropped);
      this.#dropped = reader.dropped;
    }
    if (items.length > 0) {
      const bytes = this.#audio && this.#video
        ? this.#options.batches.encode(items, this.#muxer)
        : encodeTags(tagsOf(items, this.#muxer).filter((tag) => this.#selects(tag)));
      if (bytes.length > 0) output.write(bytes);
    }
    if (reader.broken) output.broken();
    else if (reader.ended) output.ended();
  }

  /** Looks after a full socket; true when the player needs no more looking after. */
  checkStall(): boolean {
    const buffered = this.#options.output.bufferedBytes;
    if (buffered <= MAX_BUFFERED_BYTES / 2) {
      this.#stalledSince = null;
      this.flush();
      return true;
    }
    const now = this.#options.now();
    if (buffered < this.#stalledBytes) this.#stalledSince = now;
    this.#stalledBytes = buffered;
    if (now - (this.#stalledSince ?? now) < STALL_MS) return false;
    this.#options.output.tooSlow();
    return true;
  }

  #selects(tag: FlvTag): boolean {
    return tag.type === FLV_TAG.VIDEO
      ? this.#video
      : tag.type === FLV_TAG.AUDIO
      ? this.#audio
      : true;
  }

  #closeReader(): void {
    this.#reader?.close();
    this.#reader = null;
  }
}

const ALL_VIDEO = ["hvc1", "av01", "vp09"];

/** What the address asks for, else what the player says it takes, else what every player takes. */
function wishOf({ address, fourCcs }: StreamCommand): Wish {
  const asked = new URLSearchParams([...address.query]);
  const takes = (fourCc: string) => fourCcs.includes("*") || fourCcs.includes(fourCc);
  if (!asked.has("video") && ALL_VIDEO.every(takes)) asked.set("video", "any");
  if (!asked.has("audio") && takes("Opus")) asked.set("audio", "any");
  return parseWish(asked) ?? CLASSIC;
}

/**
 * Remembers the bytes made of a run of items. Readers of one stream that are emptied in the
 * same sweep take the same run, which its first item, last item and length tell.
 */
class SharedBatches {
  readonly #batches = new WeakMap<
    StreamItem,
    { readonly last: StreamItem; readonly count: number; readonly bytes: Uint8Array }
  >();

  encode(items: readonly StreamItem[], muxer: FlvMuxer): Uint8Array {
    const last = items[items.length - 1];
    const known = this.#batches.get(items[0]);
    if (known !== undefined && known.last === last && known.count === items.length) {
      // The muxer of this player must hear of new tracks all the same.
      for (const item of items) if (item.kind === "tracks") muxer.tagsOf(item);
      return known.bytes;
    }
    const bytes = encodeTags(tagsOf(items, muxer));
    this.#batches.set(items[0], { last, count: items.length, bytes });
    return bytes;
  }
}

/** Tags of a run of items; tracks without metadata get what can be said of them. */
function tagsOf(items: readonly StreamItem[], muxer: FlvMuxer): FlvTag[] {
  const tags: FlvTag[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item.kind === "tracks" && items[i + 1]?.kind !== "metadata") {
      tags.push(metadataTag({ tracks: item.tracks }));
    }
    for (const tag of muxer.tagsOf(item)) tags.push(tag);
  }
  return tags;
}

function encodeTags(tags: readonly FlvTag[]): Uint8Array {
  return encodeMessages(
    tags.map(({ type, timestampMs, data }) => ({
      message: { type, timestamp: timestampMs, streamId: PLAY_STREAM_ID, payload: data },
      chunkStreamId: type === FLV_TAG.AUDIO
        ? CHUNK_STREAM.audio
        : type === FLV_TAG.VIDEO
        ? CHUNK_STREAM.video
        : CHUNK_STREAM.status,
    })),
    OUTGOING_CHUNK_SIZE,
  );
}
