/**
 * Rooms, publish keys and stream health over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { isShownTo } from "../../rooms/room_service.ts";
import { clientOf } from "../client.ts";
import {
  type AdminService,
  type RoomService,
  ServiceError,
  type SettingsView,
} from "../services.ts";
import { requireSession, sessionOf } from "../session.ts";
import { flag, shortText, wholeNumber } from "./query.ts";
import {
  CategoriesAnswer,
  NewRoomAnswer,
  PublishAnswer,
  publishJson,
  RoomAnswer,
  RoomBody,
  RoomChangeBody,
  roomJson,
  RoomsAnswer,
  type RoomView,
  SeenRoomAnswer,
} from "./room_schemas.ts";
import { isoOrNull } from "./schema_parts.ts";
import { broadcastJson, BroadcastsAnswer, StreamAnswer, streamJson } from "./stream_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const MAX_LIST = 200;

const live = flag("live", "`true`: live rooms alone; `false`: the others");
const limit = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_LIST,
  fallback: MAX_LIST,
});
const query = shortText("q", {
  description: "Part of the title, the broadcaster's name or the number",
  max: 100,
});
const category = shortText("category", { description: "Key of a category", max: 24 });
const lastBroadcasts = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_LIST,
  fallback: 20,
});

/** What the calls stand on. */
export interface RoomRoutesOptions {
  readonly rooms: RoomService;
  readonly admin: Pick<AdminService, "cutOff">;
  readonly settings: SettingsView;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: () => boolean;
}

/** The calls about rooms. */
export function roomRoutes(options: RoomRoutesOptions): readonly ApiRoute[] {
  return [...roomCalls(options), ...publishCalls(options), ...streamCalls(options)];
}

function roomCalls({ rooms, settings, rtmpPort, webRtc }: RoomRoutesOptions): readonly ApiRoute[] {
  const viewOf = (c: Context): RoomView => ({
    place: { baseUrl: clientOf(c).baseUrl, rtmpPort, webRtc: webRtc() },
    settings,
  });
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
      refusals: ["invalid", "unauthenticated", "closed", "room_exists"],
      async handle(c, { title }) {
        const { account } = await requireSession(c);
        const room = await rooms.create(account, { title });
        const key = await rooms.publishKey(account, room.id);
        c.header("Location", `/api/rooms/${room.id}`);
        const view = viewOf(c);
        return { room: roomJson(room, view), publish: publishJson(room.id, key, view.place) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms",
      name: "listRooms",
      summary: "Live rooms by viewers, then the newest",
      access: "anyone",
      query: [live, limit, query, category],
      status: 200,
      answer: RoomsAnswer,
      refusals: ["invalid"],
      async handle(c) {
        const kind = live.read(c);
        const filter = {
          ...(kind !== null && { live: kind }),
          limit: limit.read(c),
          category: category.read(c) || null,
        };
        const text = query.read(c);
        const list = text === ""
          ? await rooms.list(filter)
          : await rooms.search({ ...filter, query: text });
        return { rooms: list.map((room) => roomJson(room, viewOf(c))) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/categories",
      name: "listCategories",
      summary: "The categories that rooms may be of",
      access: "anyone",
      status: 200,
      answer: CategoriesAnswer,
      refusals: [],
      handle: () =>
        Promise.resolve({ categories: settings.values.categories.map((known) => ({ ...known })) }),
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}",
      name: "getRoom",
      summary: "One room with its live state and addresses",
      access: "anyone",
      status: 200,
      answer: SeenRoomAnswer,
      refusals: ["not_found", "suspended"],
      async handle(c) {
        const room = await rooms.get(roomOf(c));
        const account = (await sessionOf(c))?.account ?? null;
        if (!isShownTo(room, account)) {
          throw new ServiceError("suspended", "Cannot show the room: it is suspended");
        }
        const following = account === null ? null : await rooms.follows(account, room.id);
        return { room: roomJson(room, viewOf(c)), following };
      },
    }),
    defineRoute({
      method: "PATCH",
      path: "/api/rooms/{room}",
      name: "updateRoom",
      summary: "Change title, description, category or the next broadcast",
      access: "owner",
      body: RoomChangeBody,
      status: 200,
      answer: RoomAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c, { nextLiveAt, ...change }) {
        const { account } = await requireSession(c);
        const room = await rooms.update(account, roomOf(c), {
          ...change,
          ...(nextLiveAt !== undefined && {
            nextLiveAtMs: nextLiveAt === null ? null : Date.parse(nextLiveAt),
          }),
        });
        return { room: roomJson(room, viewOf(c)) };
      },
    }),
  ];
}

function publishCalls({ rooms, rtmpPort, webRtc }: RoomRoutesOptions): readonly ApiRoute[] {
  const placeOf = (c: Context) => ({ baseUrl: clientOf(c).baseUrl, rtmpPort, webRtc: webRtc() });
  return [
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
  ];
}

function streamCalls({ rooms, admin }: RoomRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/stream",
      name: "getStream",
      summary: "Health of the running stream, null when there is none, and who watches it",
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
        return {
          stream: room.stream === null ? null : streamJson(room.stream),
          viewers: room.viewers,
          viewersByProtocol: room.viewersByProtocol,
          heldUntil: isoOrNull(await rooms.heldUntilMs(room.id)),
        };
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
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/hold",
      name: "letEncoderIn",
      summary: "Let the encoder in again at once after the stream was ended",
      access: "owner",
      status: 204,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        await rooms.release(account, roomOf(c));
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/broadcasts",
      name: "listBroadcasts",
      summary: "The room's last broadcasts, a running one first",
      access: "owner or administrator",
      query: [lastBroadcasts],
      status: 200,
      answer: BroadcastsAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const list = await rooms.broadcasts(account, roomOf(c), { limit: lastBroadcasts.read(c) });
        return { broadcasts: list.map(broadcastJson) };
      },
    }),
  ];
}

function roomOf(c: Context): string {
  return c.req.param("room") ?? "";
}
