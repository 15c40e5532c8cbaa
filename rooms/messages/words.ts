/**
 * Rules for what is said: texts, the ids that clients give, styles. Pure.
 *
 * @module
 */
import { type ChatBody, type Mode, MODES, type Sender } from "../../im/protocol/message.ts";
import { mayUseColor, mayUseMode } from "../../im/protocol/styles.ts";
import { ServiceError } from "../errors.ts";
import { parseLine } from "../rules.ts";

/** Characters (code points) of a text after NFC, inclusive. */
export const MESSAGE_LENGTH = { min: 1, max: 300 } as const;
/** Bytes of a text in UTF-8, inclusive. */
export const MAX_MESSAGE_BYTES = 1_024;
/** Characters of the text that a reply shows of what it answers. */
export const QUOTE_LENGTH = 40;

/** How a text wishes to look. */
export interface StyleInput {
  readonly color?: string | null;
  readonly mode?: string;
}

/**
 * A text as it is said: one line.
 *
 * @throws {ServiceError} `invalid` with the field `text`.
 */
export function parseMessageText(text: string): string {
  const line = parseLine(text, { ...MESSAGE_LENGTH, field: "text" });
  if (new TextEncoder().encode(line).length > MAX_MESSAGE_BYTES) {
    throw invalid("text", `it must have at most ${MAX_MESSAGE_BYTES} bytes`);
  }
  return line;
}

/**
 * An id that a client gives to what it means once.
 *
 * @throws {ServiceError} `invalid` with the field.
 */
export function parseOnceId(id: string, field: "clientId" | "requestId"): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(id)) return id;
  throw invalid(field, "it must be 1 to 64 letters, digits, _ or -");
}

/**
 * The style of a text.
 *
 * @throws {ServiceError} `invalid` for what does not exist, `forbidden` for what the sender's level
 * does not allow.
 */
export function parseStyle(
  style: StyleInput,
  sender: Pick<Sender, "level" | "role">,
): Pick<ChatBody, "color" | "mode"> {
  const color = style.color?.toLowerCase() ?? null;
  if (color !== null && !/^#[0-9a-f]{6}$/.test(color)) {
    throw invalid("style.color", "it must be #rrggbb");
  }
  const mode = MODES.find((known) => known === (style.mode ?? "scroll")) as Mode | undefined;
  if (mode === undefined) throw invalid("style.mode", `it must be ${MODES.join(", ")}`);
  if (color !== null && !mayUseColor(color, sender)) {
    throw notYours("style.color", "the colour is none of the palette for this level");
  }
  if (!mayUseMode(mode, sender)) throw notYours("style.mode", "the level is too low for it");
  return { color, mode };
}

/** The beginning of a text that is answered. */
export function quoteOf(text: string): string {
  const characters = [...text];
  if (characters.length <= QUOTE_LENGTH) return text;
  return `${characters.slice(0, QUOTE_LENGTH - 1).join("").trimEnd()}…`;
}

function invalid(field: string, why: string): ServiceError {
  return new ServiceError("invalid", `Cannot accept the ${field}: ${why}`, { field });
}

function notYours(field: string, why: string): ServiceError {
  return new ServiceError("forbidden", `Cannot use the ${field}: ${why}`, { field });
}
