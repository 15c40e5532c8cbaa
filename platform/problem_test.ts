import assert from "node:assert/strict";
import { problem } from "./problem.ts";

Deno.test("problem() is a complete answer that is never cached", () => {
  const answer = problem({
    status: 503,
    title: "Away",
    detail: "web is restarting",
    members: { reason: "unavailable" },
    headers: { "retry-after": "1" },
  });
  assert.equal(answer.status, 503);
  assert.deepEqual(answer.headers, {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "retry-after": "1",
  });
  assert.deepEqual(JSON.parse(answer.body), {
    type: "about:blank",
    title: "Away",
    status: 503,
    detail: "web is restarting",
    reason: "unavailable",
  });
});

Deno.test("problem() leaves out a detail that is not given", () => {
  assert.equal("detail" in JSON.parse(problem({ status: 404, title: "Not found" }).body), false);
});
