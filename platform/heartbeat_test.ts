import assert from "node:assert/strict";
import { waitFor } from "../tests/support/wait.ts";
import {
  type BeatSender,
  type BeatSource,
  cpuShare,
  type HealthBeat,
  Heartbeat,
  parseReceipt,
  sendTo,
} from "./heartbeat.ts";
import { createLogger } from "./log.ts";
import { LogRing } from "./log_ring.ts";

const SOURCE: BeatSource = {
  node: "edge@host:8000",
  role: "edge",
  region: "local",
  pid: 7,
  startedAtMs: 1_000,
  restarts: 2,
  lastDeath: { code: 137, signal: "SIGKILL", atMs: 900, error: null },
};

/** A heartbeat every 5 ms of a process that has logged `events`; its further log lines are kept. */
function startHeartbeat(
  send: BeatSender,
  options: { readonly diskFolder?: string; readonly events?: readonly string[] } = {},
) {
  const lines: string[] = [];
  const ring = new LogRing();
  const log = createLogger({
    level: "info",
    write: (line) => lines.push(line),
    keep: (entry) => ring.push(entry),
  });
  for (const event of options.events ?? []) log.info(event);
  const lag = { lagMs: 1, maxMs: 40, resetMax: () => void (lag.maxMs = 2), [Symbol.dispose]() {} };
  const heartbeat = new Heartbeat({
    source: SOURCE,
    ring,
    lag,
    diskFolder: options.diskFolder ?? null,
    figures: () => ({ viewers: 3 }),
    send,
    log,
    intervalMs: 5,
  });
  return { heartbeat, lines };
}

Deno.test("Heartbeat reports the process, its disk and each line once", async () => {
  const beats: HealthBeat[] = [];
  const { heartbeat } = startHeartbeat((beat) => {
    beats.push(beat);
    return Promise.resolve({ linesUntil: 1 });
  }, { diskFolder: ".", events: ["one"] });
  await waitFor("two beats", () => beats.length >= 2);
  await heartbeat.stop();
  const [first, second] = beats;
  assert.deepEqual(first.lines.map(({ event }) => event), ["one"]);
  assert.deepEqual(second.lines, []);
  assert.equal(first.node, "edge@host:8000");
  assert.equal(first.restarts, 2);
  assert.deepEqual(first.figures, { viewers: 3 });
  assert.ok(first.rssBytes > first.heapBytes && first.heapBytes > 0);
  assert.ok(first.disk !== null && first.disk.totalBytes > first.disk.freeBytes);
  assert.equal(first.lagMaxMs, 40);
  assert.equal(second.lagMaxMs, 2);
  assert.ok(second.cpu >= 0);
});

Deno.test("Heartbeat keeps what a failed beat would have said, and tells of failures once", async () => {
  let failing = true;
  const beats: HealthBeat[] = [];
  const { heartbeat, lines } = startHeartbeat((beat) => {
    beats.push(beat);
    return failing
      ? Promise.reject(new Error("nobody there"))
      : Promise.resolve({ linesUntil: beat.lines.at(-1)?.n ?? 0 });
  }, { events: ["one"] });
  await waitFor("failures", () => beats.length >= 8);
  failing = false;
  const failed = beats.length;
  await waitFor("a success", () => beats.length > failed + 1);
  await heartbeat.stop();
  assert.equal(lines.filter((line) => line.includes("heartbeats_failing")).length, 1);
  assert.equal(lines.filter((line) => line.includes("heartbeats_resumed")).length, 1);
  const taken = beats[failed];
  assert.deepEqual(taken.lines.map(({ event }) => event), ["one", "heartbeats_failing"]);
  assert.equal(taken.lagMaxMs, 40);
});

Deno.test("Heartbeat sends everything again to a web that was restarted", async () => {
  const counts: number[] = [];
  let linesUntil = 3;
  const { heartbeat } = startHeartbeat((beat) => {
    counts.push(beat.lines.length);
    const answer = Promise.resolve({ linesUntil });
    linesUntil = counts.length === 2 ? 0 : 3;
    return answer;
  }, { events: ["one", "two", "three"] });
  await waitFor("four beats", () => counts.length >= 4);
  await heartbeat.stop();
  assert.deepEqual(counts.slice(0, 4), [3, 0, 0, 3]);
});

Deno.test("Heartbeat.stop() gives up a beat that hangs", async () => {
  const started = Promise.withResolvers<void>();
  const { heartbeat, lines } = startHeartbeat((_beat, signal) => {
    started.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  await started.promise;
  await heartbeat.stop();
  assert.deepEqual(lines, []);
});

Deno.test("sendTo() puts the beat with the secret and reads a bounded answer", async () => {
  const answers = [
    new Response('{"linesUntil":9}'),
    new Response("busy", { status: 503 }),
    new Response(" ".repeat(100_000)),
  ];
  const asked: { authorization: string | null; node: unknown }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    asked.push({
      authorization: request.headers.get("authorization"),
      node: (await request.json()).node,
    });
    return answers.shift()!;
  });
  const send = sendTo({ webUrl: `http://127.0.0.1:${server.addr.port}`, clusterSecret: "s" });
  const beat = { ...SOURCE, lines: [] } as unknown as HealthBeat;
  const { signal } = new AbortController();
  assert.deepEqual(await send(beat, signal), { linesUntil: 9 });
  assert.deepEqual(asked, [{ authorization: "Bearer s", node: "edge@host:8000" }]);
  await assert.rejects(send(beat, signal), /web answered 503/);
  await assert.rejects(send(beat, signal), RangeError);
  await server.shutdown();
});

Deno.test("parseReceipt() throws when the text is no receipt", () => {
  assert.throws(() => parseReceipt("<html>"), SyntaxError);
  for (
    const text of ["null", "[]", '{"linesUntil":-1}', '{"linesUntil":1.5}', '{"linesUntil":"1"}']
  ) {
    assert.throws(() => parseReceipt(text), TypeError, text);
  }
});

Deno.test("cpuShare() is processor time by wall time", () => {
  const at = (usedUs: number, atMs: number) => ({ usedUs, atMs });
  assert.equal(cpuShare(at(0, 0), at(500_000, 2_000)), 0.25);
  assert.equal(cpuShare(at(0, 5), at(500_000, 5)), 0);
});
