/**
 * One request and its answer, on HTTP/1 or HTTP/2.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { TLSSocket } from "node:tls";
import { notFoundAnswer, type PageRequest, wantsPage } from "../away_page.ts";
import { answerProblem, type ClientAnswer, NOT_FOUND } from "../client_answer.ts";
import { type Forwarded, resolveForwarded, type TrustedProxies } from "../client_address.ts";

/** A request of either version. */
export type Request = IncomingMessage | Http2ServerRequest;
/** An answer of either version. */
export type Response = ServerResponse | Http2ServerResponse;

/** The target of a request, taken apart. */
export interface RequestTarget {
  /** Normalised: no dot segments, whatever their spelling. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/** Longest request target; the parser's bound on all headers is above it. */
const MAX_TARGET = 8192;

/** Takes the request target apart (RFC 9112 §3.2); null when it is none for an origin server. */
export function parseTarget(target: string | undefined): RequestTarget | null {
  if (target === undefined || target.length > MAX_TARGET) return null;
  // Absolute form: a client that takes the edge for a proxy; the authority says nothing new.
  const local = target.startsWith("/") ? target : /^https?:\/\/[^/?#]*(\/.*)?$/i.exec(target)?.[1];
  if (local === undefined) return null;
  const url = URL.parse(`http://edge${local}`);
  if (url === null || url.host !== "edge") return null;
  return { path: url.pathname, query: url.search.slice(1) };
}

/** Whether the request came over HTTP/2. */
export function isHttp2(request: Request): request is Http2ServerRequest {
  return request.httpVersionMajor === 2;
}

/** The client as the edge believes it. */
export function forwardedOf(request: Request, trusted: TrustedProxies): Forwarded {
  const { headers, socket } = request;
  return resolveForwarded({
    peer: socket.remoteAddress ?? "",
    secure: (socket as TLSSocket).encrypted === true,
    host: headers.host ?? (headers[":authority"] as string | undefined),
    headers,
  }, trusted);
}

/** What of a request decides about a page of the edge's own. */
export function pageRequest(request: Request, path: string): PageRequest {
  const { headers, method } = request;
  return {
    method: method ?? "GET",
    path,
    accept: headers.accept,
    acceptLanguage: headers["accept-language"],
    cookie: headers.cookie,
  };
}

/** Says that nothing is at `path`: a page to people, a problem to programs. */
export function sendNotFound(request: Request, response: Response, path: string): void {
  const page = pageRequest(request, path);
  sendAnswer(
    response,
    wantsPage(page.accept) ? notFoundAnswer(page) : answerProblem(NOT_FOUND, page.method),
  );
}

/** Sends a complete answer. */
export function sendAnswer(response: Response, answer: ClientAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const res = response as ServerResponse;
  res.writeHead(answer.status, { ...answer.headers });
  if (answer.body === null) res.end();
  else res.end(answer.body);
}

/** A signal that is aborted when the client leaves before its answer is complete. */
export function clientSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  (response as ServerResponse).once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
