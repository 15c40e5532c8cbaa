/**
 * Live Matroska (RFC 9559) of one track: what decoders are fed with. Segment and clusters have no
 * known size, blocks are written as they come, nothing is indexed.
 *
 * @module
 */
import type { AccessUnit, Track } from "../../access_unit.ts";

/** Element identifiers (RFC 9559 §5, RFC 8794 §11.2). */
const ID = {
  EBML: 0x1a45dfa3,
  EBML_MAX_ID_LENGTH: 0x42f2,
  EBML_MAX_SIZE_LENGTH: 0x42f3,
  DOC_TYPE: 0x4282,
  DOC_TYPE_VERSION: 0x4287,
  DOC_TYPE_READ_VERSION: 0x4285,
  SEGMENT: 0x18538067,
  INFO: 0x1549a966,
  TIMESTAMP_SCALE: 0x2ad7b1,
  MUXING_APP: 0x4d80,
  WRITING_APP: 0x5741,
  TRACKS: 0x1654ae6b,
  TRACK_ENTRY: 0xae,
  TRACK_NUMBER: 0xd7,
  TRACK_UID: 0x73c5,
  TRACK_TYPE: 0x83,
  FLAG_LACING: 0x9c,
  CODEC_ID: 0x86,
  CODEC_PRIVATE: 0x63a2,
  VIDEO: 0xe0,
  PIXEL_WIDTH: 0xb0,
  PIXEL_HEIGHT: 0xba,
  AUDIO: 0xe1,
  SAMPLING_FREQUENCY: 0xb5,
  CHANNELS: 0x9f,
  CLUSTER: 0x1f43b675,
  TIMESTAMP: 0xe7,
  SIMPLE_BLOCK: 0xa3,
} as const;

/** Codec identifiers (Matroska codec mappings, §3). */
const CODEC_IDS: Readonly<Record<Track["codec"], string>> = {
  h264: "V_MPEG4/ISO/AVC",
  h265: "V_MPEGH/ISO/HEVC",
  av1: "V_AV1",
  vp9: "V_VP9",
  vp8: "V_VP8",
  aac: "A_AAC",
  mp3: "A_MPEG/L3",
  opus: "A_OPUS",
};

const TRACK_NUMBER = 1;
const TRACK_TYPE = { video: 1, audio: 2 } as const;
/** Nanoseconds: time stamps are whole milliseconds. */
const TIMESTAMP_SCALE = 1_000_000;
/** A size of which all bits are set is unknown (RFC 8794 §6.2). */
const UNKNOWN_SIZE: readonly number[] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/** Blocks tell their time in 16 bits from that of their cluster. */
const CLUSTER_MS = 5000;
const KEY_FRAME = 0x80;

/** Writes one track. */
export class MatroskaMuxer {
  readonly #track: Track;
  #clusterMs: number | null = null;

  constructor(track: Track) {
    this.#track = track;
  }

  /** What stands before the first block. */
  header(): Uint8Array {
    return Uint8Array.from([
      ...element(ID.EBML, [
        ...element(ID.EBML_MAX_ID_LENGTH, [4]),
        ...element(ID.EBML_MAX_SIZE_LENGTH, [8]),
        ...element(ID.DOC_TYPE, ascii("matroska")),
        ...element(ID.DOC_TYPE_VERSION, [4]),
        ...element(ID.DOC_TYPE_READ_VERSION, [2]),
      ]),
      ...idBytes(ID.SEGMENT),
      ...UNKNOWN_SIZE,
      ...element(ID.INFO, [
        ...element(ID.TIMESTAMP_SCALE, unsigned(TIMESTAMP_SCALE)),
        ...element(ID.MUXING_APP, ascii("wanren")),
        ...element(ID.WRITING_APP, ascii("wanren")),
      ]),
      ...element(ID.TRACKS, element(ID.TRACK_ENTRY, trackEntry(this.#track))),
    ]);
  }

  /** A unit, with the head of a new cluster before it where one is due. `ptsMs` is not negative. */
  block(unit: AccessUnit, ptsMs: number): Uint8Array {
    const time = Math.max(0, Math.round(ptsMs));
    const cluster = this.#clusterMs === null || Math.abs(time - this.#clusterMs) > CLUSTER_MS
      ? [...idBytes(ID.CLUSTER), ...UNKNOWN_SIZE, ...element(ID.TIMESTAMP, unsigned(time))]
      : [];
    if (cluster.length > 0) this.#clusterMs = time;
    const relative = time - this.#clusterMs!;
    const flags = unit.kind === "audio" || unit.keyFrame ? KEY_FRAME : 0;
    const head = [
      ...cluster,
      ID.SIMPLE_BLOCK,
      ...sizeBytes(4 + unit.data.length),
      0x80 | TRACK_NUMBER,
      relative >> 8 & 0xff,
      relative & 0xff,
      flags,
    ];
    const out = new Uint8Array(head.length + unit.data.length);
    out.set(head);
    out.set(unit.data, head.length);
    return out;
  }
}

function trackEntry(track: Track): number[] {
  // Of VP8 and VP9 nothing private is defined, and MP3 needs nothing.
  const hasPrivate = track.codec !== "vp8" && track.codec !== "vp9" && track.codec !== "mp3";
  return [
    ...element(ID.TRACK_NUMBER, [TRACK_NUMBER]),
    ...element(ID.TRACK_UID, [1]),
    ...element(ID.TRACK_TYPE, [TRACK_TYPE[track.kind]]),
    ...element(ID.FLAG_LACING, [0]),
    ...element(ID.CODEC_ID, ascii(CODEC_IDS[track.codec])),
    ...(hasPrivate ? element(ID.CODEC_PRIVATE, track.description) : []),
    ...(track.kind === "video"
      ? element(ID.VIDEO, [
        ...element(ID.PIXEL_WIDTH, unsigned(track.width)),
        ...element(ID.PIXEL_HEIGHT, unsigned(track.height)),
      ])
      : element(ID.AUDIO, [
        ...element(ID.SAMPLING_FREQUENCY, float(track.sampleRate)),
        ...element(ID.CHANNELS, [track.channels]),
      ])),
  ];
}

function element(id: number, content: ArrayLike<number> & Iterable<number>): number[] {
  return [...idBytes(id), ...sizeBytes(content.length), ...content];
}

function idBytes(id: number): number[] {
  return unsigned(id);
}

/** A size as a variable-length integer of eight bytes at most (RFC 8794 §4). */
function sizeBytes(size: number): number[] {
  if (size < 0x7f) return [0x80 | size];
  if (size < 0x3fff) return [0x40 | size >>> 8, size & 0xff];
  if (size < 0x1f_ffff) return [0x20 | size >>> 16, size >>> 8 & 0xff, size & 0xff];
  return [0x10 | size >>> 24, size >>> 16 & 0xff, size >>> 8 & 0xff, size & 0xff];
}

/** Big-endian, as few bytes as it takes. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  return bytes;
}

function float(value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return [...bytes];
}

function ascii(text: string): number[] {
  return [...text].map((char) => char.charCodeAt(0));
}
