/**
 * What a mix costs by the number of its inputs: 640x360, 30 fps, H.264 and AAC each, in a grid of
 * 1280x720. What the mixer tells of its own work stands beside what the kernel counts.
 *
 * @module
 */
import process from "node:process";
import { makeSource, Publisher } from "../tests/support/ffmpeg.ts";
import { AUTHORIZATION, MediaUnderTest } from "../tests/support/media_role.ts";
import { processTable } from "../tests/support/processes.ts";
import { waitFor } from "../tests/support/wait.ts";
import { cpuSeconds, printTable } from "./report.ts";

const MIX = "100099";
/** A run takes over a while after its inputs have come; then it goes on evenly. */
const SETTLE_MS = 4000;
const MEASURE_MS = Number(Deno.env.get("SECONDS") ?? 15) * 1000;
const MOST = 6;

interface Report {
  readonly runs: number;
  readonly starting: boolean;
  readonly lagMs: number;
  readonly cpuSeconds: number;
  readonly inputs: readonly { readonly video: boolean; readonly decodingCpuSeconds: number }[];
}

async function report(media: MediaUnderTest): Promise<Report> {
  const { mixes } = await (await media.get("/debug/streams")).json();
  return mixes[MIX];
}

async function put(media: MediaUnderTest, streams: readonly string[]): Promise<void> {
  const answer = await fetch(media.url(`/mixes/${MIX}`), {
    method: "PUT",
    headers: { authorization: AUTHORIZATION },
    body: JSON.stringify({ size: "720p", inputs: streams.map((stream) => ({ stream })) }),
  });
  if (!answer.ok) throw new Error(`Cannot mix: ${await answer.text()}`);
  await answer.body?.cancel();
}

/** CPU seconds of the mixer's ffmpeg by the kernel. */
async function kernelSeconds(): Promise<number> {
  const mixers = (await processTable()).filter(({ command }) =>
    command.includes("/mix-feed/") ||
    command.includes("-benchmark_all")
  );
  const seconds = await Promise.all(mixers.map(({ pid }) => cpuSeconds(pid)));
  return seconds.reduce((sum, one) => sum + one, 0);
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const per = (seconds: number) => (seconds / (MEASURE_MS / 1000) * 100).toFixed(1);

await using media = await MediaUnderTest.start();
await using stack = new AsyncDisposableStack();
const file = media.path("camera.flv");
await makeSource(file, { seconds: 20, size: "640x360", videoKbps: 800, gopFrames: 30 });
const rows: Record<string, string | number>[] = [];
const streams: string[] = [];
for (let inputs = 0; inputs <= MOST; inputs++) {
  if (inputs > 0) {
    const room = String(100000 + inputs);
    media.web.rooms.add(room);
    stack.use(Publisher.file(file, media.publishUrl({ room })));
    streams.push(room);
  }
  await waitFor("the cameras", () => media.web.streams.length >= inputs);
  await put(media, inputs === 0 ? ["100098"] : streams);
  await waitFor("the mix", async () => {
    const mix = await report(media);
    return !mix.starting && mix.inputs.filter(({ video }) => video).length === inputs;
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const before = { mix: await report(media), kernel: await kernelSeconds(), own: ownSeconds() };
  await new Promise((resolve) => setTimeout(resolve, MEASURE_MS));
  const after = { mix: await report(media), kernel: await kernelSeconds(), own: ownSeconds() };
  const decoding = after.mix.inputs.map((input, index) =>
    input.decodingCpuSeconds - before.mix.inputs[index].decodingCpuSeconds
  );
  rows.push({
    "inputs": inputs,
    "% of a core, told": per(after.mix.cpuSeconds - before.mix.cpuSeconds),
    "by the kernel": per(after.kernel - before.kernel),
    "decoding an input": inputs === 0
      ? "-"
      : per(decoding.reduce((sum, one) => sum + one, 0) / inputs),
    "media, all of it": per(after.own - before.own),
    "lag, ms": after.mix.lagMs,
    "runs meanwhile": after.mix.runs - before.mix.runs,
  });
}
printTable("A mix of 1280x720, 30 fps", rows);
await media.stop();
await stack.disposeAsync();
Deno.exit(0);
