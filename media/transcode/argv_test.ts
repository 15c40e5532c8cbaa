import assert from "node:assert/strict";
import { demoArgv, quoteFilterValue, stillArgv, textProbeArgv } from "./argv.ts";

const FONT = { fontFile: null, family: "Sans", cjk: false };

Deno.test("demoArgv() paces every input and allows each the protocols of its own alone", () => {
  const argv = demoArgv({ url: "rtmp://127.0.0.1:1935/live/100001?key=k", font: FONT });
  assert.equal(argv.at(-1), "rtmp://127.0.0.1:1935/live/100001?key=k");
  const inputs = argv.flatMap((value, at) => value === "-i" ? [at] : []);
  assert.equal(inputs.length, 3);
  for (const at of inputs) {
    assert.deepEqual(argv.slice(at - 5, at), ["-re", "-f", "lavfi", "-protocol_whitelist", "pipe"]);
  }
  assert.equal(argv.includes("-nostdin"), true);
});

Deno.test("demoArgv() draws text only with a font", () => {
  const filter = (font: Parameters<typeof demoArgv>[0]["font"]) => {
    const argv = demoArgv({ url: "rtmp://h/live/1", font });
    return argv[argv.indexOf("-filter_complex") + 1];
  };
  assert.doesNotMatch(filter(null), /drawtext/);
  assert.match(filter(FONT), /drawtext=font=Sans.*%\{localtime/);
  assert.match(filter({ fontFile: "/f.ttc", family: "", cjk: true }), /万人/);
});

Deno.test("quoteFilterValue() takes the meaning from every special character", () => {
  assert.equal(quoteFilterValue("a b"), "a b");
  assert.equal(quoteFilterValue("a:b"), "a\\\\:b");
  assert.equal(quoteFilterValue("a,b;[c]"), "a\\,b\\;\\[c\\]");
  assert.equal(quoteFilterValue("it's"), "it\\\\\\'s");
});

Deno.test("textProbeArgv() writes nowhere", () => {
  assert.deepEqual(textProbeArgv(FONT).slice(-3), ["-f", "null", "-"]);
});

Deno.test("stillArgv() reads and writes pipes alone, with one thread", () => {
  const argv = stillArgv();
  const at = argv.indexOf("-i");
  assert.deepEqual(argv.slice(at - 4, at + 2), [
    ...["-protocol_whitelist", "pipe", "-f", "mp4", "-i", "pipe:0"],
  ]);
  assert.equal(argv.at(-1), "pipe:1");
  assert.equal(argv.filter((value) => value === "-threads").length, 2);
  assert.equal(argv.some((value) => value.includes("/dev") || value.includes("file:")), false);
});
