/**
 * `deno task dev`: builds, starts everything, and starts again when a source file changed.
 *
 * @module
 */
const WATCHED = ["main.ts", "roles.ts", "edge", "im", "islands", "media", "platform", "rooms"]
  .concat("routes", "store", "tools");
/** Editors write several files at once. */
const SETTLE_MS = 200;

async function build(): Promise<boolean> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build"],
  }).output().then((result) => {
    Deno.stderr.writeSync(result.stderr);
    return result;
  });
  return code === 0;
}

function start(): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", "main.ts", ...Deno.args] })
    .spawn();
}

let running = await build() ? start() : null;
let timer: ReturnType<typeof setTimeout> | undefined;
let restarting = Promise.resolve();
Deno.addSignalListener("SIGINT", async () => {
  await running?.status;
  Deno.exit(0);
});
for await (const event of Deno.watchFs(WATCHED)) {
  if (event.kind === "access" || event.kind === "other") continue;
  clearTimeout(timer);
  timer = setTimeout(() => {
    restarting = restarting.then(async () => {
      if (!await build()) return;
      running?.kill("SIGTERM");
      await running?.status;
      running = start();
    });
  }, SETTLE_MS);
}
