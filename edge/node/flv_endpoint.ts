/**
 * `/live/<room>.flv` by GET and by WebSocket upgrade.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { answerProblem, CORS_HEADERS, NOT_LIVE, ORIGIN_AWAY } from "../client_answer.ts";
import type { FlvRelay, FlvTarget, Seat } from "../flv_relay.ts";
import { FormRefusedError, NotLiveError } from "../flv_upstream.ts";
import type { FlvSink } from "../flv_viewer.ts";
import { OriginAwayError } from "../origin_client.ts";
import type { ProblemAnswer } from "../../platform/problem.ts";
import {
  acceptKey,
  ClientFrameParser,
  isWebSocketKey,
  pongFrame,
  WebSocketProtocolError,
} from "../ws_frames.ts";
import { isHttp2, type Request, type Response, sendAnswer } from "./exchange.ts";
import { Http10Sink, Http1Sink, Http2Sink, WebSocketSink } from "./flv_sinks.ts";
import { refuseUpgrade } from "../../platform/raw_answer.ts";

const FLV_HEADERS = {
  ...CORS_HEADERS,
  "content-type": "video/x-flv",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/** Bytes of pongs that may wait: a client that pings without reading is closed. */
const MAX_PONG_BACKLOG_BYTES = 4 * 1024 * 1024;

/** Answers a GET or HEAD for a room's stream. */
export async function serveFlv(
  exchange: { readonly request: Request; readonly response: Response },
  options: { readonly relay: FlvRelay; readonly target: FlvTarget },
): Promise<void> {
  const { request, response } = exchange;
  const { relay, target } = options;
  const refusal = await openRoom(relay, target);
  if (refusal !== null) {
    sendAnswer(response, answerProblem(refusal, request.method ?? "GET"));
    return;
  }
  if (response.destroyed || request.socket.destroyed) return;
  const res = response as ServerResponse;
  res.writeHead(200, FLV_HEADERS);
  if (request.method === "HEAD") {
    res.end();
    return;
  }
  res.flushHeaders();
  let seat: Seat | null = null;
  let closed = false;
  res.once("close", () => {
    closed = true;
    seat?.leave();
  });
  seat = relay.join(target, sinkFor(request, response));
  if (closed) seat.leave();
}

function sinkFor(request: Request, response: Response): FlvSink {
  if (isHttp2(request)) return new Http2Sink((response as Http2ServerResponse).stream);
  const res = response as ServerResponse;
  return request.httpVersion === "1.0" ? new Http10Sink(res) : new Http1Sink(res);
}

/** Upgrades a connection to a WebSocket that carries a room's stream. */
export async function serveWebSocketFlv(
  upgrade: {
    readonly request: IncomingMessage;
    readonly socket: Socket;
    readonly head: Uint8Array;
  },
  options: { readonly relay: FlvRelay; readonly target: FlvTarget },
): Promise<void> {
  const { request, socket, head } = upgrade;
  const { relay, target } = options;
  const key = request.headers["sec-websocket-key"];
  if (
    request.method !== "GET" || request.headers.upgrade?.toLowerCase() !== "websocket" ||
    request.headers["sec-websocket-version"] !== "13" || !isWebSocketKey(key)
  ) {
    refuseUpgrade(socket, { status: 400, title: "Bad WebSocket handshake" });
    return;
  }
  const [refusal, accept] = await Promise.all([openRoom(relay, target), acceptKey(key)]);
  if (refusal !== null) {
    refuseUpgrade(socket, refusal);
    return;
  }
  if (socket.destroyed || !socket.writable) return;
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\n" +
      "Upgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  const sink = new WebSocketSink(socket);
  const seat = relay.join(target, sink);
  const parser = new ClientFrameParser();
  const onData = (bytes: Uint8Array) => {
    try {
      for (const event of parser.push(bytes)) {
        if (event.kind === "close") {
          seat.leave();
          sink.close(event.code === 1005 ? 1000 : event.code);
        } else if (sink.backlogBytes > MAX_PONG_BACKLOG_BYTES) {
          sink.destroy();
        } else if (socket.writable) {
          socket.write(pongFrame(event.payload));
        }
      }
    } catch (error) {
      seat.leave();
      socket.off("data", onData);
      sink.close(error instanceof WebSocketProtocolError ? error.code : 1011);
    }
  };
  socket.on("data", onData);
  socket.once("close", () => seat.leave());
  // 'close' follows; a viewer that leaves is no event.
  socket.on("error", () => socket.destroy());
  socket.once("end", () => socket.end());
  if (head.byteLength > 0) onData(head);
}

async function openRoom(relay: FlvRelay, target: FlvTarget): Promise<ProblemAnswer | null> {
  try {
    await relay.open(target);
    return null;
  } catch (error) {
    if (error instanceof NotLiveError) return NOT_LIVE;
    if (error instanceof FormRefusedError) return error.answer;
    if (error instanceof OriginAwayError) return ORIGIN_AWAY;
    throw error;
  }
}
