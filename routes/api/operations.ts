/**
 * For administrators: how the processes are, and what they log.
 *
 * @module
 */
import type { Context } from "hono";
import * as v from "valibot";
import type { LogLevel } from "../../platform/log.ts";
import { LOG_ROLES, type TailLine } from "../log_tail.ts";
import type { NodeState } from "../node_health.ts";
import { type OperationsService, ServiceError } from "../services.ts";
import { requireAdmin } from "../session.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];
const MAX_LINES = 1_000;
const DEFAULT_LINES = 200;
const MAX_SEARCH = 100;

const described = <Schema extends v.GenericSchema>(schema: Schema, description: string) =>
  v.pipe(schema, v.description(description));
const time = v.pipe(v.string(), v.isoTimestamp(), v.description("ISO 8601, UTC"));
const column = (description: string) => described(v.array(v.nullable(v.number())), description);

/** History in columns of equal length. */
const SeriesSchema = v.pipe(
  v.object({
    stepMs: v.number(),
    fromMs: described(v.number(), "Begin of the first step, milliseconds since the epoch"),
    lagMaxMs: column("Worst lateness of the event loop in the step; null: nothing was heard"),
    cpu: column("Mean share of one core"),
    rssBytes: column("Resident memory at the end of the step"),
    hitRate: column("Share of relay requests answered from the cache; null: nobody asked"),
  }),
  v.title("NodeSeries"),
);

/** One process. */
const NodeSchema = v.pipe(
  v.object({
    node: described(v.string(), "Unique, and the same after a restart"),
    role: v.string(),
    region: v.string(),
    pid: v.number(),
    startedAt: time,
    heardAt: time,
    up: described(v.boolean(), "Heard within the last 6 s"),
    restarts: described(v.number(), "By its supervisor since that started"),
    lastDeath: v.nullable(v.object({
      code: v.number(),
      signal: v.nullable(v.string()),
      at: time,
      error: described(v.nullable(v.string()), "What it could still say"),
    })),
    rssBytes: v.number(),
    heapBytes: v.number(),
    cpu: described(v.number(), "Share of one core"),
    lagMs: described(v.number(), "Lateness of the event loop, smoothed"),
    lagMaxMs: described(v.number(), "Worst since the heartbeat before"),
    disk: v.nullable(v.object({ totalBytes: v.number(), freeBytes: v.number() })),
    figures: described(v.record(v.string(), v.number()), "What only this role has"),
    series: SeriesSchema,
  }),
  v.title("Node"),
);

/** All processes. */
const HealthAnswer = v.object({ nodes: v.array(NodeSchema), now: time });

/** One line of a log. */
const LogLineSchema = v.pipe(
  v.object({
    seq: described(v.number(), "Rises with each line"),
    at: time,
    level: v.picklist(LEVELS),
    node: v.string(),
    role: v.picklist(LOG_ROLES),
    event: v.string(),
    text: described(v.string(), "The event's fields, key=value"),
  }),
  v.title("LogLine"),
);

/** Lines of the log. */
const LogAnswer = v.object({
  lines: described(v.array(LogLineSchema), "The oldest first"),
  next: described(v.number(), "`after` of the next call"),
  dropped: described(v.number(), "Lines behind `after` that are no longer kept"),
});

/** The calls about the running platform. */
export function operationsRoutes(operations: OperationsService): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/admin/health",
      name: "getHealth",
      summary: "Every process with its restarts, load and last half hour",
      access: "administrator",
      status: 200,
      answer: HealthAnswer,
      refusals: ["unauthenticated", "forbidden"],
      async handle(c) {
        await requireAdmin(c);
        c.header("cache-control", "no-store");
        const { nodes, nowMs } = operations.health();
        return { nodes: nodes.map(nodeJson), now: iso(nowMs) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/admin/log",
      name: "readLog",
      summary: "The newest log lines of all processes, or those after one",
      access: "administrator",
      query: [
        {
          name: "after",
          description: "`next` of the call before; without it the newest lines",
          schema: { type: "integer", minimum: 0 },
        },
        {
          name: "level",
          description: "This severity or a higher one",
          schema: { type: "string", enum: LEVELS, default: "debug" },
        },
        {
          name: "role",
          description: "Lines of this role alone",
          schema: { type: "string", enum: LOG_ROLES },
        },
        {
          name: "q",
          description: "Part of the process's name, the event or the text",
          schema: { type: "string", maxLength: MAX_SEARCH },
        },
        {
          name: "limit",
          description: "At most so many",
          schema: { type: "integer", minimum: 1, maximum: MAX_LINES, default: DEFAULT_LINES },
        },
      ],
      status: 200,
      answer: LogAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c) {
        await requireAdmin(c);
        c.header("cache-control", "no-store");
        const { lines, next, dropped } = operations.log({
          after: whole(c, "after", { min: 0, max: Number.MAX_SAFE_INTEGER }),
          level: oneOf(c, "level", LEVELS) ?? "debug",
          role: oneOf(c, "role", LOG_ROLES),
          text: search(c),
          limit: whole(c, "limit", { min: 1, max: MAX_LINES }) ?? DEFAULT_LINES,
        });
        return { lines: lines.map(lineJson), next, dropped };
      },
    }),
  ];
}

function nodeJson({ beat, up, heardAtMs, series }: NodeState): v.InferInput<typeof NodeSchema> {
  const { startedAtMs, lastDeath, ...rest } = beat;
  return {
    ...rest,
    startedAt: iso(startedAtMs),
    heardAt: iso(heardAtMs),
    up,
    lastDeath: lastDeath === null ? null : {
      code: lastDeath.code,
      signal: lastDeath.signal,
      at: iso(lastDeath.atMs),
      error: lastDeath.error,
    },
    figures: { ...beat.figures },
    series: {
      stepMs: series.stepMs,
      fromMs: series.fromMs,
      lagMaxMs: [...series.lagMaxMs],
      cpu: [...series.cpu],
      rssBytes: [...series.rssBytes],
      hitRate: [...series.hitRate],
    },
  };
}

function lineJson(line: TailLine): v.InferInput<typeof LogLineSchema> {
  const { seq, atMs, level, node, role, event, text } = line;
  return { seq, at: iso(atMs), level, node, role, event, text };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function whole(
  c: Context,
  name: string,
  range: { readonly min: number; readonly max: number },
): number | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && value >= range.min && value <= range.max) return value;
  throw refusal(name, `it must be a whole number from ${range.min} to ${range.max}`);
}

function oneOf<const T extends string>(c: Context, name: string, values: readonly T[]): T | null {
  const text = c.req.query(name);
  if (text === undefined) return null;
  const found = values.find((value) => value === text);
  if (found === undefined) throw refusal(name, `it must be one of ${values.join(", ")}`);
  return found;
}

function search(c: Context): string {
  const text = (c.req.query("q") ?? "").trim();
  if (text.length > MAX_SEARCH) throw refusal("q", `it may have ${MAX_SEARCH} characters`);
  return text;
}

function refusal(field: string, why: string): ServiceError {
  return new ServiceError("invalid", `Cannot accept ${field}: ${why}`, { field });
}
