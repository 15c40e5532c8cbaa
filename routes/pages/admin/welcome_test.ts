import assert from "node:assert/strict";
import { travelsOpenly } from "./welcome.tsx";

Deno.test("travelsOpenly() is true for plain HTTP to another machine alone", () => {
  for (
    const host of ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "a.localhost", "127.1.2.3"]
  ) {
    assert.equal(travelsOpenly({ secure: false, host }), false, host);
  }
  for (
    const host of ["live.example.org", "192.0.2.7:8000", "[2001:db8::1]:8000", "127.evil.test"]
  ) {
    assert.equal(travelsOpenly({ secure: false, host }), true, host);
    assert.equal(travelsOpenly({ secure: true, host }), false, host);
  }
});
