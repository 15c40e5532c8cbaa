import assert from "node:assert/strict";
import { parseUserAgent } from "./user_agent.ts";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

Deno.test("parseUserAgent() names browser and system", () => {
  const known: readonly (readonly [string, string | null, string | null, string])[] = [
    [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}`, "Chrome 126", "Windows", "desktop"],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Edg/126.0.2592.87`,
      "Edge 126",
      "Windows",
      "desktop",
    ],
    [`${MAC} ${CHROME} OPR/112.0.0.0`, "Opera 112", "macOS", "desktop"],
    [
      `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15`,
      "Safari 17",
      "macOS",
      "desktop",
    ],
    [
      "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
      "Firefox 127",
      "Linux",
      "desktop",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like " +
      "Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
      "Safari 17",
      "iOS",
      "phone",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like " +
      "Gecko) CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1",
      "Chrome 126",
      "iOS",
      "phone",
    ],
    [
      "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) " +
      "Chrome/126.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.49.2600 WeChat/arm64",
      "WeChat 8",
      "Android",
      "phone",
    ],
    [
      "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 " +
      "Safari/537.36 ArkWeb/4.1 Mobile HuaweiBrowser/5.0.4.300",
      "Huawei Browser 5",
      "HarmonyOS",
      "phone",
    ],
    ["curl/8.5.0", "curl 8.5", null, "program"],
    ["Deno/2.9.6", "Deno 2.9", null, "program"],
    ["okhttp", "okhttp", null, "program"],
    ["Mozilla/5.0 (compatible)", null, null, "desktop"],
    ["", null, null, "program"],
  ];
  for (const [text, browser, system, device] of known) {
    assert.deepEqual(parseUserAgent(text), { browser, system, device }, text);
  }
});

Deno.test("parseUserAgent() takes any text, of any length, in little time", () => {
  const startedAtMs = performance.now();
  for (const piece of ["<script>", "Version/17 ", "\u0000\ud800", "مريم", "((((", "Mozilla/5.0 "]) {
    const { browser, system } = parseUserAgent(piece.repeat(100_000));
    for (const part of [browser, system]) assert.ok(part === null || part.length < 64);
  }
  assert.ok(performance.now() - startedAtMs < 200);
});
