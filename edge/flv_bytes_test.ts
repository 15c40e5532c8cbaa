import assert from "node:assert/strict";
import { FlvBytes } from "./flv_bytes.ts";

function decodeChunk(chunk: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(chunk.subarray(0, 12));
  const end = text.indexOf("\r\n");
  const size = parseInt(text.slice(0, end), 16);
  assert.equal(chunk.length, end + 2 + size + 2);
  assert.deepEqual([...chunk.subarray(-2)], [13, 10]);
  return chunk.subarray(end + 2, end + 2 + size);
}

function decodeMessages(bytes: Uint8Array): Uint8Array[] {
  const messages: Uint8Array[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    assert.equal(bytes[offset], 0x82);
    const long = bytes[offset + 1] === 126;
    const size = long ? bytes[offset + 2]! << 8 | bytes[offset + 3]! : bytes[offset + 1]!;
    const start = offset + (long ? 4 : 2);
    messages.push(bytes.subarray(start, start + size));
    offset = start + size;
  }
  assert.equal(offset, bytes.length);
  return messages;
}

Deno.test("FlvBytes frames the same payload as HTTP chunk and as WebSocket messages", () => {
  for (const size of [1, 15, 16, 125, 126, 255, 65_535, 65_536, 70_000]) {
    const content = new Uint8Array(size).map((_, i) => i);
    const bytes = new FlvBytes([content.subarray(0, size >> 1), content.subarray(size >> 1)]);
    assert.deepEqual(bytes.payload, content);
    assert.deepEqual(decodeChunk(bytes.chunk), content);
    const messages = decodeMessages(bytes.frame);
    assert.ok(messages.every(({ length }) => length <= 32 * 1024));
    assert.equal(messages.length, Math.ceil(size / (32 * 1024)));
    assert.deepEqual(messages.flatMap((message) => [...message]), [...content]);
    assert.equal(bytes.frame, bytes.frame, "made once");
  }
});
