/**
 * The HTTP side of the role: WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), liveness, metrics.
 * Requests come from the edge; a client's address is believed from it alone.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Logger } from "../../platform/log.ts";
import { type Metrics, METRICS_CONTENT_TYPE } from "../../platform/metrics.ts";
import { problem, type ProblemAnswer } from "../../platform/problem.ts";
import { FRAGMENT_TYPE, SdpError } from "../transport/webrtc/sdp/mod.ts";
import type { LowWish } from "./egress/viewer_sender.ts";
import {
  acceptable,
  allow,
  bearerOf,
  contentType,
  linkHeader,
  noKey,
  options,
  readBody,
  sdpStatus,
  send,
  text,
  wantsLow,
} from "./http_exchange.ts";
import type { SessionKind } from "./limits.ts";
import { notFound, RtcRefusal, sessionOver } from "./refusal.ts";

/** An offer that came in. */
export interface OfferRequest {
  readonly kind: SessionKind;
  readonly room: string;
  readonly offer: string;
  /** What stands behind `Bearer`, or null. */
  readonly bearer: string | null;
  readonly address: string;
  readonly userAgent: string | null;
  /** `always`: `?layer=low`; `first`: it says that its network is slow, or that it is a phone. */
  readonly low: LowWish;
}

/** An offer that was answered. */
export interface OfferAnswer {
  readonly id: string;
  readonly answer: string;
  /** With its quotes. */
  readonly etag: string;
  /** `Link` values: ICE servers. */
  readonly links: readonly string[];
}

/** A session as its address names it. */
export interface SessionAddress {
  readonly kind: SessionKind;
  readonly room: string;
  readonly id: string;
}

/** What answers; refusals are thrown as {@linkcode RtcRefusal} or SdpError. */
export interface Signalling {
  open(request: OfferRequest): Promise<OfferAnswer>;
  /** Takes candidates of a session; `ifMatch` as it came. */
  trickle(session: SessionAddress, fragment: { text: string; ifMatch: string | null }): void;
  end(session: SessionAddress): void;
}

/** Calls of many, for `web` alone (docs/architecture.md, "Between the roles"). */
export interface CallPort {
  offer(
    seat: { readonly call: string; readonly participant: string },
    sdp: string,
  ): Promise<string>;
  /** Whose pictures a seat wants large; false: there is no such seat. */
  view(
    seat: { readonly call: string; readonly participant: string },
    large: readonly string[] | null,
  ): boolean;
  leave(seat: { readonly call: string; readonly participant: string }): boolean;
  /** What is shown as JSON; null: nobody is in it. */
  state(call: string): unknown;
}

/** How the server is made. */
export interface RtcHttpOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly clusterSecret: string;
  readonly signalling: Signalling;
  readonly calls: CallPort;
  /** For `/debug/sessions`. */
  readonly inspect: () => unknown;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const SDP_TYPE = "application/sdp";
const MAX_URL_LENGTH = 1024;
/** One of somebody in a call has sections for everybody. */
const MAX_CALL_BYTES = 512 * 1024;
/** Seats whose pictures somebody wants large. */
const MAX_LARGE = 16;
/** Names of calls and of who is in them. */
const SEAT_PATH = /^\/sfu\/([A-Za-z0-9_.-]{1,64})(?:\/([A-Za-z0-9_.-]{1,64}))?$/;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const DRAIN_MS = 1_500;
const ROOM = /^[1-9][0-9]{0,15}$/;

/** Listens for the edge. */
export class RtcHttpServer {
  readonly #options: RtcHttpOptions;
  readonly #secretDigest: Buffer;
  readonly #server: Server;
  readonly #requests;

  private constructor(options: RtcHttpOptions) {
    this.#options = options;
    this.#secretDigest = digest(options.clusterSecret);
    this.#requests = options.metrics.counter({
      name: "wanren_rtc_requests_total",
      help: "Answered requests by route and status.",
      labels: ["route", "status"],
    });
    this.#server = createServer({
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: 16 * 1024,
      noDelay: true,
    }, (request, response) => void this.#serve(request, response));
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Binds the port. @throws when it cannot be bound. */
  static async listen(options: RtcHttpOptions): Promise<RtcHttpServer> {
    const http = new RtcHttpServer(options);
    const server = http.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: options.host, port: options.port }, () => {
        server.off("error", reject);
        server.on("error", (error) => options.log.error("http_failed", { error }));
        resolve();
      });
    });
    return http;
  }

  /** The port that is listened on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** Takes no new requests, answers those under way, and closes. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), DRAIN_MS);
    await closed;
    clearTimeout(timer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let route = "unknown";
    response.once("close", () => {
      this.#requests.inc({ route, status: String(response.statusCode) });
    });
    request.on("error", () => {});
    response.on("error", () => {});
    try {
      await this.#route({ request, response, named: (name) => route = name });
    } catch (error) {
      if (response.headersSent || response.destroyed) response.destroy();
      else send(request, response, this.#problemOf(error, route));
    }
  }

  #problemOf(error: unknown, route: string): ProblemAnswer {
    if (error instanceof RtcRefusal) return problem(error.problem);
    if (error instanceof SdpError) {
      return problem({
        status: sdpStatus(error),
        title: "Session description refused",
        detail: error.message,
        members: { code: error.code, ...(error.line > 0 && { line: error.line }) },
      });
    }
    this.#options.log.error("request_failed", { route, error: error as Error });
    return problem({ status: 500, title: "Internal error" });
  }

  async #route(exchange: Exchange): Promise<void> {
    const { request, response, named } = exchange;
    const target = request.url ?? "/";
    if (target.length > MAX_URL_LENGTH) {
      throw new RtcRefusal({ status: 414, title: "Address too long" });
    }
    const url = URL.parse(target, "http://rtc");
    if (url === null) throw notFound();
    const { pathname, searchParams } = url;
    const found = /^\/(whip|whep)\/([^/]+)(?:\/([^/]+))?$/.exec(pathname);
    if (found !== null) {
      const kind = found[1] as SessionKind;
      if (!ROOM.test(found[2]!)) throw notFound();
      if (found[3] === undefined) {
        named(kind);
        return await this.#endpoint(exchange, { kind, room: found[2]!, query: searchParams });
      }
      named(`${kind}_session`);
      return await this.#session(exchange, { kind, room: found[2]!, id: found[3] });
    }
    if (pathname === "/healthz") {
      named("healthz");
      return text(request, response, { type: "text/plain; charset=utf-8", body: "ok" });
    }
    if (pathname === "/metrics" || pathname === "/debug/sessions") {
      named(pathname === "/metrics" ? "metrics" : "debug");
      this.#authenticate(request);
      return pathname === "/metrics"
        ? text(request, response, {
          type: METRICS_CONTENT_TYPE,
          body: await this.#options.metrics.text(),
        })
        : text(request, response, {
          type: "application/json",
          body: JSON.stringify(this.#options.inspect()),
        });
    }
    const seat = SEAT_PATH.exec(pathname);
    if (seat !== null) {
      named("sfu");
      this.#authenticate(request);
      return await this.#call(exchange, { call: seat[1]!, participant: seat[2] ?? null });
    }
    throw notFound();
  }

  /** A call, or somebody in it. */
  async #call(
    { request, response }: Exchange,
    { call, participant }: { readonly call: string; readonly participant: string | null },
  ): Promise<void> {
    const { calls } = this.#options;
    if (participant === null) {
      const state = calls.state(call);
      if (state === null) throw sessionOver();
      return text(request, response, { type: "application/json", body: JSON.stringify(state) });
    }
    if (request.method === "DELETE") {
      if (!calls.leave({ call, participant })) throw sessionOver();
      return send(request, response, { status: 204, headers: {}, body: "" });
    }
    if (request.method === "PATCH") {
      contentType(request, "application/json");
      const large = largeOf(await readBody(request));
      if (!calls.view({ call, participant }, large)) throw sessionOver();
      return send(request, response, { status: 204, headers: {}, body: "" });
    }
    allow(request, ["POST", "PATCH", "DELETE"]);
    contentType(request, SDP_TYPE);
    const answer = await calls.offer(
      { call, participant },
      await readBody(request, MAX_CALL_BYTES),
    );
    send(request, response, {
      status: 200,
      headers: { "content-type": SDP_TYPE, "cache-control": "no-store" },
      body: answer,
    });
  }

  /** RFC 9725 §4.2: the address that offers are sent to. */
  async #endpoint(
    { request, response }: Exchange,
    target: { readonly kind: SessionKind; readonly room: string; readonly query: URLSearchParams },
  ): Promise<void> {
    const { signalling } = this.#options;
    if (request.method === "OPTIONS") {
      return options(response, {
        methods: "POST, OPTIONS",
        headers: { "accept-post": SDP_TYPE },
      });
    }
    allow(request, ["POST", "OPTIONS"]);
    const { kind, room, query } = target;
    const bearer = bearerOf(request);
    if (kind === "whip" && bearer === null) throw noKey();
    contentType(request, SDP_TYPE);
    acceptable(request, SDP_TYPE);
    const offer = await readBody(request);
    const opened = await signalling.open({
      kind,
      room,
      offer,
      bearer,
      address: this.#addressOf(request),
      userAgent: request.headers["user-agent"]?.slice(0, 256) ?? null,
      low: wantsLow(request, query),
    });
    if (response.destroyed) {
      // The client did not wait for its answer: nobody would ever end this session.
      signalling.end({ kind, room, id: opened.id });
      return;
    }
    send(request, response, {
      status: 201,
      headers: {
        "content-type": SDP_TYPE,
        "cache-control": "no-store",
        "location": `/${kind}/${room}/${opened.id}`,
        "etag": opened.etag,
        "accept-patch": FRAGMENT_TYPE,
        ...linkHeader(opened.links),
      },
      body: opened.answer,
    });
  }

  /** RFC 9725 §4.3: the address of one session. */
  async #session({ request, response }: Exchange, session: SessionAddress): Promise<void> {
    const { signalling } = this.#options;
    switch (request.method) {
      case "OPTIONS":
        return options(response, {
          methods: "PATCH, DELETE, OPTIONS",
          headers: { "accept-patch": FRAGMENT_TYPE },
        });
      case "PATCH": {
        contentType(request, FRAGMENT_TYPE);
        const body = await readBody(request);
        const ifMatch = request.headers["if-match"] ?? null;
        signalling.trickle(session, { text: body, ifMatch });
        return send(request, response, { status: 204, headers: {}, body: "" });
      }
      case "DELETE":
        signalling.end(session);
        return send(request, response, {
          status: 200,
          headers: { "cache-control": "no-store" },
          body: "",
        });
      default:
        allow(request, ["PATCH", "DELETE", "OPTIONS"]);
    }
  }

  #addressOf(request: IncomingMessage): string {
    const forwarded = request.headers["x-forwarded-for"];
    const secret = request.headers["x-wanren-cluster"];
    const isEdge = typeof secret === "string" && this.#isSecret(secret);
    return isEdge && typeof forwarded === "string" && forwarded !== ""
      ? forwarded.slice(0, 64)
      : request.socket.remoteAddress ?? "";
  }

  #authenticate(request: IncomingMessage): void {
    if (this.#isSecret(bearerOf(request) ?? "")) return;
    throw new RtcRefusal({
      status: 401,
      title: "Not authenticated",
      headers: { "www-authenticate": "Bearer" },
    });
  }

  #isSecret(given: string): boolean {
    // Digests have one length, so the comparison tells nothing about the secret.
    return timingSafeEqual(digest(given), this.#secretDigest);
  }
}

/** `{"large":["<seat>",…]}` or `{"large":null}`. */
function largeOf(text: string): readonly string[] | null {
  let large: unknown;
  try {
    large = (JSON.parse(text) as { readonly large?: unknown } | null)?.large;
  } catch {
    // Answered below.
  }
  const isList = Array.isArray(large) && large.length <= MAX_LARGE &&
    large.every((each) => typeof each === "string" && each.length <= 64);
  if (large === null || isList) return large as readonly string[] | null;
  throw new RtcRefusal({ status: 400, title: "Cannot read the wish" });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly named: (route: string) => void;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
