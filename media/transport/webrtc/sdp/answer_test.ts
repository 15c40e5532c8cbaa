import assert from "node:assert/strict";
import { type AnswerOptions, type LocalTransport, localTransport, writeAnswer } from "./answer.ts";
import { parseCandidate, shownCandidates, writeCandidate } from "./candidate.ts";
import { planPlay } from "./play.ts";
import { planPublish } from "./publish.ts";
import { attributeOf, attributesOf, parseSdp } from "./session.ts";

function offer(name: string): string {
  return Deno.readTextFileSync(
    new URL(`../../../../tests/fixtures/sdp/${name}.sdp`, import.meta.url),
  );
}

const NATIVE = `v=0
o=rtc 1 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=msid-semantic:WMS *
a=ice-options:ice2,trickle
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
m=video 8189 UDP/TLS/RTP/SAVPF 96
c=IN IP4 172.17.0.2
a=mid:0
a=sendrecv
a=rtcp-mux
a=rtpmap:96 VP8/90000
a=setup:active
a=ice-ufrag:abcd
a=ice-pwd:0123456789abcdefghijkl
a=candidate:1 1 UDP 2114977791 172.17.0.2 8189 typ host
a=candidate:2 1 UDP 2114977790 10.0.0.5 8189 typ host
a=candidate:3 1 UDP 2114977790 fe80::1 8189 typ host
a=candidate:4 1 TCP 1015021823 172.17.0.2 9 typ host tcptype active
a=candidate:5 1 UDP 1678769919 203.0.113.9 8189 typ srflx raddr 0.0.0.0 rport 0
a=end-of-candidates
`;

const OPTIONS: AnswerOptions = { publicAddresses: [], sessionId: "42" };

Deno.test("localTransport() reads credentials and candidates of the native description", () => {
  const local = localTransport(NATIVE);
  assert.equal(local.iceUfrag, "abcd");
  assert.equal(local.setup, "active");
  assert.equal(local.candidates.length, 5);
});

Deno.test("writeAnswer() to a publisher has one payload type a section and only known lines", () => {
  const text = writeAnswer(
    planPublish(parseSdp(offer("chromium_publish"))),
    localTransport(NATIVE),
    OPTIONS,
  );
  assert.equal(
    text.replaceAll("\r\n", "\n"),
    `v=0
o=- 42 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0 1
a=msid-semantic:WMS *
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a=recvonly
a=rtcp-mux
a=ice-ufrag:abcd
a=ice-pwd:0123456789abcdefghijkl
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
a=setup:active
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=0
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=candidate:1 1 UDP 2114977791 172.17.0.2 8189 typ host
a=candidate:2 1 UDP 2114977790 10.0.0.5 8189 typ host
a=candidate:5 1 UDP 1678769919 203.0.113.9 8189 typ srflx raddr 0.0.0.0 rport 0
a=end-of-candidates
m=video 9 UDP/TLS/RTP/SAVPF 108
c=IN IP4 0.0.0.0
a=mid:1
a=recvonly
a=rtcp-mux
a=ice-ufrag:abcd
a=ice-pwd:0123456789abcdefghijkl
a=fingerprint:sha-256 7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:2C:19:08
a=setup:active
a=rtpmap:108 H264/90000
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtcp-fb:108 goog-remb
a=rtcp-fb:108 ccm fir
a=rtcp-fb:108 nack
a=rtcp-fb:108 nack pli
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
`,
  );
});

Deno.test("writeAnswer() accepts layers, or leaves the attribute out when one layer is taken", () => {
  const plan = planPublish(parseSdp(offer("chromium_simulcast")));
  const video = parseSdp(writeAnswer(plan, localTransport(NATIVE), OPTIONS)).sections[1];
  assert.deepEqual(attributesOf(video, "rid"), ["h recv", "l recv"]);
  assert.equal(attributeOf(video, "simulcast"), "recv h;l");
  assert.ok(attributesOf(video, "extmap").some((value) => value.endsWith("rtp-stream-id")));
  const single = planPublish(parseSdp(
    offer("chromium_simulcast").replace(/a=extmap:\d+ \S+rtp-stream-id\r\n/, ""),
  ));
  const plain = parseSdp(writeAnswer(single, localTransport(NATIVE), OPTIONS)).sections[1];
  assert.equal(attributeOf(plain, "simulcast"), null);
  assert.deepEqual(attributesOf(plain, "rid"), []);
});

Deno.test("writeAnswer() to a viewer names the streams and closes what is refused", () => {
  const plan = planPlay(parseSdp(offer("chromium_play_data")), {
    video: [{ codec: "vp8" }],
    audio: [],
  });
  const streams = new Map([
    ["0", { ssrc: 7, cname: "wanren", streamId: "live", trackId: "video" }],
  ]);
  const session = parseSdp(
    writeAnswer(plan, localTransport(NATIVE), { ...OPTIONS, streams, sessionVersion: 3 }),
  );
  assert.equal(session.origin, "- 42 3 IN IP4 0.0.0.0");
  assert.equal(attributeOf(session, "group"), "BUNDLE 0");
  const [video, data] = session.sections;
  assert.equal(attributeOf(video, "sendonly"), "");
  assert.equal(attributeOf(video, "msid"), "live video");
  assert.deepEqual(attributesOf(video, "ssrc"), ["7 cname:wanren", "7 msid:live video"]);
  assert.deepEqual(attributesOf(video, "extmap"), []);
  assert.deepEqual([data.kind, data.port], ["application", 0]);
  assert.deepEqual(attributesOf(data, "candidate"), []);
});

Deno.test("writeAnswer() keeps a section without media open in the group, sending nothing", () => {
  const plan = planPlay(parseSdp(offer("chromium_play")), {
    video: [{ codec: "h264" }],
    audio: [],
  });
  const stream = { ssrc: 7, cname: "wanren", streamId: "live", trackId: "x" };
  const streams = new Map([["0", stream], ["1", stream]]);
  const session = parseSdp(writeAnswer(plan, localTransport(NATIVE), { ...OPTIONS, streams }));
  assert.equal(attributeOf(session, "group"), "BUNDLE 0 1");
  const [audio, video] = session.sections;
  assert.deepEqual([audio.port, attributeOf(audio, "inactive")], [9, ""]);
  assert.equal(attributeOf(audio, "ssrc"), null);
  assert.deepEqual(attributesOf(audio, "extmap"), []);
  assert.ok(attributesOf(audio, "candidate").length > 0);
  assert.equal(attributeOf(video, "msid"), "live x");
});

Deno.test("writeAnswer() repeats a viewer's wish for stereo", () => {
  const text = offer("chromium_play").replace("useinbandfec=1", "useinbandfec=1;stereo=1");
  const plan = planPlay(parseSdp(text), { video: [], audio: [{ codec: "opus" }] });
  const [audio] = parseSdp(writeAnswer(plan, localTransport(NATIVE), OPTIONS)).sections;
  assert.match(attributeOf(audio, "fmtp") ?? "", /;stereo=1/);
});

Deno.test("shownCandidates() shows public addresses in place of the machine's, each once", () => {
  const { candidates } = localTransport(NATIVE);
  const shown = shownCandidates(candidates, { publicAddresses: ["203.0.113.9", "2001:db8::9"] });
  assert.deepEqual(shown.map(writeCandidate), [
    "1 1 UDP 2114977791 203.0.113.9 8189 typ host",
    "2 1 UDP 2114977535 2001:db8::9 8189 typ host",
  ]);
});

Deno.test("shownCandidates() shows the public port where it differs", () => {
  const { candidates } = localTransport(NATIVE);
  const view = { publicAddresses: ["198.51.100.1"], publicPort: 40_000 };
  assert.deepEqual(shownCandidates(candidates, view).map(writeCandidate), [
    "1 1 UDP 2114977791 198.51.100.1 40000 typ host",
    "5 1 UDP 1678769919 203.0.113.9 8189 typ srflx raddr 0.0.0.0 rport 0",
  ]);
});

Deno.test("shownCandidates() shows loopback only when there is nothing else", () => {
  const loopback = parseCandidate("1 1 UDP 100 127.0.0.1 8189 typ host")!;
  const outside = parseCandidate("2 1 UDP 90 10.0.0.5 8189 typ host")!;
  const view = { publicAddresses: [] };
  assert.deepEqual(shownCandidates([loopback], view), [loopback]);
  assert.deepEqual(shownCandidates([loopback, outside], view), [outside]);
  assert.deepEqual(
    shownCandidates([loopback], { publicAddresses: ["198.51.100.1"] })[0].address,
    "198.51.100.1",
  );
});

Deno.test("parseCandidate() gives null for what it does not understand", () => {
  const good = "candidate:1 1 udp 2122252543 0ac6.local 54609 typ host generation 0";
  assert.equal(parseCandidate(good)?.address, "0ac6.local");
  for (
    const bad of [
      "",
      "1 1 udp x 1.2.3.4 5 typ host",
      "1 1 udp 1 1.2.3.4 70000 typ host",
      "1 1 udp 9999999999 1.2.3.4 5 typ host",
      "1 1 udp 1 1.2.3.4 5 typ other",
      "1 1 udp 1 1.2.3.4 5",
      `1 1 udp 1 ${"a".repeat(600)} 5 typ host`,
    ]
  ) assert.equal(parseCandidate(bad), null, bad);
});

Deno.test("writeAnswer() without candidates promises none", () => {
  const local: LocalTransport = { ...localTransport(NATIVE), candidates: [] };
  const text = writeAnswer(planPublish(parseSdp(offer("obs_publish"))), local, OPTIONS);
  assert.equal(text.includes("candidate"), false);
});
