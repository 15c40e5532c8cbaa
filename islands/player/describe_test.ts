import assert from "node:assert/strict";
import { latencyChip, notice, spokenState } from "./describe.ts";
import { playerText } from "../i18n/player.ts";

Deno.test("notice() has a sentence for every state without a picture, in both languages", () => {
  for (const locale of ["en", "zh"] as const) {
    const text = playerText(locale);
    for (const state of ["reconnecting", "waiting", "ended", "failed"] as const) {
      const shown = notice(state, { online: true, text });
      assert.ok(shown !== null && shown.title !== "" && shown.body !== "" && shown.action !== null);
      assert.ok(spokenState(state, { online: true, text }).includes(shown.title));
    }
    assert.equal(notice("playing", { online: true, text }), null);
    assert.equal(notice("reconnecting", { online: false, text })?.title, text.offlineTitle);
  }
});

Deno.test("latencyChip() reads as people say it", () => {
  assert.equal(latencyChip(1_234, playerText("zh")), "低延迟 · 1.2 秒");
  assert.equal(latencyChip(5_400, playerText("en")), "Delay · 5.4 s");
  assert.equal(latencyChip(40, playerText("en")), "Low latency · < 0.1 s");
  assert.equal(latencyChip(null, playerText("en")), null);
});
