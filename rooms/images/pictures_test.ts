import assert from "node:assert/strict";
import { Metrics } from "../../platform/metrics.ts";
import { openMemoryImages } from "../../store/memory/images.ts";
import {
  asciiBytes,
  colour,
  concatBytes,
  draw,
  exifSegment,
  imageFixture,
  pngClaiming,
  withExif,
} from "../../tests/support/images.ts";
import { waitFor } from "../../tests/support/wait.ts";
import { ServiceError, type ServiceErrorCode } from "../errors.ts";
import { planAvatar, planCover } from "./geometry.ts";
import { ImageWorkshop, type ImageWorkshopOptions } from "./image_workshop.ts";
import { inspectImage } from "./inspect.ts";
import { observeImages } from "./metrics.ts";
import { Pictures, UNSHOWN_LIFE_MS, UPLOAD_POLICY } from "./pictures.ts";

/** Machines that build much at once are slow; the deadline has a test of its own. */
const PATIENT = { deadlineMs: 60_000 };
const ANN = { accountId: "ann", crop: null };

function start(options: ImageWorkshopOptions & { rateLimits?: boolean; maxImages?: number } = {}) {
  const workshop = new ImageWorkshop({ ...PATIENT, ...options });
  const images = openMemoryImages(
    options.maxImages === undefined ? {} : { maxImages: options.maxImages },
  );
  const clock = { nowMs: Date.now() };
  const pictures = new Pictures({
    workshop,
    images,
    rateLimits: options.rateLimits ?? false,
    now: () => clock.nowMs,
  });
  return {
    workshop,
    images,
    pictures,
    clock,
    async made(id: string) {
      return (await images.get(id))!;
    },
    [Symbol.dispose]: () => workshop.close(),
  };
}

async function refuses(promise: Promise<unknown>, code: ServiceErrorCode): Promise<ServiceError> {
  const error = await promise.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof ServiceError, String(error));
  assert.equal(error.code, code, error.message);
  return error;
}

const QUADRANTS = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]] as const;
const quadrantsOf = (jpeg: Uint8Array) => {
  const drawn = draw(jpeg);
  return QUADRANTS.map(([x, y]) => colour(drawn.at(x, y)));
};

for (
  const name of [
    ...["quadrants.png", "sixteen_bits.png", "quadrants.jpg", "progressive.jpg", "cmyk.jpg"],
    ...["lossy.webp", "lossless.webp", "quadrants.gif"],
  ]
) {
  Deno.test(`avatar() and cover() draw ${name} as it is`, async () => {
    using made = start();
    const avatar = await made.made(await made.pictures.avatar(imageFixture(name), ANN));
    assert.deepEqual([draw(avatar).width, draw(avatar).height], [256, 256]);
    assert.deepEqual(quadrantsOf(avatar), ["red", "green", "blue", "yellow"]);
    const cover = await made.made(await made.pictures.cover(imageFixture(name), ANN));
    assert.deepEqual([draw(cover).width, draw(cover).height], [400, 225]);
    assert.deepEqual(quadrantsOf(cover), ["red", "green", "blue", "yellow"]);
  });
}

Deno.test("avatar() keeps the square that is asked for", async () => {
  using made = start();
  const bytes = imageFixture("quadrants.png");
  const id = await made.pictures.avatar(bytes, {
    accountId: "ann",
    crop: { x: 0.5, y: 0.5, size: 0.5 },
  });
  assert.deepEqual(quadrantsOf(await made.made(id)), ["yellow", "yellow", "yellow", "yellow"]);
  await refuses(
    made.pictures.avatar(bytes, { accountId: "ann", crop: { x: 0.9, y: 0, size: 0.5 } }),
    "invalid",
  );
});

Deno.test("avatar() turns a photo upright by its EXIF orientation", async () => {
  using made = start();
  const expected = {
    1: ["red", "green", "blue", "yellow"],
    2: ["green", "red", "yellow", "blue"],
    3: ["yellow", "blue", "green", "red"],
    4: ["blue", "yellow", "red", "green"],
    5: ["red", "blue", "green", "yellow"],
    6: ["blue", "red", "yellow", "green"],
    7: ["yellow", "green", "blue", "red"],
    8: ["green", "yellow", "red", "blue"],
  };
  for (const [orientation, colours] of Object.entries(expected)) {
    const bytes = withExif(
      imageFixture("quadrants.jpg"),
      exifSegment({ orientation: Number(orientation), little: Number(orientation) % 2 === 0 }),
    );
    const jpeg = await made.made(await made.pictures.avatar(bytes, ANN));
    assert.deepEqual(quadrantsOf(jpeg), colours, `orientation ${orientation}`);
    assert.equal(inspectImage(jpeg).orientation, 1, "it must not be turned twice");
  }
});

Deno.test("transparent pixels lie on white, without a dark seam", async () => {
  using made = start();
  for (const name of ["half_transparent.png", "half_transparent.webp"]) {
    const drawn = draw(await made.made(await made.pictures.avatar(imageFixture(name), ANN)));
    assert.equal(colour(drawn.at(0.25, 0.5)), "white", name);
    assert.equal(colour(drawn.at(0.75, 0.5)), "blue", name);
    for (let x = 0; x < 1; x += 1 / 256) {
      // Between white and blue, blue is always full.
      assert.ok(drawn.at(x, 0.5)[2] > 225, `${name}: ${drawn.at(x, 0.5)} at ${x}`);
    }
  }
});

Deno.test("an animation becomes its first picture", async () => {
  using made = start();
  for (const name of ["red_then_blue.gif", "red_then_blue.webp"]) {
    const drawn = draw(await made.made(await made.pictures.avatar(imageFixture(name), ANN)));
    assert.equal(colour(drawn.at(0.5, 0.5)), "red", name);
  }
});

Deno.test("nothing of the original's bytes is in what is made", async () => {
  using made = start();
  const script = "<?php system($_GET['c']); ?><script>alert(document.domain)</script>";
  const jpeg = imageFixture("quadrants.jpg");
  const hiding = {
    "in EXIF data": withExif(jpeg, exifSegment({ orientation: 1, little: true, comment: script })),
    "in a comment": concatBytes(
      jpeg.subarray(0, 2),
      new Uint8Array([0xff, 0xfe, 0, script.length + 2]),
      asciiBytes(script),
      jpeg.subarray(2),
    ),
    "behind the JPEG": concatBytes(jpeg, asciiBytes(script)),
    "behind the PNG": concatBytes(imageFixture("quadrants.png"), asciiBytes(script)),
    "in a GIF's comment": gifWithComment(script),
  };
  for (const [where, bytes] of Object.entries(hiding)) {
    const result = await made.made(await made.pictures.avatar(bytes, ANN));
    const text = new TextDecoder("latin1").decode(result);
    assert.ok(!/php|script|alert|Exif|GIF|PNG/.test(text), where);
    assert.deepEqual([...result.subarray(0, 3)], [0xff, 0xd8, 0xff], where);
    assert.deepEqual(quadrantsOf(result), ["red", "green", "blue", "yellow"], where);
  }
});

/** A GIF that is a script as well: its comment is one. */
function gifWithComment(text: string): Uint8Array {
  const gif = imageFixture("quadrants.gif");
  const colours = 13 + ((gif[10]! & 0x80) === 0 ? 0 : 3 << ((gif[10]! & 7) + 1));
  return concatBytes(
    gif.subarray(0, colours),
    new Uint8Array([0x21, 0xfe, text.length]),
    asciiBytes(text),
    new Uint8Array([0]),
    gif.subarray(colours),
  );
}

Deno.test("what is no picture, or lies, is refused by its name", async () => {
  using made = start();
  const cases: readonly [string, Uint8Array, ServiceErrorCode][] = [
    ["empty", new Uint8Array(), "picture_unknown"],
    ["svg", asciiBytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), "picture_unknown"],
    ["html", asciiBytes("<!doctype html><title>hello</title>"), "picture_unknown"],
    ["script behind a GIF's name", asciiBytes("GIF89a/*"), "picture_broken"],
    ["a header alone", pngClaiming({ width: 64, height: 64 }), "picture_broken"],
    ["a bomb", pngClaiming({ width: 60_000, height: 60_000 }), "picture_too_large"],
    ["6 MiB", new Uint8Array(6 * 1024 * 1024), "picture_too_large"],
    ["1 × 1", pngClaiming({ width: 1, height: 1 }), "picture_too_small"],
  ];
  for (const [name, bytes, code] of cases) {
    const error = await refuses(made.pictures.avatar(bytes, ANN), code);
    assert.match(error.message, /^Cannot use the picture: /, name);
  }
  await refuses(made.pictures.cover(imageFixture("red_then_blue.gif"), ANN), "picture_too_small");
  assert.equal(made.images.count, 0);
  // A broken one takes its Worker with it, the next one has another.
  assert.ok(await made.pictures.avatar(imageFixture("quadrants.png"), ANN));
});

Deno.test("a JPEG cut at every tenth is refused or drawn, and the next one is drawn", async () => {
  using made = start();
  const whole = imageFixture("quadrants.jpg");
  for (let tenth = 1; tenth < 10; tenth++) {
    const cut = whole.subarray(0, Math.floor(whole.length * tenth / 10));
    await refuses(made.pictures.avatar(cut, ANN), "picture_broken");
    // With an end put behind it the header is whole, and the decoder has to cope.
    const ended = concatBytes(cut, new Uint8Array([0xff, 0xd9]));
    await made.pictures.avatar(ended, ANN).catch((error) => {
      assert.ok(error instanceof ServiceError && error.code === "picture_broken", String(error));
    });
  }
  assert.ok(await made.pictures.avatar(whole, ANN));
});

Deno.test("a full queue refuses with busy, and what waited is made", async () => {
  using made = start({ maxQueued: 2 });
  const bytes = imageFixture("quadrants.png");
  const plan = planAvatar(inspectImage(bytes), null);
  const results = await Promise.allSettled(
    Array.from({ length: 5 }, () => made.workshop.make(bytes, plan)),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"],
  );
  const { reason } = results[4] as PromiseRejectedResult;
  assert.ok(reason instanceof ServiceError && reason.code === "busy");
  assert.ok(reason.retryAfterS !== null && reason.retryAfterS >= 1);
  assert.deepEqual(made.workshop.counters, { made: 3, failed: 0, late: 0, refused: 2 });
  assert.equal(made.workshop.queued, 0);
});

Deno.test("a picture that takes too long is refused, and the next one is made", async () => {
  using made = start({ deadlineMs: 1 });
  const bytes = imageFixture("quadrants.png");
  const error = await refuses(made.pictures.avatar(bytes, ANN), "picture_broken");
  assert.match(error.message, /longer than 1 ms/);
  assert.deepEqual(made.workshop.counters, { made: 0, failed: 0, late: 1, refused: 0 });
  using patient = start();
  assert.ok(await patient.pictures.avatar(bytes, ANN));
});

Deno.test("close() refuses what waits and what runs, and what comes later", async () => {
  using made = start();
  const bytes = imageFixture("quadrants.png");
  const plan = planCover(inspectImage(bytes));
  const pending = [made.workshop.make(bytes, plan), made.workshop.make(bytes, plan)];
  made.workshop.close();
  for (const promise of pending) await refuses(promise, "busy");
  await refuses(made.workshop.make(bytes, plan), "busy");
});

Deno.test("the event loop goes on while a picture is made", async () => {
  using made = start();
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const startedAtMs = performance.now();
  await made.pictures.avatar(imageFixture("sixteen_bits.png"), ANN);
  const tookMs = performance.now() - startedAtMs;
  clearInterval(timer);
  assert.ok(turns >= Math.min(5, tookMs / 50), `${turns} turns in ${tookMs} ms`);
});

Deno.test("memory does not grow with the pictures that were made", async () => {
  using made = start();
  const bytes = imageFixture("quadrants.jpg");
  const upload = async () => await made.pictures.remove(await made.pictures.avatar(bytes, ANN));
  for (let i = 0; i < 10; i++) await upload();
  const before = Deno.memoryUsage().rss;
  for (let i = 0; i < 50; i++) await upload();
  const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grown < 150, `${Math.round(grown)} MiB more after 50 pictures`);
});

Deno.test("one account has one picture under way", async () => {
  using made = start();
  const bytes = imageFixture("quadrants.png");
  const first = made.pictures.avatar(bytes, ANN);
  await refuses(made.pictures.cover(bytes, ANN), "too_many_attempts");
  const other = made.pictures.cover(bytes, { accountId: "bob" });
  assert.notEqual(await first, await other);
  assert.ok(await made.pictures.cover(bytes, ANN));
});

Deno.test("uploads of one account are limited, refused headers are not counted", async () => {
  using made = start({ rateLimits: true });
  for (let i = 0; i < 50; i++) {
    await refuses(made.pictures.avatar(asciiBytes("no"), ANN), "picture_unknown");
  }
  const bytes = pngClaiming({ width: 64, height: 64 });
  for (let i = 0; i < UPLOAD_POLICY.burst; i++) {
    await refuses(made.pictures.avatar(bytes, ANN), "picture_broken");
  }
  const error = await refuses(made.pictures.avatar(bytes, ANN), "too_many_attempts");
  assert.equal(error.retryAfterS, UPLOAD_POLICY.refillMs / 1000);
  made.clock.nowMs += UPLOAD_POLICY.refillMs;
  await refuses(made.pictures.avatar(bytes, ANN), "picture_broken");
});

Deno.test("a full store is a refusal of its own", async () => {
  using made = start({ maxImages: 1 });
  const bytes = imageFixture("quadrants.png");
  const id = await made.pictures.avatar(bytes, ANN);
  await refuses(made.pictures.avatar(bytes, ANN), "storage_full");
  await made.pictures.remove(id);
  assert.ok(await made.pictures.avatar(bytes, ANN));
});

Deno.test("sweep() removes what nobody shows, after an hour", async () => {
  using made = start();
  const shown = await made.images.put(new Uint8Array(1));
  const lost = await made.images.put(new Uint8Array(2));
  const isShown = (id: string) => Promise.resolve(id === shown);
  assert.equal(await made.pictures.sweep(isShown), 0);
  made.clock.nowMs = Date.now() + UNSHOWN_LIFE_MS;
  assert.equal(await made.pictures.sweep(isShown), 1);
  assert.deepEqual([await made.images.get(lost), made.images.count], [null, 1]);
});

Deno.test("observeImages() shows queue, outcomes and the store", async () => {
  using made = start();
  const metrics = new Metrics("web");
  observeImages(metrics, made);
  const done = made.pictures.avatar(imageFixture("quadrants.png"), ANN);
  // It takes some milliseconds.
  await waitFor("a picture under way", () => made.workshop.queued === 1, { everyMs: 0 });
  assert.match(await metrics.text(), /^wanren_web_image_queue\{role="web"\} 1$/m);
  await done;
  const text = await metrics.text();
  assert.match(text, /^wanren_web_image_queue\{role="web"\} 0$/m);
  assert.match(text, /^wanren_web_image_outcomes\{outcome="made",role="web"\} 1$/m);
  assert.match(text, /^wanren_web_images\{role="web"\} 1$/m);
  assert.match(
    text,
    new RegExp(`^wanren_web_image_bytes\\{role="web"\\} ${made.images.bytes}$`, "m"),
  );
});
