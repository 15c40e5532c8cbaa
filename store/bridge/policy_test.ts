import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { admit, admitSubscription } from "./policy.ts";

const READER = "return 1";
const SHA = createHash("sha1").update(READER).digest("hex");
const POLICY = { prefix: "w:", readers: new Set([SHA]) };

Deno.test("admit() lets the commands of a reader through", () => {
  for (
    const [command, key] of [
      [["ping"], null],
      [["exists", "w:{store}:room:100001"], "w:{store}:room:100001"],
      [["HVALS", "w:{store}:settings-values"], "w:{store}:settings-values"],
      [["evalsha", SHA.toUpperCase(), 1, "w:{100001}:", "main", 5], "w:{100001}:"],
      [["EVAL", READER, "1", "w:{@everyone}:"], "w:{@everyone}:"],
    ] as const
  ) {
    const admitted = admit(command, POLICY);
    if (typeof admitted === "string") throw new Error(`${command}: ${admitted}`);
    strictEqual(admitted.key, key);
    strictEqual(admitted.words[0], command[0].toUpperCase());
  }
});

Deno.test("admit() refuses everything else", () => {
  for (
    const command of [
      ["GET", "w:{store}:account:1"],
      ["HGETALL", "w:{store}:account:1"],
      ["EXISTS", "w:{store}:session:abc"],
      ["EXISTS", "w:{store}:room:100001", "w:{store}:session:abc"],
      ["HVALS", "w:{store}:names"],
      ["HVALS", "x:{store}:settings-values"],
      ["FLUSHALL"],
      ["CONFIG", "GET", "requirepass"],
      ["EVAL", "return redis.call('FLUSHALL')", "1", "w:{100001}:"],
      ["EVALSHA", "0".repeat(40), "1", "w:{100001}:"],
      ["EVALSHA", SHA, "2", "w:{100001}:", "w:{store}:"],
      ["EVALSHA", SHA, "1", "w:{store}:"],
      ["EVALSHA", SHA, "1", "w:{@a1b2}:"],
      ["EVALSHA", SHA, "1", "w:{100001}:chat"],
      ["EVALSHA", SHA, "1", "w:{100001}:x{100002}:"],
      ["EVALSHA", SHA, "0"],
      ["PING", "x"],
      [],
      "PING",
      ["PING", null],
      ["PING", ["x"]],
      ["EVALSHA", SHA, "1", "w:{100001}:", "x".repeat(20_000)],
      Array(33).fill("PING"),
    ]
  ) {
    match(String(admit(command, POLICY)), /^(ERR|NOPERM) /, JSON.stringify(command).slice(0, 80));
  }
});

Deno.test("admitSubscription() takes wake-ups of what may be read", () => {
  deepStrictEqual(
    ["w:{100001}:wake", "w:{@everyone}:wake", "w:{@a1b2}:wake", "w:{100001}:", "w:{store}:wake"]
      .map((name) => admitSubscription(name, POLICY) !== null),
    [true, true, false, false, false],
  );
});
