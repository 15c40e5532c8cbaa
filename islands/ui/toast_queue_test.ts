import assert from "node:assert/strict";
import {
  addToast,
  expireToasts,
  MAX_TOASTS,
  type ShownToast,
  toastDurationMs,
} from "./toast_queue.ts";

Deno.test("toastDurationMs() is the time to read it, within limits", () => {
  assert.equal(toastDurationMs({ text: "Saved" }), 3_500);
  assert.ok(toastDurationMs({ text: "x".repeat(100) }) > 5_000);
  assert.equal(toastDurationMs({ text: "x".repeat(5_000) }), 10_000);
  const chinese = toastDurationMs({
    text: "没有成功，请稍后再试一次，或者联系管理员处理这个问题。",
  });
  assert.ok(chinese > toastDurationMs({ text: "x".repeat(27) }));
  const action = { label: "Undo", run: () => {} };
  const text = "x".repeat(60);
  assert.ok(toastDurationMs({ text, action }) > toastDurationMs({ text }));
});

Deno.test("addToast() shows a few, drops the oldest, and never the same words twice", () => {
  let shown: readonly ShownToast[] = [];
  for (let id = 1; id <= MAX_TOASTS + 2; id++) {
    shown = addToast(shown, { text: `message ${id}` }, { id, nowMs: id });
  }
  assert.deepEqual(shown.map(({ id }) => id), [3, 4, 5]);
  shown = addToast(shown, { text: "message 3" }, { id: 9, nowMs: 9 });
  assert.deepEqual(shown.map(({ id }) => id), [4, 5, 9]);
});

Deno.test("expireToasts() keeps what is not over", () => {
  const shown = addToast([], { text: "a" }, { id: 1, nowMs: 1_000 });
  assert.equal(expireToasts(shown, 4_499).length, 1);
  assert.equal(expireToasts(shown, 4_500).length, 0);
});
