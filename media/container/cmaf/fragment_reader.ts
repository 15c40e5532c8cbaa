/**
 * Reads CMAF chunks back into access units, as {@linkcode CmafMuxer} wrote them.
 *
 * @module
 */
import { type AudioUnit, CLOCK_HZ, type Tracks, type VideoUnit } from "../../access_unit.ts";
import { MalformedMediaError } from "../../errors.ts";
import { audioTimescale, audioTrackId } from "./init_segment.ts";

const TWO_32 = 0x1_0000_0000;
const MOOF = 0x6d6f6f66;
const TRAF = 0x74726166;
const TFHD = 0x74666864;
const TFDT = 0x74666474;
const TRUN = 0x7472756e;
const NON_SYNC_BIT = 0x0001_0000;

/** The units of one chunk; their `data` are views of the chunk. */
export interface FragmentUnits {
  readonly video: readonly VideoUnit[];
  readonly audio: readonly AudioUnit[];
}

/**
 * Reads one chunk (`moof` first, then `mdat`) written by this platform.
 *
 * @throws {MalformedMediaError} when the boxes do not fit into the bytes.
 */
export function readFragment(
  chunk: Uint8Array,
  tracks: Tracks,
): FragmentUnits {
  const audioId = tracks.audio === null ? null : audioTrackId(tracks);
  const timescale = tracks.audio === null ? CLOCK_HZ : audioTimescale(tracks.audio);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const video: VideoUnit[] = [];
  const audio: AudioUnit[] = [];
  const moofEnd = boxEnd(view, { position: 0, end: chunk.length });
  if (view.getUint32(4) !== MOOF) {
    throw new MalformedMediaError("Cannot read CMAF chunk: it does not begin with moof", 4);
  }
  for (let at = 8; at < moofEnd;) {
    const end = boxEnd(view, { position: at, end: moofEnd });
    if (view.getUint32(at + 4) === TRAF) {
      readTrackFragment({ chunk, view, position: at + 8, end, video, audio, audioId, timescale });
    }
    at = end;
  }
  return { video, audio };
}

function readTrackFragment(
  { chunk, view, position, end, video, audio, audioId, timescale }: {
    readonly chunk: Uint8Array;
    readonly view: DataView;
    readonly position: number;
    readonly end: number;
    readonly video: VideoUnit[];
    readonly audio: AudioUnit[];
    readonly audioId: number | null;
    readonly timescale: number;
  },
): void {
  let trackId = 0;
  let defaultDuration = 0;
  let time = 0;
  for (let at = position; at < end;) {
    const next = boxEnd(view, { position: at, end });
    const type = view.getUint32(at + 4);
    if (type === TFHD) {
      trackId = view.getUint32(at + 12);
      if (view.getUint32(at + 8) & 0x08) defaultDuration = view.getUint32(at + 16);
    } else if (type === TFDT) {
      time = view.getUint32(at + 12) * TWO_32 + view.getUint32(at + 16);
    } else if (type === TRUN) {
      const flags = view.getUint32(at + 8);
      const count = view.getUint32(at + 12);
      let data = view.getUint32(at + 16);
      let field = at + 20;
      for (let i = 0; i < count; i++) {
        let duration = defaultDuration;
        if (flags & 0x100) {
          duration = view.getUint32(field);
          field += 4;
        }
        const size = view.getUint32(field);
        field += 4;
        if (data + size > chunk.length) {
          throw new MalformedMediaError("Cannot read CMAF chunk: a sample is cut short", data);
        }
        const bytes = chunk.subarray(data, data + size);
        data += size;
        if (trackId !== audioId) {
          const keyFrame = (view.getUint32(field) & NON_SYNC_BIT) === 0;
          field += 4;
          let pts = time;
          if (flags & 0x800) {
            pts += view.getUint32(field);
            field += 4;
          }
          video.push({ kind: "video", dts: time, pts, keyFrame, data: bytes });
        } else {
          const dts = time * CLOCK_HZ / timescale;
          audio.push({ kind: "audio", dts, pts: dts, samples: duration, data: bytes });
        }
        time += duration;
      }
    }
    at = next;
  }
}

function boxEnd(
  view: DataView,
  { position, end }: { readonly position: number; readonly end: number },
): number {
  const size = position + 8 <= end ? view.getUint32(position) : 0;
  if (size < 8 || position + size > end) {
    throw new MalformedMediaError("Cannot read CMAF chunk: a box is cut short", position);
  }
  return position + size;
}
