/**
 * Shapes of rooms and publish addresses in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import type { PublishAddress, RoomState } from "../../rooms/model.ts";
import type { Category } from "../../rooms/settings.ts";
import {
  imageAddress,
  type Place,
  playbackAddresses,
  publishAddress,
  stillAddress,
} from "../addresses.ts";
import { change, described, isoOrNull, text, time, url, whole } from "./schema_parts.ts";

/** Body that makes a room. */
export const RoomBody = v.pipe(
  v.object({ title: text("1–100 characters; white space becomes single spaces", "Friday night") }),
  v.title("RoomInput"),
);

/** Body that changes a room. */
export const RoomChangeBody = change({
  title: v.optional(text("1–100 characters; white space becomes single spaces", "Friday night")),
  description: v.optional(
    text("At most 2000 characters and 60 lines of plain text", "Jazz and talk"),
  ),
  category: v.optional(
    v.pipe(
      v.nullable(v.string()),
      v.description("Key of a category, or null"),
      v.examples(["music"]),
    ),
  ),
  nextLiveAt: v.optional(
    described(v.nullable(time), "When the next broadcast is meant to begin, within a year"),
  ),
}, "RoomChange");

/** Somebody as everybody sees them. */
export const PersonSchema = v.pipe(
  v.object({
    id: text("Opaque, stable"),
    name: text("The display name, or the log-in name of who chose none"),
    avatar: v.nullable(url("A square picture")),
  }),
  v.title("Person"),
);

const ROOM = {
  id: text("Decimal number from 100001 on"),
  title: v.string(),
  description: text("Plain text with line ends; may be empty"),
  category: described(v.nullable(v.string()), "Key of a category"),
  cover: v.nullable(url("A picture, 16:9")),
  owner: PersonSchema,
  followers: whole("Accounts that follow the room"),
  live: v.boolean(),
  startedAt: v.nullable(time),
  viewers: v.pipe(v.number(), v.integer()),
  still: v.nullable(
    url("The picture of now, renewed every 10 s; null while there is none, and without ffmpeg"),
  ),
  nextLiveAt: described(v.nullable(time), "When the broadcaster means to be live next"),
  lastLiveAt: described(v.nullable(time), "When the last broadcast ended or was last seen"),
  playback: v.pipe(
    v.object({
      llhls: v.nullable(url("Low-latency HLS (CMAF)")),
      hls: v.nullable(url("HLS (MPEG-TS)")),
      flv: v.nullable(url("HTTP-FLV, or WebSocket-FLV by upgrade")),
      rtmp: v.nullable(url("RTMP")),
      whep: v.nullable(url("WebRTC")),
    }),
    v.title("Playback"),
  ),
};

/** A room with its live state. */
export const RoomSchema = v.pipe(v.object(ROOM), v.title("Room"));

/** A room as administrators see it. */
export const AdminRoomSchema = v.pipe(
  v.object({
    ...ROOM,
    suspended: described(v.boolean(), "The room, or its owner's account"),
    createdAt: time,
  }),
  v.title("AdminRoom"),
);

/** One room. */
export const RoomAnswer = v.object({ room: RoomSchema });
/** One room, and whether the asking account follows it. */
export const FollowedRoomAnswer = v.object({ room: RoomSchema, following: v.boolean() });
/** One room, as whoever asks sees it. */
export const SeenRoomAnswer = v.object({
  room: RoomSchema,
  following: described(v.nullable(v.boolean()), "Null: nobody is logged in"),
});
/** Rooms, live ones with most viewers first. */
export const RoomsAnswer = v.object({ rooms: v.array(RoomSchema) });

/** A category of rooms. */
export const CategorySchema = v.pipe(
  v.object({
    key: text("1–24 lower-case letters, digits and hyphens"),
    zh: text("Its name in Chinese"),
    en: text("Its name in English"),
  }),
  v.title("Category"),
);

/** The categories that rooms may be of. */
export const CategoriesAnswer = v.object({ categories: v.array(CategorySchema) });

/** Where and with what to publish. */
export const PublishSchema = v.pipe(
  v.object({
    key: text("The publish key"),
    rtmp: v.object({
      server: url("Server of the encoder"),
      streamKey: text("Stream key of the encoder"),
    }),
    whip: v.nullable(url("WHIP endpoint; null while there is none")),
  }),
  v.title("Publish"),
);

/** A publish address. */
export const PublishAnswer = v.object({ publish: PublishSchema });
/** A new room. */
export const NewRoomAnswer = v.object({ room: RoomSchema, publish: PublishSchema });

/** Where a room is looked at from. */
export interface RoomView {
  readonly place: Place;
  /** The categories of now: that of a room may be gone. */
  readonly settings: { category(key: string | null): Category | null };
}

/** A room as the API shows it. */
export function roomJson(
  room: RoomState,
  { place, settings }: RoomView,
): v.InferInput<typeof RoomSchema> {
  const { id, title, description, owner, followers, live, viewers } = room;
  return {
    id,
    title,
    description,
    category: settings.category(room.category)?.key ?? null,
    cover: imageAddress(room.cover, place),
    owner: { id: owner.id, name: owner.name, avatar: imageAddress(owner.avatar, place) },
    followers,
    live,
    startedAt: isoOrNull(room.startedAtMs),
    viewers,
    still: room.still ? stillAddress(id, place) : null,
    nextLiveAt: isoOrNull(room.nextLiveAtMs),
    lastLiveAt: isoOrNull(room.lastLiveAtMs),
    playback: playbackAddresses(room, place),
  };
}

/** A publish address as the API shows it. */
export function publishJson(room: string, key: string, place: Place): PublishAddress {
  return publishAddress(room, key, place);
}
