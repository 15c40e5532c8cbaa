/**
 * The words of the player: ways to fetch the picture, how close to live to stay, and the addresses
 * a room is played from.
 *
 * @module
 */

/**
 * A way to fetch a live stream into a `<video>`: WebRTC (WHEP), FLV over a WebSocket, low-latency
 * HLS (CMAF), FLV over HTTP, HLS with MPEG-TS segments.
 */
export const PROTOCOLS = ["whep", "ws-flv", "llhls", "flv", "hls"] as const;
/** One of {@linkcode PROTOCOLS}. */
export type Protocol = (typeof PROTOCOLS)[number];

/** What the viewer asked for: one protocol, or the player's own judgement. */
export type ProtocolChoice = Protocol | "auto";

/** How close to live the player stays; `stable` trades seconds for calm on a poor network. */
export const LATENCY_MODES = ["lowest", "balanced", "stable"] as const;
/** One of {@linkcode LATENCY_MODES}. */
export type LatencyMode = (typeof LATENCY_MODES)[number];

/** Play addresses of a room, absolute or relative to the page; null where the stream or the platform does not offer one. */
export interface PlaybackUrls {
  readonly llhls: string | null;
  readonly hls: string | null;
  readonly flv: string | null;
  readonly rtmp: string | null;
  readonly whep: string | null;
}

/** True for a value of {@linkcode PROTOCOLS}. */
export function isProtocol(value: unknown): value is Protocol {
  return (PROTOCOLS as readonly unknown[]).includes(value);
}

/** True for a value of {@linkcode LATENCY_MODES}. */
export function isLatencyMode(value: unknown): value is LatencyMode {
  return (LATENCY_MODES as readonly unknown[]).includes(value);
}

/**
 * The address a protocol is fetched from, or null when the room does not offer it. WebSocket-FLV
 * lives at the HTTP-FLV address with the scheme changed.
 */
export function protocolUrl(playback: PlaybackUrls, protocol: Protocol): string | null {
  if (protocol !== "ws-flv" && protocol !== "flv") return playback[protocol];
  if (playback.flv === null) return null;
  const url = asItComes(playback.flv);
  return protocol === "flv" ? url : url.replace(/^http/i, "ws");
}

/**
 * FLV as the publisher sends it, for browsers that decode Opus out of fragments: nothing is encoded
 * anew for them, and what they cannot decode all the same leads on to the next protocol.
 */
function asItComes(url: string): string {
  const { MediaSource: source } = globalThis as {
    readonly MediaSource?: { isTypeSupported(type: string): boolean };
  };
  if (source?.isTypeSupported('audio/mp4; codecs="opus"') !== true) return url;
  return `${url}${url.includes("?") ? "&" : "?"}audio=any&video=any`;
}

/**
 * The same addresses, absolute. On a page that came over TLS, `http` addresses become `https`: a
 * browser would refuse the others.
 */
export function absolutePlayback(playback: PlaybackUrls, base: string): PlaybackUrls {
  const secure = base.startsWith("https:");
  const absolute = (address: string | null): string | null => {
    if (address === null || !URL.canParse(address, base)) return null;
    const { href } = new URL(address, base);
    return secure ? href.replace(/^http:/, "https:") : href;
  };
  return {
    llhls: absolute(playback.llhls),
    hls: absolute(playback.hls),
    flv: absolute(playback.flv),
    rtmp: playback.rtmp,
    whep: absolute(playback.whep),
  };
}
