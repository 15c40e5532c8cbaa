/**
 * MPEG-TS segments made from the CMAF parts when somebody asks for them: the same units at the same
 * cut points, nothing kept twice, no work while nobody watches.
 *
 * @module
 */
import { readFragment } from "../../container/cmaf/fragment_reader.ts";
import { type TsCounters, TsMuxer, type TsPackets } from "../../container/mpegts/muxer.ts";
import { TS_PACKET_BYTES } from "../../container/mpegts/tables.ts";
import type { StoredSegment } from "./segment_store.ts";

/** Bytes that are muxed in one turn of the event loop. */
const BYTES_PER_TURN = 1 << 20;

/** Bytes of a segment as MPEG-TS, known without making it. */
export function tsSegmentBytes(segment: StoredSegment): number {
  return TsMuxer.tablesBytes + segment.tsPackets.total * TS_PACKET_BYTES;
}

/** Continuity counters after a segment. */
export function tsCountersAfter(segment: StoredSegment): TsCounters {
  const { tsCounters: before, tsPackets: packets } = segment;
  return {
    tables: before.tables + 1 & 15,
    video: before.video + packets.video & 15,
    audio: before.audio + packets.audio & 15,
  };
}

/** Adds up packets. */
export function addPackets(a: TsPackets, b: TsPackets): TsPackets {
  return { total: a.total + b.total, video: a.video + b.video, audio: a.audio + b.audio };
}

/**
 * Makes a complete segment, in several turns when it is large.
 *
 * @throws {UnsupportedMediaError} when MPEG-TS does not carry its tracks.
 */
export async function muxTsSegment(segment: StoredSegment): Promise<Uint8Array> {
  const { tracks } = segment.tracks;
  const muxer = new TsMuxer(tracks, segment.tsCounters);
  const target = new Uint8Array(tsSegmentBytes(segment));
  let position = muxer.writeTables(target);
  let turnEnd = BYTES_PER_TURN;
  for (const part of segment.parts) {
    position = muxer.write(readFragment(part.bytes, tracks), { target, position });
    if (position > turnEnd) {
      turnEnd = position + BYTES_PER_TURN;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  return target;
}
