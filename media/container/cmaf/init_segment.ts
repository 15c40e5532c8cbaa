/**
 * CMAF header: `ftyp` and `moov` with `mvex` (ISO/IEC 14496-12 §8, ISO/IEC 23000-19 §7.3.1) for one
 * video track, one audio track, or both in one file.
 *
 * @module
 */
import { type AudioTrack, CLOCK_HZ, type Tracks, type VideoTrack } from "../../access_unit.ts";
import { buildDops, parseOpusHead } from "../../codec/opus.ts";
import { UnsupportedMediaError } from "../../errors.ts";
import { ascii, box, type BoxContent, fullBox, u16, u32, zeros } from "./box_writer.ts";

/** `track_ID` of the video track. */
export const VIDEO_TRACK_ID = 1;
/** `track_ID` of the audio track: 2 beside video, else 1, since some readers index by it. */
export function audioTrackId(tracks: Tracks): number {
  return tracks.video === null ? VIDEO_TRACK_ID : VIDEO_TRACK_ID + 1;
}

/** Time scale of the video track. */
export const VIDEO_TIMESCALE: number = CLOCK_HZ;

const MOVIE_TIMESCALE = 1000;
/** Unity matrix (14496-12 §6.2.2). */
const MATRIX: BoxContent = [
  ...[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[64, 0, 0, 0],
];
/** `objectTypeIndication` (14496-1 table 5): MPEG-4 AAC, and MPEG-1/2 layer III. */
const OBJECT_TYPE_AAC = 0x40;
const OBJECT_TYPE_MP3 = 0x6b;
/** Zero in files: the track says which stream it is (14496-14 §3.1.2). */
const ES_ID = 0;
const MAX_SAMPLE_RATE_FIELD = 0xffff;

/** Time scale of the audio track: its sampling rate. */
export function audioTimescale(track: AudioTrack): number {
  return track.sampleRate;
}

/**
 * Writes the initialisation section.
 *
 * @throws {UnsupportedMediaError} when there is no track.
 * @throws {MalformedMediaError} when OpusHead is broken.
 */
export function writeInitSegment(tracks: Tracks): Uint8Array {
  const traks: Uint8Array[] = [];
  const extends_: Uint8Array[] = [];
  if (tracks.video !== null) {
    traks.push(videoTrak(tracks.video));
    extends_.push(trex(VIDEO_TRACK_ID));
  }
  if (tracks.audio !== null) {
    const trackId = audioTrackId(tracks);
    traks.push(audioTrak(tracks.audio, trackId));
    extends_.push(trex(trackId));
  }
  if (traks.length === 0) throw new UnsupportedMediaError("Cannot write CMAF header: no track");
  const ftyp = box("ftyp", ascii("iso6"), u32(0), ascii("iso6"), ascii("mp41"));
  const moov = box(
    "moov",
    fullBox(
      "mvhd",
      {},
      u32(0),
      u32(0),
      u32(MOVIE_TIMESCALE),
      u32(0),
      u32(0x10000),
      u16(0x100),
      zeros(10),
      MATRIX,
      zeros(24),
      u32(traks.length + 1),
    ),
    ...traks,
    box("mvex", ...extends_),
  );
  const out = new Uint8Array(ftyp.length + moov.length);
  out.set(ftyp);
  out.set(moov, ftyp.length);
  return out;
}

function trex(trackId: number): Uint8Array {
  return fullBox("trex", {}, u32(trackId), u32(1), u32(0), u32(0), u32(0));
}

function videoTrak(track: VideoTrack): Uint8Array {
  return trak({
    trackId: VIDEO_TRACK_ID,
    timescale: VIDEO_TIMESCALE,
    handler: "vide",
    width: track.width,
    height: track.height,
    mediaHeader: fullBox("vmhd", { flags: 1 }, zeros(8)),
    sampleEntry: visualSampleEntry(track),
  });
}

function audioTrak(track: AudioTrack, trackId: number): Uint8Array {
  return trak({
    trackId,
    timescale: audioTimescale(track),
    handler: "soun",
    width: 0,
    height: 0,
    mediaHeader: fullBox("smhd", {}, zeros(4)),
    sampleEntry: audioSampleEntry(track),
  });
}

interface TrakFields {
  readonly trackId: number;
  readonly timescale: number;
  readonly handler: "vide" | "soun";
  readonly width: number;
  readonly height: number;
  readonly mediaHeader: Uint8Array;
  readonly sampleEntry: Uint8Array;
}

function trak(fields: TrakFields): Uint8Array {
  const sound = fields.handler === "soun";
  return box(
    "trak",
    // Enabled, in the movie (§8.3.2); audio plays at full volume.
    fullBox(
      "tkhd",
      { flags: 3 },
      u32(0),
      u32(0),
      u32(fields.trackId),
      zeros(8),
      zeros(8),
      u16(0),
      u16(sound ? 1 : 0),
      u16(sound ? 0x100 : 0),
      u16(0),
      MATRIX,
      u16(fields.width),
      u16(0),
      u16(fields.height),
      u16(0),
    ),
    box(
      "mdia",
      // Language "und" (§8.4.2.3).
      fullBox("mdhd", {}, u32(0), u32(0), u32(fields.timescale), u32(0), u16(0x55c4), u16(0)),
      fullBox("hdlr", {}, u32(0), ascii(fields.handler), zeros(12), ascii(fields.handler), [0]),
      box(
        "minf",
        fields.mediaHeader,
        box("dinf", fullBox("dref", {}, u32(1), fullBox("url ", { flags: 1 }))),
        box(
          "stbl",
          fullBox("stsd", {}, u32(1), fields.sampleEntry),
          fullBox("stts", {}, u32(0)),
          fullBox("stsc", {}, u32(0)),
          fullBox("stsz", {}, u32(0), u32(0)),
          fullBox("stco", {}, u32(0)),
        ),
      ),
    ),
  );
}

/** VisualSampleEntry (14496-12 §12.1.3) by codec: 14496-15, AV1-ISOBMFF §2.2, VP-ISOBMFF §2. */
function visualSampleEntry(track: VideoTrack): Uint8Array {
  const [type, configuration] = {
    h264: ["avc1", "avcC"],
    h265: ["hvc1", "hvcC"],
    av1: ["av01", "av1C"],
    vp9: ["vp09", "vpcC"],
    // Players of HLS do not take it; decoders of files do (stills, renditions).
    vp8: ["vp08", "vpcC"],
  }[track.codec];
  return box(
    type,
    zeros(6),
    u16(1),
    zeros(16),
    u16(track.width),
    u16(track.height),
    u32(0x480000),
    u32(0x480000),
    u32(0),
    u16(1),
    zeros(32),
    u16(0x18),
    u16(0xffff),
    box(configuration, configurationRecord(track)),
  );
}

/** AudioSampleEntry (14496-12 §12.2.3). */
function audioSampleEntry(track: AudioTrack): Uint8Array {
  const opus = track.codec === "opus";
  const rate = track.sampleRate > MAX_SAMPLE_RATE_FIELD ? 0 : track.sampleRate;
  return box(
    opus ? "Opus" : "mp4a",
    zeros(6),
    u16(1),
    zeros(8),
    u16(track.channels),
    u16(16),
    u32(0),
    u16(rate),
    u16(0),
    opus
      ? box("dOps", buildDops(parseOpusHead(track.description)))
      : elementaryStreamDescriptor(track),
  );
}

/** `esds` (14496-14 §6.7.2) with the descriptors of 14496-1 §7.2.6. */
function elementaryStreamDescriptor(track: AudioTrack): Uint8Array {
  const aac = track.codec === "aac";
  const config = aac ? descriptor(0x05, track.description) : [];
  const decoderConfig = descriptor(
    0x04,
    // Audio stream, upstream 0, reserved 1; buffer size and bit rates unknown.
    [aac ? OBJECT_TYPE_AAC : OBJECT_TYPE_MP3, 0x15, ...zeros(11)],
    config,
  );
  return fullBox(
    "esds",
    {},
    descriptor(0x03, [0, ES_ID, 0], decoderConfig, descriptor(0x06, [2])),
  );
}

function descriptor(tag: number, ...contents: readonly BoxContent[]): Uint8Array {
  let length = 0;
  for (const content of contents) length += content.length;
  const out = new Uint8Array(5 + length);
  out[0] = tag;
  // Expandable size in four groups of seven bits.
  out.set([0x80 | length >>> 21 & 127, 0x80 | length >>> 14 & 127, 0x80 | length >>> 7 & 127], 1);
  out[4] = length & 127;
  let position = 5;
  for (const content of contents) {
    out.set(content, position);
    position += content.length;
  }
  return out;
}

/** The configuration record; units are carried with 4-byte NAL lengths, so it has to say that. */
function configurationRecord(track: VideoTrack): Uint8Array {
  const at = track.codec === "h264" ? 4 : track.codec === "h265" ? 21 : -1;
  if (at < 0 || (track.description[at] & 3) === 3) return track.description;
  const record = track.description.slice();
  record[at] |= 3;
  return record;
}
