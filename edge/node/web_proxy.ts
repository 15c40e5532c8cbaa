/**
 * Everything that is not the edge's own goes to `web`; what sets up WebRTC goes to `rtc` the same way.
 *
 * @module
 */
import * as http from "node:http";
import * as https from "node:https";
import { pipeline } from "node:stream";
import type { Socket } from "node:net";
import { problem } from "../../platform/problem.ts";
import { AWAY_RETRY_S, awayAnswer, wantsPage } from "../away_page.ts";
import type { Forwarded } from "../client_address.ts";
import type { ClientAnswer } from "../client_answer.ts";
import { answerHeaders, requestHeaders } from "../forward_headers.ts";
import { roomOfPollPath, TOO_MANY_TEXTS } from "../im/poll_http.ts";
import { WaitingLine } from "../waiting_line.ts";
import { isHttp2, pageRequest, type Request, type Response, sendAnswer } from "./exchange.ts";
import { refuseUpgrade } from "../../platform/raw_answer.ts";

/** What a {@linkcode WebProxy} needs. */
export interface WebProxyOptions {
  /** Base URL of `web`. */
  readonly webUrl: string;
  readonly clusterSecret: string;
  /** Largest body of a request. Default: 64 MiB. */
  readonly maxBodyBytes?: number;
  /** Longest silence of `web` while an answer is awaited or under way. Default: 60,000 ms. */
  readonly silenceMs?: number;
  /** What everybody is told while it is away. Default: a page to people, a problem to programs. */
  readonly awayAnswer?: ClientAnswer;
}

/** One request on its way to `web`. */
export interface ProxiedRequest {
  readonly request: Request;
  readonly response: Response;
  /** Normalised path and query. */
  readonly target: string;
  readonly forwarded: Forwarded;
}

/** Requests under way at the same time; more are answered 503. */
const MAX_IN_FLIGHT = 2048;
const MAX_SOCKETS = 256;
/** Upgraded connections at the same time; more are refused. */
const MAX_TUNNELS = 4096;
/** A body that says it is no larger is read before a connection to `web` is taken. */
const MAX_SMALL_BODY_BYTES = 64 * 1024;
/**
 * What rooms are told stands in a line of its own that never takes all connections: gifts, battles and
 * everything else pass a crowd that talks.
 */
const TEXTS = { maxRunning: 192, maxWaiting: 1_500 } as const;

/** Requests by how they went, counted. */
export interface WebProxyCounters {
  requests: number;
  /** No answer came: refused, broken off or too late. */
  failures: number;
  upgrades: number;
  /** Texts that found their line full. */
  textsTurnedAway: number;
}

/** Passes requests and WebSocket upgrades on. */
export class WebProxy {
  readonly counters: WebProxyCounters = {
    requests: 0,
    failures: 0,
    upgrades: 0,
    textsTurnedAway: 0,
  };
  readonly #url: URL;
  readonly #secret: string;
  readonly #maxBodyBytes: number;
  readonly #silenceMs: number;
  readonly #awayAnswer: ClientAnswer | null;
  readonly #client: typeof http | typeof https;
  readonly #agent: http.Agent;
  readonly #tunnels = new Set<Socket>();
  readonly #texts = new WaitingLine(TEXTS);
  #inFlight = 0;

  constructor(options: WebProxyOptions) {
    this.#url = new URL(options.webUrl);
    this.#secret = options.clusterSecret;
    this.#maxBodyBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;
    this.#silenceMs = options.silenceMs ?? 60_000;
    this.#awayAnswer = options.awayAnswer ?? null;
    this.#client = this.#url.protocol === "https:" ? https : http;
    this.#agent = new this.#client.Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  }

  /** Requests and tunnels that are open. */
  get inFlight(): number {
    return this.#inFlight + this.#tunnels.size;
  }

  /** Texts that wait for their turn. */
  get textsWaiting(): number {
    return this.#texts.waiting;
  }

  /** Passes one request on and its answer back, both as they come. */
  forward(proxied: ProxiedRequest): void {
    const { request, response } = proxied;
    this.counters.requests++;
    const declared = Number(request.headers["content-length"] ?? 0);
    if (declared > this.#maxBodyBytes) {
      sendAnswer(response, this.#tooLarge(request));
      return;
    }
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      if (isText(request.method, proxied.target)) this.#turnAway(proxied);
      else this.#away(proxied);
      return;
    }
    this.#inFlight++;
    let leave = () => {};
    response.once("close", () => {
      this.#inFlight--;
      leave();
    });
    if (!hasBody(request)) this.#send(proxied, { mayRetry: true });
    else if (isText(request.method, proxied.target)) {
      this.#gather(proxied, (send) => {
        const entered = this.#texts.enter(send);
        if (entered === null) this.#turnAway(proxied);
        else leave = entered;
      });
    } else if (declared > 0 && declared <= MAX_SMALL_BODY_BYTES) {
      this.#gather(proxied, (send) => send());
    } else this.#send(proxied, { mayRetry: false });
  }

  #turnAway({ response }: ProxiedRequest): void {
    this.counters.textsTurnedAway++;
    sendAnswer(response, TOO_MANY_TEXTS);
  }

  /** Reads a small body to its end first: one that comes slowly takes no connection to `web`. */
  #gather(proxied: ProxiedRequest, whenComplete: (send: () => void) => void): void {
    const { request, response } = proxied;
    const body: Uint8Array[] = [];
    let size = 0;
    request.on("data", (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size <= MAX_SMALL_BODY_BYTES) body.push(chunk);
      else body.length = 0;
    });
    request.once("end", () => {
      if (response.destroyed) return;
      if (size > MAX_SMALL_BODY_BYTES) {
        sendAnswer(response, this.#tooLarge(request, MAX_SMALL_BODY_BYTES));
        return;
      }
      whenComplete(() => this.#send(proxied, { mayRetry: false, body }));
    });
  }

  #send(
    proxied: ProxiedRequest,
    options: { readonly mayRetry: boolean; readonly body?: readonly Uint8Array[] },
  ): void {
    const { request, response, target, forwarded } = proxied;
    const upstream = this.#client.request({
      ...this.#place(),
      agent: this.#agent,
      method: request.method,
      path: target,
      headers: requestHeaders(request.headers, { forwarded, clusterSecret: this.#secret }),
    });
    let answered = false;
    let refused = false;
    let discarding = false;
    const onClose = () => {
      if (!response.writableFinished) upstream.destroy();
    };
    response.once("close", onClose);
    upstream.setTimeout(this.#silenceMs, () => upstream.destroy(new Error("web is silent")));
    upstream.once("response", (answer) => {
      answered = true;
      if (refused || response.destroyed) {
        answer.destroy();
        return;
      }
      this.#answer(response, answer);
      answer.once("end", () => {
        if (upstream.writableEnded) return;
        // `web` said all it has to say before the body was over: nobody reads the rest, but the
        // client may wait on this connection until it could send it.
        discarding = true;
        upstream.destroy();
        request.resume();
      });
    });
    upstream.once("error", (error: NodeJS.ErrnoException) => {
      if (refused || discarding || response.destroyed) return;
      response.off("close", onClose);
      const stale = upstream.reusedSocket && error.code === "ECONNRESET" && !answered;
      if (stale && options.mayRetry) {
        // A kept connection that `web` closed in the same moment: nothing was done with the request.
        this.#send(proxied, { mayRetry: false });
        return;
      }
      this.counters.failures++;
      if (response.headersSent) response.destroy();
      else this.#away(proxied);
    });
    if (options.body !== undefined) {
      for (const chunk of options.body) upstream.write(chunk);
      upstream.end();
      return;
    }
    if (!hasBody(request)) {
      request.resume();
      upstream.end();
      return;
    }
    let size = 0;
    request.on("data", (chunk: Uint8Array) => {
      if (refused) return;
      size += chunk.byteLength;
      if (size > this.#maxBodyBytes) {
        refused = true;
        upstream.destroy();
        if (discarding) {
          request.destroy();
          return;
        }
        sendAnswer(response, this.#tooLarge(request));
        return;
      }
      if (!discarding && !upstream.write(chunk)) {
        request.pause();
        upstream.once("drain", () => request.resume());
      }
    });
    request.once("end", () => {
      if (!discarding) upstream.end();
    });
  }

  #answer(response: Response, answer: http.IncomingMessage): void {
    const res = response as http.ServerResponse;
    res.writeHead(answer.statusCode ?? 502, answerHeaders(answer.headers));
    // The head of an event stream must not wait for its first event.
    res.flushHeaders?.();
    pipeline(answer, res, (error) => {
      if (error) res.destroy();
    });
  }

  /**
   * Passes a WebSocket upgrade on; once `web` agreed, bytes flow both ways until either side ends.
   * Every other answer of `web` is passed back, and the connection ends with it.
   */
  upgrade(
    upgrade: {
      readonly request: http.IncomingMessage;
      readonly socket: Socket;
      readonly head: Uint8Array;
    },
    options: { readonly target: string; readonly forwarded: Forwarded },
  ): void {
    const { request, socket, head } = upgrade;
    this.counters.upgrades++;
    socket.on("error", () => socket.destroy());
    if (this.#tunnels.size >= MAX_TUNNELS) {
      refuseUpgrade(
        socket,
        problem({
          status: 503,
          title: "Too many connections",
          headers: { "retry-after": String(AWAY_RETRY_S) },
        }),
      );
      return;
    }
    const upstream = this.#client.request({
      ...this.#place(),
      agent: false,
      method: "GET",
      path: options.target,
      headers: {
        ...requestHeaders(request.headers, {
          forwarded: options.forwarded,
          clusterSecret: this.#secret,
        }),
        connection: "Upgrade",
        upgrade: request.headers.upgrade ?? "websocket",
      },
    });
    const abandon = () => upstream.destroy();
    socket.once("close", abandon);
    upstream.setTimeout(this.#silenceMs, () => upstream.destroy(new Error("web is silent")));
    upstream.once("error", () => {
      this.counters.failures++;
      refuseUpgrade(
        socket,
        problem({
          status: 503,
          title: "Service unavailable",
          headers: { "retry-after": String(AWAY_RETRY_S) },
        }),
      );
    });
    upstream.once("response", (answer) => {
      answer.resume();
      refuseUpgrade(socket, { status: answer.statusCode ?? 502, title: "Upgrade refused" });
    });
    upstream.once("upgrade", (answer, rawUpstream, upstreamHead) => {
      const upstreamSocket = rawUpstream as Socket;
      socket.off("close", abandon);
      upstreamSocket.setTimeout(0);
      let text = "HTTP/1.1 101 Switching Protocols\r\n";
      for (let i = 0; i < answer.rawHeaders.length; i += 2) {
        text += `${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}\r\n`;
      }
      socket.write(`${text}\r\n`);
      if (upstreamHead.length > 0) socket.write(upstreamHead);
      if (head.byteLength > 0) upstreamSocket.write(head);
      this.#tunnels.add(socket);
      upstreamSocket.on("error", () => upstreamSocket.destroy());
      upstreamSocket.once("close", () => socket.destroySoon());
      socket.once("close", () => {
        this.#tunnels.delete(socket);
        upstreamSocket.destroy();
      });
      socket.pipe(upstreamSocket);
      upstreamSocket.pipe(socket);
    });
    upstream.end();
  }

  /** Ends all tunnels; their clients connect anew, elsewhere or later. */
  closeTunnels(): void {
    for (const socket of this.#tunnels) socket.destroySoon();
  }

  /** Drops all connections to `web`. */
  stop(): void {
    for (const socket of this.#tunnels) socket.destroy();
    this.#agent.destroy();
  }

  #place(): http.RequestOptions {
    const { hostname, port, protocol } = this.#url;
    return {
      protocol,
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? undefined : Number(port),
    };
  }

  #away(proxied: ProxiedRequest): void {
    const { request, response } = proxied;
    if (this.#awayAnswer !== null) {
      sendAnswer(response, this.#awayAnswer);
      return;
    }
    if (wantsPage(request.headers.accept)) {
      sendAnswer(response, awayAnswer(pageRequest(request, proxied.target.split("?", 1)[0])));
      return;
    }
    const answer = problem({
      status: 503,
      title: "Service unavailable",
      detail: "The server is restarting.",
      headers: { "retry-after": String(AWAY_RETRY_S) },
    });
    sendAnswer(response, request.method === "HEAD" ? { ...answer, body: null } : answer);
  }

  #tooLarge(request: Request, maxBytes = this.#maxBodyBytes): ClientAnswer {
    const answer = problem({
      status: 413,
      title: "Request too large",
      detail: `A body may have ${maxBytes} bytes.`,
    });
    // The rest of the body is not read; HTTP/2 resets the stream by itself.
    const headers = isHttp2(request) ? answer.headers : { ...answer.headers, connection: "close" };
    return { ...answer, headers };
  }
}

/** Whether a request says something in a room. */
function isText(method: string | undefined, target: string): boolean {
  return method === "POST" && roomOfPollPath(target.split("?", 1)[0]!) !== null;
}

function hasBody(request: Request): boolean {
  const { headers, method } = request;
  if (isHttp2(request)) return method !== "GET" && method !== "HEAD";
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
