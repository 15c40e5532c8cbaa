import assert from "node:assert/strict";
import { Demultiplexer } from "./demultiplexer.ts";
import { buildRtp, parseRtp, type RtpExtension } from "./rtp.ts";
import { parseSdp } from "./sdp/session.ts";
import { planPublish } from "./sdp/publish.ts";

function plan(name: string, edit: (text: string) => string = (text) => text) {
  const file = new URL(`../../../tests/fixtures/sdp/${name}.sdp`, import.meta.url);
  return planPublish(parseSdp(edit(Deno.readTextFileSync(file))));
}

function packet(ssrc: number, payloadType: number, extensions: Record<number, string> = {}) {
  const elements: RtpExtension[] = Object.entries(extensions).map(([id, text]) => ({
    id: Number(id),
    data: new TextEncoder().encode(text),
  }));
  return parseRtp(buildRtp(
    { payloadType, sequenceNumber: 1, timestamp: 1, ssrc, marker: false },
    { payload: Uint8Array.of(1), extensions: elements },
  ))!;
}

function name(demultiplexer: Demultiplexer, ...args: Parameters<typeof packet>): string | null {
  const stream = demultiplexer.streamOf(packet(...args));
  return stream === null ? null : `${stream.section.kind} ${stream.layer}`;
}

Deno.test("Demultiplexer assigns the layers of simulcast by their header extension, once and for all", () => {
  const demultiplexer = new Demultiplexer(plan("chromium_simulcast"));
  assert.equal(name(demultiplexer, 10, 108, { 4: "1" }), null);
  assert.equal(name(demultiplexer, 10, 108, { 4: "1", 10: "l" }), "video 1");
  assert.equal(name(demultiplexer, 11, 108, { 4: "1", 10: "h" }), "video 0");
  assert.equal(name(demultiplexer, 12, 108, { 4: "1", 10: "x" }), null);
  assert.equal(name(demultiplexer, 13, 111, { 4: "0" }), "audio 0");
  assert.equal(name(demultiplexer, 10, 108), "video 1");
  assert.equal(name(demultiplexer, 11, 108), "video 0");
  // Another payload type on a known SSRC was not negotiated.
  assert.equal(name(demultiplexer, 11, 111), null);
  demultiplexer.forget(11);
  assert.equal(name(demultiplexer, 11, 108), null);
});

Deno.test("Demultiplexer does without SSRCs and extensions when the payload type decides", () => {
  const bare = plan("gstreamer_publish", (text) => text.replace(/a=ssrc.*\r\n/g, ""));
  const demultiplexer = new Demultiplexer(bare);
  assert.equal(name(demultiplexer, 1, 96), "video 0");
  assert.equal(name(demultiplexer, 2, 97), "audio 0");
  assert.equal(name(demultiplexer, 3, 98), null);
});

Deno.test("Demultiplexer takes the one layer that is left without asking for its extension", () => {
  const demultiplexer = new Demultiplexer(
    plan("chromium_simulcast", (text) => text.replace(/a=extmap:\d+ \S+rtp-stream-id\r\n/, "")),
  );
  assert.equal(name(demultiplexer, 10, 108), "video 0");
});

Deno.test("Demultiplexer bounds the SSRCs of a connection", () => {
  const demultiplexer = new Demultiplexer(plan("obs_publish"));
  for (let ssrc = 0; ssrc < 200; ssrc++) name(demultiplexer, ssrc, 96);
  assert.equal(demultiplexer.ssrcs.size, 64);
  assert.equal(name(demultiplexer, 1789453312, 111), "audio 0");
});
