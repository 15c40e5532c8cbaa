import assert from "node:assert/strict";
import type { RoomSummary } from "../ui/room_data.ts";
import { keepOrder } from "./room_order.ts";

function rooms(viewers: Readonly<Record<string, number>>): RoomSummary[] {
  return Object.entries(viewers).map(([id, viewers]) => ({
    id,
    title: id,
    ownerName: id,
    ownerPicture: null,
    category: null,
    live: true,
    startedAtMs: 0,
    viewers,
    followers: 0,
    still: null,
    cover: null,
    nextLiveAtMs: null,
    lastLiveAtMs: null,
  }));
}
const ids = (list: readonly RoomSummary[]) => list.map(({ id }) => id).join("");

Deno.test("keepOrder() leaves cards in their places and takes what is new about them", () => {
  const shown = rooms({ a: 90, b: 20, c: 10 });
  const after = keepOrder(shown, rooms({ a: 88, c: 30, b: 5 }));
  assert.equal(ids(after), "abc");
  assert.deepEqual(after.map(({ viewers }) => viewers), [88, 5, 30]);
});

Deno.test("keepOrder() adds new rooms at the end and drops those that are over", () => {
  assert.equal(ids(keepOrder(rooms({ a: 90, b: 20 }), rooms({ d: 4, a: 90, e: 2 }))), "ade");
  assert.equal(ids(keepOrder([], rooms({ a: 2, b: 1 }))), "ab");
  assert.deepEqual(keepOrder(rooms({ a: 1 }), []), []);
});

Deno.test("keepOrder() changes the leader only for a room that is clearly more watched", () => {
  const shown = rooms({ a: 100, b: 90, c: 2 });
  assert.equal(ids(keepOrder(shown, rooms({ a: 100, b: 110, c: 2 }))), "abc");
  assert.equal(ids(keepOrder(shown, rooms({ a: 100, b: 126, c: 2 }))), "bac");
  assert.equal(ids(keepOrder(rooms({ a: 0, b: 0 }), rooms({ a: 0, b: 2 }))), "ab");
});

Deno.test("keepOrder() gives the place of a leader that is over to the most watched room", () => {
  assert.equal(ids(keepOrder(rooms({ a: 9, b: 3, c: 3 }), rooms({ b: 3, c: 4 }))), "cb");
});
