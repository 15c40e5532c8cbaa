/**
 * The relay as an edge function: everything below `/live`, and the polls for rooms' messages where a
 * feed is given to {@linkcode createEdge}, for Deno Deploy, `deno serve` or any other
 * runtime that calls `fetch(request)`. It belongs behind a CDN or a proxy; the front door of a
 * platform of one's own is `node/mod.ts`.
 *
 * Environment of the default export: `ORIGINS` (base URLs in the order of preference, separated by
 * commas), `CLUSTER_SECRET` (what the origins take as `Authorization: Bearer`), `FLV_BATCH_MS`
 * [100], `UPSTASH_REDIS_REST_URL` and `UPSTASH_REDIS_REST_TOKEN` (where rooms' messages are read).
 * Without `ORIGINS` every stream is answered 503, without the other two no message is answered here.
 *
 * WebSocket-FLV and viewer counts need the front door; players fall back to HTTP-FLV or HLS.
 *
 * @module
 */
import type { Feed } from "../im/feed.ts";
import { LateFeed } from "../im/late_feed.ts";
import { problem } from "../platform/problem.ts";
import { chooseBatchMs } from "./batch_policy.ts";
import { BodyCache } from "./body_cache.ts";
import {
  answerFrom,
  answerProblem,
  type ClientAnswer,
  CORS_HEADERS,
  METHOD_NOT_ALLOWED,
  NOT_FOUND,
  NOT_LIVE,
  ORIGIN_AWAY,
  PREFLIGHT_ANSWER,
  problemOf,
} from "./client_answer.ts";
import { FlvRelay } from "./flv_relay.ts";
import { flvStream } from "./flv_stream.ts";
import { FormRefusedError, NotLiveError } from "./flv_upstream.ts";
import { HlsRelay } from "./hls_relay.ts";
import { parsePollQuery } from "./im/poll_answers.ts";
import { answerPoll, POLL_MALFORMED, pollRefusal, roomOfPollPath } from "./im/poll_http.ts";
import { ImRooms } from "./im/rooms.ts";
import { flvForm, type LivePath, parseLivePath } from "./live_path.ts";
import { OriginClient } from "./origin_client.ts";
import { OriginPool } from "./origin_pool.ts";

/** How {@linkcode createEdge} is set up. */
export interface EdgeOptions {
  /** Base URLs of the origins, the preferred one first; with none every stream is answered 503. */
  readonly origins: readonly string[];
  readonly clusterSecret: string;
  /** Floor of the time for which FLV tags are gathered. Default: 100 ms. */
  readonly flvBatchMs?: number;
  /** Bytes of cached playlists, parts and segments. Default: 64 MiB. */
  readonly cacheBytes?: number;
  /** How long a room without viewers keeps its pull. Default: 10,000 ms. */
  readonly lingerMs?: number;
  /** Where rooms' messages come from; without it they are not answered here. */
  readonly feed?: Feed;
}

/** The edge as a fetch handler. */
export interface FetchEdge {
  fetch(request: Request): Promise<Response>;
  /** Ends every stream and every pull, and follows no room any more; the feed is the giver's. */
  stop(): void;
}

/** Makes an edge that relays from `origins`. */
export function createEdge(options: EdgeOptions): FetchEdge {
  const relays = options.origins.length === 0 ? null : relaysOf(options);

  const answerLive = async (live: LivePath, request: Request): Promise<Response> => {
    if (relays === null) return toResponse(answerProblem(ORIGIN_AWAY, request.method));
    const { hls, relay } = relays;
    if (live.kind !== "flv") {
      const query = new URL(request.url).search.slice(1);
      const stored = await hls.get(live, { query, signal: request.signal });
      return toResponse(answerFrom(stored, {
        method: request.method,
        range: request.headers.get("range"),
        ifNoneMatch: request.headers.get("if-none-match"),
        nowMs: performance.now(),
      }));
    }
    if (request.headers.get("upgrade")?.toLowerCase() === "websocket") {
      const answer = problem({ status: 501, title: "WebSocket not available on this edge" });
      return toResponse(answerProblem(answer, request.method));
    }
    const target = { room: live.room, form: flvForm(new URL(request.url).search.slice(1)) };
    await relay.open(target);
    const body = request.method === "HEAD" ? null : flvStream(relay, target);
    return new Response(body, {
      headers: { ...CORS_HEADERS, "content-type": "video/x-flv", "cache-control": "no-store" },
    });
  };

  const imRooms = options.feed === undefined ? null : new ImRooms({ feed: options.feed });

  const answerMessages = async (room: string, request: Request): Promise<Response> => {
    const { method, headers } = request;
    const poll = parsePollQuery(new URL(request.url).search);
    if (poll === null) return toResponse(answerProblem(POLL_MALFORMED, method));
    const opened = await imRooms!.open(room);
    if (typeof opened === "string") return toResponse(answerProblem(pollRefusal(opened), method));
    // Whoever stands in front of this counts viewers, and packs what it sends.
    return toResponse(answerPoll(opened.poll(poll, null), {
      method,
      ifNoneMatch: headers.get("if-none-match"),
      acceptEncoding: null,
      gzip: null,
    }));
  };

  return {
    async fetch(request) {
      const { method } = request;
      const { pathname } = new URL(request.url);
      if (pathname === "/healthz") return new Response("ok");
      const room = imRooms === null ? null : roomOfPollPath(pathname);
      if (room !== null && method === "OPTIONS") return toResponse(PREFLIGHT_ANSWER);
      if (room !== null && (method === "GET" || method === "HEAD")) {
        return await answerMessages(room, request);
      }
      const live = parseLivePath(pathname);
      if (method === "OPTIONS" && live !== null) return toResponse(PREFLIGHT_ANSWER);
      if (live === null) return toResponse(answerProblem(NOT_FOUND, method));
      if (method !== "GET" && method !== "HEAD") {
        return toResponse(answerProblem(METHOD_NOT_ALLOWED, method));
      }
      try {
        return await answerLive(live, request);
      } catch (error) {
        const known = error instanceof NotLiveError
          ? NOT_LIVE
          : error instanceof FormRefusedError
          ? error.answer
          : problemOf(error);
        if (known !== null) return toResponse(answerProblem(known, method));
        // Nobody reads the answer to a request that was abandoned.
        if (request.signal.aborted) return new Response(null, { status: 499 });
        throw error;
      }
    },
    stop() {
      relays?.relay.stop();
      imRooms?.stop();
    },
  };
}

function relaysOf(
  options: EdgeOptions,
): { readonly relay: FlvRelay; readonly hls: HlsRelay } {
  const client = new OriginClient({
    pool: new OriginPool(options.origins),
    clusterSecret: options.clusterSecret,
  });
  const floorMs = options.flvBatchMs ?? 100;
  return {
    relay: new FlvRelay({
      client,
      lingerMs: options.lingerMs,
      batchMs: (viewers) => chooseBatchMs({ floorMs, viewers, lagMs: 0 }),
    }),
    hls: new HlsRelay({
      client,
      cache: new BodyCache({ maxBytes: options.cacheBytes ?? 64 * 1024 * 1024 }),
    }),
  };
}

function toResponse({ status, headers, body }: ClientAnswer): Response {
  return new Response(body as BodyInit | null, { status, headers });
}

const VARIABLES = [
  "ORIGINS",
  "CLUSTER_SECRET",
  "FLV_BATCH_MS",
  "UPSTASH_REDIS_REST_URL",
  "UPSTASH_REDIS_REST_TOKEN",
] as const;

/** The environment of whichever runtime this is; empty where there is none. */
function environment(): Readonly<Record<string, string | undefined>> {
  const runtime = globalThis as {
    readonly Deno?: { readonly env: { get(name: string): string | undefined } };
    readonly process?: { readonly env: Readonly<Record<string, string | undefined>> };
  };
  if (runtime.Deno !== undefined) {
    const { env } = runtime.Deno;
    return Object.fromEntries(VARIABLES.map((name) => {
      try {
        return [name, env.get(name)];
      } catch (error) {
        // Who may not read where messages are does without them, as before there were any.
        const isOptional = name.startsWith("UPSTASH_");
        if (isOptional && error instanceof Error && error.name === "NotCapable") return [name, ""];
        throw error;
      }
    }));
  }
  return runtime.process?.env ?? {};
}

/** @throws {RangeError} when a variable has a value that cannot be used. */
function edgeFromEnvironment(): FetchEdge {
  const { ORIGINS, CLUSTER_SECRET, FLV_BATCH_MS, ...upstash } = environment();
  const origins = (ORIGINS ?? "").split(",").map((url) => url.trim()).filter((url) => url !== "");
  const flvBatchMs = Number(FLV_BATCH_MS || 100);
  if (!Number.isInteger(flvBatchMs) || flvBatchMs < 0 || flvBatchMs > 1000) {
    throw new RangeError(
      `Cannot use FLV_BATCH_MS=${FLV_BATCH_MS}: it must be a whole number from 0 to 1000`,
    );
  }
  const feed = feedFromEnvironment(upstash);
  return createEdge({
    origins,
    clusterSecret: CLUSTER_SECRET ?? "",
    flvBatchMs,
    ...(feed !== null && { feed }),
  });
}

/** Null: nobody says where messages are. */
function feedFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Feed | null {
  const url = env.UPSTASH_REDIS_REST_URL?.trim() ?? "";
  const token = env.UPSTASH_REDIS_REST_TOKEN?.trim() ?? "";
  if (url === "" && token === "") return null;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new RangeError("Cannot use UPSTASH_REDIS_REST_URL: it must be an http(s) address");
  }
  if (!/^[\x21-\x7e]{16,512}$/.test(token)) {
    throw new RangeError(
      "Cannot use UPSTASH_REDIS_REST_TOKEN: it must be 16 to 512 printable characters without spaces",
    );
  }
  return new LateFeed({
    async open() {
      const { openUpstashFeed } = await import("../store/upstash/feed.ts");
      return await openUpstashFeed({ url: url.replace(/\/+$/, ""), token });
    },
    // The answers say so: 503 until it is open.
    onFailure: () => {},
  });
}

let configured: FetchEdge | undefined;

/** The edge of the environment, for `deno serve edge/mod.ts`; it is read with the first request. */
export default {
  async fetch(request: Request): Promise<Response> {
    configured ??= edgeFromEnvironment();
    return await configured.fetch(request);
  },
};
