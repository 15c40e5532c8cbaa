import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { NoticeBody, Sender } from "../../im/protocol/message.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { LiveState } from "../live_state.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { reportOf } from "../../tests/support/web.ts";
import { ENTER_AGAIN_MS, RoomNotices, SAY_AGAIN_MS } from "./room_notices.ts";

const ROOM = "100001";
const sender = (name: string): Sender => ({ id: `id-${name}`, name, level: 0, role: "member" });

function world() {
  const log = openMemoryLog({ commitMs: 0 });
  const live = new LiveState();
  const notices = new RoomNotices({ log, live, settings: { values: DEFAULT_SETTINGS } });
  let seen: number | null = null;
  return {
    live,
    notices,
    /** What the room heard since the last call. */
    async heard() {
      const { messages, head } = await log.read(ROOM, { after: seen ?? 0, limit: 100 });
      seen = head;
      return messages.map(({ body }) => body as NoticeBody);
    },
    [Symbol.asyncDispose]: () => log.close(),
  };
}

Deno.test("RoomNotices merges who comes in and counts nobody twice in ten minutes", async () => {
  await using at = world();
  for (const name of ["ann", "bob", "cid", "dan", "ann"]) at.notices.enter(sender(name), ROOM, 100);
  await at.notices.tick(500);
  deepStrictEqual(await at.heard(), []);
  await at.notices.tick(1_100);
  deepStrictEqual(await at.heard(), [
    { notice: "enter", data: { names: ["bob", "cid", "dan"], count: 4 } },
  ]);
  at.notices.enter(sender("ann"), ROOM, 100 + ENTER_AGAIN_MS - 1);
  await at.notices.tick(ENTER_AGAIN_MS + 5_000);
  deepStrictEqual(await at.heard(), []);
  at.notices.enter(sender("ann"), ROOM, 100 + ENTER_AGAIN_MS);
  await at.notices.tick(ENTER_AGAIN_MS + 5_000);
  deepStrictEqual((await at.heard()).length, 1);
});

Deno.test("RoomNotices is quieter in big rooms", async () => {
  await using at = world();
  at.live.putStreams("media", { streams: [reportOf(ROOM, { readers: {} })] }, 0);
  at.live.putViewers("edge", { [ROOM]: { flv: 5_000, ws: 0, hls: 0 } }, 0);
  at.notices.enter(sender("ann"), ROOM, 0);
  await at.notices.tick(4_000);
  strictEqual((await at.heard()).filter(({ notice }) => notice === "enter").length, 0);
  at.live.putStreams("media", { streams: [reportOf(ROOM, { readers: {} })] }, 9_000);
  at.live.putViewers("edge", { [ROOM]: { flv: 5_000, ws: 0, hls: 0 } }, 9_000);
  await at.notices.tick(10_000);
  strictEqual((await at.heard()).filter(({ notice }) => notice === "enter").length, 1);
});

Deno.test("RoomNotices says how many watch when it changed, every five seconds", async () => {
  await using at = world();
  const watch = (flv: number, nowMs: number) => {
    at.live.putStreams("media", { streams: [reportOf(ROOM, { readers: {} })] }, nowMs);
    at.live.putViewers("edge", { [ROOM]: { flv, ws: 0, hls: 0 } }, nowMs);
  };
  watch(3, 0);
  await at.notices.tick(0);
  deepStrictEqual(await at.heard(), [{ notice: "viewers", data: { total: 3 } }]);
  watch(4, 1_000);
  await at.notices.tick(1_000);
  deepStrictEqual(await at.heard(), []);
  watch(4, 5_000);
  await at.notices.tick(5_000);
  deepStrictEqual(await at.heard(), [{ notice: "viewers", data: { total: 4 } }]);
  watch(4, 10_000);
  await at.notices.tick(10_000);
  deepStrictEqual(await at.heard(), []);
  // A frame may have been lost.
  watch(4, 5_000 + SAY_AGAIN_MS);
  await at.notices.tick(5_000 + SAY_AGAIN_MS);
  deepStrictEqual(await at.heard(), [{ notice: "viewers", data: { total: 4 } }]);
});

Deno.test("RoomNotices says nothing of viewers when another process does", async () => {
  await using at = world();
  const watch = (flv: number, nowMs: number) => {
    at.live.putStreams("media", { streams: [reportOf(ROOM, { readers: {} })] }, nowMs);
    at.live.putViewers("edge", { [ROOM]: { flv, ws: 0, hls: 0 } }, nowMs);
  };
  watch(3, 0);
  at.notices.enter(sender("ann"), ROOM, 0);
  await at.notices.tick(2_000, { viewers: false });
  deepStrictEqual((await at.heard()).map(({ notice }) => notice), ["enter"]);
  watch(3, 6_000);
  await at.notices.tick(6_000);
  deepStrictEqual((await at.heard()).map(({ notice }) => notice), ["viewers"]);
});
