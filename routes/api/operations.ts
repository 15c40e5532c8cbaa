/**
 * For administrators: how the processes are, and what they log.
 *
 * @module
 */
import * as v from "valibot";
import type { LogLevel } from "../../platform/log.ts";
import { LOG_ROLES, type TailLine } from "../log_tail.ts";
import type { NodeState } from "../node_health.ts";
import type { OperationsService } from "../services.ts";
import { requireAdmin } from "../session.ts";
import { oneOf, shortText, wholeNumber } from "./query.ts";
import { described, iso, time } from "./schema_parts.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

const after = wholeNumber("after", {
  description: "`next` of the call before; without it the newest lines",
  min: 0,
  max: Number.MAX_SAFE_INTEGER,
  fallback: null,
});
const level = oneOf("level", {
  description: "This severity or a higher one",
  words: LEVELS,
  fallback: "debug",
});
const role = oneOf("role", {
  description: "Lines of this role alone",
  words: LOG_ROLES,
  fallback: null,
});
const search = shortText("q", {
  description: "Part of the process's name, the event or the text",
  max: 100,
});
const limit = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: 1_000,
  fallback: 200,
});

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
      query: [after, level, role, search, limit],
      status: 200,
      answer: LogAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden"],
      async handle(c) {
        await requireAdmin(c);
        c.header("cache-control", "no-store");
        const { lines, next, dropped } = operations.log({
          after: after.read(c),
          level: level.read(c),
          role: role.read(c),
          text: search.read(c),
          limit: limit.read(c),
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
