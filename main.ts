/**
 * The composition root and the supervisor.
 *
 * - `main.ts [--role=all|edge|web|media|rtc]` checks the configuration, starts the roles as processes of
 *   their own and keeps them running until SIGTERM or SIGINT.
 * - `main.ts --run=<role>` is such a process; only the supervisor calls it.
 *
 * @module
 */
import { type Config, ConfigError, NO_ICE, NO_STORES, readConfig } from "./platform/config.ts";
import { createLogger, type Logger } from "./platform/log.ts";
import { LogCourier } from "./platform/log_courier.ts";
import { SupervisedChild } from "./platform/supervisor.ts";
import { type ChildStart, runChild } from "./platform/child.ts";
import { addressLines } from "./platform/banner.ts";
import { ensureSelfSigned } from "./platform/certificate.ts";
import {
  diskFolder,
  mediaDir,
  nodeName,
  permissionFlags,
  RUNNABLE,
  type RunnableRole,
  startRole,
} from "./roles.ts";

/** What passes from the supervisor's environment to every child; nothing of it is a setting. */
const PASSED_ON = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR", "NO_COLOR", "TZ"];

/** Settings that only `web` may know. */
const FOR_WEB_ALONE = { adminName: null, adminPassword: null } as const;

if (import.meta.main) await main(Deno.args);

async function main(args: readonly string[]): Promise<void> {
  const option = (name: string) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const run = option("run");
  if (run !== undefined) {
    await runChild((context) => startRole(asRole(run), context), asRole(run));
    return;
  }
  try {
    const config = readConfig(Deno.env.toObject());
    const wanted = option("role") ?? "all";
    await supervise(config, wanted === "all" ? RUNNABLE : [asRole(wanted)]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}

function asRole(name: string): RunnableRole {
  const role = RUNNABLE.find((known) => known === name);
  if (role === undefined) {
    throw new ConfigError(
      `Cannot start role ${name}: it must be one of all, ${RUNNABLE.join(", ")}`,
    );
  }
  return role;
}

async function supervise(config: Config, roles: readonly RunnableRole[]): Promise<void> {
  const courier = new LogCourier();
  const log = createLogger({
    level: config.logLevel,
    fields: { role: "supervisor" },
    keep: courier.take,
  });
  const stop = Promise.withResolvers<string>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => stop.resolve(signal));
  }
  await prepareFiles(config);
  const clusterSecret = await readClusterSecret(config);
  const children = roles.flatMap((role) =>
    startChildren(role, { config, clusterSecret, log, onReady: () => courier.deliver() })
  );
  // The edge first, `web` last: what others carried they still have when `web` itself dies.
  courier.carriers = children.toReversed();
  const started = Promise.all(children.map((child) => child.ready));
  if (await Promise.race([started.then(() => null), stop.promise]) === null) {
    const notices = children.flatMap((child) => child.notices);
    for (const line of addressLines(config, { roles, notices })) console.log(line);
    log.info("started", { roles: roles.join(",") });
  }
  const reason = await stop.promise;
  log.info("stopping", { reason });
  await Promise.all(children.map((child) => child.stop()));
  log.info("stopped", { reason });
  Deno.exit(0);
}

function startChildren(
  role: RunnableRole,
  with_: { config: Config; clusterSecret: string; log: Logger; onReady: () => void },
): SupervisedChild[] {
  const { config, clusterSecret, log, onReady } = with_;
  const env: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  const known = knownTo(role, config);
  const copies = role === "edge" ? config.edgeProcesses : 1;
  return Array.from({ length: copies }, (_, index) => {
    const name = copies === 1 ? role : `${role}-${index + 1}`;
    return new SupervisedChild({
      name,
      command: Deno.execPath(),
      args: [
        "run",
        "--no-prompt",
        "--cached-only",
        "--frozen",
        ...permissionFlags(role, config),
        import.meta.filename!,
        `--run=${role}`,
      ],
      env,
      firstLine: (history) =>
        JSON.stringify(
          {
            ...history,
            clusterSecret,
            config: known,
            name,
            node: nodeName(role, { name, config, host: Deno.hostname() }),
            diskFolder: diskFolder(role, config),
          } satisfies ChildStart,
        ),
      onReady,
    }, log);
  });
}

/** A role's part of the configuration: no secret that it has no use for. */
function knownTo(role: RunnableRole, config: Config): Config {
  switch (role) {
    case "web":
      return config;
    case "edge":
      return { ...config, ...FOR_WEB_ALONE, ...NO_ICE };
    case "media":
      return { ...config, ...FOR_WEB_ALONE, ...NO_STORES, ...NO_ICE };
    case "rtc":
      return { ...config, ...FOR_WEB_ALONE, ...NO_STORES };
  }
}

async function prepareFiles(config: Config): Promise<void> {
  await Deno.mkdir(mediaDir(config), { recursive: true });
  if (config.tls === "self-signed") {
    await ensureSelfSigned({ certFile: config.tlsCertFile!, keyFile: config.tlsKeyFile! });
  }
}

async function readClusterSecret(config: Config): Promise<string> {
  if (config.clusterSecretFile === null) {
    return crypto.getRandomValues(new Uint8Array(32)).toHex();
  }
  let secret: string;
  try {
    secret = (await Deno.readTextFile(config.clusterSecretFile)).trim();
  } catch (error) {
    throw new ConfigError(
      `Cannot read CLUSTER_SECRET_FILE=${config.clusterSecretFile}: ${(error as Error).message}`,
    );
  }
  if (!/^[\x21-\x7e]{16,512}$/.test(secret)) {
    throw new ConfigError(
      `Cannot use CLUSTER_SECRET_FILE=${config.clusterSecretFile}: ` +
        "it must hold one line of 16 to 512 printable characters without spaces",
    );
  }
  return secret;
}
