import assert from "node:assert/strict";
import { clockMode, FrameClock } from "./frame_clock.ts";

Deno.test("clockMode() draws for eyes and for recordings, and for nobody else", () => {
  const facts = { hidden: false, recording: false, camera: true, screen: false };
  assert.equal(clockMode(facts), "frames");
  assert.equal(clockMode({ ...facts, screen: true }), "frames");
  assert.equal(clockMode({ ...facts, camera: false, screen: true }), "animation");
  assert.equal(clockMode({ ...facts, camera: false }), "off");
  assert.equal(clockMode({ ...facts, hidden: true }), "off");
  assert.equal(clockMode({ ...facts, hidden: true, recording: true }), "timer");
});

Deno.test("FrameClock follows the camera, and lets the video before go", () => {
  const video = () => {
    const calls: ((nowMs: number) => void)[] = [];
    return {
      calls,
      requestVideoFrameCallback: (call: (nowMs: number) => void) => calls.push(call),
    };
  };
  const first = video();
  const second = video();
  const drawn: number[] = [];
  using clock = new FrameClock((nowMs) => drawn.push(nowMs));
  const follow = (of: typeof first) =>
    clock.set({ mode: "frames", video: of as unknown as HTMLVideoElement, frameRate: 30 });
  follow(first);
  first.calls.shift()!(1);
  assert.deepEqual(drawn, [1]);
  assert.equal(first.calls.length, 1);
  follow(second);
  first.calls.shift()!(2);
  assert.equal(first.calls.length, 0);
  second.calls.shift()!(3);
  assert.deepEqual(drawn, [1, 3]);
});
