/**
 * Who may publish: the owner into a room by its key, a guest into a seat by the seat's.
 *
 * @module
 */
import type { Admission, Rooms } from "../rooms/room_service.ts";
import type { Stages } from "../rooms/stage/stage_service.ts";

/** Whether a key opens a stream now. */
export async function admit(
  { rooms, stages }: {
    readonly rooms: Pick<Rooms, "admit">;
    readonly stages: Pick<Stages, "admits">;
  },
  { room, key }: { readonly room: string; readonly key: string },
): Promise<Admission> {
  const seat = await stages.admits({ stream: room, key });
  if (seat === null) return await rooms.admit({ room, key });
  return seat ? "admitted" : "wrong_key";
}
