import assert from "node:assert/strict";
import { wantsLow } from "./http_exchange.ts";

Deno.test("wantsLow() hears the wish, and takes phones and slow networks for those who need it at first", () => {
  const of = (headers: Record<string, string>, query = "") =>
    wantsLow({ headers }, new URLSearchParams(query));
  assert.equal(of({}), "no");
  assert.equal(of({}, "layer=low"), "always");
  assert.equal(of({}, "start=low"), "first");
  assert.equal(of({ "save-data": "on" }), "first");
  assert.equal(of({ ect: "3g" }), "first");
  assert.equal(of({ ect: "4g" }), "no");
  assert.equal(of({ "sec-ch-ua-mobile": "?1" }), "first");
  assert.equal(of({ "sec-ch-ua-mobile": "?0" }), "no");
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148";
  assert.equal(of({ "user-agent": phone }), "first");
  assert.equal(of({ "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0" }), "no");
  // Who asks for the large one gets it.
  assert.equal(of({ "user-agent": phone }, "layer=high"), "no");
});
