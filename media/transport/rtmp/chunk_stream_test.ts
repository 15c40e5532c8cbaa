import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedMediaError } from "../../errors.ts";
import { ChunkParser, encodeMessage, type RtmpMessage } from "./chunk_stream.ts";

function parse(pieces: Iterable<Uint8Array>): RtmpMessage[] {
  const messages: RtmpMessage[] = [];
  const parser = new ChunkParser({ onMessage: (message) => messages.push(message) });
  for (const piece of pieces) parser.push(piece);
  assert.equal(parser.bufferedBytes, 0);
  return messages;
}

function* split(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const hex = (text: string) => Uint8Array.from(text.match(/[0-9a-f]{2}/g)!, (b) => parseInt(b, 16));
const join = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((p) => [...p]));
const message = (over: Partial<RtmpMessage> = {}): RtmpMessage => ({
  type: 9,
  timestamp: 1000,
  streamId: 1,
  payload: new Uint8Array([1, 2, 3]),
  ...over,
});

Deno.test("ChunkParser reads the four header formats and counts time stamps", () => {
  const bytes = join(
    hex("04 0003e8 000001 08 01000000 aa"), // type 0 at 1000 ms
    hex("44 000014 000002 08 bbcc"), // type 1, +20 ms, other length
    hex("84 000015 ddee"), // type 2, +21 ms
    hex("c4 ff00"), // type 3: the same delta once more
  );
  const messages = parse([bytes]);
  assert.deepEqual(messages.map((m) => m.timestamp), [1000, 1020, 1041, 1062]);
  assert.deepEqual(messages.map((m) => m.payload.length), [1, 2, 2, 2]);
  assert.deepEqual(messages.map((m) => m.streamId), [1, 1, 1, 1]);
  assert.deepEqual(parse(split(bytes, 1)), messages);
});

Deno.test("ChunkParser reads one, two and three byte chunk stream ids", () => {
  for (const chunkStreamId of [2, 63, 64, 319, 320, 65_599]) {
    const bytes = encodeMessage(message({ payload: new Uint8Array(300).fill(7) }), {
      chunkStreamId,
      chunkSize: 128,
    });
    assert.deepEqual(parse(split(bytes, 1)), [message({ payload: new Uint8Array(300).fill(7) })]);
  }
});

Deno.test("ChunkParser puts interleaved messages together", () => {
  const video = encodeMessage(message({ payload: new Uint8Array(200).fill(1) }), {
    chunkStreamId: 6,
    chunkSize: 128,
  });
  const audio = encodeMessage(message({ type: 8, payload: new Uint8Array(200).fill(2) }), {
    chunkStreamId: 4,
    chunkSize: 128,
  });
  const cut = 12 + 128;
  const bytes = join(
    video.subarray(0, cut),
    audio.subarray(0, cut),
    video.subarray(cut),
    audio.subarray(cut),
  );
  assert.deepEqual(parse(split(bytes, 3)).map((m) => [m.type, m.payload[199]]), [[9, 1], [8, 2]]);
});

Deno.test("ChunkParser takes extended time stamps that are repeated and that are not", () => {
  const payload = new Uint8Array(300).fill(0x55);
  const big = message({ timestamp: 0x01020304, payload });
  const repeated = encodeMessage(big, { chunkStreamId: 6, chunkSize: 128 });
  assert.equal(repeated.length, 16 + 300 + 2 * 5);
  const first = repeated.subarray(0, 16 + 128);
  const bare = join(
    first,
    hex("c6"),
    payload.subarray(128, 256),
    hex("c6"),
    payload.subarray(256),
  );
  for (const bytes of [repeated, bare]) {
    assert.deepEqual(parse([bytes]), [big]);
    assert.deepEqual(parse(split(bytes, 1)), [big]);
  }
});

Deno.test("ChunkParser drops an aborted message", () => {
  const cut = encodeMessage(message({ payload: new Uint8Array(200) }), {
    chunkStreamId: 6,
    chunkSize: 128,
  }).subarray(0, 12 + 128);
  const abort = encodeMessage(message({ type: 2, streamId: 0, payload: hex("00000006") }), {
    chunkStreamId: 2,
    chunkSize: 128,
  });
  const next = encodeMessage(message(), { chunkStreamId: 6, chunkSize: 128 });
  assert.deepEqual(parse([join(cut, abort, next)]), [message()]);
});

Deno.test("ChunkParser accepts chunk sizes from 1 to 2^31 - 1 and no others", () => {
  const change = (size: number) =>
    encodeMessage(
      message({ type: 1, streamId: 0, payload: hex(size.toString(16).padStart(8, "0")) }),
      { chunkStreamId: 2, chunkSize: 128 },
    );
  for (const chunkSize of [1, 7, 0x7fffffff]) {
    const payload = new Uint8Array(1000).fill(9);
    const bytes = join(
      change(chunkSize),
      encodeMessage(message({ payload }), { chunkStreamId: 6, chunkSize }),
    );
    assert.deepEqual(parse([bytes]), [message({ payload })]);
    assert.deepEqual(parse(split(bytes, 1)), [message({ payload })]);
  }
  for (const size of [0, 0x80000000, 0xffffffff]) {
    assert.throws(() => parse([change(size)]), MalformedMediaError);
  }
});

Deno.test("ChunkParser throws MalformedMediaError for headers that lean on nothing", () => {
  for (const bytes of ["c4", "84 000000", "04 000000 000100 09 01000000 00"]) {
    const parser = new ChunkParser({ onMessage: () => {} });
    assert.throws(() => {
      parser.push(hex(bytes));
      parser.push(new Uint8Array(127));
      // A new message before the last one is complete.
      parser.push(hex("04 000000 000100 09 01000000 00"));
    }, MalformedMediaError);
  }
});

Deno.test("ChunkParser refuses too many chunk streams and too many unfinished bytes", () => {
  const many = new ChunkParser({ onMessage: () => {} });
  assert.throws(() => {
    for (let id = 3; id < 10_000; id++) {
      many.push(encodeMessage(message(), { chunkStreamId: id, chunkSize: 128 }));
    }
  }, /more than 64 chunk streams/);
  const large = new ChunkParser({ onMessage: () => {}, maxBufferedBytes: 64 * 1024 });
  large.push(hex("02 000000 000004 01 00000000 7fffffff"));
  large.push(hex("06 000000 ffffff 09 01000000"));
  assert.equal(large.bufferedBytes, 0);
  large.push(new Uint8Array(1000));
  assert.ok(large.bufferedBytes <= 2048);
  assert.throws(() => large.push(new Uint8Array(100_000)), /unfinished messages hold more/);
});

Deno.test("ChunkParser keeps what comes while paused", () => {
  const seen: number[] = [];
  const parser: ChunkParser = new ChunkParser({
    onMessage: (m) => {
      seen.push(m.timestamp);
      if (m.timestamp === 1) parser.pause();
    },
  });
  const bytes = join(
    ...[1, 2, 3].map((timestamp) =>
      encodeMessage(message({ timestamp }), { chunkStreamId: 6, chunkSize: 128 })
    ),
  );
  parser.push(bytes.subarray(0, 40));
  parser.push(bytes.subarray(40));
  assert.deepEqual(seen, [1]);
  parser.resume();
  assert.deepEqual(seen, [1, 2, 3]);
});

Deno.test("encodeMessage and ChunkParser are inverse, whatever the split", () => {
  const runs = Number(Deno.env.get("FUZZ_RUNS") ?? 200);
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          type: fc.constantFrom(8, 9, 18, 20),
          timestamp: fc.oneof(fc.nat(100_000), fc.integer({ min: 0, max: 0xffffffff })),
          streamId: fc.integer({ min: 0, max: 0xffffffff }),
          payload: fc.uint8Array({ maxLength: 1000 }),
          chunkStreamId: fc.constantFrom(2, 3, 63, 64, 320, 65_599),
        }),
        { maxLength: 8 },
      ),
      fc.integer({ min: 1, max: 500 }),
      (items, size) => {
        const bytes = join(
          ...items.map(({ chunkStreamId, ...m }) =>
            encodeMessage(m, { chunkStreamId, chunkSize: 128 })
          ),
        );
        assert.deepEqual(
          parse(split(bytes, size)),
          items.map(({ chunkStreamId: _, ...m }) => m),
        );
      },
    ),
    { numRuns: Math.min(runs, 20_000) },
  );
});
