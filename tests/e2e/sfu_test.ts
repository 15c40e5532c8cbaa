/** A call of many through `rtc`, in real browsers; the test stands in for the signalling of `web`. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser } from "../support/browser.ts";
import { TestPlatform } from "../support/platform.ts";
import { waitFor } from "../support/wait.ts";

const SECRET = "a-secret-of-this-test-alone";
const NAMES = ["ann", "bob", "cat", "dan", "eve", "fay"];

/** Makes the page's offer: its camera, a tone or silence, and places for so many others. */
async function offerOf(page: Page, others: number, loud: boolean): Promise<string> {
  return await page.evaluate(async ({ others, loud }) => {
    const kept = globalThis as unknown as { peer?: RTCPeerConnection; seen?: Set<string> };
    let peer = kept.peer;
    if (peer === undefined) {
      peer = kept.peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
      const seen = kept.seen = new Set<string>();
      peer.ontrack = ({ track, streams }) => {
        if (track.kind !== "video") return;
        seen.add(streams[0]?.id ?? "");
        const video = document.createElement("video");
        video.muted = true;
        video.autoplay = true;
        video.srcObject = new MediaStream([track]);
        document.body.append(video);
      };
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { width: 320, height: 180, frameRate: 10 },
      });
      // The fake microphone beeps too shortly for somebody who speaks.
      const audio = new AudioContext();
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      volume.gain.value = loud ? 0.3 : 0;
      const out = audio.createMediaStreamDestination();
      tone.connect(volume).connect(out);
      tone.start();
      const tracks = [...out.stream.getTracks(), ...stream.getTracks()];
      for (const track of tracks) peer.addTransceiver(track, { direction: "sendonly" });
    }
    const places = peer.getTransceivers().filter(({ direction }) =>
      direction === "recvonly"
    ).length;
    for (let place = places / 2; place < others; place++) {
      peer.addTransceiver("audio", { direction: "recvonly" });
      peer.addTransceiver("video", { direction: "recvonly" });
    }
    await peer.setLocalDescription();
    return peer.localDescription!.sdp;
  }, { others, loud });
}

async function answer(page: Page, sdp: string): Promise<void> {
  await page.evaluate(async (sdp) => {
    const { peer } = globalThis as unknown as { peer: RTCPeerConnection };
    await peer.setRemoteDescription({ type: "answer", sdp });
  }, sdp);
}

/** Frames decoded of each picture that comes in, and whose pictures those are. */
async function seenBy(page: Page): Promise<{ frames: number[]; people: string[] }> {
  return await page.evaluate(async () => {
    const kept = globalThis as unknown as { peer: RTCPeerConnection; seen: Set<string> };
    const report = await kept.peer.getStats();
    const frames = [...report.values()]
      .filter((stat) => stat.type === "inbound-rtp" && stat.kind === "video")
      .map((stat) => Number(stat.framesDecoded ?? 0));
    return { frames, people: [...kept.seen].sort() };
  });
}

Deno.test("six people in a call see each other through rtc", async () => {
  const secretFile = await Deno.makeTempFile();
  await Deno.writeTextFile(secretFile, SECRET);
  await using platform = await TestPlatform.start({ env: { CLUSTER_SECRET_FILE: secretFile } });
  const browser = await launchBrowser({ capture: "granted" });
  const rtc = async (path: string, init: RequestInit = {}) =>
    await fetch(`http://127.0.0.1:${platform.rtcHttpPort}/sfu/tea${path}`, {
      ...init,
      headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/sdp" },
    });
  try {
    const context = await browser.newContext({ permissions: ["camera", "microphone"] });
    const pages = new Map<string, Page>();
    const negotiate = async (name: string) => {
      const page = pages.get(name)!;
      const body = await offerOf(page, pages.size - 1, name === "bob");
      const response = await rtc(`/${name}`, { method: "POST", body });
      const text = await response.text();
      assert.equal(response.status, 200, text);
      await answer(page, text);
    };
    for (const name of NAMES) {
      const page = await context.newPage();
      await page.goto(`${platform.url}/healthz`);
      pages.set(name, page);
      await negotiate(name);
    }
    for (const name of NAMES) await negotiate(name);
    const seesOthers = async (name: string, count: number) => {
      await waitFor(`${name} to see ${count} others`, async () => {
        const { frames } = await seenBy(pages.get(name)!);
        return frames.filter((decoded) => decoded > 10).length >= count;
      }, { deadlineMs: 30_000 });
    };
    for (const name of NAMES) await seesOthers(name, NAMES.length - 1);
    assert.deepEqual((await seenBy(pages.get("ann")!)).people, NAMES.slice(1));
    const state = await (await rtc("")).json();
    assert.equal(state.participants.length, NAMES.length);
    assert.equal(state.speaker, "bob");

    // One leaves: the others go on without it.
    const left = await rtc("/fay", { method: "DELETE" });
    assert.equal(left.status, 204);
    await pages.get("fay")!.close();
    pages.delete("fay");
    for (const name of pages.keys()) await negotiate(name);
    const before = await seenBy(pages.get("ann")!);
    await waitFor("pictures that go on", async () => {
      const { frames } = await seenBy(pages.get("ann")!);
      return frames.filter((decoded, i) => decoded > (before.frames[i] ?? 0) + 10).length >= 4;
    });
  } finally {
    await browser.close();
    await Deno.remove(secretFile);
  }
});
