/**
 * Offers as browsers make them, shortened to what is read.
 *
 * @module
 */

const TRANSPORT = [
  "a=ice-ufrag:test",
  "a=ice-pwd:0123456789abcdef0123456789",
  "a=ice-options:trickle",
  `a=fingerprint:sha-256 ${Array(32).fill("0A").join(":")}`,
  "a=setup:actpass",
];

/** An offer of sound and picture (H.264 and VP8) in one direction. */
export function iceOffer(direction: "sendonly" | "recvonly"): string {
  const section = (mid: string, lines: readonly string[]) => [
    lines[0]!,
    "c=IN IP4 0.0.0.0",
    ...TRANSPORT,
    `a=mid:${mid}`,
    `a=${direction}`,
    "a=rtcp-mux",
    ...lines.slice(1),
  ];
  return [
    "v=0",
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0 1",
    "a=msid-semantic: WMS stream",
    ...section("0", [
      "m=audio 9 UDP/TLS/RTP/SAVPF 111",
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 minptime=10;useinbandfec=1",
    ]),
    ...section("1", [
      "m=video 9 UDP/TLS/RTP/SAVPF 102 96",
      "a=rtpmap:102 H264/90000",
      "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
      "a=rtcp-fb:102 nack",
      "a=rtcp-fb:102 nack pli",
      "a=rtpmap:96 VP8/90000",
      "a=rtcp-fb:96 nack pli",
    ]),
    "",
  ].join("\r\n");
}

/** An offer to send a picture in two layers, `h` and `l`, without sound; extension 10 names the layer. */
export function simulcastOffer(): string {
  return [
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    "a=group:BUNDLE 0",
    "m=video 9 UDP/TLS/RTP/SAVPF 102",
    "c=IN IP4 0.0.0.0",
    ...TRANSPORT,
    "a=mid:0",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
    "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "a=sendonly",
    "a=rtcp-mux",
    "a=rtpmap:102 H264/90000",
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    "a=rtcp-fb:102 nack",
    "a=rtcp-fb:102 nack pli",
    "a=rid:h send",
    "a=rid:l send",
    "a=simulcast:send h;l",
    "",
  ].join("\r\n");
}

/**
 * An offer of somebody in a call: sound and picture are sent, those of so many others received.
 *
 * @param transport lines of the transport; without a real one nothing connects.
 */
export function callOffer(others: number, transport: readonly string[] = TRANSPORT): string {
  const mids = Array.from({ length: 2 + 2 * others }, (_, index) => `${index}`);
  const section = (mid: string, direction: string, isVideo: boolean) => [
    `m=${isVideo ? "video 9 UDP/TLS/RTP/SAVPF 102" : "audio 9 UDP/TLS/RTP/SAVPF 111"}`,
    "c=IN IP4 0.0.0.0",
    ...transport,
    `a=mid:${mid}`,
    ...(isVideo ? [] : ["a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"]),
    `a=${direction}`,
    "a=rtcp-mux",
    ...(isVideo
      ? [
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
        "a=rtcp-fb:102 nack",
        "a=rtcp-fb:102 nack pli",
      ]
      : ["a=rtpmap:111 opus/48000/2", "a=fmtp:111 minptime=10;useinbandfec=1"]),
  ];
  return [
    "v=0",
    "o=- 1 2 IN IP4 127.0.0.1",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${mids.join(" ")}`,
    ...mids.flatMap((mid, index) =>
      section(mid, index < 2 ? "sendonly" : "recvonly", index % 2 === 1)
    ),
    "",
  ].join("\r\n");
}
