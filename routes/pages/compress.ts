/**
 * Pages on their way to browsers, smaller.
 *
 * @module
 */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { MiddlewareHandler } from "hono";

/** Below this the heads of the answer weigh more. */
const SMALLEST_BYTES = 1_024;
/** Nearly all of the gain for a tenth of the time: pages are written anew for each request. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 5;

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/**
 * Middleware that compresses pages. Those that are never stored stay as they are: they hold what is
 * one person's alone, and the size of a compressed answer tells about its content (BREACH).
 */
export function compressPages(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers, status } = c.res;
    const plain = status === 200 && c.req.method === "GET" &&
      headers.get("content-type")?.startsWith("text/html") === true &&
      headers.get("content-encoding") === null && headers.get("cache-control") !== "no-store";
    if (!plain) return;
    c.res.headers.append("vary", "Accept-Encoding");
    const encoding = chooseEncoding(c.req.header("accept-encoding"));
    if (encoding === null) return;
    const page = new Uint8Array(await c.res.arrayBuffer());
    if (page.byteLength < SMALLEST_BYTES) {
      c.res = new Response(page, c.res);
      return;
    }
    const body = encoding === "br"
      ? await brotli(page, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
      : await deflate(page, { level: GZIP_LEVEL });
    const answer = new Response(new Uint8Array(body), c.res);
    answer.headers.set("content-encoding", encoding);
    answer.headers.delete("content-length");
    c.res = undefined;
    c.res = answer;
  };
}

/** The better of our encodings that a client takes (RFC 9110 §12.5.3); null: none of them. */
export function chooseEncoding(header: string | undefined): "br" | "gzip" | null {
  const taken = new Set<string>();
  for (const part of (header ?? "").slice(0, 500).toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.trim().split(/\s*;\s*/);
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    if (quality === undefined || Number(quality) > 0) taken.add(name);
  }
  return taken.has("br") ? "br" : taken.has("gzip") ? "gzip" : null;
}
