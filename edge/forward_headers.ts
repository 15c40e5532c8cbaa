/**
 * Which headers of a client's request reach `web`, and which of its answer reach the client.
 *
 * @module
 */
import type { Forwarded } from "./client_address.ts";

/** Headers as node gives them: lower-case names. */
export type HeaderMap = Readonly<Record<string, string | string[] | number | undefined>>;

/** They belong to one connection (RFC 9110 §7.6.1), not to the message. */
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What clients say about themselves that only the edge may say. */
const EDGE_ALONE = new Set([
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
  "x-wanren-cluster",
]);

/** What the edge adds to a request. */
export interface RequestAdditions {
  readonly forwarded: Forwarded;
  readonly clusterSecret: string;
}

/**
 * The headers for `web`: without those of the connection, those it names in `Connection`, HTTP/2
 * pseudo-headers and everything that only the edge may say.
 */
export function requestHeaders(
  headers: HeaderMap,
  additions: RequestAdditions,
): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  const named = connectionOptions(headers.connection);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(":") || name === "host") continue;
    if (HOP_BY_HOP.has(name) || EDGE_ALONE.has(name) || named.has(name)) continue;
    if (name === "expect") continue;
    result[name] = typeof value === "number" ? String(value) : value;
  }
  const { forwarded, clusterSecret } = additions;
  result["x-forwarded-for"] = forwarded.address;
  result["x-forwarded-proto"] = forwarded.proto;
  if (forwarded.host !== "") {
    result.host = forwarded.host;
    result["x-forwarded-host"] = forwarded.host;
  }
  result["x-wanren-cluster"] = clusterSecret;
  return result;
}

/** The headers for the client: without those of the connection between the edge and `web`. */
export function answerHeaders(headers: HeaderMap): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  const named = connectionOptions(headers.connection);
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || named.has(name)) continue;
    if (name === "x-wanren-cluster") continue;
    result[name] = typeof value === "number" ? String(value) : value;
  }
  return result;
}

function connectionOptions(value: string | string[] | number | undefined): ReadonlySet<string> {
  if (value === undefined) return new Set();
  return new Set(String(value).split(",").map((option) => option.trim().toLowerCase()));
}

/**
 * Whether a normalised path that is not the edge's own goes to `web`. Addresses between the roles do
 * not, however they are spelled.
 */
export function isForwarded(path: string, method: string): boolean {
  let first: string;
  try {
    first = decodeURIComponent(path).toLowerCase().split("/").find((part) => part !== "") ?? "";
  } catch {
    // What does not decode (RFC 3986 §2.1) means nothing to anyone.
    return false;
  }
  if (first === "internal") return false;
  if (first !== "debug") return true;
  // The showcase of components is a page for administrators, who `web` knows.
  const open = path === "/debug/streams" || path === "/debug/ui";
  return open && (method === "GET" || method === "HEAD");
}
