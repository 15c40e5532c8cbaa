/**
 * The way to `rtc`: short requests that set up, change and end WebRTC sessions (RFC 9725).
 *
 * @module
 */
import { problem } from "../../platform/problem.ts";
import { AWAY_RETRY_S } from "../away_page.ts";
import { CORS_HEADERS } from "../client_answer.ts";
import type { WebProxyOptions } from "./web_proxy.ts";

/** No session description is larger; `rtc` itself is stricter. */
const MAX_BODY_BYTES = 128 * 1024;
/** `rtc` answers within a few seconds, whatever happens. */
const SILENCE_MS = 15_000;

/** How the proxy to `rtc` is made. */
export function rtcProxyOptions(
  target: { readonly rtcUrl: string; readonly clusterSecret: string },
): WebProxyOptions {
  return {
    webUrl: target.rtcUrl,
    clusterSecret: target.clusterSecret,
    maxBodyBytes: MAX_BODY_BYTES,
    silenceMs: SILENCE_MS,
    awayAnswer: problem({
      status: 503,
      title: "WebRTC is away",
      detail: "WebRTC is restarting or does not run here. Try again in a moment, or use another " +
        "protocol: RTMP to publish, FLV or HLS to play.",
      members: { code: "rtc_away" },
      headers: { ...CORS_HEADERS, "retry-after": String(AWAY_RETRY_S) },
    }),
  };
}
