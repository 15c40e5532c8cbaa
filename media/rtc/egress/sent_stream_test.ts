import assert from "node:assert/strict";
import { videoPacket } from "../testing.ts";
import { SentStream } from "./sent_stream.ts";

const stream = () =>
  new SentStream({ ssrc: 7, payloadType: 96, firstSequence: 65_534, firstTimestamp: 1000 });

Deno.test("SentStream keeps gaps and order of the source under its own numbers", () => {
  const sent = stream();
  assert.equal(sent.fieldsOf(videoPacket(10)), null);
  sent.begin({ first: videoPacket(10), gapTicks: 0 });
  const fields = [10, 11, 13, 12].map((sequence) => ({ ...sent.fieldsOf(videoPacket(sequence))! }));
  assert.deepEqual(fields.map(({ sequenceNumber }) => sequenceNumber), [65_534, 65_535, 1, 0]);
  assert.deepEqual(fields.map(({ timestamp }) => timestamp), [1000, 4000, 10_000, 7000]);
  assert.equal(sent.fieldsOf(videoPacket(9)), null);
});

Deno.test("SentStream goes on behind its last packet when the source is another one", () => {
  const sent = stream();
  sent.begin({ first: videoPacket(10), gapTicks: 0 });
  sent.fieldsOf(videoPacket(10));
  sent.fieldsOf(videoPacket(11));
  const first = videoPacket(40_000, { timestamp: 5 });
  sent.begin({ first, gapTicks: 9000 });
  assert.deepEqual({ ...sent.fieldsOf(first) }, { sequenceNumber: 0, timestamp: 13_000 });
});

Deno.test("SentStream squeezes a group, and what is live follows at its own pace", () => {
  const sent = stream();
  const group = [
    videoPacket(5, { picture: 5, marker: false }),
    videoPacket(6, { picture: 5 }),
    videoPacket(7, { picture: 6 }),
    videoPacket(8, { picture: 7 }),
  ];
  sent.begin({ first: group[0]!, gapTicks: 0, group });
  const times = [...group, videoPacket(9)].map((packet) => sent.fieldsOf(packet)!.timestamp);
  assert.deepEqual(times, [1000, 1000, 1090, 1180, 1180 + 2 * 3000]);
  // The same again when it is asked for once more.
  assert.equal(sent.fieldsOf(group[2]!)!.timestamp, 1090);
});

Deno.test("SentStream tells which packet of the source a viewer misses", () => {
  const sent = stream();
  sent.begin({ first: videoPacket(10), gapTicks: 0 });
  for (let sequence = 10; sequence < 20; sequence++) sent.fieldsOf(videoPacket(sequence));
  assert.equal(sent.sourceSequenceOf(65_534), 10);
  assert.equal(sent.sourceSequenceOf(2), 14);
  assert.equal(sent.sourceSequenceOf(65_533), null);
  // Above what was sent is taken for far below.
  assert.equal(sent.sourceSequenceOf(8), null);
});
