import assert from "node:assert/strict";
import {
  aacArgv,
  demoArgv,
  h264Argv,
  opusArgv,
  quoteFilterValue,
  stillArgv,
  textProbeArgv,
} from "./argv.ts";

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

Deno.test("encoders of live streams read and write pipes alone, and hold nothing back", () => {
  const commands = [
    aacArgv({ channels: 2 }),
    opusArgv({ channels: 1 }),
    h264Argv({ maxKbps: 1000, keyFrameAtMs: null }),
  ];
  for (const argv of commands) {
    const at = argv.indexOf("-i");
    assert.deepEqual(argv.slice(at - 5, at + 2), [
      ...["-protocol_whitelist", "pipe", "-f", "matroska", "-copyts", "-i", "pipe:0"],
    ]);
    assert.equal(argv.at(-1), "pipe:1");
    assert.equal(argv[argv.indexOf("-flush_packets") + 1], "1");
    // A second decoder thread would keep a picture.
    assert.ok(argv.indexOf("-threads") < at);
    assert.equal(argv.filter((value) => value === "-i").length, 1);
  }
});

Deno.test("h264Argv() makes key frames every two seconds, and one where another run left off", () => {
  const frames = (keyFrameAtMs: number | null) => {
    const argv = h264Argv({ maxKbps: 2500, keyFrameAtMs });
    return argv[argv.indexOf("-force_key_frames") + 1];
  };
  assert.equal(frames(null), "expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+2))");
  assert.equal(
    frames(1234),
    "expr:if(isnan(prev_forced_t),1," +
      "if(lt(prev_forced_t,1.234)*gte(t,1.234),1,gte(t,prev_forced_t+2)))",
  );
});
