/**
 * Rooms as lists and cards of the pages show them.
 *
 * @module
 */
import { avatarUrl } from "../../islands/ui/avatar.tsx";
import type { RoomDetails, RoomSummary } from "../../islands/ui/room_data.ts";
import type { RoomState } from "../../rooms/model.ts";

/** What cards show of a room; pictures as paths of this origin. */
export function summarize(room: RoomState): RoomSummary {
  return {
    id: room.id,
    title: room.title,
    ownerName: room.owner.name,
    ownerPicture: avatarUrl(room.owner.avatar),
    category: room.category,
    live: room.live,
    startedAtMs: room.startedAtMs,
    viewers: room.viewers,
    followers: room.followers,
    still: stillPath(room),
    cover: avatarUrl(room.cover),
    nextLiveAtMs: room.nextLiveAtMs,
    lastLiveAtMs: room.lastLiveAtMs,
  };
}

/** What the watch page shows of its room. */
export function describe(room: RoomState): RoomDetails {
  return { ...summarize(room), description: room.description };
}

/** Where the still of a room is; null while it has none. */
export function stillPath(room: Pick<RoomState, "id" | "still">): string | null {
  return room.still ? `/live/${room.id}/still.jpg` : null;
}
