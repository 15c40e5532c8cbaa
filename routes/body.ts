/**
 * Bodies of requests: bounded, JSON or bytes, checked.
 *
 * @module
 */
import type { Context } from "hono";
import * as v from "valibot";
import { RequestError, SURFACE_PROBLEMS } from "./problem.ts";
import { ServiceError } from "./services.ts";

/** Largest body of the API and of forms, bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads and checks a JSON body; fields the schema does not know are left out.
 *
 * @throws {RequestError} 413 above `maxBytes`, 415 for another content type.
 * @throws {ServiceError} `invalid` when it is not JSON or breaks the schema; names the field.
 */
export async function readJson<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  options: { readonly maxBytes?: number } = {},
): Promise<v.InferOutput<Schema>> {
  const type = contentType(c);
  if (type !== "application/json" && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw unsupportedType(["application/json"]);
  }
  const bytes = await readBytes(c, options.maxBytes ?? MAX_BODY_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new ServiceError("invalid", "Cannot read the body: it is not JSON in UTF-8");
  }
  const checked = v.safeParse(schema, value, { abortEarly: true });
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const field = v.getDotPath(issue)?.slice(0, 100) ?? null;
  throw new ServiceError(
    "invalid",
    `Cannot accept ${field ?? "the body"}: ${
      issue.expected === "never" ? "no such field" : `expected ${issue.expected ?? issue.message}`
    }`,
    field === null ? {} : { field },
  );
}

/** A body that is not JSON: what it may be and how large. */
export interface BinaryBody {
  readonly kind: "binary";
  /** Content types that are taken, lower case, without parameters. */
  readonly types: readonly string[];
  readonly maxBytes: number;
  /** For the document. */
  readonly description: string;
}

/**
 * Reads the bytes of a body as they are.
 *
 * @throws {RequestError} 413 above `maxBytes`, 415 for another content type or a content coding.
 */
export async function readBinary(c: Context, body: BinaryBody): Promise<Uint8Array<ArrayBuffer>> {
  if (!body.types.includes(contentType(c))) throw unsupportedType(body.types);
  const coding = c.req.header("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (coding !== "identity") {
    throw new RequestError({
      status: 415,
      title: "Unsupported content coding",
      code: "unsupported_media_type",
      detail: "Cannot read the body: it must come without a content coding",
      headers: { "accept-encoding": "identity" },
    });
  }
  return await readBytes(c, body.maxBytes);
}

/** Reads a whole body of at most `maxBytes`, whatever its length header says. */
export async function readBytes(
  c: Context,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(c.req.header("content-length") ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function contentType(c: Context): string {
  return c.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function unsupportedType(types: readonly string[]): RequestError {
  return new RequestError({
    ...SURFACE_PROBLEMS.unsupported_media_type,
    code: "unsupported_media_type",
    detail: `Cannot read the body: its content type must be ${types.join(" or ")}`,
    headers: { accept: types.join(", ") },
  });
}

function tooLarge(maxBytes: number): RequestError {
  return new RequestError({
    ...SURFACE_PROBLEMS.too_large,
    code: "too_large",
    detail: `Cannot read the body: it has more than ${maxBytes} bytes`,
  });
}
