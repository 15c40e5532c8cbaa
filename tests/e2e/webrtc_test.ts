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
      const { body } = await platform.api<{ room: { playback: { whep: string | null } } }>(
        `/api/rooms/${id}`,
      );
      assert.equal(body.room.playback.whep, `${url}/whep/${id}`);
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
      const path = `${folder}/whip.mp4`;
      await record(`${url}/live/${room.id}/index.m3u8`, path, 12);
      const rtmp = `rtmp://127.0.0.1:${platform.rtmpPort}/live/${room.id}`;
      // Every player of these takes AAC.
      for (const input of [path, `${url}/live/${room.id}.flv`, rtmp]) {
        const streams = await probe(input);
        assert.deepEqual(streams.map(({ codec_name }) => codec_name).sort(), ["aac", "h264"]);
      }
      const offsets = await avOffsetsMs(path);
      assert.ok(offsets.length >= 3, `flashes and beeps: ${offsets.length}`);
      const mean = offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
      console.log(`      sound behind picture: ${offsets.join(" ")} ms`);
      assert.ok(Math.abs(mean) <= 80, `offsets: ${offsets.join(" ")} ms`);
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

    await t.step("RTMP with B-frames: a picture by WHEP", async () => {
      const other = await platform.room();
      const source = `${folder}/bframes.flv`;
      await makeSource(source, { seconds: 10, bFrames: 2 });
      await using _publisher = Publisher.file(source, other.publishUrl);
      await platform.waitLive(other);
      const session = await waitFor("a WHEP session", async () => {
        const session = await watchInPage(viewer, { url, room: other.id, name: "rtmp" });
        return session.status === 201 && session;
      });
      assert.ok(session.firstFrameMs !== null, "no picture");
      const rate = await framesPerSecond(viewer, { name: "rtmp" });
      assert.ok(rate >= 24, `${rate} frames a second`);
      assert.ok((await inboundOf(viewer, "rtmp")).audioPackets > 50);
    });

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
      const { id, key } = await platform.room();
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
      await lossy.close();
    });

    await t.step("two layers: a viewer who asks for the small one gets it", async () => {
      const { id, key } = await platform.room();
      const page = await open();
      const session = await publishFromPage(page, { url, room: id, key, simulcast: true });
      assert.equal(session.status, 201, session.body);
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await watchInPage(viewer, { url, room: id, name: "small", query: "?layer=low" });
      await watchInPage(viewer, { url, room: id, name: "large" });
      await waitFor("both sizes", async () => {
        const small = await inboundOf(viewer, "small");
        const large = await inboundOf(viewer, "large");
        return small.frameWidth === 160 && large.frameWidth === 640;
      });
    });
  } finally {
    await browser.close();
    await Deno.remove(folder, { recursive: true });
  }
});
