/**
 * JSON Schema 2020-12 from the valibot schemas of the API, so that there is one truth for both.
 *
 * @module
 */
import type * as v from "valibot";

/** A JSON Schema. */
export type JsonSchema = Record<string, unknown>;

/** One action behind a schema. */
interface Action {
  readonly kind: string;
  readonly type: string;
  readonly requirement?: unknown;
  readonly [key: string]: unknown;
}

/** The parts of a valibot schema that are read here. */
interface SchemaParts {
  readonly type: string;
  readonly pipe?: readonly Action[];
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
}

const FORMATS: Readonly<Record<string, string>> = { iso_timestamp: "date-time", url: "uri" };
/** Actions whose requirement is a keyword's value. */
const KEYWORDS: Readonly<Record<string, string>> = {
  min_value: "minimum",
  max_value: "maximum",
};

/**
 * Converts a schema; one with a title goes into `components` and is referred to. `v.metadata({
 * jsonSchema })` adds keywords that no action says.
 *
 * @throws {TypeError} for a kind of schema the API does not use, and for two of one title.
 */
export function toJsonSchema(
  schema: v.GenericSchema,
  components: Map<string, JsonSchema>,
): JsonSchema {
  const parts = schema as unknown as SchemaParts;
  const items = parts.pipe ?? [];
  const find = (type: string, key: string): unknown =>
    items.find((item) => item.kind === "metadata" && item.type === type)?.[key];
  const title = find("title", "title") as string | undefined;
  const result = convert(parts, components);
  const description = find("description", "description");
  if (description !== undefined) result.description = description;
  for (const { type, requirement } of items) {
    const format = FORMATS[type];
    if (format !== undefined) result.format = format;
    if (type === "integer") result.type = "integer";
    const keyword = KEYWORDS[type];
    if (keyword !== undefined) result[keyword] = requirement;
  }
  const examples = find("examples", "examples") as readonly unknown[] | undefined;
  if (examples !== undefined && examples.length > 0) result.examples = examples;
  const more = find("metadata", "metadata") as { jsonSchema?: JsonSchema } | undefined;
  Object.assign(result, more?.jsonSchema);
  if (title === undefined) return result;
  const known = components.get(title);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(result)) {
    throw new TypeError(`Cannot describe ${title}: two schemas have this title`);
  }
  components.set(title, result);
  return reference(title);
}

function convert(parts: SchemaParts, components: Map<string, JsonSchema>): JsonSchema {
  switch (parts.type) {
    case "string":
    case "number":
    case "boolean":
      return { type: parts.type };
    case "unknown":
      return {};
    case "literal":
      return { const: parts.literal };
    case "picklist":
      return { type: "string", enum: parts.options };
    case "nullable":
      return { anyOf: [toJsonSchema(parts.wrapped as v.GenericSchema, components), NULL] };
    case "optional":
      return toJsonSchema(parts.wrapped as v.GenericSchema, components);
    case "union":
      return {
        anyOf: (parts.options as v.GenericSchema[]).map((option) =>
          toJsonSchema(option, components)
        ),
      };
    case "array":
      return { type: "array", items: toJsonSchema(parts.item as v.GenericSchema, components) };
    case "record":
      return {
        type: "object",
        additionalProperties: toJsonSchema(parts.value as v.GenericSchema, components),
      };
    case "object":
    case "strict_object": {
      const entries = Object.entries(parts.entries ?? {});
      return {
        type: "object",
        required: entries.filter(([, entry]) => entry.type !== "optional").map(([name]) => name),
        properties: Object.fromEntries(
          entries.map(([name, entry]) => [name, toJsonSchema(entry, components)]),
        ),
        ...(parts.type === "strict_object" && { additionalProperties: false }),
      };
    }
    default:
      throw new TypeError(`Cannot describe a schema of type ${parts.type}: unknown here`);
  }
}

const NULL: JsonSchema = { type: "null" };

function reference(title: string): JsonSchema {
  return { $ref: `#/components/schemas/${title}` };
}
