import assert from "node:assert/strict";
import { parseRoom, parseRooms, usualFrameRate } from "./room_data.ts";

Deno.test("usualFrameRate() forgives the jitter of a measurement, and no more", () => {
  assert.deepEqual([29.97, 31, 29].map(usualFrameRate), [30, 30, 30]);
  assert.deepEqual([23.976, 25, 24.4, 59.2].map(usualFrameRate), [24, 25, 24, 60]);
  assert.deepEqual([12, 37.4, 0, 144].map(usualFrameRate), [12, 37, 0, 144]);
});

Deno.test("rooms of the API are checked", () => {
  const room = {
    id: "100001",
    title: "<b>",
    owner: { id: "a", name: "Lin" },
    live: true,
    startedAt: "2026-01-02T03:04:05.000Z",
    viewers: 3,
    playback: {},
  };
  assert.equal(parseRoom({ room }).ownerName, "Lin");
  assert.equal(parseRooms({ rooms: [room] })[0]?.startedAtMs, Date.UTC(2026, 0, 2, 3, 4, 5));
  for (const bad of [null, [], "x", { rooms: 3 }, { rooms: [{}] }]) {
    assert.throws(() => parseRooms(bad), TypeError);
  }
  assert.throws(() => parseRoom({ room: { ...room, viewers: Infinity } }), TypeError);
});
