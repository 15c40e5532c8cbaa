/**
 * JSON Schema 2020-12 from the valibot schemas of the API, so that there is one truth for both.
 *
 * @module
 */
import type * as v from "valibot";

/** A JSON Schema. */
export type JsonSchema = Record<string, unknown>;

/** The parts of a valibot schema that are read here. */
interface SchemaParts {
  readonly type: string;
  readonly pipe?: readonly { readonly kind: string; readonly type: string }[];
  readonly entries?: Readonly<Record<string, v.GenericSchema>>;
  readonly wrapped?: v.GenericSchema;
  readonly item?: v.GenericSchema;
  readonly value?: v.GenericSchema;
  readonly options?: readonly string[];
}

const FORMATS: Readonly<Record<string, string>> = { iso_timestamp: "date-time", url: "uri" };

/**
 * Converts a schema; one with a title goes into `components` and is referred to.
 *
 * @throws {TypeError} for a kind of schema the API does not use.
 */
export function toJsonSchema(
  schema: v.GenericSchema,
  components: Map<string, JsonSchema>,
): JsonSchema {
  const parts = schema as unknown as SchemaParts;
  const items = parts.pipe ?? [];
  const find = (type: string, key: string): unknown =>
    (items.find((item) => item.type === type) as Record<string, unknown> | undefined)?.[key];
  const title = find("title", "title") as string | undefined;
  if (title !== undefined && components.has(title)) return reference(title);
  const result = convert(parts, components);
  const description = find("description", "description");
  if (description !== undefined) result.description = description;
  for (const { type } of items) {
    const format = FORMATS[type];
    if (format !== undefined) result.format = format;
    if (type === "integer") result.type = "integer";
  }
  if (title === undefined) return result;
  components.set(title, result);
  return reference(title);
}

function convert(parts: SchemaParts, components: Map<string, JsonSchema>): JsonSchema {
  switch (parts.type) {
    case "string":
    case "number":
    case "boolean":
      return { type: parts.type };
    case "picklist":
      return { type: "string", enum: parts.options };
    case "nullable":
      return { anyOf: [toJsonSchema(parts.wrapped as v.GenericSchema, components), NULL] };
    case "array":
      return { type: "array", items: toJsonSchema(parts.item as v.GenericSchema, components) };
    case "record":
      return {
        type: "object",
        additionalProperties: toJsonSchema(parts.value as v.GenericSchema, components),
      };
    case "object": {
      const entries = Object.entries(parts.entries ?? {});
      return {
        type: "object",
        required: entries.map(([name]) => name),
        properties: Object.fromEntries(
          entries.map(([name, entry]) => [name, toJsonSchema(entry, components)]),
        ),
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
