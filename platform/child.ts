/**
 * The side of a role's process that faces the supervisor (see `supervisor.ts`).
 *
 * @module
 */
import type { Config, Role } from "./config.ts";
import type { RoleContext, RunningRole } from "./lifecycle.ts";
import { readLines } from "./lines.ts";
import { createLogger } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { ALIVE_EVERY_MS } from "./supervisor.ts";

/** A drain that takes longer is given up. */
const DRAIN_MS = 5_000;

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
  const given = JSON.parse(first.value) as { clusterSecret: string; config: Config; name: string };
  const log = createLogger({ level: given.config.logLevel, fields: { role: given.name } });
  const stop = Promise.withResolvers<string>();
  Deno.addSignalListener("SIGTERM", () => stop.resolve("sigterm"));
  // The supervisor forwards the end; a Ctrl-C in the terminal must not race with it.
  Deno.addSignalListener("SIGINT", () => {});
  (async () => {
    while (!(await input.next()).done);
    stop.resolve("supervisor_gone_or_stopping");
  })();
  try {
    const running = await start({
      role,
      config: given.config,
      clusterSecret: given.clusterSecret,
      log,
      metrics: new Metrics(given.name),
    });
    for (const notice of running.notices ?? []) say(`notice ${JSON.stringify(notice)}`);
    say("ready");
    const alive = setInterval(() => say("alive"), ALIVE_EVERY_MS);
    const reason = await stop.promise;
    clearInterval(alive);
    log.info("draining", { reason });
    const timeout = setTimeout(() => {
      log.warn("drain_given_up", { after_ms: DRAIN_MS });
      Deno.exit(0);
    }, DRAIN_MS);
    await running.stop();
    clearTimeout(timeout);
    Deno.exit(0);
  } catch (error) {
    log.error("role_failed", { error: error as Error });
    if (given.config.logLevel === "debug") console.error(error);
    Deno.exit(1);
  }
}

/** One line to the supervisor; when that is gone, the end of standard input says so too. */
function say(line: string): void {
  try {
    Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
