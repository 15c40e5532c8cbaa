import assert from "node:assert/strict";
import { withOpusWishes } from "./opus.ts";

const WISHES = { stereo: true, dtx: false, maxAverageBitrate: 128_000 };
const SAID = "stereo=1;sprop-stereo=1;usedtx=0;maxaveragebitrate=128000";

Deno.test("withOpusWishes() writes into the parameters of Opus alone", () => {
  const sdp = [
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;stereo=0;useinbandfec=1",
    "m=video 9 UDP/TLS/RTP/SAVPF 102",
    "a=rtpmap:102 H264/90000",
    "a=fmtp:102 packetization-mode=1",
    "",
  ].join("\r\n");
  const tuned = withOpusWishes(sdp, WISHES).split("\r\n");
  assert.equal(tuned[3], `a=fmtp:111 minptime=10;useinbandfec=1;${SAID}`);
  assert.equal(tuned[6], "a=fmtp:102 packetization-mode=1");
  assert.equal(tuned.length, 8);
});

Deno.test("withOpusWishes() adds parameters where there are none", () => {
  const tuned = withOpusWishes("m=audio 9 x 96\na=rtpmap:96 opus/48000/2\na=sendrecv\n", WISHES);
  assert.deepEqual(tuned.split("\r\n").slice(1, 4), [
    "a=rtpmap:96 opus/48000/2",
    `a=fmtp:96 ${SAID}`,
    "a=sendrecv",
  ]);
});
