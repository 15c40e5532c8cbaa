/**
 * Program specific information of MPEG transport streams (ISO/IEC 13818-1 §2.4.4): one program, its
 * PAT and PMT, each in one packet.
 *
 * @module
 */
import type { AudioTrack, Tracks } from "../../access_unit.ts";

/** Bytes of a transport packet. */
export const TS_PACKET_BYTES = 188;
/** PID of the PMT. */
export const PMT_PID = 0x1000;
/** PID of the video. */
export const VIDEO_PID = 0x100;
/** PID of the audio. */
export const AUDIO_PID = 0x101;

const PROGRAM_NUMBER = 1;
const STREAM_TYPE = {
  h264: 0x1b,
  h265: 0x24,
  aac: 0x0f,
  mp3: 0x03,
  /** MPEG-2 layer III with halved sampling rates. */
  mp3Low: 0x04,
  private: 0x06,
} as const;
const LOWEST_MPEG1_SAMPLE_RATE = 32_000;

/** The program association table as one packet. */
export function patPacket(counter: number): Uint8Array {
  return sectionPacket({
    pid: 0,
    counter,
    tableId: 0x00,
    tableIdExtension: 1,
    body: [0, PROGRAM_NUMBER, 0xe0 | PMT_PID >>> 8, PMT_PID & 255],
  });
}

/** The program map table of the tracks as one packet. */
export function pmtPacket(tracks: Tracks, counter: number): Uint8Array {
  const pcrPid = tracks.video === null ? AUDIO_PID : VIDEO_PID;
  const body = [0xe0 | pcrPid >>> 8, pcrPid & 255, 0xf0, 0];
  if (tracks.video !== null) {
    const type = tracks.video.codec === "h265" ? STREAM_TYPE.h265 : STREAM_TYPE.h264;
    body.push(type, 0xe0 | VIDEO_PID >>> 8, VIDEO_PID & 255, 0xf0, 0);
  }
  if (tracks.audio !== null) {
    const descriptors = audioDescriptors(tracks.audio);
    body.push(audioStreamType(tracks.audio), 0xe0 | AUDIO_PID >>> 8, AUDIO_PID & 255);
    body.push(0xf0, descriptors.length, ...descriptors);
  }
  return sectionPacket({
    pid: PMT_PID,
    counter,
    tableId: 0x02,
    tableIdExtension: PROGRAM_NUMBER,
    body,
  });
}

function audioStreamType(track: AudioTrack): number {
  if (track.codec === "opus") return STREAM_TYPE.private;
  if (track.codec === "aac") return STREAM_TYPE.aac;
  return track.sampleRate < LOWEST_MPEG1_SAMPLE_RATE ? STREAM_TYPE.mp3Low : STREAM_TYPE.mp3;
}

/** Opus in MPEG-TS §4.3: registration "Opus" and the extension with the channel configuration. */
function audioDescriptors(track: AudioTrack): readonly number[] {
  if (track.codec !== "opus") return [];
  return [0x05, 4, 0x4f, 0x70, 0x75, 0x73, 0x7f, 2, 0x80, track.channels & 255];
}

function sectionPacket(section: {
  readonly pid: number;
  readonly counter: number;
  readonly tableId: number;
  readonly tableIdExtension: number;
  readonly body: readonly number[];
}): Uint8Array {
  const packet = new Uint8Array(TS_PACKET_BYTES).fill(0xff);
  const length = 5 + section.body.length + 4;
  packet.set([
    0x47,
    0x40 | section.pid >>> 8,
    section.pid & 255,
    0x10 | section.counter & 15,
    0,
    section.tableId,
    0xb0 | length >>> 8,
    length & 255,
    section.tableIdExtension >>> 8,
    section.tableIdExtension & 255,
    // Version 0, current; section 0 of 0.
    0xc1,
    0,
    0,
    ...section.body,
  ]);
  const crcAt = 13 + section.body.length;
  new DataView(packet.buffer).setUint32(crcAt, crc32(packet.subarray(5, crcAt)));
  return packet;
}

/** CRC_32 of 13818-1 annex A. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc << 1 ^ (crc < 0 ? 0x04c1_1db7 : 0);
  }
  return crc >>> 0;
}
