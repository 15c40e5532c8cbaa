import assert from "node:assert/strict";
import type { Content } from "../../im/protocol/message.ts";
import { message, StillClock } from "../../tests/support/chat.ts";
import { ANNOUNCE_EVERY_MS, Announcer } from "./announcer.ts";
import { type Banner, BannerBoard, type GiftMessage, MAX_SHOWN, SHOWN_MS } from "./banners.ts";
import { isFiltered, parseSettings, splitWords } from "./danmaku_settings.ts";
import { LaneLimiter } from "./lane_limiter.ts";
import { piecesOf, plainWords, speaksTo } from "./words.ts";

const gift = (n: number, key: string, combo = 1, value = 1) =>
  message(n, {
    kind: "gift",
    body: { gift: key, count: 1, combo, value, side: null },
  } as Content) as GiftMessage;

Deno.test("LaneLimiter lets as many texts fly as there are lanes, and the own one always", () => {
  const limiter = new LaneLimiter();
  const sky = { width: 1_000, height: 100, lineHeight: 25, speed: 125 };
  const admit = (nowMs: number, own = false) =>
    limiter.admit({ width: 200, mode: "scroll", own }, { sky, density: "normal", nowMs });
  assert.deepEqual([0, 0, 0, 0, 0].map(() => admit(0)), [true, true, true, true, false]);
  assert.equal(admit(0, true), true);
  assert.equal(admit(10_000), true);
});

Deno.test("LaneLimiter tells whether there is room before a text is measured", () => {
  const limiter = new LaneLimiter();
  const how = { sky: { width: 1_000, height: 25, lineHeight: 25, speed: 125 }, nowMs: 0 };
  assert.ok(limiter.hasRoom("scroll", how));
  assert.ok(limiter.admit({ width: 100, mode: "scroll", own: false }, { ...how, density: "few" }));
  assert.equal(limiter.hasRoom("scroll", how), false);
  assert.ok(limiter.hasRoom("top", how), "another mode has lanes of its own");
  assert.ok(limiter.hasRoom("scroll", { ...how, nowMs: 60_000 }));
});

Deno.test("LaneLimiter lets more fly the denser it may be", () => {
  const flown = (["few", "normal", "many"] as const).map((density) => {
    const limiter = new LaneLimiter();
    const sky = { width: 800, height: 60, lineHeight: 30, speed: 100 };
    let count = 0;
    for (let nowMs = 0; nowMs < 20_000; nowMs += 100) {
      const text = { width: 150, mode: "scroll", own: false } as const;
      if (limiter.admit(text, { sky, density, nowMs })) count++;
    }
    return count;
  });
  assert.ok(flown[0]! < flown[1]! && flown[1]! < flown[2]!, flown.join());
});

Deno.test("parseSettings() keeps what makes sense and is calm where motion is unwelcome", () => {
  assert.equal(parseSettings(null, { calm: true }).on, false);
  assert.equal(parseSettings('{"on":true}', { calm: true }).on, true);
  const odd = parseSettings('{"area":3,"size":99,"opacity":"x","words":[1," Spam "]}', {
    calm: false,
  });
  assert.deepEqual([odd.area, odd.size, odd.opacity, odd.words], [0.5, 1, 0.9, ["spam"]]);
  assert.deepEqual(parseSettings("{", { calm: false }), parseSettings(null, { calm: false }));
});

Deno.test("isFiltered() finds words however they are written", () => {
  const words = splitWords("Spam，广告 spam");
  assert.deepEqual(words, ["spam", "广告"]);
  assert.ok(isFiltered("ＳＰＡＭ here", words));
  assert.ok(isFiltered("看广告吗", words));
  assert.ok(!isFiltered("fine", words));
});

Deno.test("BannerBoard shows a few, lets a combo grow and the others wait by value", async () => {
  const clock = new StillClock();
  let shown: readonly Banner[] = [];
  const board = new BannerBoard(clock, (banners) => shown = banners);
  for (const [n, key] of ["rose", "cake", "star"].entries()) board.add(gift(n, key));
  board.add(gift(10, "coffee", 1, 10));
  board.add(gift(11, "rocket", 1, 3_000));
  board.add(gift(12, "rose", 7));
  assert.equal(shown.length, MAX_SHOWN);
  assert.equal(shown[0]?.count, 7);
  await clock.pass(SHOWN_MS + 1);
  assert.deepEqual(shown.map(({ message }) => message.body.gift), ["rocket", "coffee"]);
  await clock.pass(SHOWN_MS + 1);
  assert.deepEqual(shown, []);
});

Deno.test("Announcer speaks at most every five seconds and says how much it left out", async () => {
  const clock = new StillClock();
  const said: [string, number][] = [];
  const announcer = new Announcer(clock, (latest, more) => said.push([latest, more]));
  announcer.note("a");
  await clock.pass(1);
  for (const one of ["b", "c", "d"]) announcer.note(one);
  await clock.pass(ANNOUNCE_EVERY_MS);
  assert.deepEqual(said, [["a", 0], ["d", 2]]);
});

Deno.test("piecesOf() finds emotes and people who are spoken to", () => {
  assert.deepEqual(piecesOf("hi @Lin, [smile] [nothing]"), [
    { text: "hi " },
    { mention: "@Lin" },
    { text: ", " },
    { emote: "smile" },
    { text: " [nothing]" },
  ]);
  assert.equal(plainWords("[heart]!"), "❤️!");
});

Deno.test("speaksTo() means the whole name", () => {
  assert.ok(speaksTo("hey @lin!", "Lin"));
  assert.ok(speaksTo("@Lin你好", "Lin"));
  assert.ok(!speaksTo("@Linda", "Lin"));
  assert.ok(!speaksTo("Lin", "Lin"));
});
