import assert from "node:assert/strict";
import { SdpError } from "./errors.ts";
import { parseFragment, writeFragment } from "./fragment.ts";

/** The example of RFC 9725 §4.3.2, shortened. */
const BODY = "a=group:BUNDLE 0 1\r\na=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n" +
  "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n" +
  "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n" +
  "a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw\r\n" +
  "a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0\r\n" +
  "a=end-of-candidates\r\n";

Deno.test("parseFragment() gives credentials, candidates by section, and whether more will come", () => {
  const fragment = parseFragment(BODY);
  assert.equal(fragment.iceUfrag, "EsAw");
  assert.equal(fragment.icePwd, "P2uYro0UCOQ4zxjKXaWCBui1");
  assert.equal(fragment.endOfCandidates, true);
  assert.deepEqual(
    fragment.candidates.map(({ mid, candidate }) => [mid, candidate.address, candidate.transport]),
    [
      ["0", "192.0.2.1", "udp"],
      ["0", "198.51.100.2", "udp"],
      ["0", "192.0.2.1", "tcp"],
    ],
  );
});

Deno.test("writeFragment() writes what parseFragment() reads again", () => {
  const fragment = parseFragment(BODY);
  assert.deepEqual(parseFragment(writeFragment(fragment)), fragment);
  const atSession = {
    ...fragment,
    candidates: fragment.candidates.map((c) => ({ ...c, mid: null })),
  };
  assert.deepEqual(parseFragment(writeFragment(atSession)), atSession);
  assert.equal(
    writeFragment({ iceUfrag: null, icePwd: null, candidates: [], endOfCandidates: true }),
    "a=end-of-candidates\r\n",
  );
});

Deno.test("parseFragment() throws for what is no fragment", () => {
  const cases: [string, string][] = [
    ["v=0\r\n", "malformed"],
    ["{}", "malformed"],
    ["a=ice-ufrag:EsAw\r\n", "no_ice"],
    ["a=ice-ufrag:EsAw\r\na=ice-pwd:short\r\n", "no_ice"],
    ["a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n".repeat(65), "too_large"],
    ["a=x\r\n".repeat(257), "too_large"],
  ];
  for (const [text, code] of cases) {
    assert.throws(() => parseFragment(text), (e) => e instanceof SdpError && e.code === code, text);
  }
  assert.deepEqual(parseFragment(""), {
    iceUfrag: null,
    icePwd: null,
    candidates: [],
    endOfCandidates: false,
  });
});
