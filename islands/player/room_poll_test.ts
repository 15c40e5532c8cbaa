import assert from "node:assert/strict";
import { parseRoom } from "./room_poll.ts";

Deno.test("parseRoom() tells live, off and nonsense apart", () => {
  assert.deepEqual(parseRoom({ room: { live: false } }), { kind: "off" });
  assert.deepEqual(parseRoom({ error: 1 }), { kind: "unreachable" });
  assert.deepEqual(parseRoom(null), { kind: "unreachable" });
  assert.deepEqual(
    parseRoom({
      room: {
        live: true,
        startedAt: "2026-01-01T00:00:00Z",
        playback: { flv: "http://h/live/1.flv", hls: 7 },
      },
    }),
    {
      kind: "live",
      startedAtMs: Date.UTC(2026, 0, 1),
      playback: { llhls: null, hls: null, flv: "http://h/live/1.flv", rtmp: null, whep: null },
    },
  );
});
