import { strictEqual } from "node:assert/strict";
import { SpeakerDetector } from "./speaker.ts";

/** Feeds the same levels for some time, five readings a second. */
function feed(
  detector: SpeakerDetector,
  levels: Readonly<Record<string, number>>,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): string | null {
  let speaker = detector.speaker;
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 200) {
    speaker = detector.next(new Map(Object.entries(levels)), nowMs);
  }
  return speaker;
}

Deno.test("SpeakerDetector shows nobody while there is only the room to hear", () => {
  const detector = new SpeakerDetector();
  strictEqual(feed(detector, { a: 0.005, b: 0.003 }, { fromMs: 0, toMs: 3_000 }), null);
});

Deno.test("SpeakerDetector follows who speaks, and stays with who spoke last", () => {
  const detector = new SpeakerDetector();
  strictEqual(feed(detector, { a: 0.2, b: 0 }, { fromMs: 0, toMs: 1_000 }), "a");
  strictEqual(detector.isHeard("a"), true);
  strictEqual(feed(detector, { a: 0, b: 0 }, { fromMs: 1_000, toMs: 5_000 }), "a");
  strictEqual(detector.isHeard("a"), false);
  strictEqual(feed(detector, { a: 0, b: 0.2 }, { fromMs: 5_000, toMs: 6_000 }), "b");
});

Deno.test("SpeakerDetector does not jump at a cough or at somebody as loud", () => {
  const detector = new SpeakerDetector();
  feed(detector, { a: 0.2, b: 0 }, { fromMs: 0, toMs: 800 });
  strictEqual(feed(detector, { a: 0.2, b: 0.25 }, { fromMs: 800, toMs: 6_000 }), "a");
  strictEqual(feed(detector, { a: 0, b: 0.25 }, { fromMs: 6_000, toMs: 7_000 }), "b");
  strictEqual(feed(detector, { a: 0.9, b: 0 }, { fromMs: 7_000, toMs: 7_200 }), "b");
});

Deno.test("SpeakerDetector forgets who left", () => {
  const detector = new SpeakerDetector();
  feed(detector, { a: 0.2, b: 0 }, { fromMs: 0, toMs: 1_000 });
  strictEqual(feed(detector, { b: 0 }, { fromMs: 1_000, toMs: 1_400 }), null);
  strictEqual(detector.isHeard("a"), false);
});
