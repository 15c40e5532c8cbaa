/**
 * Stills made by the real ffmpeg of real pictures of every codec.
 *
 * @module
 */
import assert from "node:assert/strict";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import type { VideoTrack, VideoUnit } from "../../media/access_unit.ts";
import { Stills } from "../../media/egress/still.ts";
import { FfmpegFailedError, findFfmpeg } from "../../media/transcode/ffmpeg.ts";
import { makeStill } from "../../media/transcode/still.ts";
import { probe } from "../support/ffmpeg.ts";
import { makeItems, x264 } from "./packaging_support.ts";

const ROOM = "100001";

const VIDEO: Readonly<Record<string, readonly string[]>> = {
  "H.264": x264(30, 0),
  "H.264 with B-frames": x264(30, 2),
  "H.265": [
    ...["libx265", "-tag:v", "hvc1", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
    ...["-x265-params", "log-level=none:keyint=30:min-keyint=30:bframes=2"],
  ],
  "AV1": ["libsvtav1", "-preset", "12", "-g", "30", "-pix_fmt", "yuv420p"],
  "VP9": ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "30"],
};

/** The last key frame, which is no flash, and its track. */
async function keyFrameOf(video: readonly string[]) {
  const items = await makeItems({ seconds: 2, video, audio: null });
  let track: VideoTrack | null = null;
  let unit: VideoUnit | null = null;
  for (const item of items) {
    if (item.kind === "tracks") track = item.tracks.video;
    if (item.kind === "video" && item.keyFrame) unit = item;
  }
  assert.ok(track !== null && unit !== null);
  return { track, unit, shownAtMs: 1_750_000_000_000 };
}

function stillsOf(keyFrame: Awaited<ReturnType<typeof keyFrameOf>>) {
  return new Stills({
    streams: { isLive: () => true, keyFrame: () => keyFrame },
    encode: (mp4, signal) => makeStill(mp4, { log: silentLogger, signal }),
    available: () => true,
    log: silentLogger,
    metrics: new Metrics("test"),
  });
}

for (const [name, video] of Object.entries(VIDEO)) {
  Deno.test(`a still is made of the key frame of ${name} alone`, async () => {
    const stills = stillsOf(await keyFrameOf(video));
    const path = await Deno.makeTempFile({ suffix: ".jpg" });
    try {
      const { status, headers, body } = await stills.answer(ROOM);
      assert.equal(status, 200);
      assert.equal(headers["content-type"], "image/jpeg");
      await Deno.writeFile(path, body as Uint8Array);
      const [picture] = await probe(path);
      assert.equal(picture.codec_name, "mjpeg");
      assert.deepEqual([picture.width, picture.height], [320, 180]);
      // A picture that was not decoded would be of one colour, and tiny.
      assert.ok((body as Uint8Array).length > 3000);
    } finally {
      await stills.stop();
      await Deno.remove(path);
    }
  });
}

Deno.test("a picture that cannot be decoded gives no still and no second try", async () => {
  const keyFrame = await keyFrameOf(VIDEO["H.264"]);
  const data = keyFrame.unit.data.map((byte, at) => at < 4 ? byte : byte ^ 0xa5);
  const stills = stillsOf({ ...keyFrame, unit: { ...keyFrame.unit, data } });
  for (let i = 0; i < 2; i++) {
    const { status, body } = await stills.answer(ROOM);
    assert.equal(status, 404);
    assert.equal(JSON.parse(String(body)).code, "no_picture");
  }
  await stills.stop();
});

Deno.test("makeStill() throws FfmpegFailedError on what is no file, when it is not wanted, too", async () => {
  const log = silentLogger;
  const { signal } = new AbortController();
  for (const bytes of [new Uint8Array(0), new Uint8Array(100_000).fill(7)]) {
    await assert.rejects(makeStill(bytes, { log, signal }), FfmpegFailedError);
  }
  const aborted = AbortSignal.abort();
  await assert.rejects(makeStill(new Uint8Array(10), { log, signal: aborted }), FfmpegFailedError);
});

Deno.test("findFfmpeg() finds it here", async () => {
  assert.equal(await findFfmpeg({ log: silentLogger }), true);
});
