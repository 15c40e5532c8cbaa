/**
 * The connection to `web` that an edge's feed goes over, on npm `ws`: it carries the cluster's secret.
 *
 * @module
 */
import { WebSocket } from "ws";
import { INTERNAL_FEED_PATH, MAX_WEB_FRAME_BYTES } from "../../im/internal_feed.ts";
import type { FeedSocket, FeedSocketEvents } from "../im/web_feed.ts";

const HANDSHAKE_MS = 5_000;

/** Makes the function that connects. */
export function feedConnector(
  target: { readonly webUrl: string; readonly clusterSecret: string },
): (events: FeedSocketEvents) => FeedSocket {
  const url = `${target.webUrl.replace(/^http/, "ws")}${INTERNAL_FEED_PATH}`;
  return (events) => {
    const socket = new WebSocket(url, {
      headers: { authorization: `Bearer ${target.clusterSecret}` },
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MAX_WEB_FRAME_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    let reason = "closed";
    socket.on("open", () => events.onOpen());
    socket.on("message", (data, isBinary) => {
      if (!isBinary) events.onText(String(data));
    });
    socket.on("error", (error) => reason = error.message || "refused");
    socket.on("close", () => events.onClose(reason));
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      // A dead peer would not take part in closing.
      close: () => socket.terminate(),
    };
  };
}
