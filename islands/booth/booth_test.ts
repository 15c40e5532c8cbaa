import assert from "node:assert/strict";
import { boothText } from "../i18n/booth.ts";
import { boothAction, type BoothKey } from "./keys.ts";
import { parsePreferences } from "./preferences.ts";
import { coverOf, initialState, isMirrored, recordingTypeOf } from "./state.ts";
import { coverWords, sizeText, timeLeftText } from "./words.ts";

const PRESS: BoothKey = {
  key: " ",
  modified: false,
  repeated: false,
  typing: false,
  sliding: false,
  pressable: false,
  modal: false,
};

Deno.test("boothAction() knows its keys and leaves all others to whom they belong", () => {
  assert.equal(boothAction(PRESS), "shutter");
  assert.equal(boothAction({ ...PRESS, pressable: true }), null);
  assert.equal(boothAction({ ...PRESS, repeated: true }), null);
  assert.equal(boothAction({ ...PRESS, key: "R" }), "record");
  assert.equal(boothAction({ ...PRESS, key: "r", typing: true }), null);
  assert.equal(boothAction({ ...PRESS, key: "r", modified: true }), null);
  assert.equal(boothAction({ ...PRESS, key: "r", modal: true }), null);
  assert.equal(boothAction({ ...PRESS, key: "ArrowRight", repeated: true }), "next");
  assert.equal(boothAction({ ...PRESS, key: "ArrowLeft", sliding: true }), null);
  assert.equal(boothAction({ ...PRESS, key: "x" }), null);
});

Deno.test("parsePreferences() survives what others wrote", () => {
  const defaults = parsePreferences(null);
  assert.deepEqual(parsePreferences("nonsense"), defaults);
  assert.deepEqual(parsePreferences('{"timer":7,"preset":"x","smoothing":9,"mirror":"yes"}'), {
    ...defaults,
  });
  const chosen = { ...defaults, timer: 3, preset: "noir", mirror: false, warmth: -0.5 };
  assert.deepEqual(parsePreferences(JSON.stringify(chosen)), chosen);
  assert.equal(parsePreferences('{"watermark":"a\\nb"}').watermark, "a b");
});

Deno.test("coverOf() has a state and words for everything that can stand in the way", () => {
  const state = { ...initialState(), support: "ok" as const };
  assert.equal(coverOf(initialState()), "wait");
  assert.equal(coverOf({ ...state, support: "insecure" }), "insecure");
  assert.equal(coverOf(state), "start");
  assert.equal(coverOf({ ...state, devices: { ...state.devices, camera: "denied" } }), "refused");
  const on = { ...state, camera: { ...state.camera, phase: "on" as const } };
  assert.equal(coverOf(on), null);
  for (
    const failure of [
      "refused",
      "refused_by_system",
      "dismissed",
      "missing",
      "busy",
      "unable",
      "unplugged",
      "failed",
      "unsupported",
      "insecure",
    ] as const
  ) {
    const failed = { ...state, camera: { ...state.camera, failure } };
    assert.equal(coverOf(failed), failure);
    for (const locale of ["en", "zh"] as const) {
      const words = coverWords(failure, boothText(locale));
      assert.ok(words.title.length > 3 && words.text.length > 5, `${failure} ${locale}`);
    }
  }
  // A screen is a picture, too.
  const screen = { phase: "on" as const, surface: null, sound: false };
  assert.equal(coverOf({ ...state, screen }), null);
});

Deno.test("isMirrored() is a mirror but for the camera that looks away, unless it was chosen", () => {
  const state = initialState();
  assert.equal(isMirrored(state), true);
  const given = { width: 1, height: 1, frameRate: 30, deviceId: null, facing: "environment" };
  const away = { ...state, camera: { ...state.camera, given } } as typeof state;
  assert.equal(isMirrored(away), false);
  const preferences = { ...state.preferences, mirror: true };
  assert.equal(isMirrored({ ...away, preferences }), true);
});

Deno.test("recordingTypeOf() takes the wished container where the browser has it", () => {
  const recordingTypes = [
    { type: "video/mp4;codecs=avc1", container: "mp4" as const },
    { type: "video/webm", container: "webm" as const },
  ];
  const { preferences } = initialState();
  const pick = (container: "mp4" | "webm" | null, types = recordingTypes) =>
    recordingTypeOf({ recordingTypes: types, preferences: { ...preferences, container } });
  assert.equal(pick(null)?.container, "mp4");
  assert.equal(pick("webm")?.container, "webm");
  assert.equal(pick("webm", recordingTypes.slice(0, 1))?.container, "mp4");
  assert.equal(pick(null, []), null);
});

Deno.test("sizes and times read as people say them", () => {
  assert.equal(sizeText(999), "999 B");
  assert.equal(sizeText(1_400_000), "1.4 MB");
  assert.equal(sizeText(25_000_000), "25 MB");
  const text = boothText("en");
  assert.equal(timeLeftText(59, text), "0 minutes");
  assert.equal(timeLeftText(3_600, text), "60 minutes");
  assert.equal(timeLeftText(7_200, text), "2 hours");
  assert.equal(timeLeftText(Infinity, text), null);
});
