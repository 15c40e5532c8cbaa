import assert from "node:assert/strict";
import { chooseIngestFormat, choosePlayFormat, formatsOf, offeredEncodings } from "./formats.ts";
import { parseSdp, type SdpSection } from "./session.ts";

function section(kind: string, formats: string, lines: readonly string[]): SdpSection {
  return parseSdp(
    `v=0\no=- 1 1 IN IP4 0.0.0.0\ns=-\nt=0 0\nm=${kind} 9 UDP/TLS/RTP/SAVPF ${formats}\n` +
      lines.map((line) => `a=${line}\n`).join(""),
  ).sections[0];
}

const H264 = (payloadType: number, parameters: string) => [
  `rtpmap:${payloadType} H264/90000`,
  `fmtp:${payloadType} ${parameters}`,
];

Deno.test("formatsOf() joins maps, parameters and feedback, and passes over broken ones", () => {
  const found = formatsOf(section("video", "96 97 98 200 x", [
    "rtpmap:96 VP8/90000",
    "rtcp-fb:96 nack pli",
    "rtcp-fb:* ccm fir",
    "rtcp-fb:96 transport-cc",
    "rtpmap:97 rtx/90000",
    "fmtp:97 apt=96",
    "rtpmap:98",
    "rtpmap:200 VP8/90000",
  ]));
  assert.deepEqual(found, [
    {
      payloadType: 96,
      encoding: "VP8",
      clockRate: 90000,
      channels: 1,
      parameters: null,
      feedback: ["nack pli", "ccm fir"],
    },
    {
      payloadType: 97,
      encoding: "rtx",
      clockRate: 90000,
      channels: 1,
      parameters: "apt=96",
      feedback: ["ccm fir"],
    },
  ]);
});

Deno.test("chooseIngestFormat() takes H.264 packetization-mode 1, Constrained Baseline first", () => {
  const offered = section("video", "96 97 98 99", [
    "rtpmap:96 VP8/90000",
    ...H264(97, "packetization-mode=0;profile-level-id=42e01f"),
    ...H264(98, "profile-level-id=640c1f;packetization-mode=1"),
    ...H264(99, "level-asymmetry-allowed=1; packetization-mode=1; profile-level-id=42E01F"),
  ]);
  assert.equal(chooseIngestFormat(offered)?.payloadType, 99);
});

Deno.test("chooseIngestFormat() goes on to VP8, VP9, AV1 of profile 0, and gives null for others", () => {
  const choose = (lines: string[]) =>
    chooseIngestFormat(section("video", "96 97", lines))?.codec ?? null;
  assert.equal(choose(["rtpmap:96 AV1/90000", "rtpmap:97 VP8/90000"]), "vp8");
  assert.equal(choose(["rtpmap:96 VP9/90000", "fmtp:96 profile-id=2"]), null);
  assert.equal(choose(["rtpmap:96 VP9/90000", "rtpmap:97 H265/90000"]), "vp9");
  assert.equal(choose(["rtpmap:96 AV1/90000", "fmtp:96 level-idx=5;profile=0;tier=0"]), "av1");
  assert.equal(choose(H264(96, "profile-level-id=42e01f")), null);
  const audio = section("audio", "0 8", ["rtpmap:0 PCMU/8000", "rtpmap:8 PCMA/8000"]);
  assert.equal(chooseIngestFormat(audio), null);
  assert.equal(offeredEncodings(audio), "PCMU, PCMA");
});

Deno.test("choosePlayFormat() prefers the profile of the source and takes the first wish it can", () => {
  const offered = section("video", "96 97 98", [
    ...H264(96, "packetization-mode=1;profile-level-id=42e01f"),
    ...H264(97, "packetization-mode=1;profile-level-id=64001f"),
    "rtpmap:98 VP8/90000",
  ]);
  const choose = (...wishes: Parameters<typeof choosePlayFormat>[1]) =>
    choosePlayFormat(offered, wishes)?.payloadType ?? null;
  assert.equal(choose({ codec: "h264", profile: 100 }), 97);
  assert.equal(choose({ codec: "h264", profile: 66 }), 96);
  assert.equal(choose({ codec: "h264", profile: 77 }), 96);
  assert.equal(choose({ codec: "av1" }, { codec: "vp8" }), 98);
  assert.equal(choose({ codec: "av1" }), null);
});
