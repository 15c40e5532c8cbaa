import assert from "node:assert/strict";
import { parseIceLinks } from "./ice_servers.ts";

Deno.test("parseIceLinks() reads STUN and TURN servers of one joined header", () => {
  const header = '<stun:a.example:3478>; rel="ice-server", ' +
    '<turn:a.example:3478?transport=udp>; rel="ice-server"; username="1700:1,\\"x"; ' +
    'credential="p/w=="; credential-type="password", <https://a.example/whip>; rel=self';
  assert.deepEqual(parseIceLinks(header), [
    { urls: "stun:a.example:3478" },
    { urls: "turn:a.example:3478?transport=udp", username: '1700:1,"x', credential: "p/w==" },
  ]);
});

Deno.test("parseIceLinks() leaves out what no browser would take", () => {
  assert.deepEqual(parseIceLinks(null), []);
  assert.deepEqual(parseIceLinks('<turn:a.example>; rel="ice-server"; username="u"'), []);
  assert.deepEqual(parseIceLinks('<javascript:alert(1)>; rel="ice-server"'), []);
  assert.deepEqual(parseIceLinks("<stun:a.example>; rel=".padEnd(9_000, "x")), []);
  const many = Array.from({ length: 20 }, (_, n) => `<stun:${n}.example>; rel=ice-server`);
  assert.equal(parseIceLinks(many.join(", ")).length, 8);
});
