/**
 * Parts of the role's HTTP: what of a request is taken and refused, and how answers are sent.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { SdpError } from "../transport/webrtc/sdp/mod.ts";
import type { LowWish } from "./egress/viewer_sender.ts";
import { refusal, type RtcRefusal } from "./refusal.ts";

/** An offer of a browser has 3 to 8 KB. */
const MAX_BODY_BYTES = 64 * 1024;
/** For pages of any origin: who may publish is decided by the key, who may watch by the room. */
const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "Location, ETag, Link, Retry-After, Accept-Post, Accept-Patch, WWW-Authenticate",
} as const;
const ALLOWED_HEADERS = "Authorization, Content-Type, If-Match, Save-Data";

/** Which status a refused description gets: 400 cannot be read, 406 no common codec, 413 too large, 422 cannot be used otherwise. */
export function sdpStatus(error: SdpError): number {
  switch (error.code) {
    case "malformed":
      return 400;
    case "too_large":
      return 413;
    case "unsupported_codec":
      return 406;
    default:
      return 422;
  }
}

/** RFC 9725 §4.5: without a key nobody publishes. */
export function noKey(): RtcRefusal {
  return refusal(401, {
    code: "no_key",
    title: "Publish key needed",
    detail: "Send the room's publish key as Authorization: Bearer <publish key>.",
    headers: { "www-authenticate": 'Bearer realm="wanren"' },
  });
}

/** What stands behind `Bearer`, or null. */
export function bearerOf(request: IncomingMessage): string | null {
  const found = /^Bearer +(\S{1,512}) *$/i.exec(request.headers.authorization ?? "");
  return found?.[1] ?? null;
}

/**
 * Whether the client asks for the smallest picture (`?layer=low`), or seems to need it at first: it
 * says so (`?start=low`), saves data, knows its network to be slow, or is a phone.
 */
export function wantsLow(
  { headers }: Pick<IncomingMessage, "headers">,
  query: URLSearchParams,
): LowWish {
  const layer = query.get("layer");
  if (layer !== null) return layer === "low" ? "always" : "no";
  const isSlow = query.get("start") === "low" || headers["save-data"] === "on" ||
    /^"?(?:slow-2g|2g|3g)"?$/.test(String(headers.ect));
  // Safari and Firefox have the word in their name alone.
  const isPhone = headers["sec-ch-ua-mobile"] === "?1" ||
    /\bMobi/.test(headers["user-agent"] ?? "");
  return isSlow || isPhone ? "first" : "no";
}

/** Refuses every other method with 405 (RFC 9110 §15.5.6). */
export function allow(request: IncomingMessage, methods: readonly string[]): void {
  if (methods.includes(request.method ?? "")) return;
  throw refusal(405, {
    code: "method_not_allowed",
    title: "Method not allowed",
    detail: `This address takes ${methods.join(", ")}.`,
    headers: { allow: methods.join(", ") },
  });
}

/** Refuses a body of another type with 415. */
export function contentType(request: IncomingMessage, type: string): void {
  const given = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (given === type) return;
  throw refusal(415, {
    code: "unsupported_media_type",
    title: "Unsupported media type",
    detail: `Send the body as Content-Type: ${type}.`,
    headers: { [request.method === "PATCH" ? "accept-patch" : "accept-post"]: type },
  });
}

/** Refuses with 406 when the client does not take what would be answered. */
export function acceptable(request: IncomingMessage, type: string): void {
  const accept = request.headers.accept;
  if (accept === undefined || accept.trim() === "") return;
  const ranges = accept.split(",").map((range) => range.trim().split(";"));
  const takes = ranges.some(([range, ...parameters]) =>
    [type, "application/*", "*/*"].includes(range!.trim().toLowerCase()) &&
    !parameters.some((parameter) => /^\s*q=0(\.0*)?\s*$/.test(parameter))
  );
  if (takes) return;
  throw refusal(406, {
    code: "not_acceptable",
    title: "Not acceptable",
    detail: `The answer is ${type}: leave Accept out or name it there.`,
  });
}

/** The body as text; refused with 413 above a size. */
export async function readBody(
  request: IncomingMessage,
  maxBytes = MAX_BODY_BYTES,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const tooLarge = () =>
    refusal(413, {
      code: "too_large",
      title: "Body too large",
      detail: `A body may have ${maxBytes} bytes.`,
      headers: { connection: "close" },
    });
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks, size));
}

/** `Link` of an answer, when there are any. */
export function linkHeader(links: readonly string[]): Record<string, string> {
  return links.length === 0 ? {} : { link: links.join(", ") };
}

/** Answers OPTIONS, a preflight request among them (Fetch standard, "CORS protocol"). */
export function options(
  response: ServerResponse,
  with_: { readonly methods: string; readonly headers: Readonly<Record<string, string>> },
): void {
  response.writeHead(204, {
    ...CORS,
    "access-control-allow-methods": with_.methods,
    "access-control-allow-headers": ALLOWED_HEADERS,
    "access-control-max-age": "86400",
    ...with_.headers,
  }).end();
}

/** Answers GET and HEAD with a text. */
export function text(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { readonly type: string; readonly body: string },
): void {
  if (request.method !== "GET" && request.method !== "HEAD") allow(request, ["GET", "HEAD"]);
  send(request, response, {
    status: 200,
    headers: { "content-type": answer.type, "cache-control": "no-store" },
    body: answer.body,
  });
}

/** Sends a complete answer. */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
): void {
  if (response.destroyed) return;
  // What of the body was not read must not be taken for the next request.
  if (!request.complete) response.setHeader("connection", "close");
  response.writeHead(answer.status, { ...CORS, ...answer.headers });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}
