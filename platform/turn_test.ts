import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  hasRelay,
  iceServerLinks,
  iceServersFor,
  isIceUrl,
  parseIceServers,
  turnCredentials,
} from "./turn.ts";

Deno.test("turnCredentials() is the HMAC-SHA1 of expiry and user", () => {
  const { username, credential, expiresAtMs } = turnCredentials("north", {
    user: "a:b",
    nowMs: 1_700_000_000_500,
    lifeMs: 60_000,
  });
  strictEqual(username, "1700000060:ab");
  strictEqual(expiresAtMs, 1_700_000_060_000);
  // printf 1700000060:ab | openssl dgst -sha1 -hmac north -binary | base64
  strictEqual(credential, "YWA8YGZhy4e3d38+VK73IkW/ZN4=");
});

Deno.test("iceServersFor() puts TURN servers with credentials last", () => {
  const iceServers = [{ urls: ["stun:a.example:3478"] }];
  const none = { iceServers, turnUrls: [], turnSecret: null };
  deepStrictEqual(iceServersFor(none, { user: "u", nowMs: 0 }), iceServers);
  strictEqual(hasRelay(iceServers), false);
  const servers = iceServersFor(
    { iceServers, turnUrls: ["turn:b.example"], turnSecret: "secret" },
    { user: "u", nowMs: 0, lifeMs: 1000 },
  );
  strictEqual(servers.length, 2);
  strictEqual(servers[1]?.username, "1:u");
  strictEqual(hasRelay(servers), true);
});

Deno.test("isIceUrl() takes addresses of RFC 7064 and RFC 7065 alone", () => {
  for (
    const url of [
      "stun:a.example",
      "stuns:a.example:5349",
      "turn:1.2.3.4:3478?transport=udp",
      "turns:[2001:db8::1]:443?transport=tcp",
    ]
  ) strictEqual(isIceUrl(url), true, url);
  for (
    const url of [
      "http://a.example",
      "turn://a.example",
      "stun:a.example?transport=udp",
      "turn:a.example:0",
      "turn:a.example:70000",
      "turn:a b",
      "turn:a.example?transport=sctp",
      "",
    ]
  ) strictEqual(isIceUrl(url), false, url);
});

Deno.test("parseIceServers() reads the entries of RTCConfiguration", () => {
  deepStrictEqual(parseIceServers('[{"urls":"stun:a.example"}]'), [{ urls: ["stun:a.example"] }]);
  const turn = { urls: ["turn:a.example"], username: "u", credential: "c" };
  deepStrictEqual(parseIceServers(JSON.stringify([turn])), [turn]);
});

Deno.test("parseIceServers() throws TypeError without naming a credential", () => {
  const wrong = [
    "{",
    "{}",
    "[1]",
    '[{"urls":[]}]',
    '[{"urls":"turn:a.example"}]',
    '[{"urls":"turn:a.example","username":"u","credential":7}]',
    '[{"urls":"stun:a.example","username":"u"}]',
    '[{"urls":"turn:a.example","username":"u","credential":"hidden-word","more":1}]',
    JSON.stringify(Array(17).fill({ urls: "stun:a.example" })),
  ];
  for (const json of wrong) {
    throws(() => parseIceServers(json), (error: Error) => {
      return error instanceof TypeError && !error.message.includes("hidden-word");
    }, json);
  }
});

Deno.test("iceServerLinks() writes one header value for each address", () => {
  deepStrictEqual(
    iceServerLinks([
      { urls: ["stun:a.example"] },
      { urls: ["turn:b.example", "turns:b.example"], username: "1:u", credential: 'p"w' },
    ]),
    [
      '<stun:a.example>; rel="ice-server"',
      '<turn:b.example>; rel="ice-server"; username="1:u"; credential="p\\"w"; credential-type="password"',
      '<turns:b.example>; rel="ice-server"; username="1:u"; credential="p\\"w"; credential-type="password"',
    ],
  );
});
