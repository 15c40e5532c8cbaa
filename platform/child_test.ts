import assert from "node:assert/strict";
import { waitFor } from "../tests/support/wait.ts";
import type { ChildStart } from "./child.ts";
import { readConfig } from "./config.ts";
import { readLines } from "./lines.ts";

/** A role that does what its argument says; it takes its own heartbeats into a file. */
const SCRIPT = `
import { runChild } from ${JSON.stringify(import.meta.resolve("./child.ts"))};
const [what, file] = Deno.args;
const note = (text) => Deno.writeTextFileSync(file, text + "\\n", { append: true });
await runChild(({ log }) => {
  if (what === "fail") throw new Error("Cannot listen: the port is taken");
  if (what === "reject") setTimeout(() => Promise.reject(new RangeError("nobody caught this")), 50);
  log.info("begun", { url: "rtmp://h/live/1?key=s3cret" });
  return Promise.resolve({
    health: () => ({ answer: 42 }),
    takeBeat(beat) {
      note(JSON.stringify(beat));
      return { linesUntil: beat.lines.at(-1)?.n ?? 0 };
    },
    async stop() {
      for (let i = 0; i < 50; i++) log.info("draining_still", { i });
      await new Promise((resolve) => setTimeout(resolve, 50));
      note("drained");
    },
  });
}, "web");
`;

/** The script stands outside of the repository and finds its packages by this. */
const CONFIG = new URL("../deno.json", import.meta.url).pathname;

async function startChild(what: "run" | "fail" | "reject") {
  const folder = await Deno.makeTempDir();
  const script = `${folder}/child.ts`;
  await Deno.writeTextFile(script, SCRIPT);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `--config=${CONFIG}`, script, what, `${folder}/notes`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = process.stdin.getWriter();
  const start: ChildStart = {
    clusterSecret: "s",
    config: readConfig({}),
    name: "web",
    node: "web@test:1",
    diskFolder: folder,
    restarts: 3,
    lastDeath: { code: 1, signal: null, atMs: 5, error: "before" },
  };
  const tell = (line: string) => stdin.write(new TextEncoder().encode(`${line}\n`));
  await tell(JSON.stringify(start));
  return {
    process,
    stdin,
    tell,
    notes: () => Deno.readTextFile(`${folder}/notes`).catch(() => ""),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

async function linesOf(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(stream)) lines.push(line);
  return lines;
}

Deno.test("runChild() reports itself, its history and what the supervisor logs", async () => {
  await using child = await startChild("run");
  const output = linesOf(child.process.stdout);
  const errors = linesOf(child.process.stderr);
  await child.tell('log {"atMs":9,"level":"error","event":"child_died","text":"child=media"}');
  const beats = await waitFor("a beat with the line", async () => {
    const lines = (await child.notes()).trim().split("\n");
    return lines.some((line) => line.includes("child_died")) &&
      lines.map((line) => JSON.parse(line));
  });
  const [first] = beats;
  assert.equal(first.node, "web@test:1");
  assert.equal(first.pid, child.process.pid);
  assert.equal(first.restarts, 3);
  assert.deepEqual(first.lastDeath, { code: 1, signal: null, atMs: 5, error: "before" });
  assert.deepEqual(first.figures, { answer: 42 });
  assert.ok(first.disk.totalBytes > 0);
  const lines = beats.flatMap((beat) => beat.lines);
  assert.deepEqual(
    lines.map(({ event, role }) => ({ event, role })),
    [{ event: "begun", role: undefined }, { event: "child_died", role: "supervisor" }],
  );
  assert.doesNotMatch(JSON.stringify(lines), /s3cret/);
  await child.stdin.close();
  assert.equal((await child.process.status).code, 0);
  assert.equal((await output)[0], "ready");
  assert.match((await errors)[0], /event=begun/);
});

Deno.test("runChild() drains to its end when nobody reads its output any more", async () => {
  await using child = await startChild("run");
  await waitFor("a beat", async () => (await child.notes()).includes("web@test:1"));
  // What the sudden death of the supervisor and of its terminal leaves.
  await child.process.stdout.cancel();
  await child.process.stderr.cancel();
  await child.stdin.close();
  assert.equal((await child.process.status).code, 0);
  assert.match(await child.notes(), /drained\n$/);
});

for (
  const [what, words] of [
    ["fail", "Error: Cannot listen: the port is taken"],
    ["reject", "RangeError: nobody caught this"],
  ] as const
) {
  Deno.test(`runChild() says what ends it before it dies (${what})`, async () => {
    await using child = await startChild(what);
    const output = linesOf(child.process.stdout);
    const errors = linesOf(child.process.stderr);
    assert.equal((await child.process.status).code, 1);
    assert.ok((await output).includes(`failed ${JSON.stringify(words)}`));
    assert.match((await errors).join("\n"), new RegExp(words.split(": ").at(-1)!));
    await child.stdin.close().catch(() => {});
  });
}
