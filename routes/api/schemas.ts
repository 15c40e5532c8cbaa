/**
 * Shapes of the JSON API. A title makes a shape a component of the OpenAPI document.
 *
 * @module
 */
import * as v from "valibot";
import type { Account, PublishAddress, RoomState, StreamReport } from "../../rooms/model.ts";
import { type Place, playbackAddresses, publishAddress } from "../addresses.ts";

const text = (description: string) => v.pipe(v.string(), v.description(description));
const time = v.pipe(v.string(), v.isoTimestamp(), v.description("ISO 8601, UTC"));
const url = (description: string) => v.pipe(v.string(), v.url(), v.description(description));

/** Body of a sign-up or log-in. */
export const CredentialsBody = v.pipe(
  v.object({
    name: text("2–32 characters after NFKC; unique without regard to case"),
    password: text("8–256 characters"),
  }),
  v.title("Credentials"),
);

/** Body that makes or changes a room. */
export const RoomBody = v.pipe(
  v.object({ title: text("1–100 characters; white space becomes single spaces") }),
  v.title("RoomInput"),
);

/** Somebody, as everybody may see it. */
export const AccountSchema = v.pipe(
  v.object({ id: text("Opaque, stable"), name: v.string() }),
  v.title("Account"),
);

/** A new session. */
export const SessionAnswer = v.object({
  account: AccountSchema,
  token: text("For `Authorization: Bearer`; ends when not used for 30 days"),
});

/** Who asks. */
export const WhoAnswer = v.object({
  account: v.nullable(
    v.pipe(
      v.object({ id: v.string(), name: v.string(), admin: v.boolean() }),
      v.title("OwnAccount"),
    ),
  ),
  room: v.pipe(v.nullable(v.string()), v.description("Id of the account's room")),
});

/** A room with its live state. */
export const RoomSchema = v.pipe(
  v.object({
    id: text("Decimal number from 100001 on"),
    title: v.string(),
    owner: v.object({ id: v.string(), name: v.string() }),
    live: v.boolean(),
    startedAt: v.nullable(time),
    viewers: v.pipe(v.number(), v.integer()),
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
  }),
  v.title("Room"),
);

/** One room. */
export const RoomAnswer = v.object({ room: RoomSchema });
/** Rooms, live ones with most viewers first. */
export const RoomsAnswer = v.object({ rooms: v.array(RoomSchema) });

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

/** Health of a running stream. */
export const StreamSchema = v.pipe(
  v.object({
    room: v.string(),
    state: v.picklist(["live", "waiting"]),
    startedAt: time,
    protocol: v.string(),
    encoder: v.nullable(v.string()),
    remoteAddress: v.string(),
    video: v.nullable(v.object({
      codec: v.string(),
      codecString: v.string(),
      width: v.number(),
      height: v.number(),
      fps: v.number(),
      bFrames: v.boolean(),
      bFrameDelayMs: v.pipe(v.number(), v.description("What reordering costs; 0 without B-frames")),
      keyFrameIntervalMs: v.nullable(v.number()),
    })),
    audio: v.nullable(v.object({
      codec: v.string(),
      codecString: v.string(),
      sampleRate: v.number(),
      channels: v.number(),
    })),
    bitrateKbps: v.number(),
    droppedFrames: v.pipe(v.number(), v.description("Left out by the encoder since the start")),
    droppedFramesRecently: v.pipe(v.number(), v.description("Those of the last 30 s")),
    uploadLagMs: v.pipe(
      v.number(),
      v.description("Worst lag of the upload in the last 5 s; hundreds mean an unstable one"),
    ),
    reconnects: v.number(),
    readers: v.record(v.string(), v.number()),
    outputs: v.object({ llhls: v.boolean(), hls: v.boolean() }),
  }),
  v.title("Stream"),
);

/** The running stream of a room, or null. */
export const StreamAnswer = v.object({ stream: v.nullable(StreamSchema) });
/** Every running stream. */
export const StreamsAnswer = v.object({ streams: v.array(StreamSchema) });

/** An account as the API shows it. */
export function accountJson({ id, name }: Account): v.InferInput<typeof AccountSchema> {
  return { id, name };
}

/** A room as the API shows it. */
export function roomJson(room: RoomState, place: Place): v.InferInput<typeof RoomSchema> {
  return {
    id: room.id,
    title: room.title,
    owner: { id: room.owner.id, name: room.owner.name },
    live: room.live,
    startedAt: room.startedAtMs === null ? null : new Date(room.startedAtMs).toISOString(),
    viewers: room.viewers,
    playback: playbackAddresses(room, place),
  };
}

/** A publish address as the API shows it. */
export function publishJson(room: string, key: string, place: Place): PublishAddress {
  return publishAddress(room, key, place);
}

/** A stream report as the API shows it. */
export function streamJson(report: StreamReport): v.InferInput<typeof StreamSchema> {
  const { startedAtMs, ...rest } = report;
  return { ...rest, startedAt: new Date(startedAtMs).toISOString() };
}
