/**
 * Which part of the edge answers a request.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "../../platform/log.ts";
import { METRICS_CONTENT_TYPE } from "../../platform/metrics.ts";
import { problem } from "../../platform/problem.ts";
import type { TrustedProxies } from "../client_address.ts";
import {
  answerFrom,
  answerProblem,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  PREFLIGHT_ANSWER,
  problemOf,
} from "../client_answer.ts";
import type { FlvRelay } from "../flv_relay.ts";
import { isForwarded } from "../forward_headers.ts";
import type { HlsRelay } from "../hls_relay.ts";
import { fingerprintOf, type HlsViewers } from "../hls_viewers.ts";
import { flvForm, type LivePath, parseLivePath } from "../live_path.ts";
import type { Assets } from "./assets.ts";
import {
  clientSignal,
  forwardedOf,
  parseTarget,
  type Request,
  type RequestTarget,
  type Response,
  sendAnswer,
  sendNotFound,
} from "./exchange.ts";
import { serveFlv, serveWebSocketFlv } from "./flv_endpoint.ts";
import { roomOfPollPath } from "../im/poll_http.ts";
import type { ImRooms } from "../im/rooms.ts";
import type { ImGateway } from "./im_gateway.ts";
import { servePoll } from "./im_poll.ts";
import { refuseUpgrade } from "../../platform/raw_answer.ts";
import type { WebProxy } from "./web_proxy.ts";

/** The parts behind the door. */
export interface FrontDoorOptions {
  readonly relay: FlvRelay;
  readonly hls: HlsRelay;
  readonly hlsViewers: HlsViewers;
  readonly assets: Assets;
  readonly imRooms: ImRooms;
  readonly imGateway: ImGateway;
  readonly proxy: WebProxy;
  /** To `rtc`. */
  readonly rtcProxy: WebProxy;
  readonly trustedProxies: TrustedProxies;
  /** The merged exposition for `/metrics`. */
  readonly metricsText: () => Promise<string>;
  readonly log: Logger;
}

/** Where the long connections of rooms' messages are. */
const IM_PATH = "/im";
/** What sets up WebRTC; the media themselves go to `rtc` by UDP, past this process. */
const RTC_PATH = /^\/(?:whip|whep)\//;
const UPGRADE_REQUIRED = problem({
  status: 426,
  title: "WebSocket needed",
  headers: { "upgrade": "websocket", "connection": "Upgrade" },
});

interface Exchange extends RequestTarget {
  readonly request: Request;
  readonly response: Response;
  readonly method: string;
}

/** Routes requests and upgrades; nothing that a client sends makes it throw. */
export class FrontDoor {
  readonly #options: FrontDoorOptions;

  constructor(options: FrontDoorOptions) {
    this.#options = options;
  }

  /** Answers one request. */
  handle(request: Request, response: Response): void {
    const method = request.method ?? "GET";
    // A client that breaks off is counted by the listener; without a listener it would be thrown.
    request.on("error", () => {});
    response.on("error", () => {});
    const target = parseTarget(request.url);
    if (target === null) {
      sendNotFound(request, response, "/");
      return;
    }
    this.#route({ request, response, method, ...target }).catch((error) => {
      const known = problemOf(error);
      if (known !== null) {
        sendAnswer(response, answerProblem(known, method));
        return;
      }
      this.#options.log.error("request_failed", { path: target.path, error });
      response.destroy();
    });
  }

  /** Takes one upgrade. */
  upgrade(request: IncomingMessage, socket: Socket, head: Uint8Array): void {
    const { relay, proxy, trustedProxies, log } = this.#options;
    socket.on("error", () => socket.destroy());
    const target = parseTarget(request.url);
    if (
      target === null || RTC_PATH.test(target.path) ||
      !isForwarded(target.path, request.method ?? "GET")
    ) {
      refuseUpgrade(socket, NOT_FOUND);
      return;
    }
    if (target.path === IM_PATH) {
      const { address } = forwardedOf(request, trustedProxies);
      this.#options.imGateway.upgrade({ request, socket, head, query: target.query, address });
      return;
    }
    if (target.path.startsWith("/live/")) {
      const live = parseLivePath(target.path);
      if (live?.kind !== "flv") {
        refuseUpgrade(socket, NOT_FOUND);
        return;
      }
      const form = flvForm(target.query);
      serveWebSocketFlv({ request, socket, head }, {
        relay,
        target: { room: live.room, form },
      }).catch((error) => {
        log.error("upgrade_failed", { path: target.path, error });
        socket.destroy();
      });
      return;
    }
    proxy.upgrade({ request, socket, head }, {
      target: pathAndQuery(target),
      forwarded: forwardedOf(request, trustedProxies),
    });
  }

  async #route(exchange: Exchange): Promise<void> {
    const { path, method, request, response } = exchange;
    if (path.startsWith("/live/")) return await this.#live(exchange);
    if (path.startsWith("/assets/")) return await this.#asset(exchange);
    if (path === "/healthz" || path === "/metrics") {
      const text = path === "/healthz" ? "ok" : await this.#options.metricsText();
      sendAnswer(response, {
        status: 200,
        headers: {
          "content-type": path === "/healthz" ? "text/plain; charset=utf-8" : METRICS_CONTENT_TYPE,
          "cache-control": "no-store",
        },
        body: method === "HEAD" ? null : text,
      });
      return;
    }
    if (RTC_PATH.test(path)) {
      this.#options.rtcProxy.forward({
        request,
        response,
        target: pathAndQuery(exchange),
        forwarded: forwardedOf(request, this.#options.trustedProxies),
      });
      return;
    }
    if (path === IM_PATH) {
      sendAnswer(response, answerProblem(UPGRADE_REQUIRED, method));
      return;
    }
    if (method === "GET" || method === "HEAD") {
      const room = roomOfPollPath(path);
      if (room !== null) return await this.#poll(room, exchange);
    }
    if (!isForwarded(path, method)) {
      sendNotFound(request, response, path);
      return;
    }
    this.#options.proxy.forward({
      request,
      response,
      target: pathAndQuery(exchange),
      forwarded: forwardedOf(request, this.#options.trustedProxies),
    });
  }

  async #poll(room: string, { request, response, method, query }: Exchange): Promise<void> {
    const { imRooms, trustedProxies } = this.#options;
    const address = () => forwardedOf(request, trustedProxies).address;
    await servePoll({ request, response, method, query, address }, { rooms: imRooms, room });
  }

  async #live(exchange: Exchange): Promise<void> {
    const { path, method, request, response, query } = exchange;
    if (method === "OPTIONS") {
      sendAnswer(response, PREFLIGHT_ANSWER);
      return;
    }
    const live = parseLivePath(path);
    if (live === null) {
      sendNotFound(request, response, path);
      return;
    }
    if (method !== "GET" && method !== "HEAD") {
      sendAnswer(response, answerProblem(METHOD_NOT_ALLOWED, method));
      return;
    }
    const { hls, relay } = this.#options;
    if (live.kind === "flv") {
      const target = { room: live.room, form: flvForm(query) };
      await serveFlv({ request, response }, { relay, target });
      return;
    }
    const stored = hls.cached(live, query) ?? await this.#fetchLive(live, exchange);
    if (stored === null) return;
    if (live.kind === "playlist" && stored.status === 200) this.#countHls(live.room, request);
    sendAnswer(
      response,
      answerFrom(stored, {
        method,
        range: request.headers.range,
        ifNoneMatch: request.headers["if-none-match"],
        nowMs: performance.now(),
      }),
    );
  }

  /** Null when the client left. */
  async #fetchLive(live: LivePath, exchange: Exchange) {
    const signal = clientSignal(exchange.response);
    try {
      return await this.#options.hls.get(live, { query: exchange.query, signal });
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  #countHls(room: string, request: Request): void {
    const { address } = forwardedOf(request, this.#options.trustedProxies);
    const fingerprint = fingerprintOf(address, request.headers["user-agent"] ?? "");
    this.#options.hlsViewers.seen(room, { fingerprint, nowMs: performance.now() });
  }

  async #asset(exchange: Exchange): Promise<void> {
    const { path, method, request, response } = exchange;
    if (method !== "GET" && method !== "HEAD") {
      sendAnswer(response, answerProblem(METHOD_NOT_ALLOWED, method));
      return;
    }
    const answer = await this.#options.assets.answer(path, {
      method,
      acceptEncoding: request.headers["accept-encoding"] as string | undefined,
      range: request.headers.range,
    });
    if (answer === null) sendNotFound(request, response, path);
    else sendAnswer(response, answer);
  }
}

function pathAndQuery({ path, query }: RequestTarget): string {
  return query === "" ? path : `${path}?${query}`;
}
