import assert from "node:assert/strict";
import { fromNtp, senderReport, toNtp } from "./ntp.ts";

Deno.test("toNtp() and fromNtp() agree to a microsecond, also after 2036", () => {
  for (const ms of [0, Date.UTC(2026, 10, 26, 3, 30, 0, 123), Date.UTC(2036, 5, 1), 1.999_999]) {
    if (ms < Date.UTC(1968, 0, 20)) continue;
    assert.ok(Math.abs(fromNtp(toNtp(ms)) - ms) < 0.001, String(ms));
  }
  assert.deepEqual(toNtp(Date.UTC(2000, 0, 1) + 500), {
    ntpSeconds: 3_155_673_600,
    ntpFraction: 0x80000000,
  });
});

Deno.test("senderReport() ties a timestamp to the wall clock", () => {
  const atMs = Date.UTC(2000, 0, 1);
  const report = senderReport({ ssrc: 1, atMs, rtpTimestamp: 2, packetCount: 3, octetCount: 4 });
  assert.equal(fromNtp(report), atMs);
  assert.deepEqual([report.rtpTimestamp, report.packetCount, report.reports], [2, 3, []]);
});
