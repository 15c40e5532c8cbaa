import assert from "node:assert/strict";
import { CLOCK_HZ } from "../../media/access_unit.ts";
import { avOffsetsMs } from "../support/ffmpeg.ts";
import {
  decodesCleanly,
  makeItems,
  PackagerUnderTest,
  parseStrictly,
  resumed,
  x264,
} from "./packaging_support.ts";

const AAC = ["aac", "-b:a", "96k"];
/** Seconds after which a 33-bit clock of 90 kHz begins again. */
const WRAP_S = 2 ** 33 / CLOCK_HZ;

for (const frameRate of [12, 24, 25, 30, 60]) {
  Deno.test(`every version of the playlists is strictly valid: ${frameRate} fps, two publishers`, async () => {
    const items = await makeItems({
      seconds: 17,
      video: x264(2 * frameRate),
      audio: AAC,
      frameRate,
    });
    const subject = new PackagerUnderTest();
    let version = -1;
    let checked = 0;
    let lastEnd = 0;
    for (const item of [...items, ...resumed(items, 21)]) {
      subject.push([item]);
      if (subject.packager.version === version || item.dts < 2.5 * CLOCK_HZ) continue;
      version = subject.packager.version;
      const whole = parseStrictly(await subject.text("main.m3u8"));
      parseStrictly(await subject.text("main.m3u8", "_HLS_skip=YES"));
      parseStrictly(await subject.text("ts/main.m3u8"));
      assert.equal(whole.targetDuration, 2);
      const complete = whole.segments.filter((segment) => segment.uri !== "");
      const end = whole.mediaSequenceBase! + complete.length;
      assert.ok(end >= lastEnd);
      lastEnd = end;
      checked++;
    }
    assert.ok(checked > 80, `${checked} versions`);
    parseStrictly(await subject.text("index.m3u8"));
    const main = await subject.text("main.m3u8");
    assert.equal(main.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 1);
    for (const [, uri] of main.matchAll(/#EXT-X-(?:MAP|PART):.*URI="([^"]+)"/g)) {
      await subject.bytes(uri);
    }
    subject.packager.end();
  });
}

Deno.test("key frames 10 s apart: strictly valid, segments of 10 s, low-latency parts", async () => {
  const items = await makeItems({ seconds: 31, video: x264(300), audio: AAC });
  const subject = new PackagerUnderTest();
  subject.push(items);
  const main = await subject.text("main.m3u8");
  const parsed = parseStrictly(main);
  assert.equal(parsed.targetDuration, 10);
  assert.match(main, /PART-HOLD-BACK=1\.05/);
  assert.equal(main.match(/#EXTINF:10,/g)?.length, 3);
  parseStrictly(await subject.text("ts/main.m3u8"));
  subject.packager.end();
});

Deno.test("both containers decode and stay in step across the 33-bit wrap", async () => {
  const items = await makeItems({ seconds: 9, video: x264(60), audio: AAC });
  const subject = new PackagerUnderTest();
  subject.push(
    resumed(items, WRAP_S - 4).map((item) =>
      item.kind === "tracks" ? { ...item, discontinuity: false } : item
    ),
  );
  subject.packager.end();
  const folder = await Deno.makeTempDir();
  try {
    for (const [playlist, name] of [["main.m3u8", "w.mp4"], ["ts/main.m3u8", "w.ts"]]) {
      const path = `${folder}/${name}`;
      await Deno.writeFile(path, await subject.download(playlist));
      await decodesCleanly(path);
      const offsets = await avOffsetsMs(path);
      assert.ok(offsets.length >= 3, `${name}: ${offsets.length} flashes`);
      for (const offset of offsets) assert.ok(Math.abs(offset) <= 50, `${name}: ${offset} ms`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
