/**
 * Random and mutated bytes against the parsers of pictures' headers, and of what is done by them.
 * Only {@linkcode ImageRefusal} may come out, and what is accepted is within the limits.
 *
 * `FUZZ_RUNS` inputs (default 2000). The seeds are the files of `tests/fixtures/fuzz/image/`; an
 * input that once broke a parser is added there.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ServiceError } from "../../rooms/errors.ts";
import { ImageRefusal } from "../../rooms/images/errors.ts";
import { type Plan, planAvatar, planCover, type SquareCrop } from "../../rooms/images/geometry.ts";
import { ImageWorkshop } from "../../rooms/images/image_workshop.ts";
import {
  type ImageHeader,
  inspectImage,
  MAX_PIXELS,
  MAX_SIDE,
  MIN_SIDE,
} from "../../rooms/images/inspect.ts";
import { exifOrientation } from "../../rooms/images/jpeg.ts";
import { exifSegment, imageFixture, withExif } from "../support/images.ts";

const FUZZ_RUNS = Number(Deno.env.get("FUZZ_RUNS") ?? 2000);
const FOLDER = new URL("../fixtures/fuzz/image/", import.meta.url);

const seeds = [...Deno.readDirSync(FOLDER)].map(({ name }) =>
  Deno.readFileSync(new URL(name, FOLDER))
);

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ImageRefusal) return undefined;
    if (error instanceof ServiceError && error.code === "invalid") return undefined;
    throw error;
  }
}

function checkPlan(header: ImageHeader, plan: Plan | undefined): void {
  if (plan === undefined) return;
  const { region, target } = plan;
  for (const value of Object.values(region)) assert.ok(Number.isInteger(value) && value >= 0);
  assert.ok(region.x + region.width <= header.width && region.width >= MIN_SIDE);
  assert.ok(region.y + region.height <= header.height && region.height >= MIN_SIDE);
  assert.ok(target.width <= 1280 && target.height <= 720);
}

function check(bytes: Uint8Array, crop: SquareCrop | null = null): void {
  const header = attempt(() => inspectImage(bytes));
  if (header === undefined) return;
  const { width, height, orientation } = header;
  assert.ok(Math.min(width, height) >= MIN_SIDE && Math.max(width, height) <= MAX_SIDE);
  assert.ok(width * height <= MAX_PIXELS);
  assert.ok(Number.isInteger(orientation) && orientation >= 1 && orientation <= 8);
  checkPlan(header, attempt(() => planAvatar(header, crop)));
  checkPlan(header, attempt(() => planCover(header)));
}

const mutation = fc.record({
  kind: fc.constantFrom("set", "drop", "insert", "repeat"),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 16 }),
  value: fc.constantFrom(0, 1, 0x2c, 0x7f, 0x80, 0xc0, 0xd8, 0xd9, 0xda, 0xe1, 0xff),
});

function mutate(
  seed: Uint8Array,
  changes: readonly { kind: string; place: number; length: number; value: number }[],
): Uint8Array {
  const bytes = [...seed];
  for (const { kind, place, length, value } of changes) {
    // Headers stand at the beginning: most changes as well.
    const index = Math.floor(place * place * bytes.length);
    if (kind === "set") bytes[index] = value;
    else if (kind === "drop") bytes.splice(index, length);
    else if (kind === "repeat") bytes.splice(index, 0, ...bytes.slice(index, index + length));
    else bytes.splice(index, 0, ...new Array(length).fill(value));
  }
  return Uint8Array.from(bytes);
}

const crop = fc.option(fc.record({ x: fc.double(), y: fc.double(), size: fc.double() }), {
  nil: null,
});

Deno.test("image: every file of the corpus is read, and refused or read wherever it is cut", () => {
  assert.ok(seeds.length >= 7);
  for (const seed of seeds) {
    assert.ok(inspectImage(seed).width >= 16);
    for (let length = 0; length <= seed.length; length++) check(seed.subarray(0, length));
  }
});

Deno.test("image: random and mutated bytes are read or refused with a typed error", () => {
  const random = fc.uint8Array({ maxLength: 256 });
  const mutated = fc.tuple(fc.constantFrom(...seeds), fc.array(mutation, { maxLength: 6 }))
    .map(([seed, changes]) => mutate(seed, changes));
  fc.assert(
    fc.property(
      fc.oneof({ arbitrary: random, weight: 1 }, { arbitrary: mutated, weight: 4 }),
      crop,
      check,
    ),
    { numRuns: FUZZ_RUNS },
  );
});

Deno.test("image: mutated EXIF data gives an orientation or none", () => {
  const [jpeg] = seeds.filter((seed) => seed[0] === 0xff);
  const whole = exifSegment({ orientation: 6, little: true });
  fc.assert(
    fc.property(fc.array(mutation, { maxLength: 6 }), (changes) => {
      const segment = mutate(whole, changes);
      const orientation = exifOrientation(segment);
      assert.ok(orientation === null || (orientation >= 1 && orientation <= 8));
      check(withExif(jpeg!, segment));
    }),
    { numRuns: Math.ceil(FUZZ_RUNS / 2) },
  );
});

Deno.test("image: mutated pictures are made or refused, and never break what makes them", async () => {
  const workshop = new ImageWorkshop({ deadlineMs: 60_000 });
  const whole = ["quadrants.png", "progressive.jpg", "lossy.webp", "quadrants.gif", "cmyk.jpg"]
    .map(imageFixture);
  const mutated = fc.tuple(fc.constantFrom(...whole), fc.array(mutation, { maxLength: 4 }))
    .map(([picture, changes]) => mutate(picture, changes));
  try {
    for (const bytes of fc.sample(mutated, Math.ceil(Math.min(FUZZ_RUNS, 100_000) / 100))) {
      const plan = attempt(() => planAvatar(inspectImage(bytes), null));
      if (plan === undefined) continue;
      const made = await workshop.make(bytes, plan).catch((error: unknown) => {
        assert.ok(error instanceof ImageRefusal, String(error));
        return null;
      });
      if (made !== null) assert.equal(inspectImage(made).width, 256);
    }
    assert.ok(workshop.counters.made > 0);
    assert.equal(workshop.counters.late, 0);
  } finally {
    workshop.close();
  }
});
