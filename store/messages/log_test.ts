import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { StoreBusyError } from "../../rooms/errors.ts";
import type { Draft } from "../../im/protocol/message.ts";
import { openMemoryLog } from "../memory/messages.ts";
import { openMessageLog } from "./mod.ts";

const plain = (text: string) => {
  const draft: Draft = {
    kind: "chat",
    body: { text, color: null, mode: "scroll", replyTo: null },
    lane: "chat",
    from: null,
    stateKey: null,
  };
  return { draft, dedupeKey: null };
};
const newest = { after: null, limit: 100 };

Deno.test("EmbeddedLog holds a bounded number of live parts and loads them again", async () => {
  const log = openMemoryLog({ maxRings: 3, commitMs: 0 });
  for (let room = 100_001; room <= 100_010; room++) {
    await log.append(`${room}`, [plain(`in ${room}`)]);
    strictEqual((await log.read(`${room}`, newest)).messages.length, 1);
    ok(log.inspect().rings <= 3);
  }
  const { messages, gap } = await log.read("100001", newest);
  deepStrictEqual([messages.length, gap], [1, false]);
  strictEqual(log.inspect().messages, 3);
  await log.close();
});

Deno.test("EmbeddedLog holds a bounded number of messages", async () => {
  const log = openMemoryLog({ maxMessages: 50, commitMs: 0 });
  for (const room of ["100001", "100002", "100003"]) {
    await log.append(room, Array.from({ length: 40 }, (_, n) => plain(`${n}`)));
    await log.read(room, newest);
  }
  strictEqual(log.inspect().messages, 40);
  strictEqual((await log.read("100001", newest)).messages.length, 40);
  await log.close();
});

Deno.test("EmbeddedLog refuses more than may wait and has done nothing then", async () => {
  const log = openMemoryLog({ maxQueued: 10 });
  const first = log.append("100001", Array.from({ length: 8 }, (_, n) => plain(`${n}`)));
  await rejects(log.append("100001", [plain("a"), plain("b"), plain("c")]), StoreBusyError);
  const second = log.append("100001", [plain("d")]);
  await Promise.all([first, second]);
  strictEqual((await log.read("100001", newest)).messages.length, 9);
  deepStrictEqual([log.inspect().queued, log.inspect().refused], [0, 3]);
  await log.append("100001", [plain("e")]);
  await log.close();
});

Deno.test("EmbeddedLog.read() while appends go on has each of them once", async () => {
  const log = openMemoryLog({ commitMs: 0 });
  const appends = Array.from({ length: 50 }, (_, n) => log.append("100001", [plain(`${n}`)]));
  const reads = Array.from({ length: 10 }, () => log.read("100001", newest));
  await Promise.all([...appends, ...reads]);
  const { messages } = await log.read("100001", newest);
  strictEqual(new Set(messages.map(({ score }) => score)).size, 50);
  await log.close();
});

Deno.test("openMessageLog() keeps its file to the owner and from a second process", async () => {
  const folder = await Deno.makeTempDir();
  const log = await openMessageLog(folder);
  await log.append("100001", [plain("a")]);
  const { mode } = await Deno.stat(`${folder}/messages.db`);
  strictEqual((mode ?? 0) & 0o077, 0);
  ok(await log.sizeBytes() > 0);
  await rejects(openMessageLog(folder), StoreBusyError);
  await log.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("EmbeddedLog.trim() goes over the file", async () => {
  let nowMs = Date.now();
  const log = openMemoryLog({ commitMs: 0, historyDays: 1, now: () => nowMs });
  await log.append("100001", [plain("a")]);
  strictEqual(await log.trim(), 0);
  nowMs += 25 * 3_600_000;
  await log.append("100001", [plain("b")]);
  strictEqual(await log.trim(), 1);
  const all = { fromMs: 0, toMs: nowMs + 1, after: null, limit: 10 };
  strictEqual((await log.history("100001", all)).messages.length, 1);
  await log.close();
});
