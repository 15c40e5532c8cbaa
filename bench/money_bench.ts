/**
 * Gifts of the embedded store: each call is acknowledged after its commit reached the disk. Payments
 * alone, and whole gifts (payment, board, settlement); the books are checked at the end.
 *
 * @module
 */
import { openEmbeddedMoney } from "../store/money/mod.ts";
import { cpuSeconds, percentile, printTable } from "./report.ts";

const SECONDS = 5;
const CALLERS = 1_000;
const ACCOUNTS = 2_000;
const FLOOR = 10_000;

async function measure(whole: boolean) {
  const folder = await Deno.makeTempDir();
  const { wallets, boards, close } = await openEmbeddedMoney(folder);
  await Promise.all(Array.from({ length: ACCOUNTS }, (_, index) =>
    wallets.grant({
      grantId: "bench",
      accountId: `${index}c3d4e5f60718a1b2c3d4`,
      coins: 1_000_000,
      reason: "bench",
      atMs: Date.now(),
    })));
  const waits: number[] = [];
  const cpuBefore = await cpuSeconds(Deno.pid);
  const startedAtMs = performance.now();
  const untilMs = startedAtMs + SECONDS * 1_000;
  let n = 0;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    while (performance.now() < untilMs) {
      const at = performance.now();
      const id = n++;
      const order = {
        requestId: `b1946ac9-${id}`,
        accountId: `${id % ACCOUNTS}c3d4e5f60718a1b2c3d4`,
        roomId: `${100_001 + id % 20}`,
        gift: "rose",
        count: 1,
        value: 1,
        battle: null,
        sender: { name: "李雷", role: "member" },
        announce: false,
        atMs: Date.now(),
      } as const;
      await wallets.pay(order);
      waits.push(performance.now() - at);
      if (!whole) continue;
      await boards.add({ ...order, name: "李雷", coins: 1 });
      await wallets.settle({ ...order, score: id + 1 });
    }
  }));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const cpu = await cpuSeconds(Deno.pid) - cpuBefore;
  const rate = Math.round(waits.length / seconds);
  const books = await wallets.books();
  const exact = books.balances === ACCOUNTS * 1_000_000 - waits.length &&
    books.mint + books.wallets + books.rooms + books.house === 0;
  await close();
  await Deno.remove(folder, { recursive: true });
  return {
    what: whole ? "whole gifts" : "payments",
    "a second": rate,
    verdict: rate >= FLOOR ? `met (≥ ${FLOOR})` : `MISSED (≥ ${FLOOR})`,
    ledger: exact ? "exact" : "WRONG",
    "CPU µs each": (cpu * 1e6 / waits.length).toFixed(1),
    "payment p50 ms": percentile(waits, 0.5).toFixed(1),
    "payment p99 ms": percentile(waits, 0.99).toFixed(1),
  };
}

printTable(`Embedded money: ${CALLERS} callers, one gift each, ${SECONDS} s`, [
  await measure(false),
  await measure(true),
]);
