import assert from "node:assert/strict";
import { parseAddress, resolveForwarded, TrustedProxies } from "./client_address.ts";

Deno.test("parseAddress() reads IPv4 and IPv6 in their spellings", () => {
  const hex = (text: string) => parseAddress(text)?.toHex() ?? null;
  assert.equal(hex("192.0.2.1"), "00000000000000000000ffffc0000201");
  assert.equal(hex("::ffff:192.0.2.1"), hex("192.0.2.1"));
  assert.equal(hex("2001:db8::1"), "20010db8000000000000000000000001");
  assert.equal(hex("[2001:db8:0:0:0:0:0:1]"), hex("2001:db8::1"));
  assert.equal(hex("fe80::1%eth0"), "fe800000000000000000000000000001");
  assert.equal(hex("::"), "0".repeat(32));
  for (
    const text of ["", "1.2.3", "256.1.1.1", "1:2", ":::", "1::2::3", "g::1", "1:2:3:4:5:6:7:8:9"]
  ) assert.equal(hex(text), null, text);
});

Deno.test("TrustedProxies matches addresses and blocks of both families", () => {
  const trusted = new TrustedProxies(["10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "0.0.0.0/32"]);
  for (const address of ["10.255.0.1", "::ffff:10.1.1.1", "192.0.2.7", "2001:db8:7fff::1"]) {
    assert.equal(trusted.has(address), true, address);
  }
  for (const address of ["11.0.0.1", "192.0.2.8", "2001:db8:8000::1", "nonsense", ""]) {
    assert.equal(trusted.has(address), false, address);
  }
  assert.throws(() => new TrustedProxies(["10.0.0.0/33"]), SyntaxError);
});

Deno.test("resolveForwarded() believes a trusted peer alone, and reads the chain from its end", () => {
  const headers = {
    "x-forwarded-for": "203.0.113.9, 198.51.100.4:4711, 10.0.0.2",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "live.example:8443",
  };
  const input = { peer: "::ffff:10.0.0.1", secure: false, host: "edge:8000", headers };
  assert.deepEqual(resolveForwarded(input, new TrustedProxies(["10.0.0.0/8"])), {
    address: "198.51.100.4",
    proto: "https",
    host: "live.example:8443",
  });
  assert.deepEqual(resolveForwarded(input, new TrustedProxies([])), {
    address: "10.0.0.1",
    proto: "http",
    host: "edge:8000",
  });
  const odd = {
    ...input,
    headers: {
      "x-forwarded-for": "junk",
      "x-forwarded-proto": "gopher",
      "x-forwarded-host": "a b",
    },
  };
  assert.deepEqual(resolveForwarded(odd, new TrustedProxies(["10.0.0.0/8"])), {
    address: "10.0.0.1",
    proto: "http",
    host: "edge:8000",
  });
});
