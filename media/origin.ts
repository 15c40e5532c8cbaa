/**
 * The origin: what edges and `web` ask of this process over HTTP (docs/architecture.md, "Between
 * the roles").
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "../platform/log.ts";
import { type Metrics, METRICS_CONTENT_TYPE } from "../platform/metrics.ts";
import { problem, type ProblemAnswer, type ProblemOptions } from "../platform/problem.ts";
import { refuseUpgrade } from "../platform/raw_answer.ts";
import { type CloseReason, RenditionRefusedError } from "./errors.ts";
import { FlvResponses } from "./egress/flv.ts";
import { mixRefusalProblem, MixRefusedError } from "./mix/contract.ts";
import type { Mixes } from "./mix/mixes.ts";
import type { StillAnswer } from "./egress/still.ts";
import { type PublishSocketLimits, PublishSockets } from "./publish_socket.ts";
import { parseWish, type PublishPort, type ReadPort, refusalProblem } from "./stream/contract.ts";

/** What a packager answers. */
export interface PackagerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/** What a packager is asked: everything below `/live/<room>/`. */
export interface PackagerRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  /** Aborted when the client went away. */
  readonly signal: AbortSignal;
}

/** What the origin needs of the live streams. */
export interface OriginStreams {
  isLive(room: string): boolean;
  /** The packager of a room; null when there is none. */
  packager(
    room: string,
  ): { handle(request: PackagerRequest): Promise<PackagerAnswer> | PackagerAnswer } | null;
  close(room: string, reason: CloseReason): boolean;
  inspect(): Readonly<Record<string, unknown>>;
}

/** How the origin is made. */
export interface OriginOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clusterSecret: string;
  readonly streams: OriginStreams;
  /** Reads them in the form that a viewer wishes for. */
  readonly read: ReadPort;
  /** Admits what `rtc` publishes. */
  readonly publish: PublishPort;
  readonly publishLimits?: Partial<PublishSocketLimits>;
  /** Gives single pictures of the streams. */
  readonly stills: {
    answer(room: string, request: { readonly ifNoneMatch?: string }): Promise<StillAnswer>;
  };
  /** Mixes of the streams; left out: there are none. */
  readonly mixes?: Pick<Mixes, "put" | "remove" | "serveFeed" | "inspect">;
  /** The key of a room is no longer valid. */
  readonly onKeyRevoked: (room: string) => void;
  /** Open RTMP sessions, shown beside the streams. */
  readonly inspectSessions?: () => unknown;
  /** Encoders by room. */
  readonly inspectRenditions?: () => unknown;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const MAX_URL_LENGTH = 2048;
const MAX_BODY_BYTES = 8192;
/** Playlists are held for a few seconds at most; a request that takes longer went wrong. */
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const DRAIN_MS = 1500;
const ROOM = /^[1-9][0-9]{0,15}$/;
const CLOSE_REASONS: readonly CloseReason[] = ["key_rotated", "cut_off", "ended", "suspended"];

/** An answer that is thrown to end the handling of a request. */
class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly answer: ProblemAnswer;

  constructor(options: ProblemOptions) {
    super(options.title);
    this.answer = problem(options);
  }
}

/** The HTTP server of `media`. */
export class Origin {
  readonly #options: OriginOptions;
  readonly #secretDigest: Buffer;
  readonly #server: Server;
  readonly #flv: FlvResponses;
  readonly #publishers: PublishSockets;
  readonly #requests;
  readonly #clientErrors;

  private constructor(options: OriginOptions) {
    this.#options = options;
    this.#secretDigest = digest(options.clusterSecret);
    this.#flv = new FlvResponses({
      read: options.read,
      log: options.log,
      metrics: options.metrics,
    });
    this.#publishers = new PublishSockets({
      publish: options.publish,
      log: options.log,
      metrics: options.metrics,
      ...(options.publishLimits && { limits: options.publishLimits }),
    });
    this.#requests = options.metrics.counter({
      name: "wanren_origin_requests_total",
      help: "Answered requests by route and status.",
      labels: ["route", "status"],
    });
    this.#clientErrors = options.metrics.counter({
      name: "wanren_origin_client_errors_total",
      help: "Connections that broke or spoke no HTTP.",
    });
    this.#server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
    }, (request, response) => void this.#serve(request, response));
    this.#server.on(
      "upgrade",
      (request, socket, head) => void this.#upgrade(request, socket as Socket, head),
    );
    this.#server.on("clientError", (_error, socket) => {
      this.#clientErrors.inc();
      socket.destroy();
    });
  }

  /** Binds the port. @throws when it cannot be bound. */
  static async listen(options: OriginOptions): Promise<Origin> {
    const origin = new Origin(options);
    const server = origin.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: options.host, port: options.port }, () => {
        server.off("error", reject);
        server.on("error", (error) => options.log.error("origin_failed", { error }));
        resolve();
      });
    });
    return origin;
  }

  /** The port that is listened on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Breaks off endless answers, lets short ones finish, and closes. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#flv.stop();
    const unpublished = this.#publishers.stop();
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), DRAIN_MS);
    await Promise.all([closed, unpublished]);
    clearTimeout(timer);
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    try {
      const target = request.url ?? "/";
      if (target.length > MAX_URL_LENGTH) {
        throw new ProblemError({ status: 414, title: "Address too long" });
      }
      this.#authenticate(request);
      const publish = /^\/publish\/([^/?]+)$/.exec(target);
      if (publish === null) throw notFound("There is nothing to upgrade at this address");
      await this.#publishers.upgrade({ request, socket, head, room: room(publish[1]) });
    } catch (error) {
      if (error instanceof ProblemError) {
        refuseUpgrade(socket, error.answer);
      } else {
        this.#options.log.error("upgrade_failed", { error: error as Error });
        socket.destroy();
      }
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let route = "unknown";
    response.once("close", () => {
      this.#requests.inc({ route, status: String(response.statusCode) });
    });
    try {
      await this.#route(request, response, (name) => route = name);
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
      } else if (error instanceof ProblemError) {
        send(request, response, error.answer);
      } else if (error instanceof RenditionRefusedError) {
        send(request, response, refusalProblem(error));
      } else if (error instanceof MixRefusedError) {
        send(request, response, mixRefusalProblem(error));
      } else {
        this.#options.log.error("request_failed", { route, error: error as Error });
        send(request, response, problem({ status: 500, title: "Internal error" }));
      }
    }
  }

  async #route(
    request: IncomingMessage,
    response: ServerResponse,
    named: (route: string) => void,
  ): Promise<void> {
    const target = request.url ?? "/";
    if (target.length > MAX_URL_LENGTH) {
      throw new ProblemError({ status: 414, title: "Address too long" });
    }
    const queryAt = target.indexOf("?");
    const path = queryAt < 0 ? target : target.slice(0, queryAt);
    if (path === "/healthz") {
      named("healthz");
      allow(request, "GET");
      send(request, response, {
        status: 200,
        headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
        body: "ok",
      });
      return;
    }
    const feed = /^\/mix-feed\/([0-9a-f]{32})$/.exec(path);
    if (feed !== null && this.#options.mixes?.serveFeed(feed[1], response)) {
      named("mix_feed");
      return;
    }
    this.#authenticate(request);
    const flv = /^\/live\/([^/]+)\.flv$/.exec(path);
    if (flv !== null) {
      named("flv");
      allow(request, "GET");
      const query = new URLSearchParams(queryAt < 0 ? "" : target.slice(queryAt + 1));
      return this.#serveFlv(request, response, { room: room(flv[1]), query });
    }
    const still = /^\/live\/([^/]+)\/still\.jpg$/.exec(path);
    if (still !== null) {
      named("still");
      allow(request, "GET");
      const ifNoneMatch = request.headers["if-none-match"];
      const answer = await this.#options.stills.answer(room(still[1]), {
        ...(ifNoneMatch !== undefined && { ifNoneMatch }),
      });
      if (!response.destroyed) send(request, response, answer);
      return;
    }
    const packaged = /^\/live\/([^/]+)\/(.+)$/.exec(path);
    if (packaged !== null) {
      named("hls");
      allow(request, "GET");
      const query = new URLSearchParams(queryAt < 0 ? "" : target.slice(queryAt + 1));
      return await this.#servePackaged(request, response, {
        room: room(packaged[1]),
        path: packaged[2],
        query,
      });
    }
    if (/^\/publish\/[^/]+$/.test(path)) {
      named("publish");
      allow(request, "GET");
      throw new ProblemError({
        status: 426,
        title: "Upgrade required",
        headers: { upgrade: "websocket", connection: "upgrade" },
      });
    }
    const close = /^\/streams\/([^/]+)\/close$/.exec(path);
    if (close !== null) {
      named("close");
      allow(request, "POST");
      return await this.#closeStream(request, response, room(close[1]));
    }
    const mix = /^\/mixes\/([^/]+)$/.exec(path);
    if (mix !== null && this.#options.mixes !== undefined) {
      named("mix");
      return await this.#serveMix(request, response, room(mix[1]));
    }
    if (path === "/debug/streams") {
      named("debug");
      allow(request, "GET");
      send(request, response, {
        status: 200,
        headers: { "content-type": "application/json", "cache-control": "no-store" },
        body: JSON.stringify({
          ...this.#options.streams.inspect(),
          sessions: this.#options.inspectSessions?.() ?? [],
          publishers: this.#publishers.inspect(),
          renditions: this.#options.inspectRenditions?.() ?? {},
          mixes: this.#options.mixes?.inspect() ?? {},
        }),
      });
      return;
    }
    if (path === "/metrics") {
      named("metrics");
      allow(request, "GET");
      send(request, response, {
        status: 200,
        headers: { "content-type": METRICS_CONTENT_TYPE, "cache-control": "no-store" },
        body: await this.#options.metrics.text(),
      });
      return;
    }
    throw notFound("There is nothing at this address");
  }

  #authenticate(request: IncomingMessage): void {
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    // Digests have one length, so the comparison tells nothing about the secret.
    if (!timingSafeEqual(digest(given), this.#secretDigest)) {
      throw new ProblemError({
        status: 401,
        title: "Not authenticated",
        headers: { "www-authenticate": "Bearer" },
      });
    }
  }

  #serveFlv(
    request: IncomingMessage,
    response: ServerResponse,
    target: { readonly room: string; readonly query: URLSearchParams },
  ): void {
    const { room, query } = target;
    const wish = parseWish(query);
    if (wish === null) {
      throw new ProblemError({
        status: 400,
        title: "Bad request",
        detail: "video is h264, plain or any, and audio is aac, opus or any",
      });
    }
    const remoteAddress = request.socket.remoteAddress ?? "";
    const served = request.method === "HEAD"
      ? this.#options.streams.isLive(room) && this.#flv.head(response)
      : this.#flv.serve({ room, response, remoteAddress, wish });
    if (!served) throw notFound("This room is not live");
  }

  async #servePackaged(
    request: IncomingMessage,
    response: ServerResponse,
    target: { readonly room: string; readonly path: string; readonly query: URLSearchParams },
  ): Promise<void> {
    const packager = this.#options.streams.packager(target.room);
    if (packager === null) throw notFound("This room is not live");
    const gone = new AbortController();
    const onClose = () => gone.abort();
    response.once("close", onClose);
    try {
      const answer = await packager.handle({
        path: target.path,
        query: target.query,
        signal: gone.signal,
      });
      if (response.destroyed) return;
      // Playlists change under their address: a range of one would be a range of something else.
      const whole = target.path.endsWith(".m3u8");
      send(request, response, whole ? answer : answerRange(request, answer));
    } catch (error) {
      // A held playlist whose client went away has no answer.
      if (!gone.signal.aborted) throw error;
    } finally {
      response.off("close", onClose);
    }
  }

  /** PUT begins or changes the mix that is published to a room, DELETE ends it. */
  async #serveMix(
    request: IncomingMessage,
    response: ServerResponse,
    room: string,
  ): Promise<void> {
    const mixes = this.#options.mixes!;
    if (request.method === "DELETE") {
      await mixes.remove(room);
      response.writeHead(204, { "cache-control": "no-store" }).end();
      return;
    }
    if (request.method !== "PUT") {
      throw new ProblemError({
        status: 405,
        title: "Method not allowed",
        headers: { allow: "PUT, DELETE" },
      });
    }
    const body = await readJson(request);
    try {
      const mix = await mixes.put(room, body);
      send(request, response, {
        status: 200,
        headers: { "content-type": "application/json", "cache-control": "no-store" },
        body: JSON.stringify({ mix }),
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ProblemError({ status: 400, title: "Bad request", detail: error.message });
    }
  }

  async #closeStream(
    request: IncomingMessage,
    response: ServerResponse,
    room: string,
  ): Promise<void> {
    const reason = await readCloseReason(request);
    this.#options.onKeyRevoked(room);
    const closed = this.#options.streams.close(room, reason);
    this.#options.log.info("stream_close_asked", { stream: room, reason, running: closed });
    response.writeHead(204, { "cache-control": "no-store" }).end();
  }
}

/** Reads a body as JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readText(request);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ProblemError({ status: 400, title: "Bad request", detail: "The body is no JSON" });
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new ProblemError({ status: 413, title: "Body too large" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function room(text: string): string {
  if (!ROOM.test(text)) throw notFound("There is no such room");
  return text;
}

function notFound(detail: string): ProblemError {
  return new ProblemError({ status: 404, title: "Not found", detail });
}

/** HEAD is allowed wherever GET is. */
function allow(request: IncomingMessage, method: "GET" | "POST"): void {
  if (request.method === method || (method === "GET" && request.method === "HEAD")) return;
  throw new ProblemError({
    status: 405,
    title: "Method not allowed",
    headers: { allow: method === "GET" ? "GET, HEAD" : method },
  });
}

/** Sends a whole answer; HEAD gets its headers alone. */
function send(request: IncomingMessage, response: ServerResponse, answer: PackagerAnswer): void {
  const { status, headers, body } = answer;
  const length = body === null
    ? 0
    : typeof body === "string"
    ? Buffer.byteLength(body)
    : body.length;
  const hasBody = status !== 204 && status !== 304;
  // A body that came with a refused request is not read: its connection cannot be used again.
  if (hasUnreadBody(request)) {
    response.setHeader("connection", "close");
    response.once("finish", () => request.socket.destroySoon?.());
  }
  response.writeHead(status, hasBody ? { ...headers, "content-length": String(length) } : headers);
  if (request.method === "HEAD" || body === null || !hasBody) response.end();
  else response.end(body);
}

/** `complete` alone does not tell: it is false for a request without a body in its first turn. */
function hasUnreadBody(request: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  return !request.complete && (encoding !== undefined || Number(length ?? 0) > 0);
}

/**
 * Answers a range of bytes where one is asked for (RFC 9110 §14.2): a single range of a whole
 * answer; several ranges get the whole.
 */
export function answerRange(
  request: { readonly method?: string; readonly headers: { readonly range?: string } },
  answer: PackagerAnswer,
): PackagerAnswer {
  const { body } = answer;
  if (answer.status !== 200 || !(body instanceof Uint8Array)) return answer;
  const headers = { ...answer.headers, "accept-ranges": "bytes" };
  const { range } = request.headers;
  if (range === undefined || request.method !== "GET") return { ...answer, headers };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range.trim());
  if (match === null || (match[1] === "" && match[2] === "")) return { ...answer, headers };
  const size = body.length;
  const fromEnd = match[1] === "";
  const first = fromEnd ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const last = fromEnd || match[2] === "" ? size - 1 : Math.min(Number(match[2]), size - 1);
  // A range whose end lies before its start is no range at all (RFC 9110 §14.1.2).
  if (!fromEnd && match[2] !== "" && Number(match[2]) < first) return { ...answer, headers };
  if (first >= size || (fromEnd && Number(match[2]) === 0)) {
    const refused = problem({
      status: 416,
      title: "Range not satisfiable",
      headers: { "content-range": `bytes */${size}` },
    });
    return refused;
  }
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${first}-${last}/${size}` },
    body: body.subarray(first, last + 1),
  };
}

/** Reads `{reason}`; no body means `cut_off`. */
async function readCloseReason(request: IncomingMessage): Promise<CloseReason> {
  const text = await readText(request);
  let reason: unknown = text === "" ? "cut_off" : undefined;
  try {
    if (text !== "") reason = (JSON.parse(text) as { reason?: unknown } | null)?.reason;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const known = CLOSE_REASONS.find((value) => value === reason);
  if (known === undefined) {
    throw new ProblemError({
      status: 400,
      title: "Bad request",
      detail: `reason must be one of ${CLOSE_REASONS.join(", ")}`,
    });
  }
  return known;
}
