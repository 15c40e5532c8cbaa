/**
 * Where ingest and egress meet the live streams. `stream/` implements it; `ingest/` and `egress/`
 * know only these types.
 *
 * @module
 */
import type { CloseReason } from "../errors.ts";
import type { MetadataItem, StreamItem, Tracks, VideoTrack, VideoUnit } from "../access_unit.ts";
import type { StreamShape, Wish } from "./wish.ts";

export { refusalProblem } from "./refusal.ts";
export { CLASSIC, isDirect, parseWish, planOf, type StreamShape, type Wish } from "./wish.ts";

/** How a publisher came in. */
export type PublishProtocol = "rtmp" | "rtmps" | "whip" | "pull" | "mix";
/** How a reader takes a stream out of this process; a rendition makes another form of it here. */
export type ReadProtocol = "flv" | "rtmp" | "rtmps" | "hls" | "whep" | "recorder" | "rendition";

/** Someone asks to publish. */
export interface PublishRequest {
  readonly room: string;
  /** As given by the publisher; compared by `web`, never logged. */
  readonly key: string;
  readonly protocol: PublishProtocol;
  readonly remoteAddress: string;
  /** The encoder's own name (RTMP `flashVer`, metadata `encoder`), for the health page. */
  readonly encoder: string | null;
  /**
   * Asks the publisher for a key frame; left out by those who send them as they like. Called at most
   * every 500 ms; must not throw.
   */
  readonly wishKeyFrame?: () => void;
}

/** The right to publish into one stream, held by one session at a time. */
export interface Publisher {
  /**
   * Takes the next item, `dts` and `pts` on the publisher's own clock (unwrapped 90 kHz ticks).
   * A `tracks` item with the complete known tracks comes before the first unit of each track and
   * whenever a configuration changed. Never blocks; does nothing once {@linkcode signal} aborted.
   */
  write(item: StreamItem): void;
  /**
   * The session is over. After `unpublished` the stream ends at once; after every other reason it
   * waits 10 s for the publisher to come back. Calling it again does nothing.
   */
  end(reason: CloseReason): void;
  /** Aborted when the session must stop; its `reason` is a {@linkcode CloseReason}. */
  readonly signal: AbortSignal;
}

/** Admits publishers. */
export interface PublishPort {
  /**
   * Checks the key with `web` and takes over a stream that the same room already has.
   *
   * @throws {PublishRefusedError} when the publisher may not publish.
   */
  publish(request: PublishRequest): Promise<Publisher>;
}

/** A live stream as that which makes other forms of it sees it. */
export interface RenditionSource {
  /** Null before its tracks are known, and after its end. */
  readonly shape: StreamShape | null;
  /** Media bits of all tracks over the last seconds. */
  readonly bitrateKbps: number;
  /** A reader of what the publisher sends. */
  read(options: ReaderOptions): Reader | null;
  /** Asks the publisher for a key frame, where it takes such wishes. */
  wishKeyFrame(): void;
}

/** Opens readers on live streams. */
export interface ReadPort {
  /**
   * A reader that begins with the cached group of pictures, or null when the room has no stream.
   *
   * @throws {RenditionRefusedError} when the wish cannot be fulfilled here.
   */
  read(room: string, options: ReaderOptions): Reader | null;
}

/** A picture that is decoded without any other. */
export interface KeyFrame {
  readonly track: VideoTrack;
  readonly unit: VideoUnit;
  /** Wall clock of its presentation, milliseconds since the epoch. */
  readonly shownAtMs: number;
}

/** Gives single pictures of live streams. */
export interface KeyFramePort {
  /** Whether readers can be opened. */
  isLive(room: string): boolean;
  /** The newest key frame; null when the room is not live or has no picture. */
  keyFrame(room: string): KeyFrame | null;
}

/** How a reader is opened. */
export interface ReaderOptions {
  readonly protocol: ReadProtocol;
  readonly remoteAddress: string;
  /** Called when items wait in an empty queue, and when the stream ended; must not throw. */
  readonly onReadable: () => void;
  /** What the reader can use; left out: whatever the publisher sends. */
  readonly wish?: Wish;
  /** Bytes that may wait; above, the reader skips to the next key frame. Default: 8 MiB. */
  readonly maxQueueBytes?: number;
}

/** A bounded queue between one live stream and one consumer; it never slows the publisher. */
export interface Reader {
  /**
   * Everything that waits, in order; empties the queue. The first item of a reader is `tracks`,
   * followed by the last metadata if there is any, followed by units from a key frame on. After a
   * skip, units begin again at a key frame.
   */
  take(): readonly StreamItem[];
  /** True when the stream ended and the queue is empty. */
  readonly ended: boolean;
  /**
   * True when the queue is empty and nothing will come any more although the stream goes on: the
   * rendition that was read cannot be made. Whoever serves it breaks off, and does not end properly.
   */
  readonly broken: boolean;
  /** Video frames that were skipped because this reader was slow. */
  readonly dropped: number;
  close(): void;
}

/** What a stream's playlists, `onMetaData` and reports need to know. */
export interface StreamDescription {
  readonly room: string;
  readonly tracks: Tracks | null;
  readonly metadata: MetadataItem | null;
  readonly startedAtMs: number;
}
