import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { ServiceError } from "../errors.ts";
import {
  changedRules,
  DEFAULT_ROOM_RULES,
  judge,
  type RoomRules,
  rulesFrom,
  type RulesRequest,
} from "./room_rules.ts";

const NOW = { nowMs: 1_000_000 };
const asks = (given: Partial<RulesRequest> = {}): RulesRequest => ({
  role: "member",
  level: 0,
  follows: false,
  text: "hello",
  mutedUntilMs: undefined,
  ...given,
});
const ruled = (given: Partial<RoomRules>): RoomRules => ({ ...DEFAULT_ROOM_RULES, ...given });
const codeOf = (rules: RoomRules, request: RulesRequest) => {
  const verdict = judge(rules, request, NOW);
  return verdict?.outcome === "refused" ? verdict.code : verdict;
};

Deno.test("judge() lets members talk and visitors not, unless the room says otherwise", () => {
  strictEqual(codeOf(DEFAULT_ROOM_RULES, asks()), null);
  strictEqual(codeOf(DEFAULT_ROOM_RULES, asks({ role: "visitor" })), "visitors");
  strictEqual(codeOf(ruled({ visitors: true }), asks({ role: "visitor" })), null);
});

Deno.test("judge() asks for what a room wants", () => {
  strictEqual(codeOf(ruled({ followersOnly: true }), asks()), "followers_only");
  strictEqual(codeOf(ruled({ followersOnly: true }), asks({ follows: true })), null);
  strictEqual(codeOf(ruled({ emotesOnly: true }), asks()), "emotes_only");
  strictEqual(codeOf(ruled({ emotesOnly: true }), asks({ text: "[smile] [heart]" })), null);
  strictEqual(codeOf(ruled({ minLevel: 3 }), asks({ level: 3 })), null);
  deepStrictEqual(judge(ruled({ minLevel: 3 }), asks({ level: 2 }), NOW), {
    outcome: "refused",
    code: "level",
    reason: "Cannot say this: one talks here from level 3 on",
    retryAfterMs: null,
    members: { level: 3 },
  });
});

Deno.test("judge() keeps who is muted silent until it is over", () => {
  strictEqual(codeOf(DEFAULT_ROOM_RULES, asks({ mutedUntilMs: null })), "muted");
  strictEqual(codeOf(DEFAULT_ROOM_RULES, asks({ mutedUntilMs: NOW.nowMs })), null);
  const verdict = judge(DEFAULT_ROOM_RULES, asks({ mutedUntilMs: NOW.nowMs + 5_000 }), NOW);
  deepStrictEqual(verdict, {
    outcome: "refused",
    code: "muted",
    reason: "Cannot say this: you are muted until 1970-01-01T00:16:45.000Z",
    retryAfterMs: 5_000,
    members: { untilMs: 1_005_000 },
  });
});

Deno.test("judge() holds nobody back who looks after the room", () => {
  const strict = ruled({ followersOnly: true, minLevel: 9, emotesOnly: true });
  for (const role of ["moderator", "owner", "admin"] as const) {
    strictEqual(codeOf(strict, asks({ role, mutedUntilMs: null })), null);
  }
});

Deno.test("changedRules() keeps what is left out and tidies words", () => {
  const rules = changedRules(ruled({ minLevel: 2 }), {
    slowModeS: 30,
    words: { list: [" spam ", "spam", "a  b"] },
  });
  deepStrictEqual(rules, {
    ...DEFAULT_ROOM_RULES,
    minLevel: 2,
    slowModeS: 30,
    words: { list: ["spam", "a b"], action: "refuse" },
  });
});

Deno.test("changedRules() throws for what is no rule", () => {
  const bad: readonly (readonly [object, string])[] = [
    [{ slowModeS: -1 }, "slowModeS"],
    [{ slowModeS: 3_601 }, "slowModeS"],
    [{ minLevel: 1.5 }, "minLevel"],
    [{ words: { list: ["***"] } }, "words.list.0"],
    [{ words: { list: ["x".repeat(41)] } }, "words.list.0"],
    [{ words: { list: Array.from({ length: 301 }, (_, index) => `w${index}`) } }, "words.list"],
    [{ words: { action: "shout" } }, "words.action"],
  ];
  for (const [change, field] of bad) {
    throws(
      () => changedRules(DEFAULT_ROOM_RULES, change),
      (error) => error instanceof ServiceError && error.code === "invalid" && error.field === field,
      field,
    );
  }
});

Deno.test("rulesFrom() gives defaults for what it does not know", () => {
  deepStrictEqual(rulesFrom({ slowModeS: 5 }), ruled({ slowModeS: 5 }));
  deepStrictEqual(rulesFrom({ slowModeS: "x" }), DEFAULT_ROOM_RULES);
});
