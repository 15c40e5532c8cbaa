/**
 * The pictures of accounts and rooms over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { PICTURE_REFUSALS } from "../../rooms/images/pictures.ts";
import { clientOf } from "../client.ts";
import { CROP_QUERY, IMAGE_BODY, readCrop } from "../images.ts";
import {
  type PictureService,
  type ProfileService,
  type RoomService,
  ServiceError,
  type SettingsView,
} from "../services.ts";
import { requireSession } from "../session.ts";
import { ProfileAnswer, profileJson } from "./account_schemas.ts";
import { RoomAnswer, roomJson, type RoomView } from "./room_schemas.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

/** What the calls stand on. */
export interface PictureRoutesOptions {
  readonly pictures: PictureService;
  readonly profiles: Pick<ProfileService, "setAvatar">;
  readonly rooms: Pick<RoomService, "get" | "setCover">;
  readonly settings: SettingsView;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: () => boolean;
}

/** The calls about pictures. */
export function pictureRoutes(options: PictureRoutesOptions): readonly ApiRoute[] {
  const { pictures, profiles, rooms, settings, rtmpPort, webRtc } = options;
  const viewOf = (c: Context): RoomView => ({
    place: { baseUrl: clientOf(c).baseUrl, rtmpPort, webRtc: webRtc() },
    settings,
  });
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  /** Shows a picture that was made, or removes it when it cannot be shown. */
  const shown = async <Result>(image: string, show: (image: string) => Promise<Result>) => {
    try {
      return await show(image);
    } catch (error) {
      await pictures.remove(image);
      throw error;
    }
  };
  return [
    defineRoute({
      method: "PUT",
      path: "/api/account/avatar",
      name: "setAvatar",
      summary: "Show a picture beside the name: a square of it, 256 pixels a side",
      access: "account",
      query: CROP_QUERY,
      body: IMAGE_BODY,
      status: 200,
      answer: ProfileAnswer,
      refusals: ["invalid", "unauthenticated", ...PICTURE_REFUSALS],
      async handle(c, bytes) {
        const { account } = await requireSession(c);
        const image = await pictures.avatar(bytes, { accountId: account.id, crop: readCrop(c) });
        const changed = await shown(image, (made) => profiles.setAvatar(account, made));
        return { account: profileJson(changed, viewOf(c).place) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/account/avatar",
      name: "removeAvatar",
      summary: "Show no picture beside the name; done already is fine",
      access: "account",
      status: 200,
      answer: ProfileAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        const changed = await profiles.setAvatar(account, null);
        return { account: profileJson(changed, viewOf(c).place) };
      },
    }),
    defineRoute({
      method: "PUT",
      path: "/api/rooms/{room}/cover",
      name: "setCover",
      summary: "Show a cover while the room is not live: 16:9, at most 1280 × 720 pixels",
      access: "owner",
      body: IMAGE_BODY,
      status: 200,
      answer: RoomAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found", ...PICTURE_REFUSALS],
      async handle(c, bytes) {
        const { account } = await requireSession(c);
        const room = await rooms.get(roomOf(c));
        // Before the picture is made, which costs something.
        if (room.owner.id !== account.id) {
          throw new ServiceError("forbidden", "Cannot set the cover: the room is somebody else's");
        }
        const image = await pictures.cover(bytes, { accountId: account.id });
        const changed = await shown(image, (made) => rooms.setCover(account, room.id, made));
        return { room: roomJson(changed, viewOf(c)) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/rooms/{room}/cover",
      name: "removeCover",
      summary: "Show no cover; done already is fine",
      access: "owner",
      status: 200,
      answer: RoomAnswer,
      refusals: ["unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const room = await rooms.setCover(account, roomOf(c), null);
        return { room: roomJson(room, viewOf(c)) };
      },
    }),
  ];
}
