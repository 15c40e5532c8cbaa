/**
 * Units, tracks and a clock for the tests of the live streams.
 *
 * @module
 */
import type {
  AudioTrack,
  AudioUnit,
  MetadataItem,
  TracksItem,
  VideoTrack,
  VideoUnit,
} from "../access_unit.ts";
import type { StreamClock } from "./clock.ts";
import type { PublishRequest } from "./contract.ts";

/** Ticks a millisecond. */
export const MS = 90;

/** A video track; the seed stands in its description. */
export function videoTrack(seed = 1): VideoTrack {
  return {
    kind: "video",
    codec: "h264",
    codecString: "avc1.4d401f",
    width: 1280,
    height: 720,
    frameRate: 30,
    description: Uint8Array.of(1, seed),
  };
}

/** An audio track; the seed stands in its description. */
export function audioTrack(seed = 1): AudioTrack {
  return {
    kind: "audio",
    codec: "aac",
    codecString: "mp4a.40.2",
    sampleRate: 44_100,
    channels: 2,
    samplesPerUnit: 1024,
    description: Uint8Array.of(18, seed),
  };
}

/** Complete known tracks. */
export function tracksItem(
  video: VideoTrack | null,
  audio: AudioTrack | null,
): TracksItem {
  return { kind: "tracks", tracks: { video, audio }, dts: 0, discontinuity: false };
}

/** A picture decoded at `dtsMs` and shown `shiftMs` later. */
export function picture(
  dtsMs: number,
  options: { readonly key?: boolean; readonly bytes?: number; readonly shiftMs?: number } = {},
): VideoUnit {
  const { key = false, bytes = 100, shiftMs = 0 } = options;
  return {
    kind: "video",
    dts: dtsMs * MS,
    pts: (dtsMs + shiftMs) * MS,
    keyFrame: key,
    data: new Uint8Array(bytes),
  };
}

/** An audio frame. */
export function sound(dtsMs: number, bytes = 50): AudioUnit {
  return {
    kind: "audio",
    dts: dtsMs * MS,
    pts: dtsMs * MS,
    samples: 1024,
    data: new Uint8Array(bytes),
  };
}

/** Metadata with these values. */
export function metadata(values: MetadataItem["values"]): MetadataItem {
  return { kind: "metadata", dts: 0, values };
}

/** A request to publish. */
export function publishRequest(change: Partial<PublishRequest> = {}): PublishRequest {
  return {
    room: "100001",
    key: "right",
    protocol: "rtmp",
    remoteAddress: "192.0.2.1",
    encoder: "test/1",
    ...change,
  };
}

/** A clock that stands still until it is told to go on; for tests. */
export class ManualClock implements StreamClock {
  #nowMs: number;
  readonly #timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>();
  #nextTimer = 0;

  /** @param startMs what {@linkcode now} says first. */
  constructor(startMs = 1_750_000_000_000) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const id = this.#nextTimer++;
    this.#timers.set(id, { atMs: this.#nowMs + delayMs, callback });
    return () => void this.#timers.delete(id);
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  /** The process is busy: time goes on, no timer fires. */
  sleep(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Goes on by `byMs`, firing the timers on the way in their order. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    while (true) {
      let due: [number, { atMs: number; callback: () => void }] | null = null;
      for (const entry of this.#timers) {
        if (entry[1].atMs <= untilMs && (due === null || entry[1].atMs < due[1].atMs)) due = entry;
      }
      if (due === null) break;
      this.#timers.delete(due[0]);
      this.#nowMs = Math.max(this.#nowMs, due[1].atMs);
      due[1].callback();
    }
    this.#nowMs = untilMs;
  }
}
