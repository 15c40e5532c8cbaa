/**
 * MPEG transport stream (ISO/IEC 13818-1) of one program with H.264 or H.265 and AAC, MP3 or Opus.
 *
 * @module
 */
import { type AudioUnit, CLOCK_HZ, type Tracks, type VideoUnit } from "../../access_unit.ts";
import {
  type AacConfig,
  ADTS_HEADER_BYTES,
  parseAacConfig,
  writeAdtsHeader,
} from "../../codec/aac.ts";
import { UnsupportedMediaError } from "../../errors.ts";
import { type PicturePrefix, picturePrefix, skipDelimiter } from "./parameter_sets.ts";
import { AUDIO_PID, patPacket, pmtPacket, TS_PACKET_BYTES, VIDEO_PID } from "./tables.ts";

/** Ticks by which decode times run behind the program clock, so that decoders can buffer. */
export const PCR_LEAD_TICKS: number = 7 * CLOCK_HZ / 10;

const TWO_30 = 2 ** 30;
const TWO_33 = 2 ** 33;
const PACKET_PAYLOAD_BYTES = TS_PACKET_BYTES - 4;
/** Adaptation field with a PCR, its length byte included. */
const PCR_FIELD_BYTES = 8;
const FLAGS_FIELD_BYTES = 2;
/** §2.7.2: at most 100 ms between two clock references. */
const PCR_INTERVAL_TICKS = 0.09 * CLOCK_HZ;
const AUDIO_PES_BYTES = 2800;
const AUDIO_PES_TICKS = 0.15 * CLOCK_HZ;
const PES_LENGTH_MAX = 0xffff;
const VIDEO_STREAM_ID = 0xe0;
const AUDIO_STREAM_ID = 0xc0;
const PRIVATE_STREAM_ID = 0xbd;
const MAX_OPUS_CHANNELS = 8;

/** Continuity counters of the next packets, by PID. */
export interface TsCounters {
  readonly tables: number;
  readonly video: number;
  readonly audio: number;
}

/** How many packets a piece takes. */
export interface TsPackets {
  /** All packets. */
  readonly total: number;
  /** Those that count in the continuity of the PID. */
  readonly video: number;
  readonly audio: number;
}

/** Units of one piece of a segment, each list in decoding order. */
export interface TsContent {
  readonly video: readonly VideoUnit[];
  readonly audio: readonly AudioUnit[];
}

interface Pes {
  readonly video: VideoUnit | null;
  /** Bounds in the audio list, when {@linkcode video} is null. */
  readonly from: number;
  readonly to: number;
  /** Header and payload in bytes. */
  readonly bytes: number;
  readonly pcr: number | null;
  /** Clock reference in a packet of its own before this one. */
  readonly extraPcr: number | null;
  readonly packets: number;
}

/**
 * Whether {@linkcode TsMuxer} can carry the tracks: H.264 or H.265, and AAC (as far as ADTS can say
 * its configuration), MP3 or Opus.
 */
export function tsCarries(tracks: Tracks): boolean {
  const { video, audio } = tracks;
  if (video === null && audio === null) return false;
  if (video !== null && video.codec !== "h264" && video.codec !== "h265") return false;
  if (audio?.codec === "opus") return audio.channels <= MAX_OPUS_CHANNELS;
  if (audio?.codec === "aac") return adtsConfig(audio.description) !== null;
  return true;
}

/**
 * Whether players of HLS take the tracks in a transport stream: as {@linkcode tsCarries}, but
 * without Opus, which only some demuxers (FFmpeg) know there.
 */
export function tsPlaysInHls(tracks: Tracks): boolean {
  return tracks.audio?.codec !== "opus" && tsCarries(tracks);
}

/**
 * Writes transport packets; continuity counters go on from call to call. `PTS` and `DTS` are
 * {@linkcode PCR_LEAD_TICKS} later than in the units, and modulo 2^33.
 */
export class TsMuxer {
  readonly #tracks: Tracks;
  readonly #prefix: PicturePrefix | null;
  readonly #videoCodec: "h264" | "h265";
  readonly #adts: AacConfig | null;
  readonly #pcrInVideo: boolean;
  #tableCounter: number;
  #videoCounter: number;
  #audioCounter: number;
  #scratch = new Uint8Array(0);

  /**
   * @throws {UnsupportedMediaError} when {@linkcode tsCarries} says no.
   * @throws {MalformedMediaError} when a configuration record is broken.
   */
  constructor(tracks: Tracks, counters: TsCounters = { tables: 0, video: 0, audio: 0 }) {
    if (!tsCarries(tracks)) {
      throw new UnsupportedMediaError("Cannot mux MPEG-TS: the codecs are not carried in it");
    }
    this.#tracks = tracks;
    this.#prefix = tracks.video === null ? null : picturePrefix(tracks.video);
    this.#videoCodec = tracks.video?.codec === "h265" ? "h265" : "h264";
    this.#adts = tracks.audio?.codec === "aac" ? adtsConfig(tracks.audio.description) : null;
    this.#pcrInVideo = tracks.video !== null;
    this.#tableCounter = counters.tables;
    this.#videoCounter = counters.video;
    this.#audioCounter = counters.audio;
  }

  /** Continuity counters of the next packets. */
  get counters(): TsCounters {
    return {
      tables: this.#tableCounter,
      video: this.#videoCounter,
      audio: this.#audioCounter,
    };
  }

  /** Bytes of {@linkcode writeTables}. */
  static readonly tablesBytes: number = 2 * TS_PACKET_BYTES;

  /** Writes PAT and PMT, which begin each segment; returns the position after them. */
  writeTables(target: Uint8Array, position = 0): number {
    target.set(patPacket(this.#tableCounter), position);
    target.set(pmtPacket(this.#tracks, this.#tableCounter), position + TS_PACKET_BYTES);
    this.#tableCounter = this.#tableCounter + 1 & 15;
    return position + TsMuxer.tablesBytes;
  }

  /** How many packets {@linkcode write} makes of `content`. */
  measure(content: TsContent): TsPackets {
    let total = 0;
    let video = 0;
    let audio = 0;
    for (const pes of this.#plan(content)) {
      total += pes.packets + (pes.extraPcr === null ? 0 : 1);
      if (pes.video === null) audio += pes.packets;
      else video += pes.packets;
    }
    return { total, video, audio };
  }

  /**
   * Writes the packets of `content` and returns the position after them.
   *
   * @throws {RangeError} when `target` is too short (see {@linkcode measure}).
   */
  write(
    content: TsContent,
    options: { readonly target: Uint8Array; readonly position: number },
  ): number {
    let position = options.position;
    for (const pes of this.#plan(content)) {
      if (pes.extraPcr !== null) {
        position = this.#writeClock(options.target, { position, pcr: pes.extraPcr });
      }
      this.#gather(pes, content.audio);
      position = this.#writePackets(pes, { target: options.target, position });
    }
    return position;
  }

  /** Tables and `content` in one new buffer. */
  mux(content: TsContent): Uint8Array {
    const out = new Uint8Array(
      TsMuxer.tablesBytes + this.measure(content).total * TS_PACKET_BYTES,
    );
    this.write(content, { target: out, position: this.writeTables(out) });
    return out;
  }

  /** Cuts the audio into PES packets and sorts them between the pictures by decode time. */
  #plan({ video, audio }: TsContent): Pes[] {
    const plan: Pes[] = [];
    let v = 0;
    let a = 0;
    let lastPcr: number | null = null;
    while (v < video.length || a < audio.length) {
      if (a >= audio.length || v < video.length && video[v].dts <= audio[a].dts) {
        const unit = video[v++];
        const prefix = unit.keyFrame ? this.#prefix!.keyFrame : this.#prefix!.picture;
        const header = unit.pts === unit.dts ? 14 : 19;
        const bytes = header + prefix.length + unit.data.length -
          skipDelimiter(unit.data, this.#videoCodec);
        lastPcr = unit.dts;
        plan.push({
          video: unit,
          from: 0,
          to: 0,
          bytes,
          pcr: unit.dts,
          extraPcr: null,
          packets: packetCount(bytes, PCR_FIELD_BYTES),
        });
        continue;
      }
      const from = a;
      let bytes = 14;
      const { dts } = audio[from];
      do bytes += this.#frameBytes(audio[a++].data); while (
        a < audio.length && bytes < AUDIO_PES_BYTES && audio[a].dts - dts < AUDIO_PES_TICKS
      );
      const own = !this.#pcrInVideo;
      const extra = !own && lastPcr !== null && dts - lastPcr > PCR_INTERVAL_TICKS;
      if (extra) lastPcr = dts;
      plan.push({
        video: null,
        from,
        to: a,
        bytes,
        pcr: own ? dts : null,
        extraPcr: extra ? dts : null,
        packets: packetCount(bytes, own ? PCR_FIELD_BYTES : 0),
      });
    }
    return plan;
  }

  /** Bytes of an audio frame with what stands before it. */
  #frameBytes(data: Uint8Array): number {
    if (this.#adts !== null) return ADTS_HEADER_BYTES + data.length;
    if (this.#tracks.audio?.codec !== "opus") return data.length;
    return 3 + Math.floor(data.length / 255) + data.length;
  }

  /** Puts header and payload of a PES packet (§2.4.3.6) into the scratch buffer. */
  #gather(pes: Pes, audio: readonly AudioUnit[]): void {
    if (this.#scratch.length < pes.bytes) this.#scratch = new Uint8Array(pes.bytes * 2);
    const out = this.#scratch;
    const { video } = pes;
    const opus = this.#tracks.audio?.codec === "opus";
    const pts = (video ?? audio[pes.from]).pts + PCR_LEAD_TICKS;
    const dts = video !== null && video.dts !== video.pts ? video.dts + PCR_LEAD_TICKS : null;
    const length = pes.bytes - 6 > PES_LENGTH_MAX ? 0 : pes.bytes - 6;
    out[0] = 0;
    out[1] = 0;
    out[2] = 1;
    out[3] = video !== null ? VIDEO_STREAM_ID : opus ? PRIVATE_STREAM_ID : AUDIO_STREAM_ID;
    out[4] = length >>> 8;
    out[5] = length & 255;
    // Aligned: the payload begins with an access unit.
    out[6] = 0x84;
    out[7] = dts === null ? 0x80 : 0xc0;
    out[8] = dts === null ? 5 : 10;
    timeStamp(out, { at: 9, mark: dts === null ? 0x20 : 0x30, ticks: pts });
    let position = 14;
    if (dts !== null) {
      timeStamp(out, { at: 14, mark: 0x10, ticks: dts });
      position = 19;
    }
    if (video !== null) {
      const prefix = video.keyFrame ? this.#prefix!.keyFrame : this.#prefix!.picture;
      out.set(prefix, position);
      position += prefix.length;
      const skip = skipDelimiter(video.data, this.#videoCodec);
      out.set(skip === 0 ? video.data : video.data.subarray(skip), position);
      startCodes(out, { position, end: pes.bytes });
      return;
    }
    for (let i = pes.from; i < pes.to; i++) {
      const { data } = audio[i];
      if (this.#adts !== null) {
        writeAdtsHeader(out, {
          offset: position,
          config: this.#adts,
          payloadBytes: data.length,
        });
        position += ADTS_HEADER_BYTES;
      } else if (opus) {
        position = opusControlHeader(out, { position, bytes: data.length });
      }
      out.set(data, position);
      position += data.length;
    }
  }

  /** Cuts the PES packet in the scratch buffer into transport packets (§2.4.3.2). */
  #writePackets(
    pes: Pes,
    { target, position }: { readonly target: Uint8Array; readonly position: number },
  ): number {
    const isVideo = pes.video !== null;
    const pid = isVideo ? VIDEO_PID : AUDIO_PID;
    const randomAccess = pes.video === null ? !this.#pcrInVideo : pes.video.keyFrame;
    let counter = isVideo ? this.#videoCounter : this.#audioCounter;
    let at = position;
    let read = 0;
    for (let i = 0; i < pes.packets; i++) {
      const first = i === 0;
      let field = first && pes.pcr !== null ? PCR_FIELD_BYTES : 0;
      const flags = field > 0;
      const room = PACKET_PAYLOAD_BYTES - field;
      const take = Math.min(room, pes.bytes - read);
      field += room - take;
      target[at] = 0x47;
      target[at + 1] = (first ? 0x40 : 0) | pid >>> 8;
      target[at + 2] = pid & 255;
      target[at + 3] = (field > 0 ? 0x30 : 0x10) | counter;
      counter = counter + 1 & 15;
      let body = at + 4;
      if (field > 0) {
        target[body] = field - 1;
        if (field > 1) {
          target[body + 1] = flags ? (randomAccess ? 0x50 : 0x10) : 0;
          let stuffing = body + FLAGS_FIELD_BYTES;
          if (flags) {
            clockReference(target, { at: stuffing, ticks: pes.pcr! });
            stuffing = body + PCR_FIELD_BYTES;
          }
          if (stuffing < body + field) target.fill(0xff, stuffing, body + field);
        }
        body += field;
      }
      target.set(this.#scratch.subarray(read, read + take), body);
      read += take;
      at += TS_PACKET_BYTES;
    }
    if (isVideo) this.#videoCounter = counter;
    else this.#audioCounter = counter;
    return at;
  }

  /** A packet with only a clock reference; it does not count in the continuity (§2.4.3.3). */
  #writeClock(
    target: Uint8Array,
    { position, pcr }: { readonly position: number; readonly pcr: number },
  ): number {
    const end = position + TS_PACKET_BYTES;
    target[position] = 0x47;
    target[position + 1] = VIDEO_PID >>> 8;
    target[position + 2] = VIDEO_PID & 255;
    target[position + 3] = 0x20 | this.#videoCounter + 15 & 15;
    target[position + 4] = PACKET_PAYLOAD_BYTES - 1;
    target[position + 5] = 0x10;
    clockReference(target, { at: position + 6, ticks: pcr });
    target.fill(0xff, position + 12, end);
    return end;
  }
}

/** The configuration when ADTS can say it, else null. */
function adtsConfig(description: Uint8Array): AacConfig | null {
  try {
    const config = parseAacConfig(description);
    writeAdtsHeader(new Uint8Array(ADTS_HEADER_BYTES), { offset: 0, config, payloadBytes: 0 });
    return config;
  } catch (error) {
    // Whatever is wrong with it, a transport stream cannot carry it.
    if (error instanceof Error) return null;
    throw error;
  }
}

function packetCount(bytes: number, fieldBytes: number): number {
  const first = PACKET_PAYLOAD_BYTES - fieldBytes;
  return bytes <= first ? 1 : 1 + Math.ceil((bytes - first) / PACKET_PAYLOAD_BYTES);
}

/** Turns the 4-byte lengths between `position` and `end` into start codes, in place. */
function startCodes(
  out: Uint8Array,
  { position, end }: { readonly position: number; readonly end: number },
): void {
  let at = position;
  while (at + 4 <= end) {
    const length = out[at] * 0x100_0000 + (out[at + 1] << 16 | out[at + 2] << 8 | out[at + 3]);
    out[at] = 0;
    out[at + 1] = 0;
    out[at + 2] = 0;
    out[at + 3] = 1;
    at += 4 + length;
  }
}

/** Opus control header (Opus in MPEG-TS §4.1): prefix, no trim, size in runs of 255. */
function opusControlHeader(
  out: Uint8Array,
  { position, bytes }: { readonly position: number; readonly bytes: number },
): number {
  out[position] = 0x7f;
  out[position + 1] = 0xe0;
  let at = position + 2;
  let rest = bytes;
  for (; rest >= 255; rest -= 255) out[at++] = 255;
  out[at++] = rest;
  return at;
}

/** `PTS` or `DTS` in 5 bytes with marker bits (§2.4.3.6). */
function timeStamp(
  out: Uint8Array,
  { at, mark, ticks }: { readonly at: number; readonly mark: number; readonly ticks: number },
): void {
  const value = modulo33(ticks);
  const low = value % TWO_30;
  const high = (value - low) / TWO_30;
  out[at] = mark | high << 1 | 1;
  out[at + 1] = low >>> 22;
  out[at + 2] = low >>> 14 & 0xfe | 1;
  out[at + 3] = low >>> 7;
  out[at + 4] = low << 1 & 0xfe | 1;
}

/** `program_clock_reference` in 6 bytes, extension 0 (§2.4.3.5). */
function clockReference(
  out: Uint8Array,
  { at, ticks }: { readonly at: number; readonly ticks: number },
): void {
  const value = modulo33(ticks);
  const high = Math.floor(value / 2);
  out[at] = high >>> 24;
  out[at + 1] = high >>> 16;
  out[at + 2] = high >>> 8;
  out[at + 3] = high;
  out[at + 4] = (value % 2) << 7 | 0x7e;
  out[at + 5] = 0;
}

function modulo33(ticks: number): number {
  const value = Math.round(ticks) % TWO_33;
  return value < 0 ? value + TWO_33 : value;
}
