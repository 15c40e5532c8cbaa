/** The role in its process with its own permissions, against clients on the library that OBS uses. */
import assert from "node:assert/strict";
import { TestPlatform } from "../support/platform.ts";
import { RtcClientProcess } from "../support/rtc_client_process.ts";
import { waitFor } from "../support/wait.ts";

Deno.test("WHIP and WHEP between processes", async (t) => {
  await using platform = await TestPlatform.start();
  const room = await platform.room();
  const whip = { kind: "publish", url: `${platform.url}/whip/${room.id}`, key: room.key } as const;
  const whep = { kind: "view", url: `${platform.url}/whep/${room.id}` } as const;

  await t.step(
    "a wrong key and an unknown room are refused by what media and web say",
    async () => {
      for (
        const [url, key, status, code] of [
          [whip.url, "wrong", 401, "wrong_key"],
          [whip.url.replace(room.id, "999999"), room.key, 404, "unknown_room"],
        ] as const
      ) {
        await using client = RtcClientProcess.start({ ...whip, url, key });
        const [answer] = await client.answers();
        assert.equal(answer!.status, status);
        assert.equal(JSON.parse(answer!.body).code, code);
      }
    },
  );

  await t.step("nobody is live: 409", async () => {
    await using client = RtcClientProcess.start(whep);
    const [answer] = await client.answers();
    assert.equal(answer!.status, 409);
  });

  let publisher = RtcClientProcess.start(whip);
  await platform.waitLive(room);
  await using viewers = RtcClientProcess.start({ ...whep, count: 10 });

  await t.step("ten viewers get every packet, in order, none missing", async () => {
    await viewers.until("ten viewers", ({ connected }) => connected === 10);
    const { missing, audio } = await viewers.until("pictures", ({ video }) => video > 1500);
    assert.equal(missing, 0);
    assert.ok(audio > 500);
    const { reports } = await publisher.until("reports", ({ reports }) => reports > 1);
    assert.ok(reports > 1);
    await waitFor("viewers in the room", async () => {
      const { body } = await platform.api<{ room: { viewers: number } }>(`/api/rooms/${room.id}`);
      return body.room.viewers === 10;
    });
  });

  await t.step("a publisher that is gone comes back: viewers go on, in order", async () => {
    publisher.kill();
    await publisher.stop();
    publisher = RtcClientProcess.start(whip);
    await publisher.until("a connection", ({ connected }) => connected === 1);
    const before = viewers.figures!.video;
    const { missing, closed } = await viewers.until(
      "pictures again",
      ({ video }) => video > before + 1000,
    );
    assert.equal(closed, 0);
    assert.equal(missing, 0);
  });

  await t.step("500 offers that nobody follows harm nobody", async () => {
    const before = viewers.figures!;
    await using crowd = RtcClientProcess.start({ ...whep, count: 500, halfOpen: true });
    const answers = await crowd.answers(500);
    const statuses = new Set(answers.map(({ status }) => status));
    for (const status of statuses) assert.ok(status === 201 || status === 503, String(status));
    const after = await viewers.until(
      "pictures meanwhile",
      ({ video }) => video > before.video + 1000,
    );
    assert.equal(after.closed, 0);
    assert.equal(after.missing, 0);
  });

  await t.step(
    "media restarts: the publisher's connection stays, the stream is there again",
    async () => {
      const before = await platform.pidOf("media");
      Deno.kill(before, "SIGKILL");
      await waitFor("another media", async () => await platform.pidOf("media") !== before);
      await platform.waitLive(room);
      await waitFor("a playlist", async () => {
        const response = await platform.fetch(`/live/${room.id}/main.m3u8`);
        await response.body?.cancel();
        return response.status === 200;
      });
      assert.equal(publisher.figures!.closed, 0);
      assert.equal(viewers.figures!.closed, 0);
    },
  );

  await t.step("DELETE ends the stream at once, for viewers too", async () => {
    await publisher.stop();
    await platform.waitLive(room, false);
    // They are told by RTCP BYE; the library's own DTLS alert does not always get out in time.
    await waitFor("the end of all sessions", async () => {
      const text = await (await platform.fetch("/metrics")).text();
      return /wanren_rtc_sessions\{[^}]*kind="whep",phase="connected"[^}]*\} 0/.test(text) &&
        /wanren_rtc_sessions\{[^}]*kind="whip",phase="connected"[^}]*\} 0/.test(text);
    });
  });

  await t.step("SIGTERM ends rtc properly, with sessions open and others over", async () => {
    await using _publisher = RtcClientProcess.start(whip);
    await platform.waitLive(room);
    await using watching = RtcClientProcess.start({ ...whep, count: 3 });
    await watching.until("three viewers", ({ connected }) => connected === 3);
    Deno.kill(await platform.pidOf("rtc"), "SIGTERM");
    const death = await waitFor(
      "the end of rtc",
      () => /child=rtc event=child_died .*/.exec(platform.output),
    );
    assert.match(death[0], /\bcode=0\b/);
  });
});
