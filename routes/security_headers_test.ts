import assert from "node:assert/strict";
import { permissionsPolicy } from "./security_headers.ts";

Deno.test("permissionsPolicy() gives devices to the pages that capture, and to no others", () => {
  const some = "camera=(self), microphone=(self), display-capture=(self)";
  const none = "camera=(), microphone=(), display-capture=()";
  for (const path of ["/booth", "/studio", "/studio/moderation", "/call/tea"]) {
    assert.equal(permissionsPolicy(path), some, path);
  }
  const guests = "camera=(self), microphone=(self), display-capture=()";
  assert.equal(permissionsPolicy("/rooms/100001"), guests);
  for (const path of ["/", "/embed/100001", "/boothy", "/call-me"]) {
    assert.equal(permissionsPolicy(path), none, path);
  }
});
