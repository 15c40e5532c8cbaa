/**
 * The OpenAPI 3.1 document, made from the table that also drives the handlers.
 *
 * @module
 */
import { PROBLEM_CONTENT_TYPE } from "../platform/problem.ts";
import type { ApiRoute } from "./api/table.ts";
import { type JsonSchema, toJsonSchema } from "./json_schema.ts";
import { SERVICE_PROBLEMS, SURFACE_PROBLEMS } from "./problem.ts";
import {
  type Area,
  areaOf,
  AREAS,
  PUBLIC_ADDRESSES,
  type PublicAddress,
} from "./public_addresses.ts";

/** Who may call. */
export type Access = ApiRoute["access"];

/** A parameter of a path or a query. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
}

/** Bodies by media type. */
export type Content = Readonly<Record<string, { readonly schema?: JsonSchema }>>;

/** One answer of a call. */
export interface Answer {
  readonly description: string;
  readonly content?: Content;
  /** `code` of the problems that come with this status. */
  readonly "x-codes"?: readonly string[];
}

/** One call. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly [Area];
  readonly "x-access": Access;
  readonly security: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required: true;
    readonly description?: string;
    readonly content: Content;
  };
  /** By status, and `default`. */
  readonly responses: Readonly<Record<string, Answer>>;
}

/** The part of OpenAPI 3.1 that is used here. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: typeof AREAS;
  /** By address and method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const PROBLEM_SCHEMA: JsonSchema = {
  type: "object",
  description: "RFC 9457",
  required: ["type", "title", "status", "code"],
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", description: "Stable, for programs" },
    detail: { type: "string" },
    field: { type: "string", description: "The input at fault" },
  },
};

const WHO: Readonly<Record<Access, string>> = {
  "anyone": "For everybody.",
  "account": "For who is logged in.",
  "owner": "For the room's owner.",
  "owner or administrator": "For the room's owner and administrators.",
  "administrator": "For administrators.",
};

/** Version of the API, that of `package.json`. */
export const API_VERSION = "0.1.0";

/** Makes the document. */
export function openApiDocument(routes: readonly ApiRoute[]): OpenApiDocument {
  const components = new Map<string, JsonSchema>([["Problem", PROBLEM_SCHEMA]]);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, components);
  }
  for (const address of PUBLIC_ADDRESSES) {
    (paths[address.path] ??= {}).get = readOperation(address);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Wanren",
      version: API_VERSION,
      description: "Errors are application/problem+json. Requests that change something and are " +
        "authenticated by the cookie must come from the platform's own pages " +
        "(Sec-Fetch-Site or Origin); programs use Authorization: Bearer.",
    },
    tags: AREAS,
    paths,
    components: {
      schemas: Object.fromEntries(components),
      securitySchemes: {
        token: { type: "http", scheme: "bearer" },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: "wanren_session",
          description: "Over HTTPS: __Host-wanren_session",
        },
      },
    },
  };
}

const CREDENTIALS = [{ token: [] }, { cookie: [] }];

function operation(route: ApiRoute, components: Map<string, JsonSchema>): Operation {
  const parameters = [
    ...pathParameters(route.path),
    ...route.query.map(({ name, description, schema }) => ({
      name,
      description,
      in: "query" as const,
      required: false,
      schema: { ...schema },
    })),
  ];
  return {
    operationId: route.name,
    summary: route.summary,
    description: WHO[route.access],
    tags: [areaOf(route.path)],
    "x-access": route.access,
    security: route.access === "anyone" ? [] : CREDENTIALS,
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: {
        required: true,
        ...requestBody(route.body, components),
      },
    }),
    responses: responses(route, components),
  };
}

/** An address that is only read. */
function readOperation(address: PublicAddress): Operation {
  const { path, name, summary, area, types, administrator = false, query = [] } = address;
  const access = administrator ? "administrator" : "anyone";
  const parameters = [
    ...pathParameters(path),
    ...query.map((parameter) => ({
      ...parameter,
      in: "query" as const,
      required: false,
      schema: { type: "string" },
    })),
  ];
  const refusals = {
    ...address.refusals,
    ...(administrator && { 401: SERVICE_PROBLEMS.unauthenticated.title }),
    ...(administrator && { 403: SERVICE_PROBLEMS.forbidden.title }),
  };
  return {
    operationId: name,
    summary,
    description: WHO[access],
    tags: [area],
    "x-access": access,
    security: administrator ? CREDENTIALS : [],
    ...(parameters.length > 0 && { parameters }),
    responses: {
      200: {
        description: summary,
        content: Object.fromEntries(types.map((type) => [type, {}])),
      },
      ...Object.fromEntries(
        Object.entries(refusals).map(([status, title]) => [status, problemAnswer(title)]),
      ),
    },
  };
}

function pathParameters(path: string): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function requestBody(
  body: NonNullable<ApiRoute["body"]>,
  components: Map<string, JsonSchema>,
): Omit<NonNullable<Operation["requestBody"]>, "required"> {
  if (body.kind !== "binary") {
    return { content: { "application/json": { schema: toJsonSchema(body, components) } } };
  }
  const schema: JsonSchema = { type: "string", format: "binary", maxLength: body.maxBytes };
  return {
    description: body.description,
    content: Object.fromEntries(body.types.map((type) => [type, { schema }])),
  };
}

function responses(
  route: ApiRoute,
  components: Map<string, JsonSchema>,
): Record<string, Answer> {
  const byStatus = new Map<number, Map<string, string>>();
  const add = (code: string, { status, title }: { status: number; title: string }) =>
    byStatus.set(status, (byStatus.get(status) ?? new Map()).set(code, title));
  for (const code of route.refusals) add(code, SERVICE_PROBLEMS[code]);
  if (route.body) {
    add("invalid", SERVICE_PROBLEMS.invalid);
    add("too_large", SURFACE_PROBLEMS.too_large);
    add("unsupported_media_type", SURFACE_PROBLEMS.unsupported_media_type);
  }
  if (route.method !== "GET") add("cross_site", SURFACE_PROBLEMS.cross_site);
  const good = (description: string): Answer => ({
    description,
    ...(route.answer && {
      content: { "application/json": { schema: toJsonSchema(route.answer, components) } },
    }),
  });
  return {
    [route.status]: good(route.summary),
    ...Object.fromEntries(
      Object.entries(route.also).map(([status, description]) => [status, good(description)]),
    ),
    ...Object.fromEntries(
      [...byStatus].map(([status, problems]) => [
        status,
        problemAnswer([...new Set(problems.values())].join("; "), [...problems.keys()]),
      ]),
    ),
    default: problemAnswer("Any other problem"),
  };
}

function problemAnswer(description: string, codes: readonly string[] = []): Answer {
  return {
    description,
    content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
    ...(codes.length > 0 && { "x-codes": codes }),
  };
}
