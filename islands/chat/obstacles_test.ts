import assert from "node:assert/strict";
import { type ObstacleInput, obstacleOf } from "./obstacles.ts";
import type { Standing } from "./standing.ts";
import { NO_STATES, type Rules } from "./states.ts";

const NOW_MS = 1_000_000;
const given = (
  change: Partial<Omit<ObstacleInput, "rules" | "standing">> & {
    readonly rules?: Partial<Rules>;
    readonly standing?: Partial<Standing>;
  } = {},
) =>
  obstacleOf({
    follows: true,
    way: "live",
    draft: "hello",
    nowMs: NOW_MS,
    ...change,
    rules: { ...NO_STATES.rules, ...change.rules },
    standing: { role: "member", level: 1, mute: null, ban: null, ...change.standing },
  });
const until = (untilMs: number | null) => ({ untilMs, reason: "spam" });

Deno.test("obstacleOf() lets a member talk where no rule is against it", () => {
  assert.equal(given(), null);
  assert.equal(given({ standing: { role: "visitor" }, rules: { visitors: true } }), null);
});

Deno.test("obstacleOf() names each rule, and what is missing", () => {
  assert.equal(given({ standing: { role: "visitor" } })?.is, "visitors");
  assert.equal(given({ rules: { followersOnly: true }, follows: false })?.is, "followers");
  assert.equal(given({ rules: { followersOnly: true }, follows: null }), null);
  assert.deepEqual(given({ rules: { minLevel: 5 } }), { is: "level", needed: 5, own: 1 });
  assert.equal(given({ rules: { emotesOnly: true } })?.is, "emotes");
  assert.equal(given({ rules: { emotesOnly: true }, draft: "[smile] [rose]" }), null);
  assert.equal(given({ rules: { emotesOnly: true }, draft: "" }), null);
  assert.equal(given({ way: "missing" })?.is, "missing");
});

Deno.test("obstacleOf() holds mutes and bans as long as they last", () => {
  assert.equal(given({ standing: { mute: until(NOW_MS + 1) } })?.is, "muted");
  assert.equal(given({ standing: { mute: until(NOW_MS) } }), null);
  assert.equal(given({ standing: { mute: until(null) } })?.is, "muted");
  const both = { mute: until(null), ban: until(NOW_MS + 1) };
  assert.deepEqual(given({ standing: both }), { is: "banned", by: until(NOW_MS + 1) });
  assert.equal(given({ way: "banned" })?.is, "banned");
});

Deno.test("obstacleOf() stands in nobody's way who looks after the room", () => {
  const rules = { followersOnly: true, minLevel: 9, emotesOnly: true };
  for (const role of ["moderator", "owner", "admin"] as const) {
    assert.equal(given({ rules, follows: false, standing: { role } }), null, role);
  }
});
