import assert from "node:assert/strict";
import { parseMixSpec } from "./contract.ts";

const INPUTS = [{ stream: "1", name: "Ann" }, { stream: "2", muted: true }];

Deno.test("parseMixSpec() fills in what is left out", () => {
  assert.deepEqual(parseMixSpec({ inputs: INPUTS }, "9"), {
    layout: "grid",
    width: 1280,
    height: 720,
    frameRate: 30,
    videoKbps: 2488,
    inputs: [
      { stream: "1", name: "Ann", muted: false },
      { stream: "2", name: "", muted: true },
    ],
    publisher: null,
    ifLive: false,
  });
  assert.equal(parseMixSpec({ inputs: INPUTS, publisher: "2" }, "9").publisher, "2");
});

for (
  const [what, body] of Object.entries({
    "no object": null,
    "a list": [],
    "no inputs": { inputs: [] },
    "ten inputs": { inputs: Array.from({ length: 10 }, (_, n) => ({ stream: String(n + 1) })) },
    "a stream twice": { inputs: [{ stream: "1" }, { stream: "1" }] },
    "its own room": { inputs: [{ stream: "9" }] },
    "a path as a stream": { inputs: [{ stream: "../1" }] },
    "a name that is too long": { inputs: [{ stream: "1", name: "x".repeat(65) }] },
    "an unknown layout": { layout: "spiral", inputs: INPUTS },
    "an inherited size": { size: "toString", inputs: INPUTS },
    "sixty pictures a second": { frameRate: 60, inputs: INPUTS },
    "half a kilobit": { videoKbps: 200.5, inputs: INPUTS },
    "a publisher that is no input": { inputs: INPUTS, publisher: "3" },
    "ifLive as a number": { ifLive: 1, inputs: INPUTS },
    "muted as a text": { inputs: [{ stream: "1", muted: "yes" }] },
  })
) {
  Deno.test(`parseMixSpec() throws RangeError when given ${what}`, () => {
    assert.throws(() => parseMixSpec(body, "9"), RangeError);
  });
}
