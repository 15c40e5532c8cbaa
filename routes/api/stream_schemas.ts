/**
 * Shapes of streams and broadcasts in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import type { Broadcast, StreamReport } from "../../rooms/model.ts";
import { described, iso, isoOrNull, text, time, whole } from "./schema_parts.ts";

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
      bFrameDelayMs: described(v.number(), "What reordering costs; 0 without B-frames"),
      keyFrameIntervalMs: v.nullable(v.number()),
    })),
    audio: v.nullable(v.object({
      codec: v.string(),
      codecString: v.string(),
      sampleRate: v.number(),
      channels: v.number(),
    })),
    bitrateKbps: v.number(),
    droppedFrames: described(v.number(), "Left out by the encoder since the start"),
    droppedFramesRecently: described(v.number(), "Those of the last 30 s"),
    uploadLagMs: described(
      v.number(),
      "Worst lag of the upload in the last 5 s; hundreds mean an unstable one",
    ),
    reconnects: v.number(),
    readers: v.record(v.string(), v.number()),
    outputs: v.object({ llhls: v.boolean(), hls: v.boolean() }),
  }),
  v.title("Stream"),
);

/** Open viewers by what they take. */
export const ViewersByProtocolSchema = v.pipe(
  v.object({
    flv: v.number(),
    ws: v.number(),
    hls: v.number(),
    rtmp: v.number(),
    whep: v.number(),
  }),
  v.title("ViewersByProtocol"),
);

/** The running stream of a room, or null. */
export const StreamAnswer = v.object({
  stream: v.nullable(StreamSchema),
  viewers: whole("All of them"),
  viewersByProtocol: ViewersByProtocolSchema,
  heldUntil: described(
    v.nullable(time),
    "Encoders are refused until then, because somebody ended the stream; null: they are welcome",
  ),
});

/** One broadcast, over or running. */
export const BroadcastSchema = v.pipe(
  v.object({
    startedAt: time,
    endedAt: described(v.nullable(time), "Null while it runs"),
    durationMs: whole("Until its end, or until it was last seen"),
    peakViewers: v.number(),
    averageViewers: v.number(),
    averageKbps: v.number(),
    droppedFrames: v.number(),
    reconnects: v.number(),
    giftCoins: whole("Coins of the gifts that came in"),
    encoder: v.nullable(v.string()),
    protocol: v.string(),
    width: described(v.number(), "0 without video"),
    height: v.number(),
  }),
  v.title("Broadcast"),
);

/** A room's broadcasts. */
export const BroadcastsAnswer = v.object({
  broadcasts: described(v.array(BroadcastSchema), "The newest first"),
});

/** A running stream for administrators. */
export const RunningStreamSchema = v.pipe(
  v.object({
    room: text("Id of the room"),
    title: v.string(),
    owner: v.object({ id: v.string(), name: v.string() }),
    viewers: v.number(),
    viewersByProtocol: ViewersByProtocolSchema,
    stream: StreamSchema,
  }),
  v.title("RunningStream"),
);

/** Every running stream. */
export const RunningStreamsAnswer = v.object({
  streams: described(v.array(RunningStreamSchema), "The most watched first; at most 1000"),
});

/** A stream report as the API shows it. */
export function streamJson(report: StreamReport): v.InferInput<typeof StreamSchema> {
  const { startedAtMs, ...rest } = report;
  return { ...rest, startedAt: iso(startedAtMs) };
}

/** A broadcast as the API shows it. */
export function broadcastJson(broadcast: Broadcast): v.InferInput<typeof BroadcastSchema> {
  const { roomId: _roomId, startedAtMs, endedAtMs, seenAtMs, ...rest } = broadcast;
  return {
    startedAt: iso(startedAtMs),
    endedAt: isoOrNull(endedAtMs),
    durationMs: Math.max(0, (endedAtMs ?? seenAtMs) - startedAtMs),
    ...rest,
  };
}
