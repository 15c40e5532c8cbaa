/**
 * How an edge follows channels at `web`: frames of the WebSocket `GET /internal/feed`, which needs
 * the cluster's secret as `Authorization: Bearer`. Texts of JSON in both directions.
 *
 * `web` says the settings first and after each change, answers every `follow` with a slice (also an
 * empty one) or with `missing`, and then sends at most one slice of a channel a tick. Who follows a
 * channel that it follows already begins anew. `web` sends
 * {@linkcode ALIVE_EVERY_MS} after its last frame that it lives; an edge that hears nothing for
 * {@linkcode SILENT_AFTER_MS} connects anew and goes on after the last score that it has. So a frame
 * is lost with its connection and never alone, and whoever cannot take frames fast enough is cut off.
 *
 * @module
 */
import type { ImSettings } from "./settings.ts";
import type { Slice } from "./log.ts";
import { type Channel, isChannel, KINDS, LANES, type Message } from "./protocol/message.ts";
import { malformed } from "./protocol/wire.ts";

/** Where `web` takes the connection. */
export const INTERNAL_FEED_PATH = "/internal/feed";
/** `web` says something at least so often, milliseconds. */
export const ALIVE_EVERY_MS = 3_000;
/** Without a word for so long the connection is dead, milliseconds. */
export const SILENT_AFTER_MS = 10_000;
/** Channels in one frame that follows. */
export const MAX_FOLLOWS_PER_FRAME = 500;
/** Channels that one edge follows. */
export const MAX_FOLLOWED = 50_000;
/** Longest frame of an edge, bytes. */
export const MAX_EDGE_FRAME_BYTES = 64 * 1024;
/** Longest frame of `web`, bytes. */
export const MAX_WEB_FRAME_BYTES = 16 * 1024 * 1024;
/** Bytes that may wait for an edge; then `web` cuts it off. */
export const MAX_FEED_BACKLOG_BYTES = 32 * 1024 * 1024;

/** A channel to follow. */
export interface Follow {
  readonly channel: Channel;
  /** Only what comes after this score; null: the newest messages there are, first. */
  readonly after: number | null;
}

/** From an edge. */
export type EdgeFeedFrame =
  | { readonly type: "follow"; readonly channels: readonly Follow[] }
  | { readonly type: "unfollow"; readonly channels: readonly Channel[] };

/** From `web`. */
export type WebFeedFrame =
  | { readonly type: "settings"; readonly settings: ImSettings }
  | { readonly type: "slice"; readonly channel: Channel } & Slice
  /** There is no such room; the channel is not followed. */
  | { readonly type: "missing"; readonly channel: Channel }
  | { readonly type: "alive" };

/** The text of a frame of either side. */
export function encodeFeedFrame(frame: EdgeFeedFrame | WebFeedFrame): string {
  return JSON.stringify(frame);
}

/**
 * Reads a frame of an edge.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeEdgeFeedFrame(text: string): EdgeFeedFrame {
  const { type, channels } = record(text);
  if (!Array.isArray(channels) || channels.length > MAX_FOLLOWS_PER_FRAME) {
    throw malformed("it has no channels or too many");
  }
  if (type === "unfollow") return { type, channels: channels.map(channelOf) };
  if (type !== "follow") throw malformed("its type is unknown");
  return {
    type,
    channels: channels.map((follow) => {
      const { channel, after = null } = isRecord(follow) ? follow : {};
      if (after !== null && !isScore(after)) throw malformed("a score is none");
      return { channel: channelOf(channel), after };
    }),
  };
}

/**
 * Reads a frame of `web`.
 *
 * @throws {MalformedFrameError} when it is none.
 */
export function decodeWebFeedFrame(text: string): WebFeedFrame {
  const frame = record(text);
  switch (frame.type) {
    case "alive":
      return { type: "alive" };
    case "missing":
      return { type: "missing", channel: channelOf(frame.channel) };
    case "settings":
      if (!isRecord(frame.settings)) throw malformed("its settings are none");
      return { type: "settings", settings: frame.settings as unknown as ImSettings };
    case "slice": {
      const { messages, head, gap } = frame;
      if (!Array.isArray(messages) || !isScore(head) || typeof gap !== "boolean") {
        throw malformed("a slice is incomplete");
      }
      let before = 0;
      for (const message of messages) {
        if (!isMessage(message) || message.score <= before) {
          throw malformed("a slice has something that is no message in order");
        }
        before = message.score;
      }
      return { type: "slice", channel: channelOf(frame.channel), messages, head, gap };
    }
    default:
      throw malformed("its type is unknown");
  }
}

/** As far as an edge relies on it; `web` is trusted. */
function isMessage(value: unknown): value is Message {
  return isRecord(value) && isScore(value.score) && isRecord(value.body) &&
    KINDS.some((kind) => kind === value.kind) && LANES.some((lane) => lane === value.lane) &&
    (value.from === null || isRecord(value.from)) && isScore(value.merged) &&
    (value.stateKey === null || typeof value.stateKey === "string");
}

function channelOf(value: unknown): Channel {
  if (typeof value !== "string" || !isChannel(value)) throw malformed("a channel is none");
  return value;
}

function isScore(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function record(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed("it is no JSON");
    throw error;
  }
  if (!isRecord(value)) throw malformed("it is no object");
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
