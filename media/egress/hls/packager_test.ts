import assert from "node:assert/strict";
import { silentLogger } from "../../../platform/log.ts";
import { CLOCK_HZ, type StreamItem } from "../../access_unit.ts";
import { type HlsAnswer, HlsPackager, type HlsPackagerOptions } from "./packager.ts";
import { countDiscontinuities, testItems } from "./testing.ts";

const STARTED_AT_MS = Date.UTC(2026, 2, 1);

class Subject {
  nowMs: number;
  readonly packager: HlsPackager;
  readonly startedAtMs: number;

  constructor(options: Partial<HlsPackagerOptions> = {}) {
    this.startedAtMs = options.startedAtMs ?? STARTED_AT_MS;
    this.nowMs = this.startedAtMs;
    this.packager = new HlsPackager({
      room: "100001",
      startedAtMs: this.startedAtMs,
      discontinuities: countDiscontinuities(),
      now: () => this.nowMs,
      log: silentLogger,
      ...options,
    });
  }

  push(items: readonly StreamItem[]): void {
    for (const item of items) {
      this.nowMs = Math.max(this.nowMs, this.startedAtMs + item.dts / 90);
      this.packager.push(item);
    }
  }

  get(path: string, options: { query?: string; signal?: AbortSignal } = {}): Promise<HlsAnswer> {
    return this.packager.handle({
      path,
      query: new URLSearchParams(options.query ?? ""),
      signal: options.signal ?? new AbortController().signal,
    });
  }

  async text(path: string, query = ""): Promise<string> {
    const answer = await this.get(path, { query });
    assert.equal(answer.status, 200, JSON.stringify(answer.error));
    return textOf(answer);
  }
}

function textOf(answer: HlsAnswer): string {
  return new TextDecoder().decode(answer.body as Uint8Array);
}

function tag(playlist: string, name: string): string | undefined {
  return new RegExp(`^#${name}:(.*)$`, "m").exec(playlist)?.[1];
}

/** The rest of `items` from the first video at or after `second`. */
function split(items: readonly StreamItem[], second: number): [StreamItem[], StreamItem[]] {
  const at = items.findIndex((item) => item.kind === "video" && item.dts >= second * CLOCK_HZ);
  return [items.slice(0, at), items.slice(at)];
}

Deno.test("HlsPackager lists what it serves: init, segments equal to their parts", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 7 }));
  const main = await subject.text("main.m3u8");
  const map = /#EXT-X-MAP:URI="([^"]+)"/.exec(main)![1];
  assert.match(map, /^[a-z0-9]+\/init0\.mp4$/);
  const init = await subject.get(map);
  assert.equal(init.headers["content-type"], "video/mp4");
  assert.match(init.headers["cache-control"], /immutable/);
  const uris = main.split("\n").filter((line) => line.endsWith(".m4s"));
  assert.equal(uris.length, 3);
  const segment = (await subject.get(uris[2])).body as Uint8Array;
  const parts = [...main.matchAll(/URI="([^"]+\.\d+\.m4s)"/g)].map((match) => match[1])
    .filter((uri) => uri.startsWith(uris[2].replace(".m4s", ".")));
  assert.equal(parts.length, 6);
  const joined = [];
  for (const part of parts) joined.push(...(await subject.get(part)).body as Uint8Array);
  assert.deepEqual(segment, Uint8Array.from(joined));
  subject.packager.end();
});

Deno.test("HlsPackager: sequence numbers never go back over a restart", async () => {
  const discontinuities = countDiscontinuities();
  const first = new Subject({ discontinuities });
  first.push(testItems({ to: 60, gop: 0.5 }));
  const before = await first.text("main.m3u8");
  const last = Number(tag(before, "EXT-X-MEDIA-SEQUENCE")) + before.match(/#EXTINF/g)!.length;
  const second = new Subject({ startedAtMs: first.nowMs, discontinuities });
  second.push(testItems({ to: 3 }));
  const after = await second.text("main.m3u8");
  assert.ok(Number(tag(after, "EXT-X-MEDIA-SEQUENCE")) > last);
  assert.ok(
    Number(tag(after, "EXT-X-DISCONTINUITY-SEQUENCE")) >
      Number(tag(before, "EXT-X-DISCONTINUITY-SEQUENCE")),
  );
  const epoch = (text: string) => /URI="([a-z0-9]+)\//.exec(text)![1];
  assert.notEqual(epoch(after), epoch(before));
  const [uri] = before.split("\n").filter((line) => line.endsWith(".m4s"));
  assert.equal((await second.get(uri)).status, 404);
});

Deno.test("HlsPackager keeps a window of 30 s and serves what left it for one more", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 10 }));
  const [early] = (await subject.text("main.m3u8")).split("\n")
    .filter((line) => line.endsWith(".m4s"));
  subject.push(testItems({ from: 10, to: 45 }).slice(1));
  const main = await subject.text("main.m3u8");
  assert.ok(main.match(/#EXTINF/g)!.length >= 15 && main.match(/#EXTINF/g)!.length <= 16);
  assert.ok(!main.includes(early));
  assert.equal((await subject.get(early)).status, 200);
  subject.push(testItems({ from: 45, to: 120 }).slice(1));
  assert.equal((await subject.get(early)).status, 404);
});

Deno.test("HlsPackager lets segments go early when they take too many bytes", async () => {
  const maxBytes = 40_000;
  const subject = new Subject({ maxBytes });
  subject.push(testItems({ to: 60 }));
  assert.ok(subject.packager.inspect().bytes <= maxBytes * 1.5);
  const main = await subject.text("main.m3u8");
  for (const uri of main.split("\n").filter((line) => line.endsWith(".m4s"))) {
    assert.equal((await subject.get(uri)).status, 200);
  }
});

Deno.test("HlsPackager: new tracks begin a new init behind a discontinuity", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 5 }));
  const before = await subject.text("main.m3u8");
  subject.push(testItems({ from: 9, to: 12 }));
  const main = await subject.text("main.m3u8");
  assert.match(
    main,
    /#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="[a-z0-9]+\/init1\.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2026-03-01T00:00:09\.000Z\n/,
  );
  assert.equal(tag(main, "EXT-X-TARGETDURATION"), tag(before, "EXT-X-TARGETDURATION"));
  assert.equal(
    tag(main, "EXT-X-DISCONTINUITY-SEQUENCE"),
    tag(before, "EXT-X-DISCONTINUITY-SEQUENCE"),
  );
  assert.match(await subject.text("ts/main.m3u8"), /#EXT-X-DISCONTINUITY\n/);
  // When the tag has left the playlist, the number has risen.
  subject.push(testItems({ from: 12, to: 60 }).slice(1));
  const late = await subject.text("main.m3u8");
  assert.doesNotMatch(late, /#EXT-X-DISCONTINUITY\n/);
  assert.equal(
    Number(tag(late, "EXT-X-DISCONTINUITY-SEQUENCE")),
    Number(tag(before, "EXT-X-DISCONTINUITY-SEQUENCE")) + 1,
  );
});

Deno.test("HlsPackager holds the first playlists until there is a segment", async () => {
  const subject = new Subject();
  const [start, rest] = split(testItems({ to: 3 }), 1);
  subject.push(start);
  const answers = ["index.m3u8", "main.m3u8", "ts/index.m3u8", "ts/main.m3u8"]
    .map((path) => subject.get(path));
  assert.equal(subject.packager.inspect().held, 4);
  subject.push(rest);
  for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
  assert.equal(subject.packager.inspect().held, 0);
});

Deno.test("HlsPackager answers 503 with Retry-After when no segment comes", async () => {
  const subject = new Subject();
  const answer = subject.get("main.m3u8");
  subject.nowMs += 4001;
  const { status, headers, error } = await answer;
  assert.equal(status, 503);
  assert.equal(headers["retry-after"], "1");
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(error?.code, "not_ready");
});

Deno.test("HlsPackager answers a blocking reload with the part it was held for", async () => {
  const subject = new Subject();
  const [start, rest] = split(testItems({ to: 9 }), 5.1);
  subject.push(start);
  const open = subject.packager.inspect().openMsn;
  assert.match(await subject.text("main.m3u8"), new RegExp(`/${open}\\.2\\.m4s"`));
  const query = `_HLS_msn=${open}&_HLS_part=3`;
  const held = [
    subject.get("main.m3u8", { query }),
    subject.get("main.m3u8", { query }),
    subject.get("main.m3u8", { query: `${query}&_HLS_skip=YES` }),
    subject.get("main.m3u8", { query: `_HLS_msn=${open}` }),
    // After the last part of a segment comes the first of the next.
    subject.get("main.m3u8", { query: `_HLS_msn=${open}&_HLS_part=6` }),
  ];
  assert.equal(subject.packager.inspect().held, 5);
  subject.push(rest);
  const answers = await Promise.all(held);
  assert.equal(answers[0].body, answers[1].body);
  for (const answer of answers) assert.match(answer.headers["cache-control"], /max-age=6/);
  assert.match(textOf(answers[0]), new RegExp(`/${open}\\.3\\.m4s",?`));
  assert.match(textOf(answers[3]), new RegExp(`/${open}\\.m4s\n`));
  assert.match(textOf(answers[4]), new RegExp(`/${open + 1}\\.0\\.m4s"`));
  subject.packager.end();
});

Deno.test("HlsPackager answers what is there already at once, and refuses what is too far", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 5.1 }));
  const open = subject.packager.inspect().openMsn;
  assert.equal((await subject.get("main.m3u8", { query: `_HLS_msn=${open - 1}` })).status, 200);
  assert.equal((await subject.get("main.m3u8", { query: "_HLS_msn=5&_HLS_part=9" })).status, 200);
  const wrong = [`_HLS_msn=${open + 2}`, `_HLS_msn=${open}&_HLS_part=40`, "_HLS_part=1"];
  for (const query of wrong) {
    const { status, error } = await subject.get("main.m3u8", { query });
    assert.equal(status, 400);
    assert.equal(error?.code, "bad_request");
  }
});

Deno.test("HlsPackager answers held playlists soon when the publisher is away", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 5.1 }));
  const query = `_HLS_msn=${subject.packager.inspect().openMsn}&_HLS_part=5`;
  const held = subject.get("main.m3u8", { query });
  subject.nowMs += 1600;
  const answer = await held;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["cache-control"], "no-cache");
});

Deno.test("HlsPackager holds the hinted part, and no other", async () => {
  const subject = new Subject();
  const [start, rest] = split(testItems({ to: 7 }), 5.1);
  subject.push(start);
  const main = await subject.text("main.m3u8");
  const hint = /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(main)![1];
  const held = subject.get(hint);
  const beyond = hint.replace(/\.(\d+)\.m4s/, (_, part) => `.${Number(part) + 1}.m4s`);
  assert.equal((await subject.get(beyond)).status, 404);
  subject.push(rest);
  const answer = await held;
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, (await subject.get(hint)).body);
  // A hint that does not come true, because the segment ends before.
  const next = /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(await subject.text("main.m3u8"))![1];
  const lost = subject.get(next.replace(/\.\d+\.m4s$/, ".3.m4s"));
  subject.push(testItems({ from: 7.1, to: 7.2 }));
  assert.notEqual((await lost).status, 503);
  subject.packager.end();
});

Deno.test("HlsPackager bounds held requests and forgets clients that went away", async () => {
  const subject = new Subject({ maxHeld: 2 });
  const gone = new AbortController();
  const first = subject.get("main.m3u8", { signal: gone.signal });
  const second = subject.get("index.m3u8");
  const third = await subject.get("main.m3u8");
  assert.equal(third.status, 503);
  assert.equal(third.error?.code, "too_busy");
  gone.abort();
  assert.equal((await first).error?.code, "client_gone");
  assert.equal(subject.packager.inspect().held, 1);
  subject.push(testItems({ to: 2.5 }));
  assert.equal((await second).status, 200);
});

Deno.test("HlsPackager ends playlists and releases everyone", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 5.1 }));
  const held = subject.get("main.m3u8", {
    query: `_HLS_msn=${subject.packager.inspect().openMsn}&_HLS_part=5`,
  });
  subject.packager.end();
  assert.match(textOf(await held), /#EXT-X-ENDLIST\n$/);
  assert.match(await subject.text("ts/main.m3u8"), /#EXT-X-ENDLIST\n$/);
  assert.equal(subject.packager.inspect().held, 0);
});

Deno.test("HlsPackager declares 10 s for low latency, the confirmed length for MPEG-TS, when GOPs are long", async () => {
  const subject = new Subject();
  const [start, rest] = split(testItems({ to: 60, gop: 5 }), 6);
  subject.push(start);
  const main = await subject.text("main.m3u8");
  assert.equal(tag(main, "EXT-X-TARGETDURATION"), "10");
  assert.match(main, /PART-HOLD-BACK=1\.05/);
  const ts = subject.get("ts/main.m3u8");
  subject.push(rest);
  assert.equal(tag(textOf(await ts), "EXT-X-TARGETDURATION"), "5");
  const later = await subject.text("ts/main.m3u8");
  assert.equal(tag(later, "EXT-X-TARGETDURATION"), "5");
  assert.match(later, /#EXTINF:5,/);
  assert.equal(tag(await subject.text("main.m3u8"), "EXT-X-TARGETDURATION"), "10");
});

Deno.test("HlsPackager measures bandwidth and frame rate, and makes TS of the promised size", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 12.05, frameRate: 25 }));
  const index = await subject.text("ts/index.m3u8");
  assert.match(index, /RESOLUTION=320x180,FRAME-RATE=25\.\d{3}/);
  const sizes = [];
  for (const uri of (await subject.text("ts/main.m3u8")).split("\n")) {
    if (uri.endsWith(".ts")) {
      sizes.push(((await subject.get(`ts/${uri}`)).body as Uint8Array).length);
    }
  }
  assert.equal(sizes.length, 6);
  const bandwidth = Number(/BANDWIDTH=(\d+)/.exec(index)![1]);
  const average = Number(/AVERAGE-BANDWIDTH=(\d+)/.exec(index)![1]);
  assert.equal(bandwidth, Math.max(...sizes) * 4);
  assert.equal(average, Math.ceil(sizes.reduce((sum, size) => sum + size) * 8 / 12));
});

Deno.test("HlsPackager serves audio alone as audio", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 5, video: false }));
  const main = await subject.text("main.m3u8");
  const [uri] = main.split("\n").filter((line) => line.endsWith(".m4s"));
  assert.equal((await subject.get(uri)).headers["content-type"], "audio/mp4");
  assert.doesNotMatch(await subject.text("index.m3u8"), /RESOLUTION|FRAME-RATE/);
});

Deno.test("HlsPackager answers 404 for addresses that name nothing", async () => {
  const subject = new Subject();
  subject.push(testItems({ to: 5 }));
  const { epoch, openMsn } = subject.packager.inspect();
  const paths = ["", "x", "../main.m3u8", "main.m3u8/", `${epoch}/init7.mp4`, `${epoch}/1.m4s`]
    .concat([`ts/${epoch}/${openMsn}.m4s`, `${epoch}/${openMsn}.ts`, `${epoch}/${openMsn}.m4s`])
    .concat([`${epoch}/99999999999999999999.m4s`, `ts/${epoch}/init0.mp4`]);
  for (const path of paths) {
    const { status, headers } = await subject.get(path);
    assert.equal(status, 404, path);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.equal(headers["cache-control"], "public, max-age=1");
  }
});
