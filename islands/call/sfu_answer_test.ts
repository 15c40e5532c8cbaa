import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { candidateLines, receivedPlaces, withoutAudioLevel } from "./sfu_answer.ts";

const ANSWER = [
  "v=0",
  "o=- 5 2 IN IP4 0.0.0.0",
  "a=group:BUNDLE 0 1 2 3",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=mid:0",
  "a=recvonly",
  "a=candidate:1 1 UDP 1 192.0.2.1 8189 typ host",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=mid:1",
  "a=sendonly",
  "a=msid:bob bob-audio",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=mid:2",
  "a=sendonly",
  "a=msid:bob.screen bob.screen-video",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=mid:3",
  "a=inactive",
  "",
].join("\r\n");

Deno.test("receivedPlaces() names whose sound and picture stands in which section", () => {
  deepStrictEqual(receivedPlaces(ANSWER), [
    { mid: "1", seat: "bob" },
    { mid: "2", seat: "bob.screen" },
  ]);
  deepStrictEqual(receivedPlaces("v=0\r\n"), []);
});

Deno.test("candidateLines() gives each candidate of the other side once", () => {
  deepStrictEqual(candidateLines(ANSWER + ANSWER), [
    "candidate:1 1 UDP 1 192.0.2.1 8189 typ host",
  ]);
});

Deno.test("withoutAudioLevel() takes out the loudness alone", () => {
  const mid = "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
  const level = "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n";
  strictEqual(withoutAudioLevel(`v=0\r\n${level}${mid}`), `v=0\r\n${mid}`);
});
