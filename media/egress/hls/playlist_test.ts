import assert from "node:assert/strict";
import {
  DeliveryDirectiveError,
  type MediaPlaylist,
  parseDeliveryDirectives,
  type PlaylistSegment,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
} from "./playlist.ts";

function segment(msn: number, options: Partial<PlaylistSegment> = {}): PlaylistSegment {
  return {
    uri: `e/${msn}.m4s`,
    durationS: 2,
    discontinuity: false,
    mapUri: "e/init0.mp4",
    programDateTimeMs: Date.UTC(2026, 0, 1) + msn * 2000,
    gap: false,
    parts: [0, 1].map((part) => ({
      uri: `e/${msn}.${part}.m4s`,
      durationS: part === 0 ? 0.333333 : 0.3,
      independent: part === 0,
    })),
    ...options,
  };
}

function lowLatency(segments: readonly PlaylistSegment[]): MediaPlaylist {
  return {
    targetDurationS: 2,
    mediaSequence: 0,
    discontinuitySequence: 7,
    segments,
    independentSegments: true,
    ended: false,
    lowLatency: {
      partTargetS: 0.35,
      partHoldBackS: 1.05,
      preloadHintUri: "e/5.2.m4s",
      renditionReports: [{ uri: "../low/main.m3u8", lastMsn: 5, lastPart: 1 }],
    },
  };
}

Deno.test("renderMediaPlaylist() writes a low-latency playlist", () => {
  const open = segment(2, { uri: null, durationS: 0.63333 });
  const text = renderMediaPlaylist(lowLatency([
    segment(0),
    segment(1, { discontinuity: true, mapUri: "e/init1.mp4" }),
    { ...open, mapUri: "e/init1.mp4" },
  ]));
  assert.equal(
    text,
    `#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,HOLD-BACK=6,PART-HOLD-BACK=1.05
#EXT-X-PART-INF:PART-TARGET=0.35
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:7
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e/init0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXT-X-PART:DURATION=0.33333,URI="e/0.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.3,URI="e/0.1.m4s"
#EXTINF:2,
e/0.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="e/init1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z
#EXT-X-PART:DURATION=0.33333,URI="e/1.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.3,URI="e/1.1.m4s"
#EXTINF:2,
e/1.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:04.000Z
#EXT-X-PART:DURATION=0.33333,URI="e/2.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.3,URI="e/2.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e/5.2.m4s"
#EXT-X-RENDITION-REPORT:URI="../low/main.m3u8",LAST-MSN=5,LAST-PART=1
`,
  );
});

Deno.test("renderMediaPlaylist() leaves out what is older than the skip boundary", () => {
  const segments = Array.from({ length: 10 }, (_, msn) => segment(msn));
  const whole = renderMediaPlaylist(lowLatency(segments));
  const delta = renderMediaPlaylist(lowLatency(segments), { skip: true });
  assert.match(delta, /#EXT-X-MEDIA-SEQUENCE:0\n/);
  assert.match(delta, /#EXT-X-SKIP:SKIPPED-SEGMENTS=4\n/);
  const from = (text: string) => text.slice(text.indexOf("#EXTINF", text.indexOf("e/3.m4s") + 1));
  assert.equal(delta.match(/#EXTINF/g)!.length, 6);
  assert.ok(whole.includes(from(delta)));
  // Too short for an update: the whole playlist.
  const short = lowLatency(segments.slice(0, 6));
  assert.equal(renderMediaPlaylist(short, { skip: true }), renderMediaPlaylist(short));
});

Deno.test("renderMediaPlaylist() marks the end and drops what blocks", () => {
  const text = renderMediaPlaylist({ ...lowLatency([segment(0)]), ended: true }, { skip: true });
  assert.match(text, /#EXT-X-ENDLIST\n$/);
  assert.doesNotMatch(text, /SERVER-CONTROL|PRELOAD-HINT|SKIP/);
});

Deno.test("renderMediaPlaylist() writes MPEG-TS playlists with gaps where nothing is carried", () => {
  const plain = (options: Partial<PlaylistSegment>) =>
    segment(0, { mapUri: null, parts: [], uri: "e/0.ts", ...options });
  const playlist = { ...lowLatency([plain({}), plain({ gap: true })]), lowLatency: null };
  const text = renderMediaPlaylist(playlist);
  assert.match(text, /#EXT-X-VERSION:8\n/);
  assert.match(text, /#EXT-X-GAP\n#EXTINF:2,\ne\/0\.ts\n$/);
  assert.match(
    renderMediaPlaylist({ ...playlist, segments: [plain({})] }),
    /^#EXTM3U\n#EXT-X-VERSION:3\n/,
  );
});

Deno.test("renderMultivariantPlaylist() writes what is known of a variant", () => {
  const variant = {
    uri: "main.m3u8",
    bandwidth: 1_500_000.2,
    averageBandwidth: 1_200_000,
    codecs: ["avc1.64001f", "mp4a.40.2"],
    resolution: { width: 1280, height: 720 },
    frameRate: 29.97,
  };
  assert.equal(
    renderMultivariantPlaylist([variant, { ...variant, resolution: null, frameRate: null }]),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-STREAM-INF:BANDWIDTH=1500001,AVERAGE-BANDWIDTH=1200000,CODECS="avc1.64001f,mp4a.40.2",` +
      `RESOLUTION=1280x720,FRAME-RATE=29.970
main.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1500001,AVERAGE-BANDWIDTH=1200000,CODECS="avc1.64001f,mp4a.40.2"
main.m3u8
`,
  );
});

Deno.test("parseDeliveryDirectives() reads what is there and nothing else", () => {
  const parse = (query: string) => parseDeliveryDirectives(new URLSearchParams(query));
  assert.deepEqual(parse(""), { msn: null, part: null, skip: false });
  assert.deepEqual(parse("_HLS_msn=12&_HLS_part=0&_HLS_skip=YES&x=1"), {
    msn: 12,
    part: 0,
    skip: true,
  });
  assert.equal(parse("_HLS_msn=12&_HLS_skip=v2").skip, true);
  const wrong = ["_HLS_part=1", "_HLS_msn=-1", "_HLS_msn=1.5", "_HLS_msn=", "_HLS_msn=1e3"]
    .concat(["_HLS_msn=99999999999999999", "_HLS_msn=1&_HLS_msn=2", "_HLS_skip=no"]);
  for (const query of wrong) assert.throws(() => parse(query), DeliveryDirectiveError, query);
});
