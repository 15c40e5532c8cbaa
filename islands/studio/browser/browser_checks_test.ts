import assert from "node:assert/strict";
import { browserChecks, canGoLive, type DeskFacts } from "./browser_checks.ts";

const READY: DeskFacts = {
  picture: true,
  sound: true,
  heard: true,
  network: { state: "good", kbps: 9_000 },
};

function states(desk: DeskFacts | null, title = "Drawing hands") {
  return browserChecks({ desk, room: { title }, ownerName: "Lin" }).map(({ state }) => state);
}

Deno.test("browserChecks() is done when picture, sound, line and title are there", () => {
  assert.deepEqual(states(READY), ["done", "done", "done", "done"]);
  assert.deepEqual(states(null, "Lin’s room"), ["open", "open", "later", "open"]);
});

Deno.test("browserChecks() wants to hear the microphone, not only to have it", () => {
  assert.equal(states({ ...READY, heard: false })[1], "wrong");
  assert.equal(states({ ...READY, sound: false })[1], "open");
});

Deno.test("canGoLive() needs a picture and nothing else", () => {
  const of = (desk: DeskFacts | null) =>
    canGoLive(browserChecks({ desk, room: { title: "x" }, ownerName: "Lin" }));
  assert.ok(of({ ...READY, sound: false, network: { state: "failed" } }));
  assert.ok(!of({ ...READY, picture: false }));
  assert.ok(!of(null));
});
