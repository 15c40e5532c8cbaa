/**
 * Pictures over HTTP: what the store keeps, and what the API's calls take.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import type { SquareCrop } from "../rooms/images/geometry.ts";
import { type ImageStore, isImageId } from "../rooms/images/image_store.ts";
import { IMAGE_TYPES, MAX_IMAGE_BYTES } from "../rooms/images/inspect.ts";
import type { QueryParameter } from "./api/table.ts";
import { type BinaryBody, readBinary } from "./body.ts";
import { methodProblem, notFoundProblem } from "./problem.ts";
import { ServiceError } from "./services.ts";

/** The body of a call that takes a picture, for `defineRoute`. */
export const IMAGE_BODY: BinaryBody = {
  kind: "binary",
  types: IMAGE_TYPES,
  maxBytes: MAX_IMAGE_BYTES,
  description: "The file itself: 16 to 8192 pixels a side, at most 24 million altogether. " +
    "Its bytes say what it is, not its content type. It is made anew as a JPEG without metadata.",
};

/** Query of a call that takes a square of a picture, for `defineRoute`; read by {@linkcode readCrop}. */
export const CROP_QUERY: readonly QueryParameter[] = [
  {
    name: "x",
    description: "Left edge of the square as a fraction of the upright picture's width",
    schema: { type: "number", minimum: 0, maximum: 1 },
  },
  {
    name: "y",
    description: "Upper edge of the square as a fraction of the upright picture's height",
    schema: { type: "number", minimum: 0, maximum: 1 },
  },
  {
    name: "size",
    description: "Side of the square as a fraction of the shorter side; with x and y, or all " +
      "three are left out for the largest square in the middle",
    schema: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  },
];

/** One year: an address never shows another picture. */
const CACHE_CONTROL = "public, max-age=31536000, immutable";

/** Serves `GET /images/<id>.jpg`; everything else below `/images` is a 404 or 405 problem. */
export function imageRoutes(images: Pick<ImageStore, "get">): Hono {
  const app = new Hono();
  app.get("/images/:file", async (c) => {
    const id = /^(.*)\.jpg$/.exec(c.req.param("file"))?.[1] ?? "";
    if (!isImageId(id)) return notFoundProblem();
    const bytes = await images.get(id);
    if (bytes === null) return notFoundProblem();
    const etag = `"${id}"`;
    const headers = {
      "cache-control": CACHE_CONTROL,
      etag,
      // For whoever opens the address itself.
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "same-origin",
    };
    if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    return c.body(bytes, 200, {
      ...headers,
      "content-type": "image/jpeg",
      "content-length": String(bytes.length),
    });
  });
  app.all("/images/:file", (c) => methodProblem(c, ["GET", "HEAD"]));
  app.all("/images", () => notFoundProblem());
  app.all("/images/*", () => notFoundProblem());
  return app;
}

/**
 * Reads a picture's file outside of the table.
 *
 * @throws {RequestError} 413 above 5 MiB, 415 for another content type.
 */
export function readImage(c: Context): Promise<Uint8Array<ArrayBuffer>> {
  return readBinary(c, IMAGE_BODY);
}

/**
 * The square of {@linkcode CROP_QUERY}; null when none is asked for. Whether it lies within the
 * picture is for whoever knows the picture.
 *
 * @throws {ServiceError} `invalid` when a part is missing or no number.
 */
export function readCrop(c: Context): SquareCrop | null {
  const texts = { x: c.req.query("x"), y: c.req.query("y"), size: c.req.query("size") };
  if (Object.values(texts).every((text) => text === undefined)) return null;
  const number = (field: keyof SquareCrop): number => {
    const text = texts[field] ?? "";
    if (/^(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})(?:e-\d{1,3})?$/i.test(text)) return Number(text);
    throw new ServiceError("invalid", `Cannot accept ${field}: it must be a number from 0 to 1`, {
      field,
    });
  };
  return { x: number("x"), y: number("y"), size: number("size") };
}

/** RFC 9110 §13.1.2, weak comparison. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((part) => {
    const tag = part.trim();
    return tag === "*" || tag.replace(/^W\//, "") === etag;
  });
}
