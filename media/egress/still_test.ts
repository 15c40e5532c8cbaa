import assert from "node:assert/strict";
import { silentLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";
import type { KeyFrame } from "../stream/contract.ts";
import { MS, picture, videoTrack } from "../stream/testing.ts";
import { STILL_INTERVAL_MS, STILL_MAX_AGE_MS, type StillAnswer, Stills } from "./still.ts";

const ROOM = "100001";
const START_MS = 1_750_000_000_000;

/** Stills of made-up streams; runs of the encoder are ended by the test, or at once. */
function harness(options: { concurrent?: number; maxWaiting?: number; manual?: boolean } = {}) {
  let nowMs = START_MS;
  let available = true;
  let outcome: "made" | "failed" = "made";
  const keyFrames = new Map<string, KeyFrame | null>();
  const runs: { readonly mp4: Uint8Array; readonly end: () => void }[] = [];
  const metrics = new Metrics("test");
  const stills = new Stills({
    streams: {
      isLive: (room) => keyFrames.has(room),
      keyFrame: (room) => keyFrames.get(room) ?? null,
    },
    encode: async (mp4, signal) => {
      const ended = Promise.withResolvers<void>();
      signal.addEventListener("abort", () => ended.reject(signal.reason));
      runs.push({ mp4, end: ended.resolve });
      if (!options.manual) ended.resolve();
      await ended.promise;
      if (outcome === "failed") throw new Error("Cannot decode");
      return Uint8Array.of(0xff, 0xd8, runs.length);
    },
    available: () => available,
    log: silentLogger,
    metrics,
    now: () => nowMs,
    concurrent: options.concurrent ?? 1,
    ...(options.maxWaiting !== undefined && { maxWaiting: options.maxWaiting }),
  });
  return {
    stills,
    runs,
    metrics,
    advance: (ms: number) => nowMs += ms,
    set: (change: { available?: boolean; outcome?: "made" | "failed" }) => {
      available = change.available ?? available;
      outcome = change.outcome ?? outcome;
    },
    /** The room shows a key frame of now; null: it has no picture. */
    show: (room: string, hasPicture = true) => {
      const unit = picture((nowMs - START_MS) % 1e9, { key: true });
      keyFrames.set(room, hasPicture ? { track: videoTrack(), unit, shownAtMs: nowMs } : null);
    },
    end: (room: string) => void keyFrames.delete(room),
    [Symbol.asyncDispose]: () => stills.stop(),
  };
}

function codeOf({ body }: StillAnswer): string {
  return JSON.parse(String(body)).code;
}

function turn(ms = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("Stills makes one picture for all who ask, and the next one ten seconds later", async () => {
  await using setup = harness();
  const { stills, runs } = setup;
  setup.show(ROOM);
  const [one, two] = await Promise.all([stills.answer(ROOM), stills.answer(ROOM)]);
  assert.equal(one.status, 200);
  assert.deepEqual(one.headers, {
    "content-type": "image/jpeg",
    "cache-control": "public, max-age=10, stale-while-revalidate=20",
    "etag": one.headers.etag,
    "last-modified": new Date(START_MS).toUTCString(),
  });
  assert.equal(two.body, one.body);
  setup.advance(STILL_INTERVAL_MS - 1);
  setup.show(ROOM);
  assert.equal((await stills.answer(ROOM)).body, one.body);
  assert.equal(runs.length, 1);
  setup.advance(1);
  const next = await stills.answer(ROOM);
  assert.equal(runs.length, 2);
  assert.notEqual(next.headers.etag, one.headers.etag);
  assert.match(await setup.metrics.text(), /wanren_media_stills_total\{result="made".*\} 2/);
});

Deno.test("Stills makes nothing of a picture that it has shown already", async () => {
  await using setup = harness();
  setup.show(ROOM);
  await setup.stills.answer(ROOM);
  // The publisher dropped: there is no newer key frame.
  setup.advance(STILL_MAX_AGE_MS * 2);
  const again = await setup.stills.answer(ROOM);
  assert.equal(again.status, 200);
  assert.match(again.headers["cache-control"], /max-age=10/);
  assert.equal(setup.runs.length, 1);
});

Deno.test("Stills answers a known picture with 304", async () => {
  await using setup = harness();
  setup.show(ROOM);
  const { headers } = await setup.stills.answer(ROOM);
  for (const ifNoneMatch of [headers.etag, `W/${headers.etag}`, `"other", ${headers.etag}`]) {
    const known = await setup.stills.answer(ROOM, { ifNoneMatch });
    assert.equal(known.status, 304);
    assert.equal(known.body, null);
    assert.equal(known.headers.etag, headers.etag);
  }
  assert.equal((await setup.stills.answer(ROOM, { ifNoneMatch: '"other"' })).status, 200);
});

Deno.test("Stills shows the older picture rather than wait for a slow newer one", async () => {
  await using setup = harness({ manual: true });
  setup.show(ROOM);
  const first = setup.stills.answer(ROOM);
  await turn();
  setup.runs[0].end();
  const { body } = await first;
  setup.advance(STILL_INTERVAL_MS);
  setup.show(ROOM);
  const stale = await setup.stills.answer(ROOM);
  assert.equal(stale.status, 200);
  assert.equal(stale.body, body);
  assert.equal(stale.headers["cache-control"], "public, max-age=1, stale-while-revalidate=20");
  assert.equal(setup.runs.length, 2);
  setup.runs[1].end();
  await turn();
  assert.notEqual((await setup.stills.answer(ROOM)).body, body);
});

Deno.test("Stills remembers a failure for ten seconds and shows no picture of a minute ago", async () => {
  await using setup = harness();
  setup.show(ROOM);
  await setup.stills.answer(ROOM);
  setup.set({ outcome: "failed" });
  for (let second = STILL_INTERVAL_MS / 1000; second < STILL_MAX_AGE_MS / 1000; second += 5) {
    setup.advance(second === STILL_INTERVAL_MS / 1000 ? STILL_INTERVAL_MS : 5000);
    setup.show(ROOM);
    assert.equal((await setup.stills.answer(ROOM)).status, 200);
  }
  setup.advance(5000);
  const none = await setup.stills.answer(ROOM);
  assert.equal(none.status, 404);
  assert.equal(codeOf(none), "no_picture");
  // At 10, 20, 30, 40, 50 and 60 s.
  assert.equal(setup.runs.length, 7);
});

Deno.test("Stills says why there is no picture", async () => {
  await using setup = harness();
  const codeFor = async (room: string) => {
    const answer = await setup.stills.answer(room);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    return [answer.status, codeOf(answer)];
  };
  assert.deepEqual(await codeFor(ROOM), [404, "not_live"]);
  setup.show(ROOM, false);
  assert.deepEqual(await codeFor(ROOM), [404, "no_picture"]);
  setup.show(ROOM);
  assert.equal((await setup.stills.answer(ROOM)).status, 200);
  setup.end(ROOM);
  assert.deepEqual(await codeFor(ROOM), [404, "not_live"]);
  setup.set({ available: false });
  // Another origin may have the room, and ffmpeg.
  assert.deepEqual(await codeFor(ROOM), [404, "not_live"]);
  setup.show(ROOM);
  assert.deepEqual(await codeFor(ROOM), [503, "ffmpeg_missing"]);
});

Deno.test("Stills runs one encoder at a time and refuses when too many wait", async () => {
  await using setup = harness({ manual: true, maxWaiting: 2 });
  const rooms = ["100001", "100002", "100003", "100004"];
  for (const room of rooms) setup.show(room);
  const answers = rooms.map((room) => setup.stills.answer(room));
  const refused = await answers[3];
  assert.equal(refused.status, 503);
  assert.equal(codeOf(refused), "busy");
  assert.equal(refused.headers["retry-after"], "2");
  assert.match(await setup.metrics.text(), /wanren_media_stills_waiting\{.*\} 2/);
  for (let run = 0; run < 3; run++) {
    await turn();
    assert.equal(setup.runs.length, run + 1);
    setup.runs[run].end();
  }
  for (const answer of answers.slice(0, 3)) assert.equal((await answer).status, 200);
  // There is room again.
  const retry = setup.stills.answer(rooms[3]);
  await turn();
  setup.runs[3].end();
  assert.equal((await retry).status, 200);
});

Deno.test("Stills takes the picture that is newest when its turn comes", async () => {
  await using setup = harness({ manual: true });
  setup.show("100001");
  setup.show("100002");
  const first = setup.stills.answer("100001");
  const second = setup.stills.answer("100002");
  setup.advance(4000);
  setup.show("100002");
  await turn();
  setup.runs[0].end();
  await first;
  await turn();
  setup.runs[1].end();
  const { headers } = await second;
  assert.equal(headers["last-modified"], new Date(START_MS + 4000).toUTCString());
});

Deno.test("Stills gives the encoder a file that begins at its own zero", async () => {
  await using setup = harness();
  setup.advance(3600 * 1000);
  setup.show(ROOM);
  await setup.stills.answer(ROOM);
  const { mp4 } = setup.runs[0];
  assert.equal(new TextDecoder().decode(mp4.subarray(4, 8)), "ftyp");
  assert.ok(mp4.length < 2000);
  // Of the 64 bits of tfdt nothing is left: 3600 s would be there.
  const at = new TextDecoder("latin1").decode(mp4).indexOf("tfdt");
  assert.deepEqual(mp4.subarray(at + 8, at + 16), new Uint8Array(8));
  assert.equal(MS, 90);
});
