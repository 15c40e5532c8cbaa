/** Battles as pages show them. */
import assert from "node:assert/strict";
import type { PkBody } from "../../im/protocol/message.ts";
import { clockText, DECLINED_MS, RESULT_MS, shareOf, viewOf } from "./battle_view.ts";

const BODY: PkBody = {
  battle: "b",
  phase: "running",
  sides: [{ room: "100001", name: "Lin", score: 300 }, { room: "100002", name: "Zhe", score: 100 }],
  endsAtMs: 60_000,
  winner: null,
};

Deno.test("viewOf() puts the page's own room first, whoever proposed the battle", () => {
  const lin = viewOf(BODY, { room: "100001", nowMs: 1_000 });
  const zhe = viewOf(BODY, { room: "100002", nowMs: 1_000 });
  assert.deepEqual([lin?.own.name, lin?.rival.name, lin?.challenged], ["Lin", "Zhe", true]);
  assert.deepEqual([zhe?.own.name, zhe?.rival.name, zhe?.challenged], ["Zhe", "Lin", false]);
  assert.deepEqual([lin?.share, zhe?.share], [0.75, 0.25]);
  assert.deepEqual([lin?.leftMs, lin?.result, lin?.onStage], [59_000, null, true]);
  assert.equal(viewOf(BODY, { room: "100003", nowMs: 1_000 }), null);
  assert.equal(viewOf(null, { room: "100001", nowMs: 1_000 }), null);
});

Deno.test("viewOf() tells each side how it ended, and forgets a battle that is long over", () => {
  const penalty: PkBody = { ...BODY, phase: "penalty", winner: "100001" };
  assert.equal(viewOf(penalty, { room: "100001", nowMs: 0 })?.result, "won");
  assert.equal(viewOf(penalty, { room: "100002", nowMs: 0 })?.result, "lost");
  const over: PkBody = { ...BODY, phase: "over" };
  const at = (body: PkBody, nowMs: number) => viewOf(body, { room: "100001", nowMs });
  assert.equal(at(over, 60_000 + RESULT_MS)?.result, "draw");
  assert.equal(at(over, 60_001 + RESULT_MS), null);
  const declined: PkBody = { ...BODY, phase: "declined" };
  assert.equal(at(declined, 60_000)?.onStage, false);
  assert.equal(at(declined, 60_001 + DECLINED_MS), null);
  assert.equal(at({ ...BODY, phase: "invited" }, 0)?.onStage, false);
});

Deno.test("shareOf() keeps both numbers in sight; clockText() ends at 0:00", () => {
  assert.deepEqual([shareOf(0, 0), shareOf(9_999, 0), shareOf(0, 1)], [0.5, 0.8, 0.2]);
  assert.deepEqual([125_000, 60_000, 1, 0].map(clockText), ["2:05", "1:00", "0:01", "0:00"]);
});
