/**
 * Rooms, publish keys and stream health over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { clientOf } from "../client.ts";
import type { Place } from "../addresses.ts";
import { type AdminService, type RoomService, ServiceError } from "../services.ts";
import { requireSession } from "../session.ts";
import {
  NewRoomAnswer,
  PublishAnswer,
  publishJson,
  RoomAnswer,
  RoomBody,
  roomJson,
  RoomsAnswer,
  StreamAnswer,
  streamJson,
} from "./schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const MAX_LIST = 200;

/** What the calls stand on. */
export interface RoomRoutesOptions {
  readonly rooms: RoomService;
  readonly admin: Pick<AdminService, "cutOff">;
  readonly rtmpPort: number;
}

/** The calls about rooms. */
export function roomRoutes({ rooms, admin, rtmpPort }: RoomRoutesOptions): readonly ApiRoute[] {
  const placeOf = (c: Context): Place => ({ baseUrl: clientOf(c).baseUrl, rtmpPort });
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  return [
    defineRoute({
      method: "POST",
      path: "/api/rooms",
      name: "createRoom",
      summary: "Make the account's room",
      access: "account",
      body: RoomBody,
      status: 201,
      answer: NewRoomAnswer,
      refusals: ["invalid", "unauthenticated", "room_exists"],
      async handle(c, { title }) {
        const { account } = await requireSession(c);
        const room = await rooms.create(account, { title });
        const key = await rooms.publishKey(account, room.id);
        c.header("Location", `/api/rooms/${room.id}`);
        return {
          room: roomJson(room, placeOf(c)),
          publish: publishJson(room.id, key, placeOf(c)),
        };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms",
      name: "listRooms",
      summary: "Live rooms by viewers, then the newest",
      access: "anyone",
      query: [
        {
          name: "live",
          description: "`true`: live rooms alone; `false`: the others",
          schema: { type: "boolean" },
        },
        {
          name: "limit",
          description: "At most so many",
          schema: { type: "integer", minimum: 1, maximum: MAX_LIST, default: MAX_LIST },
        },
      ],
      status: 200,
      answer: RoomsAnswer,
      refusals: ["invalid"],
      async handle(c) {
        const live = parseLive(c.req.query("live"));
        const limit = parseLimit(c.req.query("limit"));
        const list = await rooms.list(live === null ? { limit } : { live, limit });
        return { rooms: list.map((room) => roomJson(room, placeOf(c))) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}",
      name: "getRoom",
      summary: "One room with its live state and addresses",
      access: "anyone",
      status: 200,
      answer: RoomAnswer,
      refusals: ["not_found"],
      async handle(c) {
        return { room: roomJson(await rooms.get(roomOf(c)), placeOf(c)) };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/rooms/{room}",
      name: "updateRoom",
      summary: "Change the title",
      access: "owner",
      body: RoomBody,
      status: 200,
      answer: RoomAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c, { title }) {
        const { account } = await requireSession(c);
        const room = await rooms.update(account, roomOf(c), { title });
        return { room: roomJson(room, placeOf(c)) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/publish-key",
      name: "getPublishKey",
      summary: "Where and with what to publish",
      access: "owner",
      status: 200,
      answer: PublishAnswer,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const key = await rooms.publishKey(account, roomOf(c));
        return { publish: publishJson(roomOf(c), key, placeOf(c)) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/publish-key",
      name: "rotatePublishKey",
      summary: "Make a new publish key; what runs with the old one is cut off",
      access: "owner",
      status: 200,
      answer: PublishAnswer,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const key = await rooms.rotatePublishKey(account, roomOf(c));
        return { publish: publishJson(roomOf(c), key, placeOf(c)) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/stream",
      name: "getStream",
      summary: "Health of the running stream; null when there is none",
      access: "owner or administrator",
      status: 200,
      answer: StreamAnswer,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const room = await rooms.get(roomOf(c));
        if (room.owner.id !== account.id && !account.admin) {
          throw new ServiceError("forbidden", "Cannot look at this stream: it is somebody else's");
        }
        return { stream: room.stream === null ? null : streamJson(room.stream) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/stream",
      name: "cutOffStream",
      summary:
        "End the running stream; its encoder is refused while it tries to come back by itself",
      access: "owner or administrator",
      status: 204,
      refusals: ["unauthenticated", "forbidden", "not_found", "busy"],
      async handle(c) {
        const { account } = await requireSession(c);
        const room = await rooms.get(roomOf(c));
        if (room.owner.id === account.id) await rooms.end(account, room.id);
        else await admin.cutOff(account, room.id);
      },
    }),
  ];
}

function parseLive(text: string | undefined): boolean | null {
  if (text === undefined) return null;
  if (text === "true" || text === "false") return text === "true";
  throw new ServiceError("invalid", "Cannot accept live: it must be true or false", {
    field: "live",
  });
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return MAX_LIST;
  const limit = Number(text);
  if (/^\d{1,3}$/.test(text) && limit >= 1 && limit <= MAX_LIST) return limit;
  throw new ServiceError("invalid", `Cannot accept limit: it must be 1 to ${MAX_LIST}`, {
    field: "limit",
  });
}
