import { strictEqual } from "node:assert/strict";
import { withAudioNack } from "./audio_nack.ts";

Deno.test("withAudioNack() asks for repeated packets of each Opus format, once", () => {
  const sdp = [
    "v=0",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63",
    "a=rtpmap:111 opus/48000/2",
    "a=rtcp-fb:111 transport-cc",
    "a=rtpmap:63 red/48000/2",
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "a=rtpmap:96 VP8/90000",
    "",
  ].join("\r\n");
  const wished = withAudioNack(sdp);
  strictEqual(
    wished,
    sdp.replace("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 nack"),
  );
  strictEqual(withAudioNack(wished), wished);
});
