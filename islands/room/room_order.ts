/**
 * In which order a list of live rooms stands while people read it.
 *
 * @module
 */
import type { RoomSummary } from "../ui/room_data.ts";

/** The leader gives its place to a room with so many more viewers, in parts and in viewers. */
const LEAD = { factor: 1.25, viewers: 3 } as const;

/**
 * The fresh rooms in the order they are shown in: cards stay where they are, new rooms stand at
 * the end, rooms that are over leave. The first place alone is given up, to a room that is clearly
 * more watched: it says that it is the most watched one.
 */
export function keepOrder(
  shown: readonly Pick<RoomSummary, "id">[],
  fresh: readonly RoomSummary[],
): readonly RoomSummary[] {
  const byId = new Map(fresh.map((room) => [room.id, room]));
  const kept: RoomSummary[] = [];
  for (const { id } of shown) {
    const room = byId.get(id);
    if (room !== undefined) kept.push(room);
    byId.delete(id);
  }
  const ordered = [...kept, ...byId.values()];
  const [leader] = ordered;
  const challenger = ordered.reduce<RoomSummary | undefined>(
    (best, room) => best === undefined || room.viewers > best.viewers ? room : best,
    undefined,
  );
  if (leader === undefined || challenger === undefined || leader === challenger) return ordered;
  const needed = Math.max(leader.viewers * LEAD.factor, leader.viewers + LEAD.viewers);
  const stays = shown[0]?.id === leader.id && challenger.viewers < needed;
  if (stays) return ordered;
  return [challenger, ...ordered.filter((room) => room !== challenger)];
}
