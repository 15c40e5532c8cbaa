import assert from "node:assert/strict";
import { declaredCodecs, flvFailureKind } from "./flv_failure.ts";

Deno.test("flvFailureKind() calls a codec that the browser lacks unplayable, whoever says so", () => {
  for (
    const [detail, info] of [
      ["CodecUnsupported", "Flv: Unsupported codec in video frame: vp09"],
      ["FormatUnsupported", undefined],
      ["MediaMSEError", { code: 9, msg: "The type provided is unsupported." }],
    ] as const
  ) {
    assert.equal(flvFailureKind({ type: "MediaError", detail, info }), "unplayable", detail);
  }
});

Deno.test("flvFailureKind() leaves other media errors and the network to another attempt", () => {
  const kindOf = (type: string, detail: string, code: number) =>
    flvFailureKind({ type, detail, info: { code, msg: "" } });
  assert.equal(kindOf("MediaError", "MediaMSEError", 11), "media");
  assert.equal(kindOf("MediaError", "FormatError", 9), "media");
  assert.equal(kindOf("NetworkError", "HttpStatusCodeInvalid", 404), "absent");
  assert.equal(kindOf("NetworkError", "HttpStatusCodeInvalid", 503), "unavailable");
  assert.equal(kindOf("NetworkError", "HttpStatusCodeInvalid", 500), "network");
  assert.equal(kindOf("NetworkError", "Exception", -1), "network");
});

Deno.test("declaredCodecs() reads FourCCs and passes over the numbers of classic FLV", () => {
  assert.deepEqual(declaredCodecs({ videocodecid: 0x61763031, audiocodecid: 0x4f707573 }), [
    "av01",
    "Opus",
  ]);
  assert.deepEqual(declaredCodecs({ videocodecid: 7, audiocodecid: 10 }), []);
  assert.deepEqual(declaredCodecs({ videocodecid: "av01" }), []);
});
