/**
 * A mix between processes: it reaches WebRTC viewers as it is, with its sound as Opus, and no ffmpeg
 * of it outlives `media`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Publisher } from "../support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { processTable } from "../support/processes.ts";
import { RtcClientProcess } from "../support/rtc_client_process.ts";
import { waitFor } from "../support/wait.ts";

const SECRET = "secret-of-the-mixers-test";

function camera({ publishUrl }: TestRoom, colour: string): Publisher {
  return Publisher.run([
    ...["-re", "-f", "lavfi", "-i", `color=c=${colour}:s=320x180:r=30`],
    ...["-re", "-f", "lavfi", "-i", "sine=f=440:r=44100"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "30"],
    ...["-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", publishUrl],
  ]);
}

async function mixers(): Promise<readonly number[]> {
  return (await processTable())
    .filter(({ command, state }) => command.includes("/mix-feed/") && state !== "Z")
    .map(({ pid }) => pid);
}

Deno.test("a mix between processes", async (t) => {
  const secretFile = await Deno.makeTempFile();
  await Deno.writeTextFile(secretFile, SECRET);
  await using platform = await TestPlatform.start({ env: { CLUSTER_SECRET_FILE: secretFile } });
  const rooms = [await platform.room(), await platform.room(), await platform.room()] as const;
  const [red, blue, mix] = rooms;
  await using _red = camera(red, "red");
  await using _blue = camera(blue, "blue");
  await platform.waitLive(red);
  await platform.waitLive(blue);
  const origin = `http://127.0.0.1:${platform.mediaPort}`;
  const headers = { authorization: `Bearer ${SECRET}` };
  const response = await fetch(`${origin}/mixes/${mix.id}`, {
    method: "PUT",
    headers,
    body: JSON.stringify({ size: "360p", inputs: [{ stream: red.id }, { stream: blue.id }] }),
  });
  assert.equal(response.status, 200, await response.text());
  await platform.waitLive(mix);

  await t.step("WebRTC viewers get its pictures as they are, and its sound as Opus", async () => {
    await using viewer = RtcClientProcess.start({
      kind: "view",
      url: `${platform.url}/whep/${mix.id}`,
    });
    const { missing, audio, closed } = await viewer.until(
      "pictures and sound",
      ({ video, audio }) => video > 60 && audio > 60,
    );
    assert.deepEqual({ missing, closed }, { missing: 0, closed: 0 });
    assert.ok(audio > 60);
    const debug = await (await fetch(`${origin}/debug/streams`, { headers })).json();
    const { renditions } = debug.renditions[mix.id];
    assert.deepEqual(renditions.map(({ kind }: { kind: string }) => kind), ["opus"]);
  });

  await t.step("media is killed: no mixer outlives it", async () => {
    assert.ok((await mixers()).length > 0);
    const before = await platform.pidOf("media");
    Deno.kill(before, "SIGKILL");
    await waitFor("the end of the mixer", async () => (await mixers()).length === 0);
  });
  await Deno.remove(secretFile);
});
