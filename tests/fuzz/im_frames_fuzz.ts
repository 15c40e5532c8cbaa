/**
 * Random and mutated bytes against the readers of frames and cursors. Only
 * {@linkcode MalformedFrameError} may come out; what is understood can be said again and means the
 * same, and is not larger than what came in by more than the names of its fields.
 *
 * `FUZZ_RUNS` inputs (default 2000). The seeds are the files of `tests/fixtures/fuzz/im/`; an input
 * that once broke a reader is added there.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeEdgeFeedFrame, decodeWebFeedFrame } from "../../im/internal_feed.ts";
import { formatCursor, parseCursor } from "../../im/protocol/cursor.ts";
import {
  decodeClientFrameJson,
  decodeServerFrameJson,
  encodeClientFrameJson,
  encodeServerFrameJson,
} from "../../im/protocol/json.ts";
import {
  decodeClientFrame,
  decodePollAnswer,
  decodeServerFrame,
  encodeClientFrame,
  encodePollAnswer,
  encodeServerFrame,
} from "../../im/protocol/protobuf.ts";
import { MalformedFrameError } from "../../im/protocol/wire.ts";
import { anyServerFrame } from "../support/im_messages.ts";

const FUZZ_RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 2000);
const FOLDER = new URL("../fixtures/fuzz/im/", import.meta.url);
const latin1 = new TextDecoder("latin1");

const seeds = [...Deno.readDirSync(FOLDER)].map(({ name }) =>
  Deno.readFileSync(new URL(name, FOLDER))
);

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedFrameError) return undefined;
    throw error;
  }
}

function check(bytes: Uint8Array): void {
  const server = attempt(() => decodeServerFrame(bytes));
  if (server !== undefined) {
    assert.deepEqual(decodeServerFrame(encodeServerFrame(server)), server);
    assert.ok(JSON.stringify(server).length <= 1_000 + 100 * bytes.length);
  }
  const answer = attempt(() => decodePollAnswer(bytes));
  if (answer !== undefined) {
    assert.deepEqual(decodePollAnswer(encodePollAnswer(answer)), answer);
  }
  const client = attempt(() => decodeClientFrame(bytes));
  if (client !== undefined) {
    assert.deepEqual(decodeClientFrame(encodeClientFrame(client)), client);
  }
  for (const text of [latin1.decode(bytes), new TextDecoder().decode(bytes)]) checkText(text);
}

function checkText(text: string): void {
  const server = attempt(() => decodeServerFrameJson(text));
  if (server !== undefined) {
    assert.deepEqual(decodeServerFrameJson(encodeServerFrameJson(server)), server);
  }
  const client = attempt(() => decodeClientFrameJson(text));
  if (client !== undefined) {
    assert.deepEqual(decodeClientFrameJson(encodeClientFrameJson(client)), client);
  }
  attempt(() => decodeEdgeFeedFrame(text));
  attempt(() => decodeWebFeedFrame(text));
  const place = parseCursor(text);
  if (place !== null) assert.deepEqual(parseCursor(formatCursor(place)), place);
}

const change = fc.record({
  kind: fc.constantFrom("set", "flip", "cut", "drop", "repeat"),
  at: fc.nat(4_096),
  length: fc.integer({ min: 1, max: 16 }),
  value: fc.constantFrom(0x00, 0x01, 0x08, 0x0a, 0x12, 0x22, 0x5b, 0x7b, 0x7f, 0x80, 0xff),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutate(seed: Uint8Array, changes: readonly Change[]): Uint8Array {
  let bytes = [...seed];
  for (const { kind, at, length, value } of changes) {
    const index = bytes.length === 0 ? 0 : at % bytes.length;
    if (kind === "set") bytes.fill(value, index, index + length);
    else if (kind === "flip") bytes[index] = (bytes[index] ?? 0) ^ 1 << (length & 7);
    else if (kind === "cut") bytes = bytes.slice(0, index);
    else if (kind === "drop") bytes.splice(index, length);
    else bytes.splice(index, 0, ...bytes.slice(index, index + length));
  }
  return Uint8Array.from(bytes);
}

Deno.test("every file of the corpus is read or refused with a typed error", () => {
  assert.ok(seeds.length > 0);
  for (const seed of seeds) check(seed);
});

Deno.test("random and mutated frames are read or refused with a typed error", () => {
  const written = anyServerFrame.map((frame) => encodeServerFrame(frame) as Uint8Array);
  const json = anyServerFrame.map((frame) =>
    new TextEncoder().encode(encodeServerFrameJson(frame)) as Uint8Array
  );
  const mutated = fc.tuple(
    fc.oneof(fc.constantFrom(...seeds), written, json),
    fc.array(change, { maxLength: 5 }),
  ).map(([bytes, changes]) => mutate(bytes, changes));
  fc.assert(
    fc.property(
      fc.oneof({ arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 }, {
        arbitrary: mutated,
        weight: 4,
      }),
      check,
    ),
    { numRuns: FUZZ_RUNS },
  );
});

Deno.test("what is built to hurt ends at once", () => {
  const deep = "[".repeat(100_000);
  const nested = `{"type":"batch","messages":${deep}`;
  for (const text of [deep, nested, `${deep}${"]".repeat(100_000)}`, "c1.".repeat(50_000)]) {
    checkText(text);
  }
  // Embedded messages in each other, and a batch of nothing but empty messages.
  let bytes: Uint8Array = new Uint8Array();
  for (let i = 0; i < 2_000; i++) bytes = embedded(bytes);
  check(bytes);
  check(embedded(new Uint8Array(200_000).map((_, index) => index % 2 === 0 ? 0x0a : 0)));
});

/** Field 2 with these bytes. */
function embedded(bytes: Uint8Array): Uint8Array {
  const head = [0x12, ...varint(bytes.length)];
  const whole = new Uint8Array(head.length + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length);
  return whole;
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [value % 0x80 | 0x80, ...varint(Math.floor(value / 0x80))];
}
