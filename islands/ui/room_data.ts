/**
 * Rooms and streams as the API sends them, checked before a component believes them.
 *
 * @module
 */

/** What a card and the room line show. Pictures are paths of this origin. */
export interface RoomSummary {
  readonly id: string;
  readonly title: string;
  readonly ownerName: string;
  /** The broadcaster's own picture, or null. */
  readonly ownerPicture: string | null;
  /** Key of a category, or null. */
  readonly category: string | null;
  readonly live: boolean;
  readonly startedAtMs: number | null;
  readonly viewers: number;
  readonly followers: number;
  /** What is on the air; null when that cannot be had. */
  readonly still: string | null;
  readonly cover: string | null;
  /** When the broadcaster means to be live next, or null. */
  readonly nextLiveAtMs: number | null;
  /** When the last broadcast was over, or null. */
  readonly lastLiveAtMs: number | null;
}

/** What the watch page shows besides. */
export interface RoomDetails extends RoomSummary {
  readonly description: string;
}

/** The numbers of a running stream that a broadcaster cares for. */
export interface StreamFigures {
  readonly state: "live" | "waiting";
  readonly startedAtMs: number;
  readonly encoder: string | null;
  readonly protocol: string;
  readonly video: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    readonly fps: number;
    /** Largest reordering of the last seconds; 0 without B-frames. */
    readonly bFrameDelayMs: number;
    readonly keyFrameIntervalMs: number | null;
  } | null;
  readonly audio: {
    readonly codec: string;
    readonly sampleRate: number;
    readonly channels: number;
  } | null;
  readonly bitrateKbps: number;
  /** Left out by the encoder since the stream began. */
  readonly droppedFrames: number;
  /** Those of the last 30 s. */
  readonly droppedFramesRecently: number;
  /** How late media arrived at worst in the last 5 s, milliseconds. */
  readonly uploadLagMs: number;
  readonly reconnects: number;
  /** Whether every usual output carries these codecs. */
  readonly playsEverywhere: boolean;
}

const MAX_ROOMS = 200;

const CODEC_NAMES: Readonly<Record<string, string>> = {
  h264: "H.264",
  h265: "H.265",
  hevc: "H.265",
  av1: "AV1",
  vp9: "VP9",
  vp8: "VP8",
  aac: "AAC",
  opus: "Opus",
  mp3: "MP3",
};

/** A codec's name as people write it. */
export function codecName(codec: string): string {
  return Object.hasOwn(CODEC_NAMES, codec) ? CODEC_NAMES[codec] ?? codec : codec;
}

const USUAL_FRAME_RATES = [15, 20, 24, 25, 30, 48, 50, 60, 90, 120];
/** A measured rate this near to a usual one is that one with some jitter. */
const FRAME_RATE_TOLERANCE = 0.05;

/** A measured frame rate as people say it: `30`, not `31`; whole frames a second. */
export function usualFrameRate(fps: number): number {
  const nearest = USUAL_FRAME_RATES.reduce((best, rate) =>
    Math.abs(fps - rate) < Math.abs(fps - best) ? rate : best
  );
  return Math.abs(fps - nearest) <= nearest * FRAME_RATE_TOLERANCE ? nearest : Math.round(fps);
}

/**
 * The answer of `GET /api/rooms?live=true`.
 *
 * @throws {TypeError} when it has another shape.
 */
export function parseRooms(answer: unknown): readonly RoomSummary[] {
  const rooms = record(answer).rooms;
  if (!Array.isArray(rooms)) throw new TypeError("Cannot read rooms: no list");
  return rooms.slice(0, MAX_ROOMS).map(parseRoom);
}

/**
 * One room, bare or as `{room}`.
 *
 * @throws {TypeError} when it has another shape.
 */
export function parseRoom(answer: unknown): RoomDetails {
  const outer = record(answer);
  const room = "room" in outer ? record(outer.room) : outer;
  const owner = record(room.owner);
  return {
    id: text(room.id),
    title: text(room.title),
    description: typeof room.description === "string" ? room.description : "",
    ownerName: text(owner.name),
    ownerPicture: path(owner.avatar),
    category: typeof room.category === "string" ? room.category : null,
    live: room.live === true,
    startedAtMs: time(room.startedAt),
    viewers: number(room.viewers),
    followers: typeof room.followers === "number" ? room.followers : 0,
    still: path(room.still),
    cover: path(room.cover),
    nextLiveAtMs: time(room.nextLiveAt),
    lastLiveAtMs: time(room.lastLiveAt),
  };
}

/** The figures of a report, from the API or from the server's own memory. */
export function streamFigures(report: object): StreamFigures {
  const stream = report as Record<string, unknown>;
  const video = stream.video === null ? null : record(stream.video);
  const audio = stream.audio === null ? null : record(stream.audio);
  const outputs = record(stream.outputs ?? {});
  return {
    state: stream.state === "waiting" ? "waiting" : "live",
    startedAtMs: time(stream.startedAt) ?? number(stream.startedAtMs),
    encoder: typeof stream.encoder === "string" ? stream.encoder : null,
    protocol: text(stream.protocol),
    video: video && {
      codec: codecName(text(video.codec)),
      width: number(video.width),
      height: number(video.height),
      fps: number(video.fps),
      bFrameDelayMs: number(video.bFrameDelayMs),
      keyFrameIntervalMs: typeof video.keyFrameIntervalMs === "number"
        ? video.keyFrameIntervalMs
        : null,
    },
    audio: audio && {
      codec: codecName(text(audio.codec)),
      sampleRate: number(audio.sampleRate),
      channels: number(audio.channels),
    },
    bitrateKbps: number(stream.bitrateKbps),
    droppedFrames: number(stream.droppedFrames),
    droppedFramesRecently: number(stream.droppedFramesRecently),
    uploadLagMs: number(stream.uploadLagMs),
    reconnects: number(stream.reconnects),
    playsEverywhere: outputs.llhls === true && outputs.hls === true,
  };
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("Cannot read answer: no object where one belongs");
  }
  return value as Record<string, unknown>;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("Cannot read answer: no text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new TypeError("Cannot read answer: no number");
  }
  return value;
}

/** An address as a path of this origin: the page may have been opened under another name. */
function path(value: unknown): string | null {
  const url = typeof value === "string" ? URL.parse(value, "http://same.invalid") : null;
  return url === null ? null : url.pathname + url.search;
}

function time(value: unknown): number | null {
  const atMs = typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(atMs) ? null : atMs;
}
