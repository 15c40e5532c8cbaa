/** The whole platform: stills through the edge, with ffmpeg and without; the demo channel. */
import assert from "node:assert/strict";
import { makeSource, Publisher } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

interface LiveRoom {
  readonly id: string;
  readonly viewers: number;
  readonly startedAt: string;
}

async function liveRooms(platform: TestPlatform): Promise<LiveRoom[]> {
  return (await platform.api<{ rooms: LiveRoom[] }>("/api/rooms?live=true")).body.rooms;
}

Deno.test("the demo channel has a still, counts nobody for it, and comes back with media", async (t) => {
  await using platform = await TestPlatform.start({ env: { DEMO: "1" } });
  const demo = await waitFor("the demo channel", async () => (await liveRooms(platform))[0]);
  const path = `/live/${demo.id}/still.jpg`;

  await t.step("its still comes through the edge, again only when it changed", async () => {
    const still = await platform.fetch(path);
    const jpeg = new Uint8Array(await still.arrayBuffer());
    assert.equal(still.status, 200);
    assert.equal(still.headers.get("content-type"), "image/jpeg");
    assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    assert.ok(jpeg.length > 2000 && jpeg.length < 200_000, `${jpeg.length} bytes`);
    const headers = { "if-none-match": still.headers.get("etag")! };
    const known = await platform.fetch(path, { headers });
    assert.equal(known.status, 304);
    const metrics = await (await platform.fetch("/metrics")).text();
    assert.match(metrics, /wanren_media_stills_total\{result="made"[^}]*\} 1\n/);
    assert.equal((await liveRooms(platform))[0]?.viewers, 0);
  });

  await t.step("media dies: another process takes the demo up", async () => {
    Deno.kill(await platform.pidOf("media"), "SIGKILL");
    await waitFor("the demo channel again", async () => {
      const room = (await liveRooms(platform))[0];
      return room !== undefined && room.startedAt > demo.startedAt;
    });
  });
});

Deno.test("without ffmpeg everything works, and stills say what is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using platform = await TestPlatform.start({ env: { PATH: "/nonexistent", DEMO: "1" } });
    const room = await platform.room("No ffmpeg");
    await makeSource(`${folder}/source.flv`, { seconds: 20 });
    await using _publisher = Publisher.file(`${folder}/source.flv`, room.publishUrl);
    await platform.waitLive(room);
    const answer = await platform.fetch(`/live/${room.id}/still.jpg`);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal((await answer.json()).code, "ffmpeg_missing");
    assert.equal((await liveRooms(platform)).length, 1);
    assert.match(platform.output, /event=ffmpeg_missing/);
    assert.match(platform.output, /event=demo_unavailable/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
