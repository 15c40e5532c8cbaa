/**
 * The addresses that people and players are shown, from the address the client itself used.
 *
 * @module
 */
import type { PlaybackAddresses, PublishAddress, StreamReport } from "../rooms/model.ts";

/** Where the platform is, as one client sees it. */
export interface Place {
  /** Scheme, host and port without a trailing slash (`clientOf(c).baseUrl`). */
  readonly baseUrl: string;
  readonly rtmpPort: number;
  /** Whether WebRTC runs now. */
  readonly webRtc: boolean;
}

/**
 * Where a room is played. While it is live, null says that the output cannot carry its codecs;
 * otherwise every output's address stands there, for who waits.
 */
export function playbackAddresses(
  room: { readonly id: string; readonly stream: StreamReport | null },
  place: Place,
): PlaybackAddresses {
  const live = `${place.baseUrl}/live/${room.id}`;
  const outputs = room.stream?.outputs ?? { llhls: true, hls: true };
  return {
    llhls: outputs.llhls ? `${live}/index.m3u8` : null,
    hls: outputs.hls ? `${live}/ts/index.m3u8` : null,
    flv: `${live}.flv`,
    rtmp: `${rtmpServer(place)}/${room.id}`,
    whep: place.webRtc ? `${place.baseUrl}/whep/${room.id}` : null,
  };
}

/** Where the picture of now is while a room is live. */
export function stillAddress(room: string, { baseUrl }: Pick<Place, "baseUrl">): string {
  return `${baseUrl}/live/${room}/still.jpg`;
}

/** Where a picture is; null for none. */
export function imageAddress(
  image: string | null,
  { baseUrl }: Pick<Place, "baseUrl">,
): string | null {
  return image === null ? null : `${baseUrl}/images/${image}.jpg`;
}

/** Where and with what the owner publishes. */
export function publishAddress(room: string, key: string, place: Place): PublishAddress {
  return {
    key,
    rtmp: { server: rtmpServer(place), streamKey: `${room}?key=${key}` },
    whip: place.webRtc ? `${place.baseUrl}/whip/${room}` : null,
  };
}

function rtmpServer({ baseUrl, rtmpPort }: Pick<Place, "baseUrl" | "rtmpPort">): string {
  return `rtmp://${new URL(baseUrl).hostname}:${rtmpPort}/live`;
}
