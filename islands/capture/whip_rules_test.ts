import assert from "node:assert/strict";
import { ExchangeError } from "./offer_exchange.ts";
import { isFinal, orderCodecs, refusalOf, retryMs, sendEncodings } from "./whip_rules.ts";

Deno.test("refusalOf() trusts the problem's code before the status", () => {
  const of = (status: number, code: string | null = null) =>
    refusalOf(new ExchangeError("no", { status, code, retryAfterMs: 3_000 }));
  assert.deepEqual(of(409, "ended"), { kind: "ended", retryAfterMs: 3_000 });
  assert.equal(of(503, "too_many_streams").kind, "tooMany");
  assert.equal(of(502).kind, "unavailable");
  assert.equal(of(0).kind, "unreachable");
  assert.equal(of(401).kind, "wrongKey");
  assert.equal(of(415).kind, "rejected");
  assert.equal(refusalOf({ status: 401 }).kind, "signedOut");
  assert.equal(refusalOf(new TypeError("no such codec")).kind, "rejected");
});

Deno.test("isFinal() lets a server or a network that is away come back", () => {
  for (const kind of ["unreachable", "unavailable", "tooMany", "noRoute", "lost"] as const) {
    assert.equal(isFinal({ kind, retryAfterMs: null }), false, kind);
  }
  assert.equal(isFinal({ kind: "wrongKey", retryAfterMs: null }), true);
});

Deno.test("retryMs() doubles to 2 s, is jittered, and honours Retry-After within reason", () => {
  const lost = { kind: "lost", retryAfterMs: null } as const;
  assert.equal(retryMs(lost, { attempt: 0, random: 0 }), 125);
  assert.equal(retryMs(lost, { attempt: 0, random: 0.999 }), 250);
  assert.equal(retryMs(lost, { attempt: 40, random: 0 }), 1_000);
  const asked = { kind: "unavailable", retryAfterMs: 5_000 } as const;
  assert.equal(retryMs(asked, { attempt: 0, random: 0 }), 5_000);
  assert.equal(retryMs({ ...asked, retryAfterMs: 9e9 }, { attempt: 0, random: 0 }), 30_000);
});

Deno.test("orderCodecs() begins with H.264 as every server takes it, and loses nothing", () => {
  const codecs = [
    { mimeType: "video/VP8" },
    { mimeType: "video/rtx" },
    { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=0;profile-level-id=42e01f" },
    { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=1;profile-level-id=4d001f" },
    { mimeType: "video/AV1" },
    { mimeType: "video/H264", sdpFmtpLine: "packetization-mode=1;profile-level-id=42e01f" },
  ];
  assert.deepEqual(orderCodecs(codecs).map((codec) => codecs.indexOf(codec)), [5, 3, 2, 0, 4, 1]);
});

Deno.test("sendEncodings() adds a small layer only when asked for and worth it", () => {
  const goal = { height: 1080, fps: 30, kbps: 4_000 };
  assert.deepEqual(sendEncodings(goal, { simulcast: false }).map(({ rid }) => rid), [undefined]);
  const [high, low] = sendEncodings(goal, { simulcast: true });
  assert.deepEqual([high?.rid, high?.maxBitrate], ["h", 4_000_000]);
  assert.deepEqual(low, {
    rid: "l",
    maxBitrate: 500_000,
    maxFramerate: 20,
    scaleResolutionDownBy: 4,
  });
  assert.equal(sendEncodings({ ...goal, height: 360 }, { simulcast: true }).length, 1);
});
