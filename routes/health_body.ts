/**
 * The body of a heartbeat.
 *
 * @module
 */
import * as v from "valibot";
import { ROLES } from "../platform/config.ts";
import { type HealthBeat, MAX_BEAT_LINES } from "../platform/heartbeat.ts";

/** Largest heartbeat, bytes: its lines may be all quotes, which JSON doubles. */
export const MAX_BEAT_BYTES = 512 * 1024;
/** Figures of one role. */
const MAX_FIGURES = 32;

const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const figure = v.pipe(v.number(), v.finite(), v.minValue(0));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));

/** A heartbeat, checked. */
export const HealthBody: v.GenericSchema<unknown, HealthBeat> = v.object({
  node: v.pipe(name, v.regex(/^[\x21-\x7e]+$/, "printable characters without spaces")),
  role: v.picklist(ROLES),
  region: text(128),
  pid: whole,
  startedAtMs: time,
  restarts: whole,
  lastDeath: v.nullable(v.object({
    code: v.pipe(v.number(), v.safeInteger()),
    signal: v.nullable(text(32)),
    atMs: time,
    error: v.nullable(text(512)),
  })),
  rssBytes: whole,
  heapBytes: whole,
  cpu: figure,
  lagMs: figure,
  lagMaxMs: figure,
  disk: v.nullable(v.object({ totalBytes: figure, freeBytes: figure })),
  figures: v.pipe(
    v.record(v.pipe(v.string(), v.regex(/^[a-zA-Z]{1,32}$/, "a name of 1 to 32 letters")), figure),
    v.check(
      (figures) => Object.keys(figures).length <= MAX_FIGURES,
      `at most ${MAX_FIGURES} figures`,
    ),
  ),
  linesFrom: v.pipe(whole, v.minValue(1)),
  lines: v.pipe(
    v.array(v.object({
      n: v.pipe(whole, v.minValue(1)),
      atMs: time,
      level: v.picklist(["debug", "info", "warn", "error"]),
      event: text(128),
      text: text(2_048),
      role: v.optional(v.literal("supervisor")),
    })),
    v.maxLength(MAX_BEAT_LINES),
  ),
});
