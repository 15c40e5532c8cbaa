/**
 * What the administrators' lists show, out of the server's memory or the API's answers.
 *
 * @module
 */
import type { Schemas } from "../ui/api.ts";
import { pathOf } from "../ui/own_address.ts";
import { codecName, usualFrameRate } from "../ui/room_data.ts";

/** Somebody in a list. */
export interface PersonCell {
  readonly id: string;
  readonly name: string;
  /** Address of the picture. */
  readonly avatar: string | null;
}

/** A running stream. */
export interface StreamRow {
  /** Number of the room. */
  readonly id: string;
  readonly title: string;
  readonly owner: PersonCell;
  readonly state: "live" | "waiting";
  readonly startedAtMs: number;
  readonly protocol: string;
  readonly encoder: string | null;
  readonly address: string;
  /** `H.264 1280×720 30 fps`; null: none. */
  readonly video: string | null;
  /** `AAC 48 kHz`; null: none. */
  readonly audio: string | null;
  readonly bitrateKbps: number;
  readonly viewers: number;
  readonly by: Schemas["ViewersByProtocol"];
}

/** A room. */
export interface RoomRow {
  readonly id: string;
  readonly title: string;
  readonly owner: PersonCell;
  readonly live: boolean;
  readonly suspended: boolean;
  readonly viewers: number;
  readonly followers: number;
  readonly createdAtMs: number;
  readonly lastLiveAtMs: number | null;
}

/** An account. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | null;
  /** Address of the picture. */
  readonly avatar: string | null;
  readonly admin: boolean;
  readonly suspended: boolean;
  readonly createdAtMs: number;
  readonly sessions: number;
  readonly roomId: string | null;
}

/** Part of a list. */
export interface ListPart<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** Rows of a page of rooms or accounts: one screen. */
export const PAGE_ROWS = 12;

/** Which rows a page asks for; `page` from 1 on. */
export function pageQuery({ query, page }: { readonly query: string; readonly page: number }) {
  return { q: query, limit: PAGE_ROWS, offset: (page - 1) * PAGE_ROWS };
}

/** A running stream as the API tells it. */
export function streamRowOf(running: Schemas["RunningStream"]): StreamRow {
  const { room, title, owner, viewers, viewersByProtocol, stream } = running;
  return {
    id: room,
    title,
    owner: { ...owner, avatar: null },
    viewers,
    by: viewersByProtocol,
    ...streamFacts({ ...stream, startedAtMs: Date.parse(stream.startedAt) }),
  };
}

/** What a report of `media` says for a row. */
export function streamFacts(
  stream: Omit<Schemas["Stream"], "startedAt"> & { readonly startedAtMs: number },
): Omit<StreamRow, "id" | "title" | "owner" | "viewers" | "by"> {
  const { state, startedAtMs, protocol, encoder, remoteAddress, video, audio } = stream;
  return {
    state,
    startedAtMs,
    protocol,
    encoder,
    address: remoteAddress,
    video: video && videoText(video),
    audio: audio && `${codecName(audio.codec)} ${audio.sampleRate / 1000} kHz`,
    bitrateKbps: stream.bitrateKbps,
  };
}

function videoText(
  { codec, width, height, fps }: NonNullable<Schemas["Stream"]["video"]>,
): string {
  const rate = usualFrameRate(fps);
  return [codecName(codec), `${width}×${height}`, ...rate > 0 ? [`${rate} fps`] : []].join(" ");
}

/** A room as the API tells it. */
export function roomRowOf(room: Schemas["AdminRoom"]): RoomRow {
  const { id, title, owner, live, suspended, viewers, followers, createdAt, lastLiveAt } = room;
  return {
    id,
    title,
    owner: { id: owner.id, name: owner.name, avatar: pathOf(owner.avatar) },
    live,
    suspended,
    viewers,
    followers,
    createdAtMs: Date.parse(createdAt),
    lastLiveAtMs: lastLiveAt === null ? null : Date.parse(lastLiveAt),
  };
}

/** An account as the API tells it. */
export function accountRowOf(account: Schemas["ListedAccount"]): AccountRow {
  const { id, name, displayName, admin, suspended, createdAt, sessions, roomId } = account;
  return {
    id,
    name,
    displayName,
    avatar: pathOf(account.avatar),
    admin,
    suspended,
    createdAtMs: Date.parse(createdAt),
    sessions,
    roomId,
  };
}
