/**
 * Parameters of the query: each says once what it takes, for the reader and for the document.
 *
 * @module
 */
import type { Context } from "hono";
import { ServiceError } from "../services.ts";
import type { QueryParameter } from "./table.ts";

/** A parameter that reads itself. */
export interface Parameter<Value> extends QueryParameter {
  /** @throws {ServiceError} `invalid` with the parameter's name as its field. */
  read(c: Context): Value;
}

interface About<Fallback> {
  readonly description: string;
  /** What a request without the parameter means. */
  readonly fallback: Fallback;
}

/** A whole number from `min` to `max`, in digits. */
export function wholeNumber<Fallback extends number | null>(
  name: string,
  about: About<Fallback> & { readonly min: number; readonly max: number },
): Parameter<number | Fallback> {
  const { min, max, fallback, description } = about;
  return {
    name,
    description,
    schema: {
      type: "integer",
      minimum: min,
      maximum: max,
      ...(fallback !== null && { default: fallback }),
    },
    read(c) {
      const text = single(c, name);
      if (text === null) return fallback;
      const value = Number(text);
      if (/^\d{1,16}$/.test(text) && value >= min && value <= max) return value;
      throw refusal(name, `it must be a whole number from ${min} to ${max}`);
    },
  };
}

/** One of some words. */
export function oneOf<const Word extends string, Fallback extends Word | null>(
  name: string,
  about: About<Fallback> & { readonly words: readonly Word[] },
): Parameter<Word | Fallback> {
  const { words, fallback, description } = about;
  return {
    name,
    description,
    schema: { type: "string", enum: words, ...(fallback !== null && { default: fallback }) },
    read(c) {
      const text = single(c, name);
      if (text === null) return fallback;
      const word = words.find((known) => known === text);
      if (word === undefined) throw refusal(name, `it must be ${words.join(" or ")}`);
      return word;
    },
  };
}

/** `true` or `false`; null when it is left out. */
export function flag(name: string, description: string): Parameter<boolean | null> {
  const word = oneOf(name, { description, words: ["true", "false"], fallback: null });
  return {
    name,
    description,
    schema: { type: "boolean" },
    read(c) {
      const text = word.read(c);
      return text === null ? null : text === "true";
    },
  };
}

/** A text of at most `max` UTF-16 units without the white space around it; empty when left out. */
export function shortText(
  name: string,
  about: { readonly description: string; readonly max: number },
): Parameter<string> {
  const { description, max } = about;
  return {
    name,
    description,
    schema: { type: "string", maxLength: max },
    read(c) {
      const text = (single(c, name) ?? "").trim();
      if (text.length > max) throw refusal(name, `it may have ${max} characters`);
      if (!text.isWellFormed()) throw refusal(name, "it is not well-formed Unicode");
      return text;
    },
  };
}

/** The value of a parameter; null when it is left out. */
function single(c: Context, name: string): string | null {
  const values = c.req.queries(name) ?? [];
  if (values.length > 1) throw refusal(name, "it stands there more than once");
  return values[0] ?? null;
}

function refusal(field: string, why: string): ServiceError {
  return new ServiceError("invalid", `Cannot accept ${field}: ${why}`, { field });
}
