/**
 * What the shapes of the JSON API are put together from. A title makes a shape a component of the
 * OpenAPI document.
 *
 * @module
 */
import * as v from "valibot";

/** A schema with words about it. */
export function described<Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

/** A text; the example stands in the documentation. */
export const text = (description: string, example?: string) =>
  v.pipe(
    v.string(),
    v.description(description),
    v.examples(example === undefined ? [] : [example]),
  );

/** An absolute address. */
export const url = (description: string) => v.pipe(v.string(), v.url(), v.description(description));

/** A whole number. */
export const whole = (description: string) =>
  v.pipe(v.number(), v.integer(), v.description(description));

/** A point in time. */
export const time = v.pipe(
  v.string(),
  v.isoTimestamp("a time such as 2026-01-31T19:30:00Z"),
  v.description("ISO 8601, UTC"),
  v.examples(["2026-01-31T19:30:00Z"]),
);

/** The body of a change: all fields may be left out, but not all at once. */
export function change<Entries extends v.ObjectEntries>(entries: Entries, title: string) {
  return v.pipe(
    v.object(entries),
    v.check((input) => Object.keys(input).length > 0, `some of ${Object.keys(entries).join(", ")}`),
    v.metadata({ jsonSchema: { minProperties: 1 } }),
    v.title(title),
  );
}

/** A time of the business as the API shows it. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The same for what may be missing. */
export function isoOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : iso(milliseconds);
}
