import assert from "node:assert/strict";
import { checkNetwork } from "./network_check.ts";

/** A server behind a line of so many kilobits a second. */
function line(kbps: number, { options = 204, probe = 204 } = {}) {
  let nowMs = 0;
  const asked: string[] = [];
  const fetch = (input: string | URL | Request, init: RequestInit = {}) => {
    const bytes = (init.body as Uint8Array | undefined)?.byteLength ?? 0;
    nowMs += bytes * 8 / kbps;
    asked.push(`${init.method} ${input} ${bytes}`);
    const status = init.method === "OPTIONS" ? options : probe;
    return Promise.resolve(new Response(null, { status }));
  };
  const check = () =>
    checkNetwork({
      roomId: "100001",
      signal: new AbortController().signal,
      fetch: fetch as typeof globalThis.fetch,
      nowMs: () => nowMs,
    });
  return { check, asked };
}

Deno.test("checkNetwork() measures a quick line with more than a slow one", async () => {
  const quick = line(8_000);
  assert.deepEqual(await quick.check(), { state: "good", kbps: 8_000 });
  assert.deepEqual(quick.asked, [
    "OPTIONS /whip/100001 0",
    "POST /studio/probe 65536",
    "POST /studio/probe 786432",
  ]);
  const slow = line(300);
  assert.deepEqual(await slow.check(), { state: "slow", kbps: 300 });
  assert.equal(slow.asked.length, 2);
});

Deno.test("checkNetwork() tells a server without WebRTC from one that does not answer", async () => {
  assert.deepEqual(await line(8_000, { options: 503 }).check(), { state: "noRtc" });
  assert.deepEqual(await line(8_000, { probe: 401 }).check(), { state: "failed" });
});
