import { deepStrictEqual, throws } from "node:assert/strict";
import * as v from "valibot";
import { type JsonSchema, toJsonSchema } from "./json_schema.ts";

Deno.test("toJsonSchema() converts what the API uses; titles become components", () => {
  const components = new Map<string, JsonSchema>();
  const Person = v.pipe(
    v.object({
      name: v.pipe(v.string(), v.description("a name")),
      site: v.pipe(v.string(), v.url()),
    }),
    v.title("Person"),
  );
  const schema = v.object({
    people: v.array(Person),
    first: v.nullable(Person),
    state: v.picklist(["on", "off"]),
    count: v.pipe(v.number(), v.integer()),
    by: v.record(v.string(), v.boolean()),
  });
  const reference = { $ref: "#/components/schemas/Person" };
  deepStrictEqual(toJsonSchema(schema, components), {
    type: "object",
    required: ["people", "first", "state", "count", "by"],
    properties: {
      people: { type: "array", items: reference },
      first: { anyOf: [reference, { type: "null" }] },
      state: { type: "string", enum: ["on", "off"] },
      count: { type: "integer" },
      by: { type: "object", additionalProperties: { type: "boolean" } },
    },
  });
  deepStrictEqual([...components], [["Person", {
    type: "object",
    required: ["name", "site"],
    properties: {
      name: { type: "string", description: "a name" },
      site: { type: "string", format: "uri" },
    },
  }]]);
  throws(() => toJsonSchema(v.date(), components), /Cannot describe a schema of type date/);
});
