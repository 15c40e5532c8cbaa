/**
 * A mix between processes: it reaches WebRTC viewers as it is, with its sound as Opus; battles are
 * mixed as long as they run; no ffmpeg of a mix outlives `media`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Publisher } from "../support/ffmpeg.ts";
import { TestPlatform, type TestRoom } from "../support/platform.ts";
import { PictureWatch } from "../support/picture_watch.ts";
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
  const body = JSON.stringify({
    size: "360p",
    inputs: [{ stream: red.id }, { stream: blue.id }],
  });
  const response = await fetch(`${origin}/mixes/${mix.id}`, { method: "PUT", headers, body });
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

  await t.step("a battle is mixed where the setting wants it, as long as it runs", async () => {
    const ended = await fetch(`${origin}/mixes/${mix.id}`, { method: "DELETE", headers });
    assert.equal(ended.status, 204);
    const admin = await platform.api<{ token: string }>("/api/sessions", {
      body: { name: "admin", password: "correct horse battery" },
    });
    const set = await platform.api("/api/admin/settings", {
      method: "PATCH",
      token: admin.body.token,
      body: { pkMix: true },
    });
    assert.equal(set.status, 200);
    const act = (room: TestRoom, action: string) =>
      platform.api(`/api/rooms/${room.id}/pk`, {
        method: "PATCH",
        token: room.token,
        body: { action },
      });
    const invited = await platform.api(`/api/rooms/${red.id}/pk`, {
      token: red.token,
      body: { opponent: blue.id, durationS: 300 },
    });
    assert.equal(invited.status, 201, JSON.stringify(invited.body));
    assert.equal((await act(blue, "accept")).status, 200);
    const stream = await waitFor("both pictures as one stream", async () => {
      const { body } = await platform.api<{ pk: { mix: string | null } }>(
        `/api/rooms/${blue.id}/pk`,
      );
      return body.pk.mix;
    });
    await using eye = PictureWatch.start({
      input: ["-i", `${platform.url}/live/${stream}.flv`],
      points: [{ x: 0.25, y: 0.8 }, { x: 0.75, y: 0.8 }],
    });
    await eye.until("red,blue");
    assert.equal((await act(blue, "end")).status, 200);
    assert.equal((await act(red, "end")).status, 200);
    await waitFor("the end of its mixer", async () => (await mixers()).length === 0);
  });

  await t.step("media is killed: no mixer outlives it", async () => {
    const again = await fetch(`${origin}/mixes/${mix.id}`, { method: "PUT", headers, body });
    assert.equal(again.status, 200, await again.text());
    await waitFor("a mixer", async () => (await mixers()).length > 0);
    const before = await platform.pidOf("media");
    Deno.kill(before, "SIGKILL");
    await waitFor("the end of the mixer", async () => (await mixers()).length === 0);
  });
  await Deno.remove(secretFile);
});
