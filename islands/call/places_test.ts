import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { PeerView } from "../../rooms/calls/protocol.ts";
import { largeFaces, largeKey, placesOf } from "./places.ts";

function peer(id: string, order: number, screen: string | null = null): PeerView {
  return {
    ...{ id, name: id, avatar: null, member: false, order, present: true, audio: true },
    ...{ video: true, screen, handAtMs: null, sfuTurn: 0 },
  };
}

const NONE = { layout: "grid", pinned: null, speaker: null } as const;

Deno.test("placesOf() puts screens first, then the others as they came, ourselves last", () => {
  const places = placesOf(peer("me", 1), [peer("c", 3), peer("b", 2, "s")]);
  deepStrictEqual(places.map(({ key }) => key), ["b screen", "b", "c", "me"]);
  deepStrictEqual(places.map(({ own }) => own), [false, false, false, true]);
});

Deno.test("largeKey() shows all alike until something deserves to be large", () => {
  const places = placesOf(peer("me", 1), [peer("b", 2), peer("c", 3)]);
  strictEqual(largeKey(places, NONE), null);
  strictEqual(largeKey(places, { ...NONE, layout: "speaker" }), "b");
  strictEqual(largeKey(places, { ...NONE, layout: "speaker", speaker: "c" }), "c");
  // Nobody looks at themselves while they speak.
  strictEqual(largeKey(places, { ...NONE, layout: "speaker", speaker: "me" }), "b");
  strictEqual(largeKey(places, { ...NONE, pinned: "me" }), "me");
  strictEqual(largeKey(places, { ...NONE, pinned: "gone" }), null);
  strictEqual(largeKey(placesOf(peer("me", 1), []), { ...NONE, layout: "speaker" }), null);
});

Deno.test("largeKey() shows a screen that somebody else shares, but not one's own", () => {
  strictEqual(largeKey(placesOf(peer("me", 1), [peer("b", 2, "s")]), NONE), "b screen");
  strictEqual(largeKey(placesOf(peer("me", 1, "s"), [peer("b", 2)]), NONE), null);
});

Deno.test("largeFaces() asks for few faces large in a grid of many, and for all of a few", () => {
  const self = peer("me", 9);
  const others = ["a", "b", "c", "d"].map((id, order) => peer(id, order + 1));
  const many = placesOf(self, others);
  deepStrictEqual(largeFaces(many, null), []);
  deepStrictEqual(largeFaces(many, "c"), ["c"]);
  deepStrictEqual(largeFaces(many, "me"), []);
  deepStrictEqual(largeFaces(placesOf(self, others.slice(0, 3)), null), ["a", "b", "c"]);
});
