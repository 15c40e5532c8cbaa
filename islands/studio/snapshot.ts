/**
 * What the studio shows: the room, what arrives from the encoder, who watches, and what was. The
 * server fills a first snapshot; the browser renews it from the API.
 *
 * @module
 */
import type { Answer, Schemas } from "../../client/mod.ts";
import { type StreamFigures, streamFigures } from "../ui/room_data.ts";

/** What a broadcaster says of the room. */
export interface RoomDetails {
  readonly title: string;
  readonly description: string;
  /** Key of a category, or null. */
  readonly category: string | null;
  /** Address of the picture, or null. */
  readonly cover: string | null;
  readonly nextLiveAtMs: number | null;
}

/** A change of the room; what is left out stays. */
export type RoomChange = Partial<Omit<RoomDetails, "cover">>;

/** Open viewers by what they take. */
export interface Viewers {
  readonly flv: number;
  readonly ws: number;
  readonly hls: number;
  readonly rtmp: number;
  readonly whep: number;
}

/** What runs now. */
export interface Running {
  /** Null: nothing arrives. */
  readonly stream: StreamFigures | null;
  readonly viewers: number;
  readonly viewersByProtocol: Viewers;
  /** Encoders are refused until then; null: they are welcome. */
  readonly heldUntilMs: number | null;
}

/** Everything that the islands of the studio start from. */
export interface StudioSnapshot extends Running {
  readonly roomId: string;
  readonly ownerName: string;
  readonly room: RoomDetails;
  /** When all this was read, by the server's clock. */
  readonly nowMs: number;
}

/** One broadcast, as the studio lists it. */
export interface BroadcastFigures {
  readonly startedAtMs: number;
  /** Null while it runs. */
  readonly endedAtMs: number | null;
  readonly durationMs: number;
  readonly peakViewers: number;
  readonly averageViewers: number;
  readonly averageKbps: number;
  readonly droppedFrames: number;
  readonly reconnects: number;
}

/** Most broadcasts that are listed. */
export const MAX_BROADCASTS = 20;

/** What runs, as the API says it. */
export function runningOf(answer: Answer<"get", "/api/rooms/{room}/stream">): Running {
  const { stream, viewers, viewersByProtocol, heldUntil } = answer;
  return {
    stream: stream === null ? null : streamFigures(stream),
    viewers,
    viewersByProtocol,
    heldUntilMs: millisecondsOf(heldUntil),
  };
}

/** What the broadcaster says of the room, as the API says it. */
export function detailsOf(room: Schemas["Room"]): RoomDetails {
  const { title, description, category, cover, nextLiveAt } = room;
  return {
    title,
    description,
    category,
    // As a path of this site, so that a page behind any name shows it.
    cover: cover === null ? null : URL.parse(cover)?.pathname ?? cover,
    nextLiveAtMs: millisecondsOf(nextLiveAt),
  };
}

/** A broadcast, as the API says it. */
export function broadcastOf(broadcast: Schemas["Broadcast"]): BroadcastFigures {
  const { startedAt, endedAt, durationMs, peakViewers, averageViewers } = broadcast;
  const { averageKbps, droppedFrames, reconnects } = broadcast;
  return {
    startedAtMs: Date.parse(startedAt),
    endedAtMs: millisecondsOf(endedAt),
    durationMs,
    peakViewers,
    averageViewers,
    averageKbps,
    droppedFrames,
    reconnects,
  };
}

function millisecondsOf(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
