import assert from "node:assert/strict";
import { isWeak } from "./one_picture.ts";

Deno.test("isWeak() looks at cores, memory and thrift, and takes what is not told for enough", () => {
  assert.equal(isWeak({}), false);
  assert.equal(isWeak({ hardwareConcurrency: 8, deviceMemory: 8 }), false);
  assert.equal(isWeak({ hardwareConcurrency: 2 }), true);
  assert.equal(isWeak({ hardwareConcurrency: 8, deviceMemory: 1 }), true);
  assert.equal(isWeak({ connection: { saveData: true } }), true);
});
