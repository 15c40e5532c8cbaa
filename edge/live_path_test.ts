import assert from "node:assert/strict";
import { cacheKey, flvForm, parseLivePath } from "./live_path.ts";

Deno.test("parseLivePath() tells FLV, playlists, media and stills apart", () => {
  assert.deepEqual(parseLivePath("/live/100001.flv"), {
    room: "100001",
    kind: "flv",
    path: "/live/100001.flv",
  });
  assert.equal(parseLivePath("/live/100001/ts/main.m3u8")?.kind, "playlist");
  assert.equal(parseLivePath("/live/100001/abc/7.2.m4s")?.kind, "media");
  assert.equal(parseLivePath("/live/100001/still.jpg")?.kind, "still");
  assert.equal(parseLivePath("/live/100001/abc/still.jpg")?.kind, "media");
});

Deno.test("parseLivePath() refuses what has a second spelling or leads elsewhere", () => {
  for (
    const path of [
      "/live/",
      "/live/100001",
      "/live//main.m3u8",
      "/live/1/../main.m3u8",
      "/live/1/%6dain.m3u8",
      "/live/1/a/b/c/d/e.m4s",
      "/live/1/.hidden",
      "/live/1000000001000011.flv",
      "/live/1000000001000011/index.m3u8",
      `/live/${"1".repeat(65)}.flv`,
      `/live/1/${"a".repeat(300)}`,
    ]
  ) assert.equal(parseLivePath(path), null, path);
});

Deno.test("cacheKey() keeps the delivery directives alone, in one order", () => {
  const playlist = parseLivePath("/live/1/main.m3u8")!;
  assert.equal(
    cacheKey(playlist, "token=x&_HLS_part=2&_HLS_msn=7&_HLS_skip=YES&_HLS_other=1"),
    "/live/1/main.m3u8?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES",
  );
  assert.equal(cacheKey(playlist, "_HLS_msn=7%0d%0aX&nonce=1"), "/live/1/main.m3u8");
  assert.equal(cacheKey(parseLivePath("/live/1/e/7.m4s")!, "_HLS_msn=7"), "/live/1/e/7.m4s");
  assert.equal(cacheKey(parseLivePath("/live/1/still.jpg")!, "t=1"), "/live/1/still.jpg");
});

Deno.test("flvForm() knows the forms of FLV, in one spelling each", () => {
  assert.equal(flvForm(""), "");
  assert.equal(flvForm("token=x"), "");
  assert.equal(flvForm("video=h264&audio=aac"), "");
  assert.equal(flvForm("video=any&t=1&audio=opus"), "?audio=opus&video=any");
  assert.equal(flvForm("audio=any"), "?audio=any");
  assert.equal(flvForm("video=plain"), "?video=plain");
  assert.equal(flvForm("video=any%0d%0a&audio=mp3"), "");
});
