import assert from "node:assert/strict";
import { hex } from "../../../../tests/support/bitstreams.ts";
import { H264Format } from "./h264.ts";

Deno.test("H264Format joins single units, aggregates and fragments into one picture", () => {
  const format = new H264Format();
  assert.ok(format.add(hex("18 0004 6742e01f 0003 68ce3c")));
  assert.ok(format.add(hex("09 f0")));
  assert.ok(format.add(hex("06 0501ff80")));
  assert.ok(format.add(hex("7c 85 88 aa")));
  assert.ok(format.add(hex("7c 05 bb")));
  assert.ok(format.add(hex("7c 45 cc dd")));
  const frame = format.finish()!;
  assert.equal(frame.keyFrame, true);
  assert.deepEqual(frame.data, hex("00000005 06 0501ff80 00000006 65 88 aa bb cc dd"));
  assert.deepEqual(frame.parameterSets, [hex("6742e01f"), hex("68ce3c")]);
});

Deno.test("H264Format refuses fragments without beginning, in between or without end", () => {
  const cases: [string, readonly string[], boolean][] = [
    ["middle first", ["7c 05 bb"], false],
    ["start twice", ["7c 85 88", "7c 85 88"], false],
    ["start and end at once", ["7c c5 88"], false],
    ["another type goes on", ["7c 85 88", "7c 41 88"], false],
    ["a single unit between", ["7c 85 88", "41 9a"], false],
    ["too short", ["7c 85"], false],
    ["aggregate cut", ["18 0009 67"], false],
    ["aggregate without unit", ["18"], false],
    ["aggregate with half a length", ["18 00"], false],
    ["STAP-B", ["19 0000 0001 41"], false],
    ["FU-B", ["7d 85 0000 88"], false],
    ["type 0", ["00 11"], false],
  ];
  for (const [name, payloads, accepted] of cases) {
    const format = new H264Format();
    assert.equal(payloads.every((payload) => format.add(hex(payload))), accepted, name);
  }
  const open = new H264Format();
  assert.ok(open.add(hex("7c 85 88 aa")));
  assert.equal(open.finish(), null);
});

Deno.test("H264Format.startsFrame() wants parameter sets or a delimiter first", () => {
  const format = new H264Format();
  const starts = (text: string) => format.startsFrame(hex(text));
  assert.ok(starts("67 42e01f"));
  assert.ok(starts("18 0004 6742e01f"));
  assert.ok(starts("09 f0"));
  for (const other of ["65 88", "68 ce3c", "06 0501ff80", "7c 85 88", "18", "18 0003 68ce3c"]) {
    assert.ok(!starts(other), other);
  }
});

Deno.test("H264Format gives parameter sets that come without a picture", () => {
  const format = new H264Format();
  assert.ok(format.add(hex("6742e01f")));
  const frame = format.finish()!;
  assert.deepEqual([frame.data.length, frame.parameterSets.length], [0, 1]);
  assert.equal(format.finish(), null);
});
