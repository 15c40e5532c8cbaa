import assert from "node:assert/strict";
import { KeyFrameRequests } from "./key_frame_requests.ts";

Deno.test("KeyFrameRequests makes one request of many wishes and repeats it until a key frame", () => {
  const requests = new KeyFrameRequests();
  assert.equal(requests.due(0), false);
  for (let i = 0; i < 10; i++) requests.want();
  assert.equal(requests.due(0), true);
  assert.equal(requests.due(499), false);
  assert.equal(requests.due(500), true);
  requests.arrived(600);
  assert.equal(requests.due(2000), false);
  assert.equal(requests.requests, 2);
});

Deno.test("KeyFrameRequests asks for key frames regularly where segments need them", () => {
  const requests = new KeyFrameRequests({ periodMs: 2000 });
  requests.want();
  assert.equal(requests.due(0), true);
  requests.arrived(100);
  assert.equal(requests.due(2099), false);
  assert.equal(requests.due(2100), true);
  assert.equal(requests.due(2200), false);
  requests.arrived(2300);
  assert.equal(requests.due(4000), false);
});
