import assert from "node:assert/strict";
import { ffmpegCommand, gstreamerCommand, keyOf, withoutKey } from "./commands.ts";

const TARGET = { server: "rtmp://live.example:1935/live", streamKey: "100001?key=s3cret_-" };

Deno.test("commands publish to the room, one line each in a shell", () => {
  for (const command of [ffmpegCommand(TARGET), gstreamerCommand(TARGET)]) {
    assert.ok(command.includes('"rtmp://live.example:1935/live/100001?key=s3cret_-"'));
    const lines = command.split("\n");
    assert.ok(lines.slice(0, -1).every((line) => line.endsWith(" \\")), command);
    assert.doesNotMatch(lines.at(-1)!, /\\$/);
  }
});

Deno.test("commands ask for a key frame every 2 s and for no B-frames", () => {
  assert.match(ffmpegCommand(TARGET), /-bf 0 .*\n.*n_forced\*2/);
  assert.match(gstreamerCommand(TARGET), /framerate=30\/1[^]*key-int-max=60 bframes=0/);
});

Deno.test("withoutKey() leaves the room and hides the secret", () => {
  assert.equal(withoutKey("100001?key=s3cret"), "100001?key=KEY");
  assert.equal(withoutKey("100001?key=a=b", "••"), "100001?key=••");
  assert.equal(keyOf("100001?key=a=b"), "a=b");
  assert.equal(withoutKey("s3cret"), "KEY", "a key of another form is hidden as a whole");
  const shown = ffmpegCommand({ ...TARGET, streamKey: withoutKey(TARGET.streamKey) });
  assert.equal(shown.includes("s3cret"), false);
});
