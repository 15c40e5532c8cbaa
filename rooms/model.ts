/**
 * What accounts and rooms are; shapes shared by the rules, the stores, the API and the pages.
 *
 * @module
 */

/** Somebody who can log in. */
export interface Account {
  /** Opaque, stable. */
  readonly id: string;
  /** Log-in and display name, unique without regard to case and width (NFKC). */
  readonly name: string;
  readonly admin: boolean;
  readonly createdAtMs: number;
}

/** A broadcaster's place; one per account. */
export interface Room {
  /** Decimal number from 100001 on. */
  readonly id: string;
  readonly title: string;
  readonly owner: { readonly id: string; readonly name: string };
  readonly createdAtMs: number;
}

/** A room with what is going on in it now. */
export interface RoomState extends Room {
  readonly live: boolean;
  readonly startedAtMs: number | null;
  readonly viewers: number;
  readonly viewersByProtocol: ViewersByProtocol;
  /** Codecs and sizes of the running stream; null when not live. */
  readonly stream: StreamReport | null;
}

/** Open viewers of a room by what they take; `rtmp` with and without TLS. */
export interface ViewersByProtocol {
  readonly flv: number;
  readonly ws: number;
  readonly hls: number;
  readonly rtmp: number;
}

/** What `media` says of a running stream, every 2 s and on each change. */
export interface StreamReport {
  readonly room: string;
  /** `waiting`: the publisher dropped and may come back. */
  readonly state: "live" | "waiting";
  readonly startedAtMs: number;
  readonly protocol: string;
  readonly encoder: string | null;
  readonly remoteAddress: string;
  readonly video: {
    readonly codec: string;
    readonly codecString: string;
    readonly width: number;
    readonly height: number;
    /** Measured frames a second over the last seconds. */
    readonly fps: number;
    readonly bFrames: boolean;
    /** Largest `pts − dts` over the last seconds, milliseconds; 0 without B-frames. */
    readonly bFrameDelayMs: number;
    /** Milliseconds between the last two key frames; null before the second. */
    readonly keyFrameIntervalMs: number | null;
  } | null;
  readonly audio: {
    readonly codec: string;
    readonly codecString: string;
    readonly sampleRate: number;
    readonly channels: number;
  } | null;
  readonly bitrateKbps: number;
  /** Frames that the encoder left out since the stream began, told from gaps in its time stamps. */
  readonly droppedFrames: number;
  /** Those of the last 30 s. */
  readonly droppedFramesRecently: number;
  /**
   * How far the arrival of media lagged behind its own clock in the last 5 s at worst, beyond the
   * best of the last 30 s; milliseconds. Hundreds mean an unstable upload.
   */
  readonly uploadLagMs: number;
  readonly reconnects: number;
  /** Open readers by protocol, as `media` sees them (edges count as one FLV reader). */
  readonly readers: Readonly<Record<string, number>>;
  /** Which outputs carry these codecs. */
  readonly outputs: { readonly llhls: boolean; readonly hls: boolean };
}

/** Where and with what to publish; for the owner's eyes. */
export interface PublishAddress {
  readonly key: string;
  readonly rtmp: { readonly server: string; readonly streamKey: string };
  /** WHIP endpoint; null while the rtc role does not run. */
  readonly whip: string | null;
}

/** Absolute play addresses; null where the stream's codecs or the roles do not allow it. */
export interface PlaybackAddresses {
  readonly llhls: string | null;
  readonly hls: string | null;
  readonly flv: string | null;
  readonly rtmp: string | null;
  readonly whep: string | null;
}
