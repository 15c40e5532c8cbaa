/** WebRTC from end to end in a real browser: WHIP in, every output, WHEP out, what breaks and returns. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { launchBrowser } from "../support/browser.ts";
import { avOffsetsMs, makeSource, probe, Publisher, record } from "../support/ffmpeg.ts";
import { TestPlatform } from "../support/platform.ts";
import { openUdpProxy } from "../support/udp_proxy.ts";
import { waitFor } from "../support/wait.ts";
import {
  framesPerSecond,
  inboundOf,
  publishFromPage,
  waitForFrames,
  watchInPage,
} from "../support/webrtc_page.ts";

const PHONE = {
  isMobile: true,
  userAgent: "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) " +
    "Chrome/140.0.0.0 Mobile Safari/537.36",
};

Deno.test("WebRTC in a browser", async (t) => {
  await using platform = await TestPlatform.start();
  const { url } = platform;
  const folder = await Deno.makeTempDir();
  const browser = await launchBrowser({ capture: "granted" });
  try {
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    const open = async () => {
      const page = await context.newPage();
      await page.goto(`${url}/healthz`);
      return page;
    };
    const room = await platform.room();
    let studio = await open();
    let viewer = await open();

    await t.step("WHIP: a camera is live within a second, in the API too", async () => {
      const { id, key } = room;
      const session = await publishFromPage(studio, { url, room: id, key, source: "flash" });
      assert.equal(session.status, 201, session.body);
      assert.ok(session.connectedMs !== null && session.connectedMs < 3000);
      await platform.waitLive(room);
      // `rtc` tells every two seconds that it is there.
      await waitFor("the address in the API", async () => {
        const { body } = await platform.api<{ room: { playback: { whep: string | null } } }>(
          `/api/rooms/${id}`,
        );
        return body.room.playback.whep === `${url}/whep/${id}`;
      });
    });

    await t.step(
      "WHEP: a picture at once, 24 frames a second and more, sound, a viewer",
      async () => {
        const session = await watchInPage(viewer, { url, room: room.id });
        assert.equal(session.status, 201, session.body);
        assert.ok(session.firstFrameMs !== null && session.firstFrameMs < 3000);
        const rate = await framesPerSecond(viewer);
        assert.ok(rate >= 24, `${rate} frames a second`);
        const { audioPackets, codec } = await inboundOf(viewer);
        assert.ok(audioPackets > 50);
        assert.equal(codec, "video/H264");
        await waitFor("the viewer in the room", async () => {
          const { body } = await platform.api<{ viewersByProtocol: { whep: number } }>(
            `/api/rooms/${room.id}/stream`,
            { token: room.token },
          );
          return body.viewersByProtocol.whep === 1;
        });
      },
    );

    await t.step("LL-HLS, FLV and RTMP of the same stream: picture and sound in step", async () => {
      const outputs = {
        llhls: `${url}/live/${room.id}/index.m3u8`,
        flv: `${url}/live/${room.id}.flv`,
        rtmp: `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`,
      };
      const recordings = Object.entries(outputs).map(([name, address]) =>
        [name, address, `${folder}/${name}.mp4`] as const
      );
      await Promise.all(recordings.map(([, address, path]) => record(address, path, 9)));
      for (const [name, , path] of recordings) {
        // Every player of these takes AAC.
        const streams = await probe(path);
        assert.deepEqual(streams.map(({ codec_name }) => codec_name).sort(), ["aac", "h264"], name);
        const offsets = await avOffsetsMs(path);
        console.log(`      ${name}: sound behind picture ${offsets.join(" ")} ms`);
        assert.ok(offsets.length >= 3, `${name}: flashes and beeps: ${offsets.length}`);
        const mean = offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
        assert.ok(Math.abs(mean) <= 80, `${name}: ${offsets.join(" ")} ms`);
      }
    });

    await t.step(
      "the publisher's tab is reloaded: viewers go on over the same connection",
      async () => {
        const before = await inboundOf(viewer);
        await studio.close();
        studio = await open();
        const { id, key } = room;
        const session = await publishFromPage(studio, { url, room: id, key });
        assert.equal(session.status, 201, session.body);
        await waitForFrames(viewer, 60);
        const after = await inboundOf(viewer);
        assert.equal(after.state, "connected");
        assert.ok(after.packetsReceived > before.packetsReceived);
      },
    );

    await t.step("garbage on the UDP port harms nobody", async () => {
      const socket = createSocket("udp4");
      for (let i = 0; i < 3000; i++) {
        const bytes = crypto.getRandomValues(new Uint8Array(20 + i % 1200));
        // STUN, DTLS, RTP and RTCP by their first byte, among others.
        bytes[0] = [0, 22, 0x80, 0x81, 255][i % 5]!;
        socket.send(bytes, platform.rtcPort, "127.0.0.1");
        if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await waitForFrames(viewer, 60);
      socket.close();
    });

    const bFrames = await platform.room();
    const source = `${folder}/bframes.flv`;
    await makeSource(source, { seconds: 10, bFrames: 2 });
    await using encoder = Publisher.file(source, bFrames.publishUrl);
    await t.step("RTMP with B-frames: a picture by WHEP", async () => {
      await platform.waitLive(bFrames);
      const session = await waitFor("a WHEP session", async () => {
        const session = await watchInPage(viewer, { url, room: bFrames.id, name: "rtmp" });
        return session.status === 201 && session;
      });
      assert.ok(session.firstFrameMs !== null, "no picture");
      const rate = await framesPerSecond(viewer, { name: "rtmp" });
      assert.ok(rate >= 24, `${rate} frames a second`);
      assert.ok((await inboundOf(viewer, "rtmp")).audioPackets > 50);
    });

    await t.step("B-frames: the broadcaster is told what they cost", async () => {
      const cookie = { name: "wanren_session", value: bFrames.token, url };
      const owner = await browser.newContext({ locale: "en-US" });
      await owner.addCookies([cookie]);
      const page = await owner.newPage();
      await page.goto(`${url}/studio`);
      await page.locator(".advice", { hasText: /B-frames add \d+ ms/ }).waitFor();
      await owner.close();
    });

    await encoder.stop();

    await t.step("SIGKILL of rtc: media goes on, rtc is back, browsers come back", async () => {
      const before = await platform.pidOf("rtc");
      const media = await platform.pidOf("media");
      Deno.kill(before, "SIGKILL");
      const killedMs = Date.now();
      const playlist = await platform.fetch(`/live/${room.id}/main.m3u8`);
      await playlist.body?.cancel();
      assert.equal(playlist.status, 200);
      const { id, key } = room;
      await waitFor("rtc again", async () => {
        const session = await publishFromPage(studio, { url, room: id, key });
        return session.status === 201 && session.connectedMs !== null;
      }, { everyMs: 200 });
      console.log(`      rtc was back after ${Date.now() - killedMs} ms`);
      assert.notEqual(await platform.pidOf("rtc"), before);
      assert.equal(await platform.pidOf("media"), media);
      const session = await watchInPage(viewer, { url, room: id, name: "again" });
      assert.ok(session.firstFrameMs !== null);
    });

    // Two cores encode and decode for all of them.
    await studio.close();
    await viewer.close();
    viewer = await open();

    await t.step("5 % loss and 50 ms jitter both ways: 24 frames a second and more", async () => {
      const conditions = { lossPercent: 5, jitterMs: 50 };
      await using proxy = await openUdpProxy({
        targetPort: platform.rtcPort,
        up: conditions,
        down: conditions,
      });
      const { id, key, token } = await platform.room();
      const lossy = await open();
      const session = await publishFromPage(lossy, { url, room: id, key, port: proxy.port });
      assert.equal(session.status, 201, session.body);
      assert.notEqual(session.connectedMs, null);
      const seen = await waitFor("a WHEP session", async () => {
        const session = await watchInPage(viewer, {
          url,
          room: id,
          name: "lossy",
          port: proxy.port,
        });
        return session.status === 201 && session;
      });
      assert.ok(seen.firstFrameMs !== null, "no picture");
      const rate = await framesPerSecond(viewer, { name: "lossy", seconds: 10 });
      const figures = await inboundOf(viewer, "lossy");
      console.log(`      ${rate.toFixed(1)} frames a second, ${figures.nackCount} requests`);
      assert.ok(rate >= 24, `${rate} frames a second: ${JSON.stringify(figures)}`);
      assert.ok(figures.nackCount > 0);
      // The way in is as bad: what was missing there was asked for as well, and came.
      const metrics = await (await platform.fetch("/metrics")).text();
      const asked = /wanren_rtc_received\{[^}]*what="requested"[^}]*\} (\d+)/.exec(metrics)?.[1];
      console.log(`      of publishers ${asked} packets were asked for`);
      assert.ok(Number(asked) > 0);
      await waitFor("pictures of the publisher at 24 a second and more", async () => {
        const { body } = await platform.api<{ stream: { video: { fps: number } } }>(
          `/api/rooms/${id}/stream`,
          { token },
        );
        return body.stream.video.fps >= 24;
      });
      await lossy.close();
    });

    await t.step("two layers: the small one for who asks, has a phone, or loses much", async () => {
      const { id, key } = await platform.room();
      const page = await open();
      const session = await publishFromPage(page, { url, room: id, key, simulcast: true });
      assert.equal(session.status, 201, session.body);
      const sizes = async (...names: string[]) =>
        (await Promise.all(names.map((name) => inboundOf(viewer, name)))).map((seen) =>
          seen.frameWidth
        ).join();
      await watchInPage(viewer, { url, room: id, name: "large", waitMs: 10_000 });
      await waitFor("both layers", async () => await sizes("large") === "640");
      await watchInPage(viewer, { url, room: id, name: "small", query: "?layer=low" });
      await waitFor("both sizes", async () => await sizes("small", "large") === "160,640");
      const phone = await browser.newContext({ ...PHONE });
      const pocket = await phone.newPage();
      await pocket.goto(`${url}/healthz`);
      const { firstFrameWidth } = await watchInPage(pocket, { url, room: id });
      assert.equal(firstFrameWidth, 160);
      await phone.close();
      await using proxy = await openUdpProxy({ targetPort: platform.rtcPort });
      const lossy = await watchInPage(viewer, { url, room: id, name: "lossy", port: proxy.port });
      assert.equal(lossy.firstFrameWidth, 640);
      proxy.change({ down: { lossPercent: 20 } });
      await waitFor(
        "the small one where much is lost",
        async () => await sizes("lossy") === "160",
        { deadlineMs: 30_000 },
      );
      assert.equal(await sizes("large"), "640");
    });
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
});
