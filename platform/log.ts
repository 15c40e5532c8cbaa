/**
 * One event per line, `key=value`, on standard error.
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

/** How {@linkcode createLogger} behaves. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Added to every event. */
  readonly fields?: LogFields;
  /** Takes one line without its end; default: standard error. */
  readonly write?: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Makes a logger; lines look like `2026-01-02T03:04:05.678Z info role=edge event=started`. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line: string) => console.error(line));
  const now = options.now ?? Date.now;
  const least = SEVERITY[options.level];
  const make = (base: string): Logger => {
    const emit = (level: LogLevel, event: string, fields: LogFields | undefined) => {
      if (SEVERITY[level] < least) return;
      const time = new Date(now()).toISOString();
      write(`${time} ${level}${base} event=${formatValue(event)}${formatFields(fields)}`);
    };
    return {
      debug: (event, fields) => emit("debug", event, fields),
      info: (event, fields) => emit("info", event, fields),
      warn: (event, fields) => emit("warn", event, fields),
      error: (event, fields) => emit("error", event, fields),
      with: (fields) => make(base + formatFields(fields)),
    };
  };
  return make(formatFields(options.fields));
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
  const text = value instanceof Error ? `${value.name}: ${value.message}` : String(value);
  return /^[^\s"=\p{C}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** A logger that writes nothing, for tests and benches. */
export const silentLogger: Logger = createLogger({ level: "error", write: () => {} });
