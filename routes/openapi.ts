/**
 * The OpenAPI 3.1 document, made from the table that also drives the handlers.
 *
 * @module
 */
import { type JsonSchema, toJsonSchema } from "./json_schema.ts";
import { PROBLEM_CONTENT_TYPE } from "../platform/problem.ts";
import { SERVICE_PROBLEMS } from "./problem.ts";
import type { ApiRoute } from "./api/table.ts";

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

/** Problems of the surface: with a body, and with every path. */
const BODY_PROBLEMS: readonly (readonly [status: number, title: string])[] = [
  [400, SERVICE_PROBLEMS.invalid.title],
  [413, "Body too large"],
  [415, "Unsupported content type"],
];

/** An address outside the table: operations and debugging. */
interface PlainAddress {
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly type: string;
  readonly administrator: boolean;
}

const PLAIN: readonly PlainAddress[] = [
  {
    path: "/healthz",
    name: "health",
    summary: "Liveness: `ok`",
    type: "text/plain",
    administrator: false,
  },
  {
    path: "/metrics",
    name: "metrics",
    summary: "Prometheus text format",
    type: "text/plain",
    administrator: false,
  },
  {
    path: "/openapi.json",
    name: "openapi",
    summary: "This document",
    type: "application/json",
    administrator: false,
  },
  {
    path: "/debug/streams",
    name: "debugStreams",
    summary: "Running streams as `web` and each origin see them",
    type: "application/json",
    administrator: true,
  },
];

/** Version of the API, that of `package.json`. */
export const API_VERSION = "0.1.0";

/** Makes the document. */
export function openApiDocument(routes: readonly ApiRoute[]): JsonSchema {
  const components = new Map<string, JsonSchema>([["Problem", PROBLEM_SCHEMA]]);
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, components);
  }
  for (const { path, name, summary, type, administrator } of PLAIN) {
    (paths[path] ??= {}).get = {
      operationId: name,
      summary,
      security: administrator ? CREDENTIALS : [],
      responses: {
        200: { description: summary, content: { [type]: {} } },
        ...(administrator && { 401: problemResponse("Log in first") }),
        ...(administrator && { 403: problemResponse("Not allowed") }),
      },
    };
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

function operation(route: ApiRoute, components: Map<string, JsonSchema>): JsonSchema {
  const parameters = [
    ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...route.query.map(({ name, description, schema }) => ({
      name,
      description,
      in: "query",
      required: false,
      schema,
    })),
  ];
  return {
    operationId: route.name,
    summary: `${route.summary} (${route.access})`,
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

function requestBody(
  body: NonNullable<ApiRoute["body"]>,
  components: Map<string, JsonSchema>,
): JsonSchema {
  if (body.kind !== "binary") {
    return { content: { "application/json": { schema: toJsonSchema(body, components) } } };
  }
  const schema: JsonSchema = { type: "string", format: "binary", maxLength: body.maxBytes };
  return {
    description: body.description,
    content: Object.fromEntries(body.types.map((type) => [type, { schema }])),
  };
}

function responses(route: ApiRoute, components: Map<string, JsonSchema>): JsonSchema {
  const byStatus = new Map<number, Set<string>>();
  const add = (status: number, title: string) =>
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(title));
  for (const code of route.refusals) {
    add(SERVICE_PROBLEMS[code].status, SERVICE_PROBLEMS[code].title);
  }
  if (route.body) { for (const [status, title] of BODY_PROBLEMS) add(status, title); }
  if (route.method !== "GET") add(403, "Not allowed");
  return {
    [route.status]: {
      description: route.summary,
      ...(route.answer && {
        content: { "application/json": { schema: toJsonSchema(route.answer, components) } },
      }),
    },
    ...Object.fromEntries(
      [...byStatus].map(([status, titles]) => [status, problemResponse([...titles].join("; "))]),
    ),
    default: problemResponse("Any other problem"),
  };
}

function problemResponse(description: string): JsonSchema {
  return {
    description,
    content: { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}
