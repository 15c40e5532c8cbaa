import assert from "node:assert/strict";
import { feedsOf, mixArgv, type MixArgvInput } from "./mixer_argv.ts";

const PLACE = { x: 0, y: 0, width: 320, height: 180 };
const FONT = { fontFile: null, family: "Sans", cjk: false };

function argv(inputs: readonly MixArgvInput[], font: typeof FONT | null = FONT): string[] {
  return mixArgv({ inputs, width: 640, height: 360, frameRate: 30, videoKbps: 600, font });
}

function input(name: string, urls: Partial<MixArgvInput> = {}): MixArgvInput {
  return { name, place: PLACE, videoUrl: "http://h/v", audioUrl: "http://h/a", ...urls };
}

Deno.test("mixArgv() opens every input with a list of protocols right before it", () => {
  const args = argv([input("A"), input("B", { audioUrl: null }), input("C", { videoUrl: null })]);
  const inputs = args.flatMap((value, at) => value === "-i" ? [at] : []);
  assert.equal(inputs.length, 2 + 4);
  let from = 0;
  inputs.forEach((at, index) => {
    const options = args.slice(from, at);
    const protocols = options[options.lastIndexOf("-protocol_whitelist") + 1];
    assert.equal(protocols, index < 2 ? "pipe" : "http,tcp");
    from = at + 2;
  });
  assert.equal(args.at(-1), "pipe:1");
});

Deno.test("mixArgv() with missing inputs alone is cards and silence", () => {
  const args = argv([input("A", { videoUrl: null, audioUrl: null })]);
  const graph = args[args.indexOf("-filter_complex") + 1];
  assert.equal(graph, "[0:v]fps=30,format=yuv420p[video];[1:a]aformat=sample_fmts=fltp[audio]");
});

Deno.test("mixArgv() lets an input that ends fall back to its card, and sound to silence", () => {
  const args = argv([input("A"), input("B")]);
  const graph = args[args.indexOf("-filter_complex") + 1];
  assert.equal(graph.match(/eof_action=pass/g)?.length, 2);
  assert.match(graph, /amix=inputs=3:duration=first:normalize=0/);
});

Deno.test("mixArgv() takes the meaning from a name, and cuts it", () => {
  const cards = argv([input("%{pts}:'x',[y];\u0007\n"), input("x".repeat(60))]).find((value) =>
    value.startsWith("color=")
  )!;
  assert.match(cards, /expansion=none/);
  assert.ok(cards.includes(String.raw`%{pts}\\:\\\'x\\\'\,\[y\]\;`), cards);
  assert.doesNotMatch(cards, /\p{C}/u);
  assert.match(cards, /x{23}…/);
  assert.doesNotMatch(argv([input("A")], null).join(" "), /drawtext/);
});

Deno.test("feedsOf() counts the tracks as ffmpeg does", () => {
  const feeds = feedsOf([input("A"), input("B", { videoUrl: null }), input("C")]);
  assert.deepEqual(feeds.map(({ kind, input }) => `${kind}${input}`), [
    "video0",
    "audio0",
    "audio1",
    "video2",
    "audio2",
  ]);
});
