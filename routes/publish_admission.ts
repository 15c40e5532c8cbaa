/**
 * Who may publish: the owner into a room by its key, and with it into the host's seat on the stage;
 * a guest into another seat by the seat's.
 *
 * @module
 */
import type { Admission, Rooms } from "../rooms/room_service.ts";
import { seatOfStream } from "../rooms/stage/stage.ts";
import type { Stages } from "../rooms/stage/stage_service.ts";

/** Whether a key opens a stream now. */
export async function admit(
  { rooms, stages }: {
    readonly rooms: Pick<Rooms, "admit">;
    readonly stages: Pick<Stages, "admits">;
  },
  { room, key }: { readonly room: string; readonly key: string },
): Promise<Admission> {
  const place = seatOfStream(room);
  if (place?.seat === 0) return await rooms.admit({ room: place.room, key });
  const seat = await stages.admits({ stream: room, key });
  if (seat === null) return await rooms.admit({ room, key });
  return seat ? "admitted" : "wrong_key";
}
