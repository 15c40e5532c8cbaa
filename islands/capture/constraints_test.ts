import assert from "node:assert/strict";
import {
  audioConstraints,
  cropTo,
  DEFAULT_CAMERA,
  DEFAULT_MICROPHONE,
  fallsShort,
  givenPicture,
  parseCameraWish,
  parseMicrophoneWish,
  pictureSize,
  reachableResolutions,
  videoConstraints,
} from "./constraints.ts";

Deno.test("pictureSize() gives the sizes that cameras know", () => {
  assert.deepEqual(pictureSize(360, "16:9"), { width: 640, height: 360 });
  assert.deepEqual(pictureSize(480, "16:9"), { width: 854, height: 480 });
  assert.deepEqual(pictureSize(1440, "16:9"), { width: 2560, height: 1440 });
  assert.deepEqual(pictureSize(720, "4:3"), { width: 960, height: 720 });
});

Deno.test("videoConstraints() insists on nothing but a device that was named", () => {
  const any = videoConstraints(DEFAULT_CAMERA);
  assert.deepEqual(any.facingMode, { ideal: "user" });
  assert.equal(any.deviceId, undefined);
  assert.deepEqual(any.width, { ideal: 1280 });
  assert.deepEqual(any.frameRate, { ideal: 30, max: 30 });
  const named = videoConstraints({ ...DEFAULT_CAMERA, deviceId: "a", frameRate: 60 });
  assert.deepEqual(named.deviceId, { exact: "a" });
  assert.equal(named.facingMode, undefined);
  assert.deepEqual(named.frameRate, { ideal: 60, max: 60 });
});

Deno.test("audioConstraints() carries the three switches", () => {
  const constraints = audioConstraints({ ...DEFAULT_MICROPHONE, noiseSuppression: false });
  assert.deepEqual(constraints.echoCancellation, { ideal: true });
  assert.deepEqual(constraints.noiseSuppression, { ideal: false });
  assert.equal(constraints.deviceId, undefined);
});

Deno.test("givenPicture() reads a track, and zeros where it is silent", () => {
  const given = givenPicture({
    getSettings: () => ({ width: 1280, height: 720, frameRate: 29.970030, deviceId: "a" }),
  });
  assert.deepEqual(given, {
    width: 1280,
    height: 720,
    frameRate: 30,
    deviceId: "a",
    facing: null,
  });
  assert.equal(givenPicture({ getSettings: () => ({}) }).width, 0);
});

Deno.test("fallsShort() looks at lines however the phone is held", () => {
  const wish = { resolution: 720, frameRate: 30 } as const;
  assert.ok(!fallsShort({ width: 1280, height: 720, frameRate: 29.9 }, wish));
  assert.ok(!fallsShort({ width: 720, height: 1280, frameRate: 30 }, wish));
  assert.ok(fallsShort({ width: 640, height: 480, frameRate: 30 }, wish));
  assert.ok(fallsShort({ width: 1280, height: 720, frameRate: 15 }, wish));
});

Deno.test("reachableResolutions() keeps what the camera has lines for", () => {
  const some = reachableResolutions({ width: { max: 1920 }, height: { max: 1080 } });
  assert.deepEqual(some, [360, 480, 720, 1080]);
  assert.deepEqual(reachableResolutions({ width: { max: 480 }, height: { max: 640 } }), [360, 480]);
  assert.equal(reachableResolutions(undefined).length, 5);
});

Deno.test("cropTo() cuts the long side only, and keeps a picture upright", () => {
  assert.deepEqual(cropTo({ width: 1280, height: 720 }, "16:9"), { width: 1280, height: 720 });
  assert.deepEqual(cropTo({ width: 1280, height: 720 }, "4:3"), { width: 960, height: 720 });
  assert.deepEqual(cropTo({ width: 640, height: 480 }, "16:9"), { width: 640, height: 360 });
  assert.deepEqual(cropTo({ width: 720, height: 1280 }, "4:3"), { width: 720, height: 960 });
  assert.deepEqual(cropTo({ width: 1, height: 1 }, "4:3"), { width: 2, height: 2 });
});

Deno.test("parseCameraWish() and parseMicrophoneWish() take what is theirs and defaults otherwise", () => {
  assert.deepEqual(parseCameraWish(null), DEFAULT_CAMERA);
  assert.deepEqual(parseCameraWish({ resolution: 9000, frameRate: "60", aspect: "1:1" }), {
    ...DEFAULT_CAMERA,
  });
  const wish = { ...DEFAULT_CAMERA, resolution: 1080, deviceId: "a", facing: "environment" };
  assert.deepEqual(parseCameraWish(JSON.parse(JSON.stringify(wish))), wish);
  assert.deepEqual(parseMicrophoneWish("x"), DEFAULT_MICROPHONE);
  assert.equal(parseMicrophoneWish({ echoCancellation: false }).echoCancellation, false);
  assert.equal(parseMicrophoneWish({ deviceId: "x".repeat(501) }).deviceId, null);
});
