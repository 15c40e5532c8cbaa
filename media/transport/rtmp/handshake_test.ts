import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { MalformedMediaError } from "../../errors.ts";
import { ClientHandshake, HANDSHAKE_PACKET_BYTES, ServerHandshake } from "./handshake.ts";

const KEY = Buffer.from("Genuine Adobe Flash Player 001");

/** C0 and C1 of a player whose digest stands in the given scheme. */
function digestClient(scheme: 0 | 1): Uint8Array {
  const packet = new Uint8Array(1 + HANDSHAKE_PACKET_BYTES).fill(0x3c);
  packet[0] = 3;
  const c1 = packet.subarray(1);
  c1.set([0, 0, 0, 0, 9, 0, 124, 2]);
  const base = scheme === 0 ? 772 : 8;
  const at = (c1[base] + c1[base + 1] + c1[base + 2] + c1[base + 3]) % 728 + base + 4;
  const digest = createHmac("sha256", KEY).update(c1.subarray(0, at)).update(c1.subarray(at + 32));
  c1.set(digest.digest(), at);
  return packet;
}

function simpleClient(): Uint8Array {
  const packet = new Uint8Array(1 + HANDSHAKE_PACKET_BYTES).map((_, i) => i & 0xff);
  packet.set([3, 0, 0, 0, 0, 0, 0, 0, 0]);
  return packet;
}

for (const scheme of [0, 1] as const) {
  Deno.test(`ServerHandshake answers a digest of scheme ${scheme}`, () => {
    const server = new ServerHandshake();
    const step = server.push(digestClient(scheme));
    assert.equal(server.kind, "digest");
    assert.equal(step.reply?.length, 1 + 2 * HANDSHAKE_PACKET_BYTES);
    assert.equal(step.done, false);
    const rest = new Uint8Array([1, 2, 3]);
    const last = server.push(Buffer.concat([new Uint8Array(HANDSHAKE_PACKET_BYTES), rest]));
    assert.equal(last.done, true);
    assert.deepEqual([...last.rest], [1, 2, 3]);
  });
}

Deno.test("ServerHandshake echoes C1 to a simple client, whatever the split", () => {
  const c01 = simpleClient();
  const input = Buffer.concat([c01, new Uint8Array(HANDSHAKE_PACKET_BYTES), new Uint8Array([9])]);
  const server = new ServerHandshake();
  let reply = new Uint8Array(0);
  let rest: number[] = [];
  let done = false;
  for (const byte of input) {
    const step = server.push(Uint8Array.of(byte));
    if (step.reply !== null) reply = step.reply.slice();
    if (done) rest.push(byte);
    else if (step.done) {
      done = true;
      rest = [...step.rest];
    }
  }
  assert.equal(server.kind, "simple");
  assert.deepEqual(reply.subarray(1 + HANDSHAKE_PACKET_BYTES), c01.subarray(1));
  assert.deepEqual(rest, [9]);
});

Deno.test("ClientHandshake and ServerHandshake understand each other", () => {
  const client = new ClientHandshake();
  const server = new ServerHandshake();
  const answer = server.push(client.start());
  assert.equal(server.kind, "digest");
  const step = client.push(answer.reply!);
  assert.equal(step.done, true);
  const c2 = step.reply!;
  // The proof of a player: it knows the key and has read the server's digest.
  const s1 = answer.reply!.subarray(1, 1 + HANDSHAKE_PACKET_BYTES);
  assert.notDeepEqual(c2, s1);
  assert.equal(server.push(c2).done, true);
});

Deno.test("ClientHandshake echoes S1 to a simple server", () => {
  const client = new ClientHandshake();
  client.start();
  const packet = new Uint8Array(1 + 2 * HANDSHAKE_PACKET_BYTES).fill(5);
  packet[0] = 3;
  const step = client.push(packet);
  assert.deepEqual(step.reply, packet.subarray(1, 1 + HANDSHAKE_PACKET_BYTES));
});

Deno.test("ServerHandshake throws MalformedMediaError at the first byte of another protocol", () => {
  const server = new ServerHandshake();
  assert.throws(() => server.push(new TextEncoder().encode("GET / HTTP/1.1\r\n")), {
    name: MalformedMediaError.name,
  });
});
