/**
 * One event per line, `key=value`, on standard error; whoever wants to keep events gets them taken
 * apart as well.
 *
 * @module
 */

/** What a log field may hold; `null` and `undefined` are left out. */
export type LogValue = string | number | boolean | bigint | null | undefined | Error;
/** Fields of one event; never a secret, a key or a token. */
export type LogFields = Readonly<Record<string, LogValue>>;
/** Severity, lowest first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Writes events; cheap when the level is off. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds `fields` to each of its events. */
  with(fields: LogFields): Logger;
}

/** One event, taken apart. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly level: LogLevel;
  readonly event: string;
  /** The fields as they stand in the line, without those of the logger's own start. */
  readonly text: string;
}

/** How {@linkcode createLogger} behaves. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Added to every event. */
  readonly fields?: LogFields;
  /** Takes one line without its end; default: standard error. */
  readonly write?: (line: string) => void;
  /** Takes the same events taken apart; it must neither throw nor log. */
  readonly keep?: (entry: LogEntry) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Makes a logger; lines look like `2026-01-02T03:04:05.678Z info role=edge event=started`. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line: string) => console.error(line));
  const now = options.now ?? Date.now;
  const least = SEVERITY[options.level];
  const own = formatFields(options.fields);
  const make = (added: string): Logger => {
    const emit = (level: LogLevel, event: string, fields: LogFields | undefined) => {
      if (SEVERITY[level] < least) return;
      const atMs = now();
      const text = formatFields(fields);
      write(
        `${new Date(atMs).toISOString()} ${level}${own}${added} event=${formatValue(event)}${text}`,
      );
      options.keep?.({ atMs, level, event, text: `${added}${text}`.trimStart() });
    };
    return {
      debug: (event, fields) => emit("debug", event, fields),
      info: (event, fields) => emit("info", event, fields),
      warn: (event, fields) => emit("warn", event, fields),
      error: (event, fields) => emit("error", event, fields),
      with: (fields) => make(added + formatFields(fields)),
    };
  };
  return make("");
}

function formatFields(fields: LogFields | undefined): string {
  let text = "";
  for (const key in fields) {
    const value = fields[key];
    if (value !== null && value !== undefined) text += ` ${key}=${formatValue(value)}`;
  }
  return text;
}

function formatValue(value: NonNullable<LogValue>): string {
  const text = redact(value instanceof Error ? `${value.name}: ${value.message}` : String(value));
  return /^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** Secrets that ride in addresses; whoever logs an address by mistake does not log them. */
const SECRET_PARAMETER = /\b(key|token|secret|password)=[^&\s"'<>]+/gi;

function redact(text: string): string {
  return text.includes("=") ? text.replace(SECRET_PARAMETER, "$1=…") : text;
}

/** A logger that writes nothing, for tests and benches. */
export const silentLogger: Logger = createLogger({ level: "error", write: () => {} });
