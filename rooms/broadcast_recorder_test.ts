import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openMemoryStore } from "../store/memory/mod.ts";
import { accountNamed } from "../tests/conformance/repository_conformance.ts";
import { reportOf } from "../tests/support/web.ts";
import { BroadcastRecorder } from "./broadcast_recorder.ts";
import { LiveState } from "./live_state.ts";

const START_MS = 1_000_000;

async function stage() {
  const store = openMemoryStore();
  await store.accounts.create(accountNamed("ann"));
  const room = await store.rooms.create({
    ownerId: "id-ann",
    title: "x",
    titleKey: "x",
    createdAtMs: 1,
    sealedKey: new Uint8Array(1),
  });
  const id = room?.id as string;
  const live = new LiveState();
  const gifts = { coins: 0, marks: new Map<number, number>() };
  const boards = {
    since(_room: string, mark: number) {
      if (!gifts.marks.has(mark)) gifts.marks.set(mark, gifts.coins);
      return Promise.resolve(gifts.coins - gifts.marks.get(mark)!);
    },
  };
  const options = { broadcasts: store.broadcasts, rooms: store.rooms, live, boards };
  const air = (on: boolean, viewers: number, nowMs: number) => {
    const streams = on ? [reportOf(id, { startedAtMs: START_MS, readers: {} })] : [];
    live.putStreams("media", { streams }, nowMs);
    live.putViewers("edge", { [id]: { flv: viewers, ws: 0, hls: 0 } }, nowMs);
  };
  return { store, id, options, air, gifts };
}

Deno.test("BroadcastRecorder counts viewers over time and ends with the stream", async () => {
  const { store, id, options, air } = await stage();
  const recorder = await BroadcastRecorder.open(options, { nowMs: START_MS });
  for (let second = 0; second <= 20; second += 2) {
    const nowMs = START_MS + second * 1000;
    air(true, second <= 10 ? 10 : 30, nowMs);
    await recorder.tick(nowMs);
  }
  strictEqual(recorder.of(id)?.peakViewers, 30);
  air(false, 0, START_MS + 22_000);
  await recorder.tick(START_MS + 22_000);
  strictEqual(recorder.of(id), null);
  const [broadcast, ...rest] = await store.broadcasts.list(id, { limit: 9 });
  deepStrictEqual(rest, []);
  strictEqual(broadcast?.startedAtMs, START_MS);
  strictEqual(broadcast?.endedAtMs, START_MS + 20_000);
  strictEqual(broadcast?.peakViewers, 30);
  strictEqual(Math.round(broadcast?.averageViewers ?? 0), 20);
  strictEqual(Math.round(broadcast?.averageKbps ?? 0), 1_500);
  strictEqual((await store.rooms.byId(id))?.lastLiveAtMs, START_MS + 20_000);
  await store.close();
});

Deno.test("BroadcastRecorder takes a broadcast up again after a restart", async () => {
  const { store, id, options, air } = await stage();
  const first = await BroadcastRecorder.open(options, { nowMs: START_MS });
  air(true, 7, START_MS);
  await first.tick(START_MS);
  await first.close(START_MS + 1_000);
  const second = await BroadcastRecorder.open(options, { nowMs: START_MS + 9_000 });
  // Nobody has reported yet: that is no end.
  await second.tick(START_MS + 9_000);
  strictEqual(second.of(id)?.endedAtMs, null);
  air(true, 3, START_MS + 10_000);
  await second.tick(START_MS + 10_000);
  const [broadcast, ...rest] = await store.broadcasts.list(id, { limit: 9 });
  deepStrictEqual(rest, []);
  strictEqual(broadcast?.peakViewers, 7);
  strictEqual(broadcast?.endedAtMs, null);
  await store.close();
});

Deno.test("BroadcastRecorder gives a stream up when no node was heard for a minute", async () => {
  const { store, id, options, air } = await stage();
  const recorder = await BroadcastRecorder.open(options, { nowMs: START_MS });
  air(true, 1, START_MS);
  await recorder.tick(START_MS);
  await recorder.tick(START_MS + 30_000);
  strictEqual(recorder.of(id)?.endedAtMs, null);
  await recorder.tick(START_MS + 60_000);
  strictEqual((await store.broadcasts.list(id, { limit: 1 }))[0]?.endedAtMs, START_MS);
  await store.close();
});

Deno.test("BroadcastRecorder counts the coins of gifts, also over a restart", async () => {
  const { store, id, options, air, gifts } = await stage();
  gifts.coins = 500;
  const first = await BroadcastRecorder.open(options, { nowMs: START_MS });
  air(true, 7, START_MS);
  await first.tick(START_MS);
  gifts.coins = 520;
  // It dies without writing.
  const second = await BroadcastRecorder.open(options, { nowMs: START_MS + 5_000 });
  air(true, 7, START_MS + 5_000);
  await second.tick(START_MS + 5_000);
  gifts.coins = 586;
  air(false, 0, START_MS + 7_000);
  await second.tick(START_MS + 7_000);
  strictEqual((await store.broadcasts.list(id, { limit: 1 }))[0]?.giftCoins, 86);
  await store.close();
});
