import assert from "node:assert/strict";
import { imageText } from "../i18n/image.ts";
import { FileError } from "./image_file.ts";
import { explainImageError, ImageAnswerError, uploadPath } from "./send_image.ts";

Deno.test("uploadPath() carries the square in plain decimals", () => {
  assert.equal(uploadPath("/api/account/avatar", null), "/api/account/avatar");
  assert.equal(
    uploadPath("/api/account/avatar", { x: 1 / 3, y: 1e-9, size: 1 }),
    "/api/account/avatar?x=0.333333&y=0.000000&size=1.000000",
  );
});

Deno.test("explainImageError() has a sentence for everything that goes wrong", () => {
  const text = imageText("en");
  const explain = (error: unknown) => explainImageError(error, { locale: "en", shape: "cover" });
  assert.equal(explain(new FileError("notImage")), text.notImage);
  assert.match(explain(new FileError("tooSmall")), /320 × 180/);
  assert.equal(explain(new TypeError("network")), text.offline);
  const answers: readonly [number, string, string][] = [
    [415, "picture_unknown", text.notImage],
    [415, "unsupported_media_type", text.notImage],
    [422, "picture_broken", text.broken],
    [422, "picture_too_large", text.tooLarge],
    [413, "too_large", text.tooLarge],
    [429, "too_many_attempts", text.busy],
    [503, "busy", text.busy],
    [503, "", text.busy],
    [507, "storage_full", text.full],
    [401, "unauthenticated", text.signedOut],
    [500, "internal", text.failed],
    [400, "invalid", text.failed],
  ];
  for (const [status, code, sentence] of answers) {
    assert.equal(explain(new ImageAnswerError(status, code)), sentence, code);
  }
  assert.match(explain(new ImageAnswerError(422, "picture_too_small")), /320 × 180/);
  assert.equal(
    explainImageError(new TypeError("x"), { locale: "zh", shape: "avatar" }),
    imageText("zh").offline,
  );
});
