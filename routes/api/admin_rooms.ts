/**
 * Rooms and running streams for administrators, over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { clientOf } from "../client.ts";
import type { AdminService, SettingsView } from "../services.ts";
import { requireAdmin } from "../session.ts";
import { pageLimit, pageOffset } from "./admin_accounts.ts";
import {
  AdminRoomAnswer,
  AdminRoomChangeBody,
  adminRoomJson,
  AdminRoomsAnswer,
  HotRoomsAnswer,
  RoomPlaceBody,
} from "./admin_schemas.ts";
import { shortText } from "./query.ts";
import type { RoomView } from "./room_schemas.ts";
import { RunningStreamsAnswer, streamJson } from "./stream_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const query = shortText("q", {
  description: "Part of the title, the owner's name or the number",
  max: 100,
});

/** What the calls stand on. */
export interface AdminRoomRoutesOptions {
  readonly admin: Pick<
    AdminService,
    "rooms" | "streams" | "suspendRoom" | "resetKey" | "hotRooms" | "placeRoom"
  >;
  readonly settings: SettingsView;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: () => boolean;
}

/** The calls about rooms for administrators. */
export function adminRoomRoutes(options: AdminRoomRoutesOptions): readonly ApiRoute[] {
  const { admin, settings, rtmpPort, webRtc } = options;
  const viewOf = (c: Context): RoomView => ({
    place: { baseUrl: clientOf(c).baseUrl, rtmpPort, webRtc: webRtc() },
    settings,
  });
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  return [
    defineRoute({
      method: "GET",
      path: "/api/admin/streams",
      name: "adminListStreams",
      summary: "Running streams, the most watched first",
      access: "administrator",
      status: 200,
      answer: RunningStreamsAnswer,
      refusals: ["unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        const rooms = await admin.streams(account);
        return {
          streams: rooms.flatMap((room) =>
            // It may have ended since the list was made.
            room.stream === null ? [] : [{
              room: room.id,
              title: room.title,
              owner: { id: room.owner.id, name: room.owner.name },
              viewers: room.viewers,
              viewersByProtocol: { ...room.viewersByProtocol },
              stream: streamJson(room.stream),
            }]
          ),
        };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/admin/rooms",
      name: "adminListRooms",
      summary: "Rooms, suspended ones too, the newest first",
      access: "administrator",
      query: [query, pageLimit, pageOffset],
      status: 200,
      answer: AdminRoomsAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        const { rooms, total } = await admin.rooms(account, {
          query: query.read(c),
          limit: pageLimit.read(c),
          offset: pageOffset.read(c),
        });
        return { rooms: rooms.map((room) => adminRoomJson(room, viewOf(c))), total };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/admin/rooms/{room}",
      name: "adminChangeRoom",
      summary: "Close a room, which ends its stream, or open it again",
      access: "administrator",
      body: AdminRoomChangeBody,
      status: 200,
      answer: AdminRoomAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c, { suspended, reason = "" }) {
        const { account } = await requireAdmin(c);
        const room = await admin.suspendRoom(account, roomOf(c), { suspended, reason });
        return { room: adminRoomJson(room, viewOf(c)) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/admin/rooms/{room}/publish-key",
      name: "adminResetPublishKey",
      summary: "Make the publish key of a room anew; what runs with the old one is cut off",
      access: "administrator",
      status: 204,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        await admin.resetKey(account, roomOf(c));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/admin/hot-rooms",
      name: "adminListHotRooms",
      summary: "Rooms whose messages have a Redis of their own",
      access: "administrator",
      status: 200,
      answer: HotRoomsAnswer,
      refusals: ["unauthenticated", "forbidden"],
      async handle(c) {
        const { account } = await requireAdmin(c);
        const { places, rooms } = await admin.hotRooms(account);
        return { places: [...places], rooms: rooms.map((room) => ({ ...room })) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/admin/rooms/{room}/place",
      name: "adminPlaceRoom",
      summary:
        "Move a room's messages to another Redis while everybody goes on, and keep them there",
      access: "administrator",
      body: RoomPlaceBody,
      status: 204,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c, { place }) {
        const { account } = await requireAdmin(c);
        await admin.placeRoom(account, roomOf(c), place);
      },
    }),
  ];
}
