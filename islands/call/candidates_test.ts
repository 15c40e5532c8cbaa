import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { candidateOf, countTypes } from "./candidates.ts";

Deno.test("candidateOf() reads host, reflexive and relayed candidates", () => {
  deepStrictEqual(
    candidateOf("candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0 ufrag a"),
    { type: "host", protocol: "udp", address: "192.0.2.1", port: 50_000 },
  );
  deepStrictEqual(
    candidateOf("a=candidate:2 1 UDP 1 2001:db8::1 9 typ srflx raddr 0.0.0.0 rport 0"),
    { type: "srflx", protocol: "udp", address: "2001:db8::1", port: 9 },
  );
  strictEqual(
    candidateOf("candidate:3 1 tcp 1 a.local 9 typ host tcptype active")?.address,
    "a.local",
  );
  strictEqual(candidateOf("candidate:4 1 udp 1 192.0.2.9 3478 typ relay")?.type, "relay");
});

Deno.test("candidateOf() answers null for the end of candidates and for what it does not know", () => {
  for (
    const line of ["", "candidate:", "candidate:1 1 udp 1 a 1 typ odd", "typ host", "x".repeat(999)]
  ) {
    strictEqual(candidateOf(line), null, line);
  }
});

Deno.test("countTypes() counts each type", () => {
  const one = (type: "host" | "relay") => ({ type, protocol: "udp", address: "a", port: 1 });
  deepStrictEqual(countTypes([one("host"), one("relay"), one("host")]), {
    ...{ host: 2, prflx: 0, srflx: 0, relay: 1 },
  });
});
