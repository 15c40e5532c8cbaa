import assert from "node:assert/strict";
import { isSeatStream, issueStreamPass, opensStream } from "./stream_pass.ts";

const stream = "1000000001000012";

Deno.test("opensStream() takes a pass for its stream until its time", () => {
  const pass = issueStreamPass("secret", { stream, expiresAtMs: 2_000 });
  const opens = (change: Record<string, unknown> = {}, secret = "secret") =>
    opensStream(secret, { ...{ stream, pass, nowMs: 1_999 }, ...change });
  assert.equal(opens(), true);
  assert.equal(opens({ nowMs: 2_000 }), false);
  assert.equal(opens({ stream: "1000000001000013" }), false);
  assert.equal(opens({}, "other"), false);
  const [until, mac] = pass.split(".");
  for (const bad of ["", pass.slice(1), `z${until}.${mac}`, `${until}.${mac.slice(1)}`, "a.b"]) {
    assert.equal(opens({ pass: bad }), false, bad);
  }
});

Deno.test("isSeatStream() tells seats from rooms", () => {
  assert.equal(isSeatStream(stream), true);
  for (const other of ["100001", "999999999999999", "x", "01000000001000012", ""]) {
    assert.equal(isSeatStream(other), false);
  }
});
