import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { lessonOf, readSections } from "./sdp_lessons.ts";

const SDP = [
  "v=0",
  "o=- 1 2 IN IP4 127.0.0.1",
  "a=group:BUNDLE 0 1",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=mid:0",
  "a=sendrecv",
  "a=rtpmap:111 opus/48000/2",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "a=mid:1",
  "",
].join("\r\n");

Deno.test("readSections() parts a description into what is common and its media", () => {
  deepStrictEqual(
    readSections(SDP).map(({ kind, mid, lines }) => [kind, mid, lines.length]),
    [["session", null, 3], ["audio", "0", 4], ["application", "1", 2]],
  );
  strictEqual(
    readSections(SDP).flatMap(({ lines }) => lines).map(({ text }) => text).join("\r\n") + "\r\n",
    SDP,
  );
});

Deno.test("lessonOf() knows what can be explained", () => {
  strictEqual(lessonOf("a=group:BUNDLE 0 1"), "bundle");
  strictEqual(lessonOf("a=rtpmap:97 rtx/90000"), "rtx");
  strictEqual(lessonOf("a=rtpmap:96 VP8/90000"), "rtpmap");
  strictEqual(lessonOf("a=sendonly"), "direction");
  strictEqual(lessonOf("a=sendonlyx"), null);
  strictEqual(lessonOf("v=0"), null);
});
