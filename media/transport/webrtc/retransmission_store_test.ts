import assert from "node:assert/strict";
import { RetransmissionStore, type StoredPacket } from "./retransmission_store.ts";

function packet(number: number, options: { key?: boolean; timestamp?: number } = {}): StoredPacket {
  return {
    bytes: Uint8Array.of(number & 0xff),
    sequenceNumber: number & 0xffff,
    timestamp: options.timestamp ?? number,
    marker: false,
    payloadBytes: 1,
    pts: null,
    startsKeyFrame: options.key ?? false,
  };
}

Deno.test("RetransmissionStore gives packets by their numbers until they are too old or pushed out", () => {
  const store = new RetransmissionStore({ capacity: 4, maxAgeMs: 100 });
  for (let i = 0; i < 6; i++) store.put(packet(65_534 + i), i);
  assert.equal(store.get(65_534, 10), null);
  assert.equal(store.get(0, 10)?.sequenceNumber, 0);
  assert.equal(store.get(3, 10)?.sequenceNumber, 3);
  assert.equal(store.get(4, 10), null);
  assert.equal(store.get(0, 103), null);
  store.clear();
  assert.equal(store.get(3, 10), null);
});

Deno.test("RetransmissionStore.sinceKeyFrame() begins at the first packet of the newest key frame", () => {
  const store = new RetransmissionStore({ capacity: 16 });
  assert.deepEqual(store.sinceKeyFrame(), []);
  store.put(packet(1, { key: true, timestamp: 10 }), 0);
  store.put(packet(2, { timestamp: 20 }), 0);
  // Parameter sets and the first slice both begin the same key frame.
  store.put(packet(3, { key: true, timestamp: 30 }), 0);
  store.put(packet(4, { key: true, timestamp: 30 }), 0);
  store.put(packet(6, { timestamp: 40 }), 0);
  const numbers = () => store.sinceKeyFrame().map((stored) => stored.sequenceNumber);
  assert.deepEqual(numbers(), [3, 4, 6]);
  store.put(packet(5, { timestamp: 40 }), 0);
  assert.deepEqual(numbers(), [3, 4, 5, 6]);
  for (let i = 7; i < 30; i++) store.put(packet(i), 0);
  assert.deepEqual(numbers(), []);
});

Deno.test("RetransmissionStore refuses a capacity that is no power of two", () => {
  assert.throws(() => new RetransmissionStore({ capacity: 3 }), RangeError);
});
