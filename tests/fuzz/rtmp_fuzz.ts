/**
 * Hostile and broken RTMP: whatever comes, a session ends in order and holds little.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MalformedMediaError } from "../../media/errors.ts";
import { ChunkParser } from "../../media/transport/rtmp/chunk_stream.ts";
import { RtmpPeer } from "../support/rtmp_peer.ts";

const RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 300);
const CORPUS = new URL("../fixtures/fuzz/rtmp/", import.meta.url);
const HANDSHAKE_BYTES = 1 + 2 * 1536;

const corpus: Uint8Array[] = [];
for (const { name } of Deno.readDirSync(CORPUS)) {
  if (name.endsWith(".bin")) corpus.push(Deno.readFileSync(new URL(name, CORPUS)));
}

/** Changes of a recorded session: a byte set, a piece left out, a piece repeated. */
const change = fc.record({
  kind: fc.constantFrom("set", "cut", "repeat"),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 40 }),
  value: fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xc0, 0xff),
});

function mutate(
  bytes: Uint8Array,
  changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T
    : never)[],
): Uint8Array {
  let out = bytes;
  for (const { kind, at, length, value } of changes) {
    // Behind the handshake, where something can go wrong; close to it more often than far.
    const start = HANDSHAKE_BYTES + Math.floor(at ** 3 * (out.length - HANDSHAKE_BYTES));
    if (kind === "set") {
      out = out.slice();
      out[Math.min(start, out.length - 1)] = value;
    } else {
      const piece = out.subarray(start, start + length);
      const rest = out.subarray(kind === "cut" ? start + length : start);
      const next = new Uint8Array(start + rest.length + (kind === "repeat" ? piece.length : 0));
      next.set(out.subarray(0, start));
      if (kind === "repeat") next.set(piece, start);
      next.set(rest, next.length - rest.length);
      out = next;
    }
  }
  return out;
}

Deno.test("fuzz: a changed recording ends or goes on, but never throws", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...corpus),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 20_000 }),
      async (recording, changes, size) => {
        const bytes = mutate(recording, changes);
        const peer = new RtmpPeer();
        for (let at = 0; at < bytes.length; at += size) {
          peer.session.receive(bytes.subarray(at, at + size));
          await peer.settle();
        }
        peer.session.disconnected();
        assert.equal(peer.session.state, "closed");
        assert.ok(peer.ends.length <= 1);
        assert.equal(peer.lines.filter((line) => line.includes(" event=closed ")).length, 1);
      },
    ),
    { numRuns: Math.min(RUNS, 200_000) },
  );
});

Deno.test("fuzz: ChunkParser gives the same for every split of any bytes", () => {
  const header = fc.tuple(
    fc.constantFrom(0x03, 0x04, 0x06, 0x43, 0x44, 0x84, 0xc3, 0xc4, 0xc6, 0x00, 0x01),
    fc.uint8Array({ minLength: 0, maxLength: 40 }),
  ).map(([first, rest]) => Uint8Array.of(first, ...rest));
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(header, { maxLength: 12 }).map((parts) =>
      Uint8Array.from(parts.flatMap((p) => [...p]))
    ),
  );
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 64 }), (bytes, size) => {
      const run = (step: number) => {
        const seen: unknown[] = [];
        const parser = new ChunkParser({
          onMessage: (message) => seen.push(message),
          maxBufferedBytes: 4096,
        });
        try {
          for (let at = 0; at < bytes.length; at += step) {
            parser.push(bytes.subarray(at, at + step));
            assert.ok(parser.bufferedBytes <= 4096);
          }
        } catch (error) {
          if (!(error instanceof MalformedMediaError)) throw error;
          seen.push(error.message);
        }
        return seen;
      };
      assert.deepEqual(run(size), run(Math.max(1, bytes.length)));
    }),
    { numRuns: RUNS },
  );
});
