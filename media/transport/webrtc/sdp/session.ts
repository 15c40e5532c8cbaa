/**
 * The text format of session descriptions (RFC 8866): lines in, sections and attributes out, and the
 * other way round. What attributes mean stands elsewhere.
 *
 * @module
 */
import { quoted, SdpError } from "./errors.ts";

/** What is read at most. A browser's section takes 1–6 KB. */
export interface SdpLimits {
  /** UTF-16 code units of the whole text. */
  readonly maxLength: number;
  readonly maxLines: number;
  readonly maxSections: number;
}

/** Limits for one publisher or viewer. */
export const DEFAULT_LIMITS: SdpLimits = { maxLength: 64 * 1024, maxLines: 2000, maxSections: 8 };
/** Limits for a participant of a room, who receives a section from everybody. */
export const ROOM_LIMITS: SdpLimits = { maxLength: 512 * 1024, maxLines: 16_000, maxSections: 64 };

const MAX_LINE_LENGTH = 4096;
const MAX_FORMATS = 128;
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/;

/** An `a=` line (§5.13). */
export interface SdpAttribute {
  readonly name: string;
  /** What stands behind the colon; null for a property attribute without colon. */
  readonly value: string | null;
}

/** An `m=` line and what follows it (§5.14). */
export interface SdpSection {
  /** `audio`, `video`, `application`, … */
  readonly kind: string;
  readonly port: number;
  /** `UDP/TLS/RTP/SAVPF`, … */
  readonly protocol: string;
  /** Payload types, as text. */
  readonly formats: readonly string[];
  readonly attributes: readonly SdpAttribute[];
  /** Number of the `m=` line, from 1; 0 when it was not parsed. */
  readonly line: number;
}

/** A session description. Lines that WebRTC has no use for (i=, u=, b=, …) are not kept. */
export interface SdpSession {
  /** Contents of the `o=` line (§5.2). */
  readonly origin: string;
  readonly attributes: readonly SdpAttribute[];
  readonly sections: readonly SdpSection[];
}

/**
 * Parses a session description. Lines may end with CRLF or LF; empty lines at the end are ignored.
 *
 * @throws {SdpError} `too_large` above a limit, `malformed` when it is no session description.
 */
export function parseSdp(text: string, limits: SdpLimits = DEFAULT_LIMITS): SdpSession {
  const lines = sdpLines(text, limits);
  if (lines[0] !== "v=0") {
    throw new SdpError("malformed", "Cannot parse SDP: it does not begin with v=0.", 1);
  }
  let origin: string | null = null;
  const attributes: SdpAttribute[] = [];
  const sections: (SdpSection & { readonly attributes: SdpAttribute[] })[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i];
    const number = i + 1;
    const value = line.slice(2);
    switch (line[0]) {
      case "v":
        throw new SdpError("malformed", "Cannot parse SDP: there is a second v= line.", number);
      case "o":
        origin ??= value;
        break;
      case "m":
        if (sections.length === limits.maxSections) {
          throw new SdpError(
            "too_large",
            `Cannot parse SDP: it has more than ${limits.maxSections} media sections.`,
            number,
          );
        }
        sections.push(parseMediaLine(value, number));
        break;
      case "a":
        (sections.at(-1)?.attributes ?? attributes).push(parseAttribute(value, number));
        break;
      default:
        // s=, t=, c=, b= and the rest say nothing that ICE and DTLS do not say better.
        break;
    }
  }
  if (origin === null) {
    throw new SdpError("malformed", "Cannot parse SDP: there is no o= line.");
  }
  return { origin, attributes, sections };
}

/**
 * The lines of SDP text, each checked for its form `<letter>=…` and for the limits.
 *
 * @throws {SdpError}
 */
export function sdpLines(text: string, limits: SdpLimits = DEFAULT_LIMITS): string[] {
  if (text.length > limits.maxLength) {
    throw new SdpError(
      "too_large",
      `Cannot parse SDP: it is longer than ${limits.maxLength} characters.`,
    );
  }
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const line = text.slice(start, text[end - 1] === "\r" ? end - 1 : end);
    start = end + 1;
    if (line === "" && text.slice(start).trim() === "") break;
    if (lines.length === limits.maxLines) {
      throw new SdpError(
        "too_large",
        `Cannot parse SDP: it has more than ${limits.maxLines} lines.`,
        lines.length + 1,
      );
    }
    lines.push(line);
    if (line.length > MAX_LINE_LENGTH) {
      throw new SdpError(
        "too_large",
        `Cannot parse SDP: line ${lines.length} is longer than ${MAX_LINE_LENGTH} characters.`,
        lines.length,
      );
    }
    // Nothing that a browser writes has control characters, and they would reach our answer.
    // deno-lint-ignore no-control-regex
    if (!/^[a-z]=/.test(line) || /[\x00-\x08\x0a-\x1f\x7f]/.test(line)) {
      throw new SdpError(
        "malformed",
        `Cannot parse SDP: line ${lines.length} is "${quoted(line)}".`,
        lines.length,
      );
    }
  }
  return lines;
}

/** Parses the contents of an `a=` line. @throws {SdpError} `malformed` without a name. */
export function parseAttribute(value: string, line = 0): SdpAttribute {
  const colon = value.indexOf(":");
  const name = colon < 0 ? value : value.slice(0, colon);
  if (!TOKEN.test(name)) {
    throw new SdpError("malformed", `Cannot parse SDP: line ${line} names no attribute.`, line);
  }
  return { name, value: colon < 0 ? null : value.slice(colon + 1) };
}

/** §5.14: `<media> <port>[/<count>] <proto> <fmt> …`. */
function parseMediaLine(
  value: string,
  line: number,
): SdpSection & { readonly attributes: SdpAttribute[] } {
  const fields = value.split(" ").filter((field) => field !== "");
  const [kind, port, protocol, ...formats] = fields;
  if (
    fields.length < 4 || fields.length > MAX_FORMATS + 3 || !TOKEN.test(kind) ||
    !/^\d{1,5}(\/\d{1,5})?$/.test(port) || parseInt(port) > 65_535 ||
    !protocol.split("/").every((part) => TOKEN.test(part)) ||
    !formats.every((format) => TOKEN.test(format))
  ) {
    throw new SdpError(
      "malformed",
      `Cannot parse SDP: line ${line} is no media description ("m=${quoted(value)}").`,
      line,
    );
  }
  return { kind, port: parseInt(port), protocol, formats, attributes: [], line };
}

/** The session description as text, lines ended with CRLF. */
export function writeSdp(session: SdpSession): string {
  const lines = ["v=0", `o=${session.origin}`, "s=-", "t=0 0"];
  for (const attribute of session.attributes) lines.push(attributeLine(attribute));
  for (const section of session.sections) {
    lines.push(
      `m=${section.kind} ${section.port} ${section.protocol} ${section.formats.join(" ")}`,
      "c=IN IP4 0.0.0.0",
    );
    for (const attribute of section.attributes) lines.push(attributeLine(attribute));
  }
  return lines.join("\r\n") + "\r\n";
}

/** An attribute as its line. */
export function attributeLine({ name, value }: SdpAttribute): string {
  return value === null ? `a=${name}` : `a=${name}:${value}`;
}

/** Something with attributes: a session or a section. */
export interface HasAttributes {
  readonly attributes: readonly SdpAttribute[];
}

/** The value of the first attribute of this name; "" for a property, null when there is none. */
export function attributeOf(of: HasAttributes, name: string): string | null {
  const found = of.attributes.find((attribute) => attribute.name === name);
  return found === undefined ? null : found.value ?? "";
}

/** The values of all attributes of this name. */
export function attributesOf(of: HasAttributes, name: string): string[] {
  return of.attributes.filter((attribute) => attribute.name === name)
    .map((attribute) => attribute.value ?? "");
}
