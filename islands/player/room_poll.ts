/**
 * Asks the platform whether a room is live.
 *
 * @module
 */
import type { PlaybackUrls } from "./protocol.ts";

/** What the room is, as far as can be told now. */
export type RoomAnswer =
  | {
    readonly kind: "live";
    readonly playback: PlaybackUrls;
    readonly startedAtMs: number | null;
  }
  | { readonly kind: "off" }
  | { readonly kind: "missing" }
  /** The platform could not be reached or could not say. */
  | { readonly kind: "unreachable" };

/** Longest wait for an answer, milliseconds. */
export const ROOM_TIMEOUT_MS = 4_000;
const MAX_ANSWER_CHARS = 65_536;

/** One question; never throws. `signal` gives up early. */
export async function askRoom(
  roomId: string,
  options: { readonly signal: AbortSignal },
): Promise<RoomAnswer> {
  try {
    const response = await fetch(`/api/rooms/${encodeURIComponent(roomId)}`, {
      headers: { accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.any([options.signal, AbortSignal.timeout(ROOM_TIMEOUT_MS)]),
    });
    // Closed by the administrators (403): for viewers it is not there any more.
    if (response.status === 404 || response.status === 403) return { kind: "missing" };
    if (!response.ok) return { kind: "unreachable" };
    const text = await response.text();
    if (text.length > MAX_ANSWER_CHARS) return { kind: "unreachable" };
    return parseRoom(JSON.parse(text));
  } catch {
    // Whatever kept the answer away (no network, no server, no JSON): there is none.
    return { kind: "unreachable" };
  }
}

/** Reads the body of `GET /api/rooms/<room>`. */
export function parseRoom(body: unknown): RoomAnswer {
  const room = property(body, "room");
  const live = property(room, "live");
  if (typeof live !== "boolean") return { kind: "unreachable" };
  if (!live) return { kind: "off" };
  const playback = property(room, "playback");
  const startedAt = property(room, "startedAt");
  const startedAtMs = typeof startedAt === "string" ? Date.parse(startedAt) : NaN;
  return {
    kind: "live",
    startedAtMs: Number.isFinite(startedAtMs) ? startedAtMs : null,
    playback: {
      llhls: url(playback, "llhls"),
      hls: url(playback, "hls"),
      flv: url(playback, "flv"),
      rtmp: url(playback, "rtmp"),
      whep: url(playback, "whep"),
    },
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function url(value: unknown, name: string): string | null {
  const found = property(value, name);
  return typeof found === "string" ? found : null;
}
