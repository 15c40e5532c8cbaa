/**
 * The side of a role's process that faces the supervisor (see `supervisor.ts`).
 *
 * @module
 */
import type { Config, Role } from "./config.ts";
import { Heartbeat, sendTo } from "./heartbeat.ts";
import type { RoleContext, RunningRole } from "./lifecycle.ts";
import { readLines } from "./lines.ts";
import { createLogger, type LogEntry, type Logger } from "./log.ts";
import { LOG_LINE } from "./log_courier.ts";
import { LogRing } from "./log_ring.ts";
import { type LoopLagWatch, watchLoopLag } from "./loop_lag.ts";
import { Metrics } from "./metrics.ts";
import { ALIVE_EVERY_MS, type ChildHistory } from "./supervisor.ts";

/** A drain that takes longer is given up. */
const DRAIN_MS = 5_000;

/** What the supervisor says in the first line. */
export interface ChildStart extends ChildHistory {
  readonly clusterSecret: string;
  readonly config: Config;
  /** Among the children of this supervisor: `edge-2`. */
  readonly name: string;
  /** In the whole cluster: `edge-2@host:8000`. */
  readonly node: string;
  /** Folder whose disk is reported; null: the role keeps nothing. */
  readonly diskFolder: string | null;
}

/**
 * Runs a role until its standard input ends or SIGTERM comes, then drains it and exits.
 * An error that nobody caught ends the process, so that the supervisor starts a clean one.
 */
export async function runChild(
  start: (context: RoleContext) => Promise<RunningRole>,
  role: Role,
): Promise<never> {
  const input = readLines(Deno.stdin.readable);
  const first = await input.next();
  if (first.done) Deno.exit(0);
  const given = JSON.parse(first.value) as ChildStart;
  const ring = new LogRing();
  const log = createLogger({
    level: given.config.logLevel,
    fields: { role: given.name },
    keep: (entry) => ring.push(entry),
  });
  const stop = Promise.withResolvers<string>();
  Deno.addSignalListener("SIGTERM", () => stop.resolve("sigterm"));
  // The supervisor forwards the end; a Ctrl-C in the terminal must not race with it.
  Deno.addSignalListener("SIGINT", () => {});
  // They still end the process; the supervisor hears why.
  addEventListener("error", (event) => sayFailure(event.error));
  addEventListener("unhandledrejection", (event) => sayFailure(event.reason));
  (async () => {
    for await (const line of input) {
      if (!line.startsWith(LOG_LINE)) continue;
      const entry: LogEntry = JSON.parse(line.slice(LOG_LINE.length));
      ring.push({ ...entry, role: "supervisor" });
    }
    stop.resolve("supervisor_gone_or_stopping");
  })();
  try {
    const metrics = new Metrics(given.name);
    const loopLag = watchLoopLag(metrics);
    const running = await start({
      role,
      config: given.config,
      clusterSecret: given.clusterSecret,
      log,
      metrics,
      loopLag,
    });
    for (const notice of running.notices ?? []) say(`notice ${JSON.stringify(notice)}`);
    say("ready");
    const alive = setInterval(() => say("alive"), ALIVE_EVERY_MS);
    const heartbeat = startHeartbeat(running, { role, given, ring, loopLag, log });
    const reason = await stop.promise;
    clearInterval(alive);
    log.info("draining", { reason });
    const timeout = setTimeout(() => {
      log.warn("drain_given_up", { after_ms: DRAIN_MS });
      Deno.exit(0);
    }, DRAIN_MS);
    await Promise.all([heartbeat.stop(), running.stop()]);
    clearTimeout(timeout);
    Deno.exit(0);
  } catch (error) {
    sayFailure(error);
    log.error("role_failed", { error: error as Error });
    if (given.config.logLevel === "debug") console.error(error);
    Deno.exit(1);
  }
}

function startHeartbeat(
  running: RunningRole,
  with_: {
    readonly role: Role;
    readonly given: ChildStart;
    readonly ring: LogRing;
    readonly loopLag: LoopLagWatch;
    readonly log: Logger;
  },
): Heartbeat {
  const { role, given, ring, loopLag, log } = with_;
  const { config, clusterSecret, node, diskFolder, restarts, lastDeath } = given;
  return new Heartbeat({
    source: {
      node,
      role,
      region: config.region,
      pid: Deno.pid,
      startedAtMs: Math.round(performance.timeOrigin),
      restarts,
      lastDeath,
    },
    ring,
    lag: loopLag,
    diskFolder,
    figures: () => running.health?.() ?? {},
    send: running.takeBeat === undefined
      ? sendTo({ webUrl: config.webUrl, clusterSecret })
      : (beat) => Promise.resolve(running.takeBeat!(beat)),
    log,
  });
}

/** Tells the supervisor what ends this process. */
function sayFailure(error: unknown): void {
  say(
    `failed ${
      JSON.stringify(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }`,
  );
}

/** One line to the supervisor; when that is gone, the end of standard input says so too. */
function say(line: string): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
