/**
 * What the other processes say to `web` (docs/architecture.md, "Between the roles").
 *
 * @module
 */
import { Hono } from "hono";
import * as v from "valibot";
import type { Logger } from "../platform/log.ts";
import type { LiveState } from "../rooms/live_state.ts";
import type { Admission } from "../rooms/room_service.ts";
import { isRoomId } from "../rooms/rules.ts";
import { equalSecrets } from "../rooms/secrets.ts";
import { seatOfStream } from "../rooms/stage/stage.ts";
import { readJson } from "./body.ts";
import { HealthBody, MAX_BEAT_BYTES } from "./health_body.ts";
import type { Operations } from "./operations.ts";
import { notFoundProblem, problem, RequestError } from "./problem.ts";
import { bearerToken } from "./session.ts";

/** Largest snapshot, bytes. */
const MAX_SNAPSHOT_BYTES = 8 * 1024 * 1024;
/** Streams of one media node. */
const MAX_STREAMS = 10_000;
/** Rooms of one edge. */
const MAX_ROOMS = 50_000;

const short = v.pipe(v.string(), v.maxLength(256));
const figure = v.pipe(v.number(), v.minValue(0));
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000));
/** A room's stream, or one of a seat on its stage. */
const streamId = v.pipe(
  v.string(),
  v.check((id) => isRoomId(id) || seatOfStream(id) !== null, "a room's id"),
);
const node = v.pipe(v.string(), v.minLength(1), v.maxLength(128));

const PublishBody = v.object({
  room: short,
  key: v.pipe(v.string(), v.maxLength(512)),
  protocol: short,
  remoteAddress: short,
});

const StreamsBody = v.object({
  node,
  capabilities: v.optional(v.object({ ffmpeg: v.boolean() })),
  streams: v.pipe(
    v.array(v.object({
      room: streamId,
      state: v.picklist(["live", "waiting"]),
      startedAtMs: v.pipe(figure, v.maxValue(8.64e15)),
      protocol: short,
      encoder: v.nullable(short),
      remoteAddress: short,
      video: v.nullable(v.object({
        codec: short,
        codecString: short,
        width: figure,
        height: figure,
        fps: figure,
        bFrames: v.boolean(),
        bFrameDelayMs: figure,
        keyFrameIntervalMs: v.nullable(figure),
      })),
      audio: v.nullable(
        v.object({ codec: short, codecString: short, sampleRate: figure, channels: figure }),
      ),
      bitrateKbps: figure,
      droppedFrames: figure,
      droppedFramesRecently: figure,
      uploadLagMs: figure,
      reconnects: figure,
      readers: v.pipe(
        v.record(short, whole),
        v.check((readers) => Object.keys(readers).length <= 32, "at most 32 protocols"),
      ),
      outputs: v.object({ llhls: v.boolean(), hls: v.boolean() }),
    })),
    v.maxLength(MAX_STREAMS),
  ),
});

const ViewersBody = v.object({
  node,
  rooms: v.pipe(
    v.record(
      streamId,
      v.object({
        flv: whole,
        ws: whole,
        hls: whole,
        chat: v.optional(whole, 0),
        whep: v.optional(whole, 0),
      }),
    ),
    v.check((rooms) => Object.keys(rooms).length <= MAX_ROOMS, `at most ${MAX_ROOMS} rooms`),
  ),
  gateway: v.optional(
    v.nullable(v.object({
      url: v.pipe(
        short,
        v.check(
          (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? "") && !/[/?#]$/.test(text),
          "an http(s) address without a trailing slash",
        ),
      ),
      region: short,
      weight: v.pipe(figure, v.maxValue(1_000)),
      load: v.pipe(figure, v.maxValue(1)),
    })),
    null,
  ),
  webRtc: v.optional(v.boolean(), false),
});

const ADMISSION_TITLES: Readonly<Record<Exclude<Admission, "admitted">, string>> = {
  unknown_room: "Unknown room",
  wrong_key: "Wrong publish key",
  suspended: "Suspended",
  ended: "Ended a moment ago",
};

/** What the internal calls stand on. */
export interface InternalOptions {
  readonly clusterSecret: string;
  readonly live: LiveState;
  readonly operations: Pick<Operations, "put">;
  /** Whether this key may publish. */
  admit(
    request: { readonly room: string; readonly key: string },
  ): Promise<Admission>;
  readonly demo: {
    /** Whether the demo channel shall be on the air now. */
    wanted(): boolean;
    /** Its room and key, made when missing. */
    channel(): Promise<{ room: string; key: string }>;
  };
  readonly log: Logger;
  readonly now?: () => number;
}

/** `/internal/*`: every call needs the cluster's secret. */
export function createInternal(options: InternalOptions): Hono {
  const { clusterSecret, live, operations, log, now = Date.now } = options;
  const app = new Hono();

  app.use("/internal/*", async (c, next) => {
    if (!equalSecrets(bearerToken(c) ?? "", clusterSecret)) {
      throw new RequestError({
        status: 401,
        title: "Log in first",
        code: "unauthenticated",
        detail: "Cannot answer: the cluster's secret is missing or wrong",
        headers: { "www-authenticate": "Bearer" },
      });
    }
    await next();
  });

  app.post("/internal/publish", async (c) => {
    const { room, key, protocol, remoteAddress } = await readJson(c, PublishBody);
    const outcome = await options.admit({ room, key });
    if (outcome === "admitted") return c.json({ room });
    log.warn("publish_refused", { stream: room, reason: outcome, protocol, remoteAddress });
    return problem({
      status: outcome === "unknown_room" ? 404 : 403,
      title: ADMISSION_TITLES[outcome],
      code: outcome,
      extra: { reason: outcome },
    });
  });

  app.put("/internal/streams", async (c) => {
    const { node, ...snapshot } = await readJson(c, StreamsBody, { maxBytes: MAX_SNAPSHOT_BYTES });
    const nowMs = now();
    if (!live.putStreams(node, snapshot, nowMs)) throw tooManyNodes();
    // One node publishes it, whichever came last: a media role that was restarted takes it up at once.
    return c.json({ demo: options.demo.wanted() && live.newestMediaNode(nowMs) === node });
  });

  app.put("/internal/viewers", async (c) => {
    const { node, rooms, gateway, webRtc } = await readJson(c, ViewersBody, {
      maxBytes: MAX_SNAPSHOT_BYTES,
    });
    if (!live.putViewers(node, rooms, now(), { gateway, webRtc })) throw tooManyNodes();
    return c.body(null, 204);
  });

  app.put("/internal/health", async (c) => {
    const beat = await readJson(c, HealthBody, { maxBytes: MAX_BEAT_BYTES });
    const receipt = operations.put(beat);
    if (receipt === null) throw tooManyNodes();
    return c.json(receipt);
  });

  app.post("/internal/demo", async (c) => {
    if (!options.demo.wanted()) return notFoundProblem();
    return c.json(await options.demo.channel());
  });

  app.all("/internal/*", () => notFoundProblem());
  return app;
}

function tooManyNodes(): RequestError {
  return new RequestError({
    status: 503,
    title: "Too busy just now",
    code: "busy",
    detail: "Cannot take the snapshot: too many nodes report",
    headers: { "retry-after": "6" },
  });
}
