import { strictEqual } from "node:assert/strict";
import { INVITATION_LIFE_MS, Invitations } from "./invitations.ts";

const invitations = new Invitations("a key of the test");

Deno.test("Invitations.holds() takes its own ones to the same call until they are over", () => {
  const { token, expiresAtMs } = invitations.issue("call-1234", 5_000);
  strictEqual(expiresAtMs, 5_000 + INVITATION_LIFE_MS);
  strictEqual(invitations.holds(token, { callId: "call-1234", nowMs: 6_000 }), true);
  strictEqual(invitations.holds(token, { callId: "call-1235", nowMs: 6_000 }), false);
  strictEqual(invitations.holds(token, { callId: "call-1234", nowMs: expiresAtMs }), false);
});

Deno.test("Invitations.holds() refuses what was changed, forged or malformed", () => {
  const { token } = invitations.issue("call-1234", 5_000);
  const about = { callId: "call-1234", nowMs: 6_000 };
  const [id, expires, signature] = token.split(".");
  const forged = new Invitations("another key").issue("call-1234", 5_000).token;
  for (
    const text of [
      forged,
      `${id}.zzzzzz.${signature}`,
      `${id}.${expires}.${signature}x`,
      `${id}.${expires}.`,
      "",
      "a.b.c",
      "x".repeat(5_000),
    ]
  ) strictEqual(invitations.holds(text, about), false, text);
});
