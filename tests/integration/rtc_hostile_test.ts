/** Offers that nobody should send: each is refused by a status, a code and a sentence, and leaves nothing. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { iceOffer } from "../support/rtc_offers.ts";
import { problemOf, TestRtc } from "../support/rtc_role.ts";

const PUBLISH = iceOffer("sendonly");
const PLAY = iceOffer("recvonly");
const folder = new URL("../fixtures/sdp/", import.meta.url);

/** The offer with one thing changed. */
type Change = (offer: string) => string;

const without = (pattern: RegExp): Change => (offer) => offer.replace(pattern, "");
const instead = (pattern: RegExp, text: string): Change => (offer) => offer.replace(pattern, text);

/** What is wrong with an offer, whoever makes it. */
const BROKEN: readonly [status: number, code: string, name: string, change: Change][] = [
  [400, "malformed", "nothing", () => ""],
  [400, "malformed", "a page", () => "<!doctype html><title>offer</title>"],
  [400, "malformed", "JSON", (offer) => JSON.stringify({ type: "offer", sdp: offer })],
  [400, "malformed", "bytes", () => "\x00\xff\x16\x03\x01"],
  [400, "malformed", "a line of no letter", instead(/^s=-/m, "-")],
  [400, "malformed", "a zero byte", instead(/^s=-/m, "s=-\0")],
  [400, "malformed", "an escape", instead(/a=mid:0/, "a=mid:0\x1b[31m")],
  [400, "malformed", "no origin", without(/^o=.*\r\n/m)],
  [400, "malformed", "two versions", instead(/^s=-/m, "v=0")],
  [400, "malformed", "another version", instead(/^v=0/, "v=1")],
  [400, "malformed", "a media line cut short", instead(/^m=audio.*/m, "m=audio 9")],
  [400, "malformed", "a port beyond all", instead(/^m=audio 9 /m, "m=audio 99999 ")],
  [400, "malformed", "an attribute without a name", instead(/a=rtcp-mux/, "a=:x")],
  [400, "malformed", "two sections of one name", instead(/a=mid:1/, "a=mid:0")],
  [400, "malformed", "an SSRC that is none", instead(/a=mid:1/, "a=mid:1\r\na=ssrc:x cname:y")],
  [413, "too_large", "eighty kilobytes", (offer) => offer + "a=x\r\n".repeat(16_000)],
  [413, "too_large", "too many lines", (offer) => offer + "a=x\r\n".repeat(3_000)],
  [413, "too_large", "a line without end", (offer) => offer + `a=x:${"y".repeat(5_000)}\r\n`],
  [
    413,
    "too_large",
    "sections without end",
    (offer) => offer + "m=video 0 UDP/TLS/RTP/SAVPF 0\r\n".repeat(20),
  ],
  [422, "no_media", "no section", (offer) => offer.slice(0, offer.indexOf("m="))],
  [422, "no_media", "closed sections", instead(/^(m=\w+) 9/gm, "$1 0")],
  [422, "no_media", "nothing that moves", instead(/a=(sendonly|recvonly)/g, "a=inactive")],
  [
    422,
    "no_media",
    "a data channel alone",
    (offer) =>
      offer.slice(0, offer.indexOf("m=")) +
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n",
  ],
  [422, "not_secure", "plain RTP", instead(/UDP\/TLS\/RTP\/SAVPF/g, "RTP/AVP")],
  [422, "not_secure", "keys in the open", instead(/UDP\/TLS\/RTP\/SAVPF/g, "RTP/SAVPF")],
  [422, "no_bundle", "two transports", without(/^a=group.*\r\n/m)],
  [422, "no_bundle", "one outside", instead(/BUNDLE 0 1/, "BUNDLE 0")],
  [422, "no_rtcp_mux", "two ports", without(/^a=rtcp-mux\r\n/m)],
  [422, "no_ice", "no user", without(/^a=ice-ufrag.*\r\n/gm)],
  [422, "no_ice", "no password", without(/^a=ice-pwd.*\r\n/gm)],
  [422, "no_ice", "a short password", instead(/^a=ice-pwd.*/gm, "a=ice-pwd:short")],
  [422, "no_fingerprint", "nobody's certificate", without(/^a=fingerprint.*\r\n/gm)],
  [422, "no_fingerprint", "a digest of old", instead(/sha-256/g, "sha-1")],
  [422, "no_fingerprint", "half a digest", instead(/(a=fingerprint:sha-256 .{50}).*/g, "$1")],
  [422, "bad_setup", "an unknown role", instead(/a=setup:actpass/g, "a=setup:holdconn")],
];

/** The same kinds for one direction alone. */
const OF_PUBLISHERS: readonly [status: number, code: string, name: string, change: Change][] = [
  [422, "wrong_direction", "a viewer's", instead(/a=sendonly/g, "a=recvonly")],
  [406, "unsupported_codec", "sound by PCMU", instead(/opus\/48000\/2/, "PCMU/8000")],
  [
    406,
    "unsupported_codec",
    "a picture by H.266",
    (offer) => offer.replace(/H264/, "H266").replace(/VP8/, "VP0"),
  ],
  [406, "unsupported_codec", "no codec at all", without(/^a=rtpmap.*\r\n/gm)],
];
const OF_VIEWERS: readonly [status: number, code: string, name: string, change: Change][] = [
  [422, "wrong_direction", "a publisher's", instead(/a=recvonly/g, "a=sendonly")],
  [406, "unsupported_codec", "no H.264", without(/^a=rtpmap:102.*\r\n/m)],
  [406, "unsupported_codec", "no Opus", instead(/opus\/48000\/2/, "PCMU/8000")],
];

Deno.test("POST /whip and /whep refuse every kind of broken offer by its code, and nothing of it stays", async () => {
  await using rtc = await new TestRtc().listen();
  const offers = [
    ...[...BROKEN, ...OF_PUBLISHERS].map((one) => ["whip", PUBLISH, ...one] as const),
    ...[...BROKEN, ...OF_VIEWERS].map((one) => ["whep", PLAY, ...one] as const),
  ];
  for (const [kind, offer, status, code, name, change] of offers) {
    const sdp = change(offer);
    assert.notEqual(sdp, offer, `${name} changes nothing`);
    const response = await rtc.offer(kind, { sdp });
    assert.equal(response.status, status, `${kind}: ${name}`);
    const problem = await problemOf(response);
    // The body itself is refused above 64 KiB before anybody reads it.
    if (sdp.length < 65_536) assert.equal(problem.code, code, `${kind}: ${name}`);
    // What a client wrote comes back in a form that fits a line.
    // deno-lint-ignore no-control-regex
    assert.ok(!/[\x00-\x1f\x7f]/.test(problem.detail), problem.detail);
  }
  assert.equal(rtc.claims.length, 0);
  assert.equal(rtc.peers.opened.length, 0);
  assert.equal(rtc.signalling.sessions.size, 0);
  assert.equal((await rtc.offer("whip")).status, 201);
});

Deno.test("an offer without sound or without a picture is answered with what it has", async () => {
  await using rtc = await new TestRtc().listen();
  for (const name of ["chromium_audio_only", "chromium_video_only"]) {
    const sdp = await Deno.readTextFile(new URL(`${name}.sdp`, folder));
    const response = await rtc.offer("whip", { sdp });
    assert.equal(response.status, 201, name);
    const media = [...(await response.text()).matchAll(/^m=(\w+) (\d+)/gm)];
    assert.deepEqual(
      media.map(([, kind]) => kind),
      [name === "chromium_audio_only" ? "audio" : "video"],
      name,
    );
  }
  const viewer = PLAY.slice(0, PLAY.indexOf("m=video")).replace("BUNDLE 0 1", "BUNDLE 0");
  assert.match(await (await rtc.offer("whep", { sdp: viewer })).text(), /^m=audio 9/m);
});

Deno.test("offers of every client that is known are answered by WHIP or WHEP", async () => {
  await using rtc = await new TestRtc().listen();
  for await (const { name } of Deno.readDir(folder)) {
    const sdp = await Deno.readTextFile(new URL(name, folder));
    const kind = /a=recvonly/.test(sdp) ? "whep" : "whip";
    const response = await rtc.offer(kind, { sdp });
    assert.equal(response.status, 201, `${name}: ${await response.clone().text()}`);
  }
});

const piece = fc.constantFrom(
  " ",
  ":",
  "=",
  "\0",
  "\r",
  "é",
  "-1",
  "99999999999",
  "a=",
  "m=",
  "%0d",
);
const change = fc.record({
  kind: fc.constantFrom("drop", "double", "swap", "cut", "insert"),
  line: fc.nat(60),
  other: fc.nat(60),
  text: piece,
});

Deno.test("an offer with any of its lines changed is answered or refused, never a fault of ours", async () => {
  await using rtc = await new TestRtc({ limits: { halfOpen: 10_000, publishers: 10_000 } })
    .listen();
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("whip" as const, "whep" as const),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      async (kind, changes) => {
        const lines = (kind === "whip" ? PUBLISH : PLAY).split("\r\n");
        for (const { kind, line, other, text } of changes) {
          const at = line % lines.length;
          if (kind === "drop") lines.splice(at, 1);
          else if (kind === "double") lines.splice(other % lines.length, 0, lines[at]!);
          else if (kind === "swap") {
            const to = other % lines.length;
            [lines[at], lines[to]] = [lines[to]!, lines[at]!];
          } else if (kind === "cut") lines[at] = lines[at]!.slice(0, other % 20);
          else lines[at] = lines[at]!.slice(0, other % 20) + text + lines[at]!.slice(other % 20);
        }
        const response = await rtc.offer(kind, { sdp: lines.join("\r\n") });
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        assert.ok([201, 400, 406, 413, 422].includes(response.status), String(response.status));
        if (response.status === 201) {
          const location = response.headers.get("location")!;
          assert.equal((await rtc.fetch(location, { method: "DELETE" })).status, 200);
        } else await problemOf(response);
      },
    ),
    { numRuns: 300 },
  );
  // It has seen both.
  assert.ok((statuses.get(201) ?? 0) > 10 && (statuses.get(422) ?? 0) > 10, String([...statuses]));
  assert.equal(rtc.signalling.sessions.size, 0);
  assert.ok(rtc.peers.opened.every(({ closed }) => closed));
});

Deno.test("packets of no sense from a connected publisher end nothing", async () => {
  await using rtc = await new TestRtc().listen();
  await rtc.offer("whip");
  const [peer] = rtc.peers.opened;
  peer!.events.onState("connected");
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), fc.nat(255), (bytes, first) => {
      // RTP and RTCP by their first bytes as well.
      if (bytes.length > 1 && first > 100) {
        bytes[0] = 0x80 | first & 0x3f;
        if (first > 200) bytes[1] = 192 + first % 32;
      }
      peer!.events.onPacket(bytes);
    }),
    { numRuns: 2_000 },
  );
  rtc.signalling.tick();
  assert.equal(rtc.signalling.sessions.size, 1);
  assert.ok(rtc.signalling.received.malformed > 0);
});
