/**
 * Samples for the documentation: a body that fits a schema, and a call as a command line.
 *
 * @module
 */
import type { JsonSchema } from "./json_schema.ts";
import type { OpenApiDocument, Operation } from "./openapi.ts";

type Schemas = OpenApiDocument["components"]["schemas"];

/** Values of path parameters; others stand there in capitals. */
const PLACES: Readonly<Record<string, string>> = { room: "100001" };
/** Fields of a change that are shown when none is needed. */
const SHOWN_CHANGES = 2;

/** The schema itself, or the component that it refers to. */
export function resolved(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const name = componentOf(schema);
  return name === null ? schema : schemas[name] ?? {};
}

/** Name of the component that a schema refers to, or null. */
export function componentOf(schema: JsonSchema): string | null {
  return typeof schema.$ref === "string" ? schema.$ref.slice("#/components/schemas/".length) : null;
}

/** A value that fits: its first example, else the plainest one. */
export function sampleOf(given: JsonSchema, schemas: Schemas): unknown {
  const schema = resolved(given, schemas);
  const [example] = (schema.examples ?? schema.enum ?? []) as readonly unknown[];
  if (example !== undefined) return example;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.anyOf)) return sampleOf(schema.anyOf[0], schemas);
  switch (schema.type) {
    case "boolean":
      return true;
    case "integer":
    case "number":
      return schema.minimum ?? 0;
    case "array":
      return [sampleOf(schema.items as JsonSchema, schemas)];
    case "object": {
      const required = (schema.required ?? []) as readonly string[];
      const entries = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
      const shown = required.length > 0
        ? entries.filter(([name]) => required.includes(name))
        : entries.slice(0, SHOWN_CHANGES);
      return Object.fromEntries(
        shown.map(([name, property]) => [name, sampleOf(property, schemas)]),
      );
    }
    default:
      return "…";
  }
}

/** A call. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The call as a command line for a POSIX shell. */
export function curlOf(
  { method, path, operation }: Call,
  { baseUrl, schemas }: { readonly baseUrl: string; readonly schemas: Schemas },
): string {
  const place = path.replace(
    /\{(\w+)\}/g,
    (_, name: string) => PLACES[name] ?? name.toUpperCase(),
  );
  const parts = [
    `curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} ${quoted(baseUrl + place)}`,
  ];
  if (operation["x-access"] !== "anyone") parts.push(`-H ${quoted("authorization: Bearer TOKEN")}`);
  const [type, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type === "application/json") {
    const json = JSON.stringify(sampleOf(body?.schema ?? {}, schemas));
    parts.push(`-H ${quoted(`content-type: ${type}`)}`, `-d ${quoted(json)}`);
  } else if (type !== undefined) {
    parts.push(`-H ${quoted(`content-type: ${type}`)}`, "--data-binary @picture.png");
  }
  return parts.join(" \\\n  ");
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
