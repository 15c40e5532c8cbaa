/**
 * Reads the small real bitstreams of `tests/fixtures/media` in their simplest wrappers: IVF, Annex
 * B, Ogg, ADTS, plain MP3.
 *
 * @module
 */
import { h265NalType } from "../../media/codec/h265.ts";
import { parseMp3Header } from "../../media/codec/mp3.ts";
import { joinNalUnits, splitAnnexB } from "../../media/codec/nal.ts";

/** The bytes of a file of `tests/fixtures/media`. */
export function mediaFixture(name: string): Uint8Array {
  return Deno.readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url));
}

/** Bytes of hexadecimal text; spaces are ignored. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s/g, "");
  return Uint8Array.from(
    { length: digits.length / 2 },
    (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Frames of an IVF file (AV1 temporal units, VP9 frames). */
export function ivfFrames(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const frames: Uint8Array[] = [];
  for (let position = view.getUint16(6, true); position < file.length;) {
    const size = view.getUint32(position, true);
    frames.push(file.subarray(position + 12, position + 12 + size));
    position += 12 + size;
  }
  return frames;
}

/** An H.265 byte stream as length-prefixed access units and its parameter sets. */
export function h265AccessUnits(file: Uint8Array) {
  const sets = { vps: [] as Uint8Array[], sps: [] as Uint8Array[], pps: [] as Uint8Array[] };
  const units: Uint8Array[] = [];
  let pending: Uint8Array[] = [];
  for (const nal of splitAnnexB(file)) {
    const type = h265NalType(nal[0]);
    const set = { 32: sets.vps, 33: sets.sps, 34: sets.pps }[type];
    if (set) {
      if (set.length === 0) set.push(nal);
      continue;
    }
    pending.push(nal);
    if (type < 32) {
      units.push(joinNalUnits(pending));
      pending = [];
    }
  }
  return { units, ...sets };
}

/** Packets of an Ogg stream with one track: OpusHead, OpusTags, then audio. */
export function oggPackets(file: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let packet: number[] = [];
  for (let page = 0; page < file.length;) {
    const segments = file[page + 26];
    let position = page + 27 + segments;
    for (let i = 0; i < segments; i++) {
      const size = file[page + 27 + i];
      packet.push(...file.subarray(position, position + size));
      position += size;
      if (size < 255) {
        packets.push(Uint8Array.from(packet));
        packet = [];
      }
    }
    page = position;
  }
  return packets;
}

/** Raw AAC frames of an ADTS stream without CRC, each with its 7-byte header before it. */
export function adtsFrames(file: Uint8Array): { header: Uint8Array; payload: Uint8Array }[] {
  const frames = [];
  for (let position = 0; position < file.length;) {
    const size = (file[position + 3] & 3) << 11 | file[position + 4] << 3 |
      file[position + 5] >>> 5;
    frames.push({
      header: file.subarray(position, position + 7),
      payload: file.subarray(position + 7, position + size),
    });
    position += size;
  }
  return frames;
}

/** Frames of an MP3 stream. */
export function mp3Frames(file: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let position = 0; position < file.length;) {
    const { frameBytes } = parseMp3Header(file.subarray(position));
    frames.push(file.subarray(position, position + frameBytes));
    position += frameBytes;
  }
  return frames;
}
