/**
 * The parts of an enhanced RTMP v2 tag header that audio and video share: ModEx modifiers and
 * multitrack framing.
 *
 * @module
 */
import { MalformedMediaError } from "../../errors.ts";

const MODEX_TIMESTAMP_OFFSET_NANO = 0;
const MAX_MODEX = 16;
/** `AvMultitrackType`. */
const MULTITRACK = { ONE_TRACK: 0, MANY_TRACKS: 1, MANY_TRACKS_MANY_CODECS: 2 } as const;

/** Packet type numbers of one kind of tag, as far as the framing needs them. */
export interface PacketTypeNumbers {
  readonly multitrack: number;
  readonly modEx: number;
}

/** What stands behind the framing. */
export interface EnhancedHeader {
  readonly packetType: number;
  /** Four characters, or "" for a command. */
  readonly fourCc: string;
  /** Added to the presentation time, 0–999,999. */
  readonly nanoOffset: number;
  /** Bounds of the body of track 0; null when the tag has only other tracks. */
  readonly body: { readonly start: number; readonly end: number } | null;
}

/**
 * Reads the framing of an enhanced tag from its second byte on: ModEx modifiers, multitrack,
 * fourCC (enhanced RTMP v2, "Extended AudioTagHeader" and "Extended VideoTagHeader").
 *
 * @throws {MalformedMediaError} when it is cut short or nests multitrack.
 */
export function readEnhancedHeader(
  data: Uint8Array,
  options: { readonly packetType: number; readonly numbers: PacketTypeNumbers },
): EnhancedHeader {
  const { numbers } = options;
  let { packetType } = options;
  let position = 1;
  let nanoOffset = 0;
  for (let count = 0; packetType === numbers.modEx; count++) {
    if (count === MAX_MODEX) throw malformed(`more than ${MAX_MODEX} modifiers`, position);
    let size = byteAt(data, position++) + 1;
    if (size === 256) {
      size = (byteAt(data, position) << 8 | byteAt(data, position + 1)) + 1;
      position += 2;
    }
    const start = position;
    position += size;
    const next = byteAt(data, position++);
    if (next >>> 4 === MODEX_TIMESTAMP_OFFSET_NANO && size >= 3) {
      nanoOffset = Math.min(999_999, data[start] << 16 | data[start + 1] << 8 | data[start + 2]);
    }
    packetType = next & 0x0f;
  }
  if (packetType !== numbers.multitrack) {
    const fourCc = fourCcAt(data, position);
    return { packetType, fourCc, nanoOffset, body: { start: position + 4, end: data.length } };
  }
  const kinds = byteAt(data, position++);
  packetType = kinds & 0x0f;
  if (packetType === numbers.multitrack || packetType === numbers.modEx) {
    throw malformed("multitrack inside of multitrack", position - 1);
  }
  const track = findMainTrack(data, { position, kind: kinds >>> 4 });
  return { packetType, nanoOffset, ...track };
}

/** Track 0 of a multitrack body. */
function findMainTrack(
  data: Uint8Array,
  from: { readonly position: number; readonly kind: number },
): Pick<EnhancedHeader, "fourCc" | "body"> {
  let { position } = from;
  const manyCodecs = from.kind === MULTITRACK.MANY_TRACKS_MANY_CODECS;
  if (from.kind > MULTITRACK.MANY_TRACKS_MANY_CODECS) {
    throw malformed(`multitrack type ${from.kind}`, position);
  }
  let fourCc = "";
  if (!manyCodecs) {
    fourCc = fourCcAt(data, position);
    position += 4;
  }
  do {
    if (manyCodecs) {
      fourCc = fourCcAt(data, position);
      position += 4;
    }
    const trackId = byteAt(data, position++);
    let end = data.length;
    if (from.kind !== MULTITRACK.ONE_TRACK) {
      end = position + 3 +
        (byteAt(data, position) << 16 | byteAt(data, position + 1) << 8 |
          byteAt(data, position + 2));
      position += 3;
      if (end > data.length) throw malformed("a track leads past the end", position);
    }
    if (trackId === 0) return { fourCc, body: { start: position, end } };
    position = end;
  } while (position < data.length);
  return { fourCc, body: null };
}

function fourCcAt(data: Uint8Array, position: number): string {
  if (position + 4 > data.length) throw malformed("it is cut short", data.length);
  return String.fromCharCode(
    data[position],
    data[position + 1],
    data[position + 2],
    data[position + 3],
  );
}

function byteAt(data: Uint8Array, position: number): number {
  if (position >= data.length) throw malformed("it is cut short", data.length);
  return data[position];
}

function malformed(state: string, byteOffset: number): MalformedMediaError {
  return new MalformedMediaError(`Cannot parse enhanced tag header: ${state}`, byteOffset);
}

/** A fourCC or other text from outside, fit for an error message. */
export function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, "?");
}
