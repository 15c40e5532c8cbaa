import assert from "node:assert/strict";
import { formatCursor } from "../../im/protocol/cursor.ts";
import type { Json } from "../../im/protocol/message.ts";
import { message, state } from "../../tests/support/chat.ts";
import { MAX_WAIT_MS, reconnectMs } from "./backoff.ts";
import { clip, loadDraft, saveDraft } from "./drafts.ts";
import { earlierOf, resumedAt } from "./places.ts";
import { NO_STATES, readStates } from "./states.ts";
import { readMessages } from "./transport.ts";

function shelf() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

Deno.test("reconnectMs() doubles, stays in bounds and never comes back after a ban", () => {
  const wait = (failures: number, random: number) =>
    reconnectMs(failures, { random, problem: null })!;
  assert.ok(wait(1, 0) >= 500 && wait(1, 1) <= 1_000);
  assert.ok(wait(40, 1) <= MAX_WAIT_MS && wait(40, 0) >= MAX_WAIT_MS / 2);
  assert.ok(reconnectMs(1, { random: 0, problem: "too_many" })! >= 30_000);
  assert.equal(reconnectMs(1, { random: 0, problem: "banned" }), null);
});

Deno.test("drafts are kept by room, cut to what may be sent, and forgotten when sent", () => {
  const place = shelf();
  saveDraft(place, "100001", "hello");
  saveDraft(place, "100002", "😀".repeat(400));
  assert.equal(loadDraft(place, "100001"), "hello");
  assert.equal([...loadDraft(place, "100002")].length, 300);
  saveDraft(place, "100001", "");
  assert.equal(loadDraft(place, "100001"), "");
  for (let i = 0; i < 40; i++) saveDraft(place, String(i), "x");
  assert.equal(JSON.parse(place.kept.get("wanren.drafts")!).length, 20);
});

Deno.test("drafts are none where what is stored makes no sense, or nothing may be stored", () => {
  const place = shelf();
  for (const text of ["{", "7", '[["1"],3]', "null"]) {
    place.kept.set("wanren.drafts", text);
    assert.equal(loadDraft(place, "1"), "");
  }
  saveDraft(null, "1", "x");
  assert.equal(loadDraft(null, "1"), "");
  assert.equal(clip("ok"), "ok");
});

Deno.test("earlierOf() and resumedAt() miss nothing of two ways", () => {
  const a = formatCursor({ room: 5, everyone: 9, own: 0 });
  const b = formatCursor({ room: 7, everyone: 3, own: 4 });
  assert.equal(earlierOf(a, b), formatCursor({ room: 5, everyone: 3, own: 4 }));
  assert.equal(earlierOf(null, b), b);
  assert.equal(earlierOf(a, "nonsense"), a);
  assert.equal(earlierOf(null, null), null);
  assert.equal(resumedAt(a, b), formatCursor({ room: 5, everyone: 9, own: 4 }));
  assert.equal(resumedAt(null, b), b);
});

Deno.test("readMessages() passes over what it does not know", () => {
  assert.deepEqual(readMessages([{ kind: "tomorrow" }, 7]), []);
  assert.deepEqual(readMessages("none"), []);
});

Deno.test("readStates() takes what makes sense of what a room says", () => {
  const places: Json = [{ id: "a", name: "A", coins: 5 }, { id: 7 }];
  const states = readStates(
    new Map([
      ["likes", state(1, "likes", 12)],
      ["viewers", state(1, "viewers", -3)],
      [
        "leaderboard",
        message(2, { kind: "notice", body: { notice: "leaderboard", data: { top: places } } }),
      ],
      ["rules", message(3, { kind: "notice", body: { notice: "rules", data: { slowS: 5 } } })],
    ]),
  );
  assert.equal(states.likes, 12);
  assert.equal(states.viewers, null);
  assert.deepEqual(states.places, [{ id: "a", name: "A", coins: 5 }]);
  assert.deepEqual(states.rules, { ...NO_STATES.rules, slowS: 5 });
});
