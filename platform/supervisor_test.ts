import assert from "node:assert/strict";
import { silentLogger } from "./log.ts";
import { isAlive } from "../tests/support/processes.ts";
import { waitFor } from "../tests/support/wait.ts";
import { type ChildDeath, restartDelayMs, SupervisedChild } from "./supervisor.ts";

/** A child that says `ready`, starts a grandchild, and prints what it was told. */
const SCRIPT = `
import { readLines } from ${JSON.stringify(import.meta.resolve("./lines.ts"))};
const input = readLines(Deno.stdin.readable);
const first = (await input.next()).value;
const sleeper = new Deno.Command("sleep", { args: ["600"] }).spawn();
await Deno.writeTextFile(Deno.args[0], first + " " + Deno.pid + " " + sleeper.pid);
console.log("ready");
while (true) {
  const { done, value } = await input.next();
  if (done) Deno.exit(0);
  if (value !== "fail") continue;
  console.log('failed "Error: on purpose"');
  Deno.exit(7);
}
`;

async function startChild(folder: string) {
  const script = `${folder}/child.ts`;
  const report = `${folder}/report`;
  const told: (ChildDeath | null)[] = [];
  await Deno.writeTextFile(script, SCRIPT);
  const child = new SupervisedChild({
    name: "test",
    command: Deno.execPath(),
    args: ["run", "-A", "--no-check", script, report],
    env: { PATH: Deno.env.get("PATH")!, HOME: Deno.env.get("HOME") ?? "/" },
    firstLine: ({ restarts, lastDeath }) => {
      told.push(lastDeath);
      return `hello-${restarts}`;
    },
  }, silentLogger);
  const pids = async (not: number) => {
    const text = await Deno.readTextFile(report).catch(() => "");
    const [word, own, grandchild] = text.split(" ");
    if (grandchild === undefined || Number(own) === not) return null;
    assert.equal(word, `hello-${not === 0 ? 0 : child.inspect().restarts}`);
    return { own: Number(own), grandchild: Number(grandchild) };
  };
  return { child, pids, told };
}

Deno.test("restartDelayMs() doubles from 0.2 s up to 5 s", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 60].map(restartDelayMs), [
    200,
    400,
    800,
    1600,
    3200,
    5000,
    5000,
  ]);
});

Deno.test("a killed child is started again and its own children die with it", async () => {
  const folder = await Deno.makeTempDir();
  const { child, pids, told } = await startChild(folder);
  const first = await waitFor("the child", () => pids(0));
  Deno.kill(first.own, "SIGKILL");
  const second = await waitFor("the second child", () => pids(first.own));
  await waitFor("its end", async () => !(await isAlive(first.grandchild)));
  assert.equal(child.inspect().restarts, 1);
  assert.deepEqual({ ...told[1], atMs: 0 }, {
    code: 137,
    signal: "SIGKILL",
    atMs: 0,
    error: null,
  });
  await waitFor("a child that reads", () => child.tell("fail"));
  const third = await waitFor("the third child", () => pids(second.own));
  assert.deepEqual({ ...told[2], atMs: 0 }, {
    code: 7,
    signal: null,
    atMs: 0,
    error: "Error: on purpose",
  });
  await child.stop();
  assert.equal(child.inspect().state, "stopped");
  assert.equal(child.tell("x"), false);
  for (const pid of [second.own, second.grandchild, third.own, third.grandchild]) {
    await waitFor("the end", async () => !(await isAlive(pid)));
  }
  await Deno.remove(folder, { recursive: true });
});
