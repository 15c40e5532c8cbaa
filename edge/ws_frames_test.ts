import assert from "node:assert/strict";
import {
  acceptKey,
  ClientFrameParser,
  closeFrame,
  isWebSocketKey,
  messageFrame,
  pongFrame,
  WebSocketProtocolError,
} from "./ws_frames.ts";

function masked(first: number, payload: readonly number[]): number[] {
  const mask = [1, 2, 3, 4];
  const length = payload.length < 126
    ? [0x80 | payload.length]
    : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  return [first, ...length, ...mask, ...payload.map((byte, i) => byte ^ mask[i & 3])];
}

const TEXT = [...new TextEncoder().encode("hello")];
const STREAM = new Uint8Array([
  ...masked(0x82, new Array(300).fill(7)),
  ...masked(0x89, TEXT),
  ...masked(0x01, TEXT),
  ...masked(0x8a, []),
  ...masked(0x80, TEXT),
  ...masked(0x88, [0x03, 0xe8]),
]);

Deno.test("acceptKey() gives the answer of RFC 6455 §1.3", async () => {
  assert.equal(isWebSocketKey("dGhlIHNhbXBsZSBub25jZQ=="), true);
  assert.equal(isWebSocketKey("short"), false);
  assert.equal(await acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
});

Deno.test("ClientFrameParser gives the same events wherever the bytes are split", () => {
  const expected = [
    { kind: "ping", payload: new Uint8Array(TEXT) },
    { kind: "close", code: 1000 },
  ];
  assert.deepEqual(new ClientFrameParser().push(STREAM), expected);
  const bytewise = new ClientFrameParser();
  assert.deepEqual([...STREAM].flatMap((byte) => bytewise.push(new Uint8Array([byte]))), expected);
  for (let at = 0; at <= STREAM.length; at++) {
    const parser = new ClientFrameParser();
    const events = [...parser.push(STREAM.subarray(0, at)), ...parser.push(STREAM.subarray(at))];
    assert.deepEqual(events, expected, `split at ${at}`);
  }
});

Deno.test("ClientFrameParser refuses what breaks the protocol or is too long", () => {
  const cases: readonly (readonly [number, readonly number[]])[] = [
    [1002, [0x82, 0x01, 0x00]],
    [1002, masked(0xc2, [1])],
    [1002, masked(0x09, [1])],
    [1002, masked(0x83, [1])],
    [1002, masked(0x80, [1])],
    [1002, masked(0x88, [1])],
    [1002, masked(0x88, [0x03, 0xed])],
    [1009, [0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0]],
    [1009, [0x82, 0x80 | 126, 0xff, 0xff, 0, 0, 0, 0]],
  ];
  for (const [code, bytes] of cases) {
    assert.throws(
      () => new ClientFrameParser().push(new Uint8Array(bytes)),
      (error) => error instanceof WebSocketProtocolError && error.code === code,
    );
  }
});

Deno.test("closeFrame() and pongFrame() are unmasked control frames", () => {
  assert.deepEqual([...closeFrame(1000)], [0x88, 2, 0x03, 0xe8]);
  assert.deepEqual([...pongFrame(new Uint8Array([1, 2]))], [0x8a, 2, 1, 2]);
});

Deno.test("messageFrame() writes the three forms of a length (RFC 6455 §5.2)", () => {
  const head = (length: number, isText = false) => [
    ...messageFrame(new Uint8Array(length).fill(9), { isText }).subarray(0, 10),
  ];
  assert.deepEqual(messageFrame(new Uint8Array(), { isText: true }), new Uint8Array([0x81, 0]));
  assert.deepEqual(head(125).slice(0, 3), [0x82, 125, 9]);
  assert.deepEqual(head(126).slice(0, 5), [0x82, 126, 0, 126, 9]);
  assert.deepEqual(head(0xffff).slice(0, 5), [0x82, 126, 0xff, 0xff, 9]);
  assert.deepEqual(head(0x1_0000, true), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
});
