import assert from "node:assert/strict";
import { SdpError } from "./errors.ts";
import { attributeOf, attributesOf, DEFAULT_LIMITS, parseSdp, writeSdp } from "./session.ts";

const MINIMAL = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
const SECTION = "m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=sendonly\r\n";

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SdpError) return error.code;
    throw error;
  }
  return "none";
}

Deno.test("parseSdp() gives sections and attributes in order, whatever ends the lines", () => {
  const text = MINIMAL + "a=group:BUNDLE 0\r\n" + SECTION;
  for (const variant of [text, text.replaceAll("\r\n", "\n"), text + "\r\n\r\n"]) {
    const session = parseSdp(variant);
    assert.equal(session.origin, "- 1 1 IN IP4 0.0.0.0");
    assert.equal(attributeOf(session, "group"), "BUNDLE 0");
    const [section] = session.sections;
    assert.deepEqual([section.kind, section.port, section.protocol], [
      "audio",
      9,
      "UDP/TLS/RTP/SAVPF",
    ]);
    assert.deepEqual(section.formats, ["111", "0"]);
    assert.equal(attributeOf(section, "mid"), "0");
    assert.equal(attributeOf(section, "sendonly"), "");
    assert.equal(attributeOf(section, "recvonly"), null);
    assert.deepEqual(attributesOf(section, "ssrc"), []);
  }
});

Deno.test("parseSdp() throws malformed with the line number when a line breaks the grammar", () => {
  const broken: [string, number][] = [
    ["", 1],
    ["v=1\r\n", 1],
    ["o=- 1 1 IN IP4 0.0.0.0\r\n", 1],
    [MINIMAL + "nonsense\r\n", 5],
    [MINIMAL + "A=x\r\n", 5],
    [MINIMAL + "\r\n" + SECTION, 5],
    [MINIMAL + "a=\r\n", 5],
    [MINIMAL + "a=:x\r\n", 5],
    [MINIMAL + "a=x y:z\r\n", 5],
    [MINIMAL + "a=x:\u0000\r\n", 5],
    [MINIMAL + "v=0\r\n", 5],
    [MINIMAL + "m=audio\r\n", 5],
    [MINIMAL + "m=audio x UDP/TLS/RTP/SAVPF 0\r\n", 5],
    [MINIMAL + "m=audio 65536 UDP/TLS/RTP/SAVPF 0\r\n", 5],
    [MINIMAL + "m=audio 9 UDP//RTP 0\r\n", 5],
    [MINIMAL + "m=audio 9 UDP/TLS/RTP/SAVPF (\r\n", 5],
    ["v=0\r\ns=-\r\n", 0],
  ];
  for (const [text, line] of broken) {
    assert.throws(
      () => parseSdp(text),
      (error) => error instanceof SdpError && error.code === "malformed" && error.line === line,
      JSON.stringify(text),
    );
  }
});

Deno.test("parseSdp() throws too_large above each limit", () => {
  assert.equal(codeOf(() => parseSdp(MINIMAL + "a=x:".padEnd(5000, "y") + "\r\n")), "too_large");
  assert.equal(codeOf(() => parseSdp(MINIMAL + "a=x\r\n".repeat(2000))), "too_large");
  assert.equal(codeOf(() => parseSdp(MINIMAL + SECTION.repeat(9))), "too_large");
  assert.equal(codeOf(() => parseSdp(MINIMAL.padEnd(DEFAULT_LIMITS.maxLength + 1))), "too_large");
  assert.equal(codeOf(() => parseSdp(MINIMAL + SECTION.repeat(8))), "none");
  const formats = Array.from({ length: 129 }, (_, i) => i).join(" ");
  assert.equal(
    codeOf(() => parseSdp(MINIMAL + `m=audio 9 UDP/TLS/RTP/SAVPF ${formats}\r\n`)),
    "malformed",
  );
});

Deno.test("writeSdp() writes what parseSdp() reads again", () => {
  const session = parseSdp(MINIMAL + "a=group:BUNDLE 0\r\n" + SECTION);
  const text = writeSdp(session);
  assert.match(text, /^v=0\r\no=.*\r\ns=-\r\nt=0 0\r\n/);
  assert.deepEqual(
    parseSdp(text).sections.map(({ line: _, ...rest }) => rest),
    session.sections.map(({ line: _, ...rest }) => rest),
  );
});
