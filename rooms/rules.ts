/**
 * Rules for what people type: names, passwords, titles, room ids.
 *
 * @module
 */
import { ServiceError } from "./errors.ts";

/** Characters (code points) of a name after NFKC, inclusive. */
export const NAME_LENGTH = { min: 2, max: 32 } as const;
/** Characters (code points) of a password, inclusive. */
export const PASSWORD_LENGTH = { min: 8, max: 256 } as const;
/** Characters (code points) of a title, inclusive. */
export const TITLE_LENGTH = { min: 1, max: 100 } as const;
/** Characters (code points) of a description, inclusive. */
export const DESCRIPTION_LENGTH = { min: 0, max: 2_000 } as const;
/** Lines of a description. */
const MAX_LINES = 60;
/** A broadcast is announced at most so far ahead, milliseconds. */
const MAX_AHEAD_MS = 366 * 24 * 3_600_000;

/** Longest text that is looked at at all, in UTF-16 units: normalisation may grow or shrink it. */
const MAX_RAW_LENGTH = 4096;

/** Controls, line and paragraph separators, private use, unassigned: nothing a line can show. */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;
/** Embeddings, overrides and isolates reorder what stands after them (UAX #9 §2.1–2.4). */
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u;
/** Format characters, but for the joiners that emoji and several scripts are written with. */
const INVISIBLE_IN_NAME = /(?![\u200c\u200d])\p{Cf}/u;
/** Shown as nothing at all (UAX #44), fillers that count as letters included. */
const DEFAULT_IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const STACKED_MARKS = /\p{M}{5}/u;
const SOMETHING_VISIBLE = /[\p{L}\p{N}\p{S}\p{P}]/u;

/**
 * A name as it is kept and shown.
 *
 * @throws {ServiceError} `invalid` with the field `name`.
 */
export function parseName(text: string): string {
  const name = bounded(text, "name").normalize("NFKC").replace(/^ +| +$/g, "");
  requireLength(name, { ...NAME_LENGTH, field: "name" });
  if (UNSHOWABLE.test(name) || BIDI_CONTROL.test(name) || INVISIBLE_IN_NAME.test(name)) {
    throw invalid("name", "it holds control or invisible characters");
  }
  if (!isVisible(name) || STACKED_MARKS.test(name) || / {2}/.test(name)) {
    throw invalid("name", "it must be readable: letters, digits or signs, single spaces");
  }
  return name;
}

/**
 * What two names have in common that count as the same: NFKC, invisible characters removed, case
 * folded (there and back and there, so that ẞ, ſ and final sigma fold too).
 */
export function nameKey(name: string): string {
  return name.slice(0, MAX_RAW_LENGTH).normalize("NFKC").trim()
    .replace(DEFAULT_IGNORABLE, "")
    .toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * A password as it is hashed: NFC, because keyboards differ in how they compose (RFC 8265 §4.2).
 *
 * @throws {ServiceError} `invalid` with the field `password`.
 */
export function parsePassword(text: string): string {
  const password = bounded(text, "password").normalize("NFC");
  requireLength(password, { ...PASSWORD_LENGTH, field: "password" });
  return password;
}

/**
 * A room's title; white space of any kind becomes single spaces.
 *
 * @throws {ServiceError} `invalid` with the field `title`.
 */
export function parseTitle(text: string): string {
  return parseLine(text, { ...TITLE_LENGTH, field: "title" });
}

/**
 * One line of text: NFC, white space of any kind as single spaces, nothing that cannot be seen or
 * that reorders what stands after it.
 *
 * @throws {ServiceError} `invalid` with the field.
 */
export function parseLine(
  text: string,
  about: { readonly min: number; readonly max: number; readonly field: string },
): string {
  const { field } = about;
  const line = bounded(text, field).normalize("NFC").replace(/\s+/gu, " ").trim();
  requireLength(line, about);
  if (UNSHOWABLE.test(line) || BIDI_CONTROL.test(line)) {
    throw invalid(field, "it holds control characters");
  }
  if (!isVisible(line)) throw invalid(field, "nothing in it can be seen");
  return line;
}

/**
 * A display name as it is kept and shown; the same rules as for names.
 *
 * @throws {ServiceError} `invalid` with the field `displayName`.
 */
export function parseDisplayName(text: string): string {
  try {
    return parseName(text);
  } catch (error) {
    if (error instanceof ServiceError) {
      throw new ServiceError("invalid", error.message, { field: "displayName" });
    }
    throw error;
  }
}

/**
 * A room's description: plain text, line ends kept, at most one empty line in a row.
 *
 * @throws {ServiceError} `invalid` with the field `description`.
 */
export function parseDescription(text: string): string {
  if (text.length > MAX_RAW_LENGTH * 2) throw invalid("description", "it is too long");
  if (!text.isWellFormed()) throw invalid("description", "it is not well-formed Unicode");
  const lines = text.normalize("NFC").split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.replace(/[^\S\n]+/gu, " ").trimEnd());
  const description = lines.join("\n").replace(/\n{3,}/g, "\n\n").trim();
  requireLength(description, { ...DESCRIPTION_LENGTH, field: "description" });
  if (description.split("\n").length > MAX_LINES) {
    throw invalid("description", `it must have at most ${MAX_LINES} lines`);
  }
  if (UNSHOWABLE.test(description.replaceAll("\n", "")) || BIDI_CONTROL.test(description)) {
    throw invalid("description", "it holds control characters");
  }
  return description;
}

/**
 * When the next broadcast is announced for.
 *
 * @throws {ServiceError} `invalid` with the field `nextLiveAt` for the past and for more than a year.
 */
export function parseNextLive(atMs: number, { nowMs }: { readonly nowMs: number }): number {
  if (!Number.isFinite(atMs) || atMs <= nowMs || atMs > nowMs + MAX_AHEAD_MS) {
    throw invalid("nextLiveAt", "it must lie in the future, within a year");
  }
  return Math.floor(atMs);
}

/** A text folded for searching: like names, and white space as single spaces. */
export function searchKey(text: string): string {
  return nameKey(text.replace(/\s+/gu, " "));
}

/** Whether a text can be a room's id: a decimal number from 100001 on. */
export function isRoomId(text: string): boolean {
  return /^[1-9]\d{5,14}$/.test(text) && Number(text) >= 100_001;
}

function isVisible(text: string): boolean {
  return SOMETHING_VISIBLE.test(text.replace(DEFAULT_IGNORABLE, ""));
}

function bounded(text: string, field: string): string {
  if (text.length > MAX_RAW_LENGTH) throw invalid(field, "it is too long");
  if (!text.isWellFormed()) throw invalid(field, "it is not well-formed Unicode");
  return text;
}

function requireLength(
  text: string,
  { min, max, field }: { readonly min: number; readonly max: number; readonly field: string },
): void {
  const length = [...text].length;
  if (length < min || length > max) {
    throw invalid(field, `it must have ${min} to ${max} characters`);
  }
}

function invalid(field: string, why: string): ServiceError {
  return new ServiceError("invalid", `Cannot accept the ${field}: ${why}`, { field });
}
