import assert from "node:assert/strict";
import { hex } from "../../../tests/support/bitstreams.ts";
import { bareRtp, buildRtp, isRtcp, parseRtp, type RtpFields, writeFields } from "./rtp.ts";

const FIELDS: RtpFields = {
  payloadType: 96,
  sequenceNumber: 0xfffe,
  timestamp: 0xdeadbeef,
  ssrc: 0x89abcdef,
  marker: true,
};

Deno.test("parseRtp() reads the fixed header, contributing sources, extensions and padding", () => {
  const bytes = hex(`
    b2 e0 fffe deadbeef 89abcdef  00000001 00000002
    bede 0002  10 ff 00 21 aa bb 00 00
    0102030405 00 00 03`);
  const packet = parseRtp(bytes)!;
  assert.deepEqual(
    [packet.payloadType, packet.sequenceNumber, packet.timestamp, packet.ssrc, packet.marker],
    [96, 0xfffe, 0xdeadbeef, 0x89abcdef, true],
  );
  assert.deepEqual([...packet.payload], [1, 2, 3, 4, 5]);
  assert.deepEqual([...packet.extension(1)!], [0xff]);
  assert.deepEqual([...packet.extension(2)!], [0xaa, 0xbb]);
  assert.equal(packet.extension(3), null);
});

Deno.test("parseRtp() reads two-byte header extensions", () => {
  const bytes = hex("90 60 0001 00000000 00000001 1000 0002 11 00 00 20 02 aa bb 00 07");
  const packet = parseRtp(bytes)!;
  assert.equal(packet.extension(0x11)?.length, 0);
  assert.deepEqual([...packet.extension(0x20)!], [0xaa, 0xbb]);
  assert.deepEqual([...packet.payload], [7]);
});

Deno.test("RtpPacket.extension() never reads past the extensions", () => {
  const cut = parseRtp(hex("90 60 0001 00000000 00000001 bede 0001 1f aa bb cc 55"))!;
  assert.equal(cut.extension(1), null);
  const stop = parseRtp(hex("90 60 0001 00000000 00000001 bede 0001 f0 00 10 aa 55"))!;
  assert.equal(stop.extension(1), null);
  const unknown = parseRtp(hex("90 60 0001 00000000 00000001 abac 0001 10 aa 00 00 55"))!;
  assert.equal(unknown.extension(1), null);
});

Deno.test("parseRtp() gives null for a packet cut anywhere in its header", () => {
  const whole = hex("b1 e0 fffe deadbeef 89abcdef 00000001 bede 0001 10ff0000 01 01");
  assert.ok(parseRtp(whole));
  for (let length = 0; length < 24; length++) {
    assert.equal(parseRtp(whole.subarray(0, length)), null, `${length} bytes`);
  }
  assert.equal(parseRtp(hex("40 60 0001 00000000 00000001")), null);
  assert.equal(parseRtp(hex("a0 60 0001 00000000 00000001 0000")), null);
  assert.equal(parseRtp(hex("a0 60 0001 00000000 00000001 0003")), null);
});

Deno.test("parseRtp() sees a packet of padding alone as empty", () => {
  const packet = parseRtp(hex("a0 60 0001 00000000 00000001 000003"))!;
  assert.equal(packet.payloadBytes, 0);
});

Deno.test("buildRtp() writes what parseRtp() reads", () => {
  const payload = Uint8Array.of(9, 8, 7);
  const extensions = [{ id: 4, data: Uint8Array.of(0x30) }, { id: 10, data: Uint8Array.of(1, 2) }];
  const packet = parseRtp(buildRtp(FIELDS, { payload, extensions }))!;
  assert.deepEqual([...packet.payload], [9, 8, 7]);
  assert.deepEqual([...packet.extension(4)!], [0x30]);
  assert.deepEqual([...packet.extension(10)!], [1, 2]);
  assert.equal(packet.ssrc, FIELDS.ssrc);
  assert.equal(buildRtp(FIELDS, { payload }).length, 15);
  assert.throws(
    () => buildRtp(FIELDS, { payload, extensions: [{ id: 15, data: payload }] }),
    RangeError,
  );
});

Deno.test("writeFields() rewrites a packet in place and leaves the rest", () => {
  const bytes = buildRtp(FIELDS, { payload: Uint8Array.of(1) });
  writeFields(bytes, {
    payloadType: 102,
    sequenceNumber: 1,
    timestamp: 2,
    ssrc: 3,
    marker: false,
  });
  assert.deepEqual(bytes, hex("80 66 0001 00000002 00000003 01"));
});

Deno.test("bareRtp() drops extensions, sources and padding without copying the payload", () => {
  const bytes = hex(`
    b1 e0 fffe deadbeef 89abcdef 00000001 bede 0001 10ff0000 010203 0002`);
  const bare = bareRtp(parseRtp(bytes)!);
  assert.deepEqual(bare, hex("80 e0 fffe deadbeef 89abcdef 010203"));
  assert.equal(bare.buffer, bytes.buffer);
  const plain = buildRtp(FIELDS, { payload: Uint8Array.of(1) });
  assert.equal(bareRtp(parseRtp(plain)!), plain);
});

Deno.test("isRtcp() tells the two apart by the second byte", () => {
  assert.equal(isRtcp(hex("80 c8 0006")), true);
  assert.equal(isRtcp(hex("80 e0 0006")), false);
  assert.equal(isRtcp(hex("80 60 0006")), false);
  assert.equal(isRtcp(hex("80")), false);
});
