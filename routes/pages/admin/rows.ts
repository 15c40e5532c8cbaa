/**
 * Rows of the administrators' lists out of the business.
 *
 * @module
 */
import {
  type AccountRow,
  type PersonCell,
  type RoomRow,
  streamFacts,
  type StreamRow,
} from "../../../islands/admin/data.ts";
import { avatarUrl } from "../../../islands/ui/avatar.tsx";
import type { Person, RoomState } from "../../../rooms/model.ts";
import type { ListedAccount } from "../../../rooms/repository.ts";

/** The running stream of a room; null when it ended meanwhile. */
export function streamRow(room: RoomState): StreamRow | null {
  if (room.stream === null) return null;
  return {
    id: room.id,
    title: room.title,
    owner: personCell(room.owner),
    viewers: room.viewers,
    by: { ...room.viewersByProtocol },
    ...streamFacts(room.stream),
  };
}

/** A room. */
export function roomRow(room: RoomState): RoomRow {
  const { id, title, live, suspended, viewers, followers, createdAtMs, lastLiveAtMs } = room;
  return {
    id,
    title,
    owner: personCell(room.owner),
    live,
    suspended,
    viewers,
    followers,
    createdAtMs,
    lastLiveAtMs,
  };
}

/** An account. */
export function accountRow(account: ListedAccount): AccountRow {
  const { id, name, displayName, admin, suspended, createdAtMs, sessions, roomId } = account;
  return {
    id,
    name,
    displayName,
    avatar: avatarUrl(account.avatar),
    admin,
    suspended,
    createdAtMs,
    sessions,
    roomId,
  };
}

function personCell({ id, name, avatar }: Person): PersonCell {
  return { id, name, avatar: avatarUrl(avatar) };
}
