/**
 * What `media` tells `web` of a running stream: the body of `PUT /internal/streams`. The same
 * shape stands in `rooms/model.ts`; the two sides share no code.
 *
 * @module
 */

/** Which packaged outputs carry a stream's codecs. */
export interface StreamOutputs {
  readonly llhls: boolean;
  readonly hls: boolean;
}

/** One running stream. */
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
  /** Open readers by protocol; an edge counts as one. */
  readonly readers: Readonly<Record<string, number>>;
  readonly outputs: StreamOutputs;
}
