/**
 * The addresses below `/live` and the names under which the edge keeps their answers.
 *
 * @module
 */

/** What an address below `/live` asks for. */
export interface LivePath {
  readonly room: string;
  /**
   * `flv`: the endless stream; `playlist` and `still` (a picture of now): change; `media`: written
   * once, never changed.
   */
  readonly kind: "flv" | "playlist" | "media" | "still";
  /** The decoded path; safe to send upstream as it stands. */
  readonly path: string;
}

const LONGEST_PATH = 256;
/** No percent sign: an address has one spelling, so it has one place in the cache. */
const LIVE_PATH =
  /^\/live\/([A-Za-z0-9_-]{1,64})(?:\.flv|((?:\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}){1,4}))$/;

/** Seats on the stages of rooms: those on stage watch them by WebRTC, and nobody else. */
const SEAT_STREAM = /^[1-9][0-9]{15}$/;

/** The delivery directives of RFC 8216bis §6.2.5 that reach the origin, in cache-key order. */
const DIRECTIVES = ["_HLS_msn", "_HLS_part", "_HLS_skip"] as const;
const DIRECTIVE_VALUE = /^[A-Za-z0-9]{1,20}$/;

/** Takes a path apart; null when nothing can be there. */
export function parseLivePath(path: string): LivePath | null {
  if (path.length > LONGEST_PATH) return null;
  const match = LIVE_PATH.exec(path);
  if (match === null) return null;
  const [, room, rest] = match;
  if (SEAT_STREAM.test(room)) return null;
  if (rest === undefined) return { room, kind: "flv", path };
  if (rest === "/still.jpg") return { room, kind: "still", path };
  return { room, kind: rest.endsWith(".m3u8") ? "playlist" : "media", path };
}

/**
 * The key of an answer and the request target upstream: the path, for playlists with the delivery
 * directives in a fixed order. Every other parameter (tokens, cache busters) is left out, so all
 * viewers share one answer.
 *
 * @param query without the question mark.
 */
export function cacheKey(live: LivePath, query: string): string {
  if (live.kind !== "playlist" || query === "" || !query.includes("_HLS_")) return live.path;
  const parameters = new URLSearchParams(query);
  let key = live.path;
  let separator = "?";
  for (const name of DIRECTIVES) {
    const value = parameters.get(name);
    if (value === null || !DIRECTIVE_VALUE.test(value)) continue;
    key += `${separator}${name}=${value}`;
    separator = "&";
  }
  return key;
}

/** What viewers of FLV may ask for; everything else is what every player takes, H.264 and AAC. */
const FORMS = { audio: ["any", "opus"], video: ["any", "plain"] } as const;

/**
 * The form of an FLV stream that a query asks for, as the query that the origin is asked with: one
 * spelling for each, and an empty one for what is asked for most.
 *
 * @param query without the question mark.
 */
export function flvForm(query: string): string {
  if (query === "") return "";
  const parameters = new URLSearchParams(query);
  let form = "";
  for (const name of ["audio", "video"] as const) {
    const value = FORMS[name].find((one) => one === parameters.get(name));
    if (value !== undefined) form += `${form === "" ? "?" : "&"}${name}=${value}`;
  }
  return form;
}
