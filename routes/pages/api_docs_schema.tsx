/**
 * JSON Schemas as people read them: fields with their types, and words about each.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { Fragment } from "preact";
import { apiDocsText } from "../../islands/i18n/api_docs.ts";
import type { Locale } from "../../islands/i18n/mod.ts";
import { componentOf } from "../api_samples.ts";
import type { JsonSchema } from "../json_schema.ts";

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "time",
  uri: "URL",
  "uri-reference": "URL",
  binary: "bytes",
};

/** The type of a schema in one line; named shapes are links. */
export function TypeOf({ schema }: { readonly schema: JsonSchema }) {
  return <code class="type">{typeParts(schema)}</code>;
}

function typeParts(schema: JsonSchema): ComponentChildren {
  const name = componentOf(schema);
  if (name !== null) return <a href={`#shape-${name}`}>{name}</a>;
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) {
    return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  }
  if (Array.isArray(schema.anyOf)) {
    return schema.anyOf.map((part, at) => (
      <Fragment key={at}>{at > 0 && " | "}{typeParts(part)}</Fragment>
    ));
  }
  if (schema.type === "array") return <>{typeParts(schema.items as JsonSchema)}[]</>;
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== false) {
    return <>{"{ [name]: "}{typeParts(schema.additionalProperties as JsonSchema)}{" }"}</>;
  }
  if (typeof schema.format === "string") return FORMATS[schema.format] ?? schema.format;
  return String(schema.type ?? "any");
}

/** The properties of an object, those of objects in it below them. */
export function Fields(
  { schema, locale }: { readonly schema: JsonSchema; readonly locale: Locale },
) {
  const text = apiDocsText(locale);
  const required = (schema.required ?? []) as readonly string[];
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  if (properties.length === 0) return <TypeOf schema={schema} />;
  return (
    <ul class="fields">
      {properties.map(([name, property]) => {
        const inner = innerObject(property);
        return (
          <li key={name}>
            <p>
              <code class="field-name">{name}</code> <TypeOf schema={property} />
              {!required.includes(name) && <span class="muted">{` ${text.optional}`}</span>}
            </p>
            {description(property) !== null && (
              <p class="muted" lang="en">
                <Prose text={description(property)!} />
              </p>
            )}
            {inner !== null && <Fields schema={inner} locale={locale} />}
          </li>
        );
      })}
    </ul>
  );
}

/** A sentence of the document: what stands in backticks is code. */
export function Prose({ text }: { readonly text: string }) {
  return (
    <>
      {text.split("`").map((part, at) => at % 2 === 1 ? <code key={at}>{part}</code> : part)}
    </>
  );
}

/** What a schema, or the one kind of thing in it that is not null, says about itself. */
function description(schema: JsonSchema): string | null {
  const own = schema.description ??
    (Array.isArray(schema.anyOf) ? (schema.anyOf[0] as JsonSchema).description : undefined);
  return typeof own === "string" ? own : null;
}

/** The object without a name inside of a property: itself, of a list, or beside null. */
function innerObject(schema: JsonSchema): JsonSchema | null {
  if (schema.type === "object" && schema.properties !== undefined) return schema;
  if (schema.type === "array") return innerObject(schema.items as JsonSchema);
  return Array.isArray(schema.anyOf) ? innerObject(schema.anyOf[0]) : null;
}
