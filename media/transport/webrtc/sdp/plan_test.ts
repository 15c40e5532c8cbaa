import assert from "node:assert/strict";
import { SdpError, type SdpErrorCode } from "./errors.ts";
import { carrierOffer, type OfferPlan, takenSection } from "./plan.ts";
import { planPlay, type PlaySource } from "./play.ts";
import { planPublish } from "./publish.ts";
import { attributeOf, attributesOf, parseSdp } from "./session.ts";

function offer(name: string): string {
  return Deno.readTextFileSync(
    new URL(`../../../../tests/fixtures/sdp/${name}.sdp`, import.meta.url),
  );
}

function publish(text: string): OfferPlan {
  return planPublish(parseSdp(text));
}

const SOURCE: PlaySource = {
  video: [{ codec: "h264", profile: 100 }],
  audio: [{ codec: "opus" }],
};

/** codec:payload type, or the reason of the refusal, of each section. */
function outline(plan: OfferPlan): string[] {
  return plan.sections.map((section) =>
    section.taken
      ? `${section.format.codec}:${section.format.payloadType}` +
        (section.direction === "inactive" ? " inactive" : "")
      : section.why
  );
}

Deno.test("planPublish() takes one format for sound and picture from every client's offer", () => {
  const expected: Record<string, string[]> = {
    chromium_publish: ["opus:111", "h264:108"],
    chromium_sendrecv: ["opus:111", "h264:108"],
    chromium_simulcast: ["opus:111", "h264:108"],
    chromium_audio_only: ["opus:111"],
    chromium_video_only: ["h264:108"],
    firefox_publish: ["opus:109", "h264:126"],
    safari_publish: ["opus:111", "h264:98"],
    obs_publish: ["opus:111", "h264:96"],
    obs_simulcast: ["opus:111", "h264:96"],
    gstreamer_publish: ["h264:96", "opus:97"],
    libdatachannel_publish: ["opus:111", "h264:96"],
    ffmpeg_publish: ["opus:111", "h264:106"],
  };
  for (const [name, sections] of Object.entries(expected)) {
    const plan = publish(offer(name));
    assert.deepEqual(outline(plan), sections, name);
    for (const section of plan.sections) {
      assert.ok(section.taken && section.direction === "recvonly", name);
      // The payload type really exists in the offer, with the clock of its codec.
      assert.ok(offer(name).includes(`a=rtpmap:${section.format.payloadType} `), name);
    }
    assert.match(plan.transport.fingerprint, /^sha-256 [0-9A-F]{2}(:[0-9A-F]{2}){31}$/, name);
    assert.equal(plan.transport.setup, name.startsWith("ffmpeg") ? "passive" : "actpass", name);
  }
});

Deno.test("planPlay() takes one format for sound and picture from every viewer's offer", () => {
  const expected: Record<string, string[]> = {
    chromium_play: ["opus:111", "h264:108"],
    chromium_play_data: ["h264:108", "application is not carried"],
    firefox_play: ["opus:109", "h264:126"],
    safari_play: ["opus:111", "h264:96"],
    libdatachannel_play: ["opus:111", "h264:96"],
  };
  for (const [name, sections] of Object.entries(expected)) {
    const plan = planPlay(parseSdp(offer(name)), SOURCE);
    assert.deepEqual(outline(plan), sections, name);
  }
});

Deno.test("planPlay() leaves the section of a track that the stream does not have without media", () => {
  const plan = planPlay(parseSdp(offer("chromium_play")), { video: SOURCE.video, audio: [] });
  assert.deepEqual(outline(plan), ["opus:111 inactive", "h264:108"]);
  assert.equal(takenSection(plan, "audio"), null);
  const foreign = offer("chromium_play").replace("opus/48000/2", "OTHER/48000/2");
  const refused = planPlay(parseSdp(foreign), { video: SOURCE.video, audio: [] });
  assert.deepEqual(outline(refused), ["the stream has no audio", "h264:108"]);
});

Deno.test("planPublish() keeps SSRCs of the media and leaves out those of retransmission", () => {
  const plan = publish(offer("firefox_publish"));
  assert.deepEqual(takenSection(plan, "audio")?.ssrcs, [1193741612]);
  assert.deepEqual(takenSection(plan, "video")?.ssrcs, [2714538716]);
});

Deno.test("planPublish() describes the layers of a simulcast offer and keeps their extensions", () => {
  const plan = publish(offer("chromium_simulcast"));
  const video = takenSection(plan, "video");
  assert.deepEqual(video?.layers.map((layer) => layer.rid), ["h", "l"]);
  assert.deepEqual(video?.extensions, { mid: 4, rid: 10, audioLevel: null });
  assert.deepEqual(video?.ssrcs, []);
  assert.deepEqual(takenSection(plan, "audio")?.extensions, { mid: 4, rid: null, audioLevel: 1 });
  assert.deepEqual(
    takenSection(publish(offer("obs_simulcast")), "video")?.layers.map((layer) => layer.rid),
    ["0", "1", "2"],
  );
  assert.deepEqual(takenSection(publish(offer("chromium_publish")), "video")?.layers, []);
});

Deno.test("planPublish() falls back to one layer when the layers could not be told apart", () => {
  const text = offer("chromium_simulcast").replace(/a=extmap:\d+ \S+rtp-stream-id\r\n/, "");
  assert.deepEqual(takenSection(publish(text), "video")?.layers.map((layer) => layer.rid), ["h"]);
});

Deno.test("planPublish() reads restrictions and paused layers, and of alternatives the first", () => {
  const text = offer("chromium_simulcast")
    .replace("a=rid:l send", "a=rid:l send max-width=320;max-height=180\r\na=rid:m send pt=96")
    .replace("send h;l", "send h;~l,m recv x");
  assert.deepEqual(takenSection(publish(text), "video")?.layers, [
    { rid: "h", paused: false, maxWidth: null, maxHeight: null },
    { rid: "l", paused: true, maxWidth: 320, maxHeight: 180 },
  ]);
});

Deno.test("planPublish() and planPlay() throw the code of what is wrong with an offer", () => {
  const good = offer("chromium_publish");
  const without = (pattern: RegExp, text = good) => text.replace(pattern, "");
  const cases: [SdpErrorCode, string, () => unknown][] = [
    ["no_media", "no section", () => publish(good.slice(0, good.indexOf("m=")))],
    [
      "no_media",
      "only a data channel",
      () =>
        publish(
          good.slice(0, good.indexOf("m=")) +
            "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n",
        ),
    ],
    ["no_media", "closed", () => publish(good.replace(/^(m=\S+) \d+/gm, "$1 0"))],
    ["no_media", "inactive", () => publish(good.replaceAll("a=sendonly", "a=inactive"))],
    [
      "no_media",
      "nothing to play",
      () => planPlay(parseSdp(offer("chromium_play")), { video: [], audio: [] }),
    ],
    ["not_secure", "plain RTP", () => publish(good.replaceAll("UDP/TLS/RTP/SAVPF", "RTP/AVP"))],
    ["not_secure", "SDES", () => publish(good.replaceAll("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"))],
    ["no_bundle", "no group", () => publish(without(/a=group:.*\r\n/))],
    ["no_bundle", "one outside", () => publish(good.replace("BUNDLE 0 1", "BUNDLE 0"))],
    ["no_bundle", "no mid", () => publish(without(/a=mid:1\r\n/))],
    ["malformed", "same mid", () => publish(good.replace("a=mid:1", "a=mid:0"))],
    ["malformed", "odd mid", () => publish(good.replace("a=mid:1", "a=mid:1 2"))],
    ["malformed", "odd ssrc", () => publish(good.replace(/a=ssrc:\d+/, "a=ssrc:x"))],
    ["malformed", "huge ssrc", () => publish(good.replace(/a=ssrc:\d+/, "a=ssrc:4294967296"))],
    ["no_rtcp_mux", "two ports", () => publish(without(/a=rtcp-mux\r\n/))],
    ["no_ice", "no ufrag", () => publish(without(/a=ice-ufrag:.*\r\n/g))],
    ["no_ice", "no password", () => publish(without(/a=ice-pwd:.*\r\n/g))],
    ["no_ice", "short password", () => publish(good.replace(/a=ice-pwd:.*/g, "a=ice-pwd:short"))],
    ["no_ice", "odd ufrag", () => publish(good.replace(/a=ice-ufrag:.*/g, "a=ice-ufrag:a b c d"))],
    ["no_fingerprint", "none", () => publish(without(/a=fingerprint:.*\r\n/g))],
    ["no_fingerprint", "SHA-1", () => publish(good.replaceAll("sha-256", "sha-1"))],
    [
      "no_fingerprint",
      "cut short",
      () => publish(good.replace(/(a=fingerprint:sha-256 [0-9A-F:]{50}).*/g, "$1")),
    ],
    ["bad_setup", "holdconn", () => publish(good.replaceAll("setup:actpass", "setup:holdconn"))],
    ["wrong_direction", "a viewer publishes", () => publish(offer("chromium_play"))],
    ["wrong_direction", "a publisher plays", () => planPlay(parseSdp(good), SOURCE)],
    ["unsupported_codec", "no codec", () => publish(without(/a=rtpmap:.*\r\n/g))],
    [
      "unsupported_codec",
      "H.265 only",
      () => publish(offer("obs_publish").replace("H264/90000", "H265/90000")),
    ],
    [
      "unsupported_codec",
      "PCMU only",
      () => publish(offer("obs_publish").replace("opus/48000/2", "PCMU/8000")),
    ],
    [
      "unsupported_codec",
      "the viewer lacks it",
      () =>
        planPlay(parseSdp(offer("libdatachannel_play")), { video: [{ codec: "av1" }], audio: [] }),
    ],
    [
      "malformed",
      "rid",
      () => publish(offer("chromium_simulcast").replace("a=rid:h send", "a=rid:h forth")),
    ],
    [
      "malformed",
      "layer without rid",
      () => publish(offer("chromium_simulcast").replace("send h;l", "send h;x")),
    ],
    [
      "malformed",
      "layer twice",
      () => publish(offer("chromium_simulcast").replace("send h;l", "send h;h")),
    ],
  ];
  for (const [code, name, run] of cases) {
    assert.throws(
      run,
      (error) => error instanceof SdpError && error.code === code && error.message.endsWith("."),
      `${code}: ${name}`,
    );
  }
});

Deno.test("planPublish() refuses a second picture by closing its section", () => {
  const text = offer("obs_publish");
  const video = text.slice(text.indexOf("m=video"));
  const plan = publish(
    text.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + video.replace("a=mid:1", "a=mid:2"),
  );
  assert.deepEqual(outline(plan), ["opus:111", "h264:96", "a second video is not carried"]);
});

Deno.test("planPublish() takes a section whose port is 0 only when it is bundle-only", () => {
  const text = offer("gstreamer_publish");
  assert.deepEqual(outline(publish(text)), ["h264:96", "opus:97"]);
  assert.deepEqual(outline(publish(text.replace("a=bundle-only\r\n", ""))), [
    "h264:96",
    "audio is closed",
  ]);
});

Deno.test("carrierOffer() has one section with the transport of the offer and no candidates", () => {
  for (const name of ["chromium_publish", "firefox_publish", "gstreamer_publish"]) {
    const { transport } = publish(offer(name));
    const session = parseSdp(carrierOffer(transport));
    assert.equal(session.sections.length, 1);
    const [section] = session.sections;
    assert.equal(attributeOf(section, "ice-ufrag"), transport.iceUfrag);
    assert.equal(attributeOf(section, "ice-pwd"), transport.icePwd);
    assert.equal(attributeOf(section, "fingerprint"), transport.fingerprint);
    assert.equal(attributeOf(section, "setup"), "actpass");
    assert.equal(attributeOf(section, "sendrecv"), "");
    assert.deepEqual(attributesOf(section, "candidate"), []);
    assert.deepEqual(attributesOf(section, "extmap"), []);
  }
});
