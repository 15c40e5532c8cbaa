/**
 * Who follows which room, over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { isShownTo } from "../../rooms/room_service.ts";
import { clientOf } from "../client.ts";
import { type RoomService, ServiceError, type SettingsView } from "../services.ts";
import { requireSession } from "../session.ts";
import { FollowedRoomAnswer, roomJson, RoomsAnswer, type RoomView } from "./room_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** What the calls stand on. */
export interface FollowRoutesOptions {
  readonly rooms: Pick<RoomService, "get" | "follow" | "unfollow" | "followed">;
  readonly settings: SettingsView;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: () => boolean;
}

/** The calls about following. */
export function followRoutes(options: FollowRoutesOptions): readonly ApiRoute[] {
  const { rooms, settings, rtmpPort, webRtc } = options;
  const viewOf = (c: Context): RoomView => ({
    place: { baseUrl: clientOf(c).baseUrl, rtmpPort, webRtc: webRtc() },
    settings,
  });
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  return [
    defineRoute({
      method: "GET",
      path: "/api/follows",
      name: "listFollows",
      summary: "Rooms that the account follows, live ones first",
      access: "account",
      status: 200,
      answer: RoomsAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        const list = await rooms.followed(account);
        return { rooms: list.map((room) => roomJson(room, viewOf(c))) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/rooms/{room}/follow",
      name: "followRoom",
      summary: "Follow a room; done already is fine",
      access: "account",
      status: 200,
      answer: FollowedRoomAnswer,
      refusals: ["unauthenticated", "suspended", "not_found", "too_many"],
      async handle(c) {
        const { account } = await requireSession(c);
        if (!isShownTo(await rooms.get(roomOf(c)), account)) {
          throw new ServiceError("suspended", "Cannot follow the room: it is suspended");
        }
        const room = await rooms.follow(account, roomOf(c));
        return { room: roomJson(room, viewOf(c)), following: true };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/follow",
      name: "unfollowRoom",
      summary: "Follow a room no more; done already is fine",
      access: "account",
      status: 200,
      answer: FollowedRoomAnswer,
      refusals: ["unauthenticated", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const room = await rooms.unfollow(account, roomOf(c));
        return { room: roomJson(room, viewOf(c)), following: false };
      },
    }),
  ];
}
