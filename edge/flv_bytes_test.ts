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

Deno.test("FlvBytes frames the same payload as HTTP chunk and as WebSocket message", () => {
  for (const size of [1, 15, 16, 125, 126, 255, 65_535, 65_536, 70_000]) {
    const content = new Uint8Array(size).map((_, i) => i);
    const bytes = new FlvBytes([content.subarray(0, size >> 1), content.subarray(size >> 1)]);
    assert.deepEqual(bytes.payload, content);
    assert.deepEqual(decodeChunk(bytes.chunk), content);
    const { frame } = bytes;
    assert.equal(frame[0], 0x82);
    const head = size < 126 ? 2 : size < 65_536 ? 4 : 10;
    const length = head === 2
      ? frame[1]
      : head === 4
      ? frame[2] << 8 | frame[3]
      : Number(new DataView(frame.buffer).getBigUint64(2));
    assert.equal(length, size);
    assert.deepEqual(frame.subarray(head), content);
    assert.equal(bytes.frame, frame, "made once");
  }
});
