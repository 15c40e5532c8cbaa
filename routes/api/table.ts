/**
 * One entry for each call of the JSON API. The same table registers the handlers, answers 405, and
 * becomes the OpenAPI document.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import type * as v from "valibot";
import { type BinaryBody, readBinary, readJson } from "../body.ts";
import { methodProblem, notFoundProblem } from "../problem.ts";
import type { ServiceErrorCode } from "../services.ts";
import { requireAdmin, requireSession } from "../session.ts";

/** Methods of the API. */
export type ApiMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A call as the table keeps it. */
export interface ApiRoute {
  readonly method: ApiMethod;
  /** OpenAPI form: `/api/rooms/{room}`. */
  readonly path: string;
  /** `operationId` of the OpenAPI document. */
  readonly name: string;
  readonly summary: string;
  /** Who may call: everybody, who is logged in, the room's owner, administrators. */
  readonly access: "anyone" | "account" | "owner" | "owner or administrator" | "administrator";
  readonly query: readonly QueryParameter[];
  /** A schema: JSON; a {@linkcode BinaryBody}: the bytes themselves. */
  readonly body: v.GenericSchema | BinaryBody | null;
  readonly status: number;
  /** Other statuses of the same answer, with what they mean; chosen by {@linkcode answerWith}. */
  readonly also: Readonly<Record<number, string>>;
  /** null: an answer without a body. */
  readonly answer: v.GenericSchema | null;
  /** Refusals that the business can answer with. */
  readonly refusals: readonly ServiceErrorCode[];
  readonly handle: (c: Context) => Promise<Response>;
}

/** A parameter of the query. */
export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  /** Schema for the document; the handler parses. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What a handler gets of a body. */
type BodyOutput<Body extends v.GenericSchema | BinaryBody> = Body extends v.GenericSchema
  ? v.InferOutput<Body>
  : Uint8Array<ArrayBuffer>;

interface Definition<
  Body extends v.GenericSchema | BinaryBody,
  Answer extends v.GenericSchema,
> {
  readonly method: ApiMethod;
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly access: ApiRoute["access"];
  readonly query?: readonly QueryParameter[];
  readonly body?: Body;
  readonly status: number;
  readonly also?: Readonly<Record<number, string>>;
  readonly answer?: Answer;
  readonly refusals: readonly ServiceErrorCode[];
  readonly handle: (
    c: Context,
    body: BodyOutput<Body>,
  ) => Promise<v.InferInput<Answer>>;
}

/**
 * Makes an entry; what `handle` gets and answers follows from the schemas. Who is not logged in, or
 * no administrator where one is asked for, is refused before the body is read.
 */
export function defineRoute<
  Body extends v.GenericSchema | BinaryBody = v.UndefinedSchema<undefined>,
  Answer extends v.GenericSchema = v.VoidSchema<undefined>,
>(definition: Definition<Body, Answer>): ApiRoute {
  const { query = [], body = null, answer = null, also = {}, ...rest } = definition;
  return {
    ...rest,
    also,
    query,
    body,
    answer,
    async handle(c) {
      if (definition.access === "administrator") await requireAdmin(c);
      else if (definition.access !== "anyone") await requireSession(c);
      const input = await readBody(c, body);
      const value = await definition.handle(c, input as BodyOutput<Body>);
      return answer === null ? c.body(null, { status: definition.status as 204 }) : c.json(
        value as Record<string, unknown>,
        (c.get(STATUS) as 200 | undefined) ?? definition.status as 200,
      );
    },
  };
}

const STATUS = "wanren.status";

/** Chooses another status of the answer: one that the entry names in `also`. */
export function answerWith(c: Context, status: number): void {
  c.set(STATUS, status);
}

async function readBody(c: Context, body: ApiRoute["body"]): Promise<unknown> {
  if (body === null) return undefined;
  return body.kind === "binary" ? await readBinary(c, body) : await readJson(c, body);
}

/** The handlers of a table; everything else under `/api` is a 404 or 405 problem. */
export function mountRoutes(routes: readonly ApiRoute[]): Hono {
  const app = new Hono();
  const methods = new Map<string, string[]>();
  for (const { method, path, handle } of routes) {
    const pattern = path.replace(/\{(\w+)\}/g, ":$1");
    app.on(method, pattern, handle);
    const allowed = methods.get(pattern) ?? [];
    methods.set(pattern, [...allowed, method, ...(method === "GET" ? ["HEAD"] : [])]);
  }
  for (const [pattern, allowed] of methods) app.all(pattern, (c) => methodProblem(c, allowed));
  app.all("/api", () => notFoundProblem());
  app.all("/api/*", () => notFoundProblem());
  return app;
}
