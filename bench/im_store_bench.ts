/**
 * The message log of the embedded store: appends a second that were acknowledged after their commit,
 * as many callers make them, one message each.
 *
 * @module
 */
import type { Draft } from "../im/protocol/message.ts";
import { openMessageLog } from "../store/messages/mod.ts";
import { cpuSeconds, percentile, printTable } from "./report.ts";

const SECONDS = 5;
const CALLERS = 1_000;
const FLOOR = 20_000;

const draft = (text: string): Draft => ({
  kind: "chat",
  body: { text, color: null, mode: "scroll", replyTo: null },
  lane: "chat",
  from: { id: "a1b2c3d4e5f60718a1b2c3d4", name: "李雷", level: 12, role: "member" },
  stateKey: null,
});

async function measure(options: { readonly rooms: number; readonly dedupe: boolean }) {
  const folder = await Deno.makeTempDir();
  const log = await openMessageLog(folder);
  const waits: number[] = [];
  const cpuBefore = await cpuSeconds(Deno.pid);
  const startedAtMs = performance.now();
  const untilMs = startedAtMs + SECONDS * 1_000;
  let n = 0;
  await Promise.all(Array.from({ length: CALLERS }, async (_, caller) => {
    const room = `${100_001 + caller % options.rooms}`;
    while (performance.now() < untilMs) {
      const at = performance.now();
      const dedupeKey = options.dedupe ? `chat a1b2c3d4e5f60718a1b2c3d4 ${n}` : null;
      await log.append(room, [{ draft: draft(`这条弹幕是第 ${n++} 条，大家好`), dedupeKey }]);
      waits.push(performance.now() - at);
    }
  }));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const cpu = await cpuSeconds(Deno.pid) - cpuBefore;
  const rate = Math.round(waits.length / seconds);
  const bytes = await log.sizeBytes();
  const { commits } = log.inspect();
  await log.close();
  await Deno.remove(folder, { recursive: true });
  return {
    rooms: options.rooms,
    "dedupe keys": options.dedupe ? "yes" : "no",
    "appends/s": rate,
    verdict: rate >= FLOOR ? `met (≥ ${FLOOR})` : `MISSED (≥ ${FLOOR})`,
    "CPU µs/append": (cpu * 1e6 / waits.length).toFixed(1),
    "p50 ms": percentile(waits, 0.5).toFixed(1),
    "p99 ms": percentile(waits, 0.99).toFixed(1),
    "messages/commit": Math.round(waits.length / commits),
    "bytes/message": Math.round(bytes / waits.length),
  };
}

printTable(`Embedded message log: ${CALLERS} callers, one message each, ${SECONDS} s`, [
  await measure({ rooms: 1, dedupe: false }),
  await measure({ rooms: 1, dedupe: true }),
  await measure({ rooms: 200, dedupe: true }),
]);
