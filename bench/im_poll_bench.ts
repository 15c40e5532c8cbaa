/**
 * What polls of a room cost: ten thousand viewers of one room, as many polls as a core answers, fifty
 * thousand viewers on fifteen thousand connections of one process; and what an answer weighs.
 *
 *     deno run -A bench/im_poll_bench.ts [crowd] [rate] [fifty]
 *
 * Environment: `SECONDS` measured for each row (default 20), `SCALE` share of the viewers (default 1;
 * the limits are those of the whole).
 *
 * Viewers poll every 2 to 5 s with the cursor of their last answer and take packed protobuf, as the page
 * does. CPU and memory are the edge's; the messages come from another process.
 *
 * @module
 */
import { type ImStage, startImStage } from "./load/im_stage.ts";
import { LoadProgram } from "./load/program.ts";
import { printTable, verdict } from "./report.ts";

const SECONDS = Number(Deno.env.get("SECONDS") ?? 20);
const SCALE = Number(Deno.env.get("SCALE") ?? 1);
const WARM_UP_S = 8;
const CROWD = Math.round(10_000 * SCALE);
const FIFTY = Math.round(50_000 * SCALE);
const FIFTY_CONNECTIONS = Math.round(15_000 * SCALE);
const CLOSED_CONNECTIONS = 64;
const LIMITS = { core: 0.35, p99Ms: 30, kib: 20, pollsPerCore: 20_000 };
const CODINGS = "gzip, deflate, br";

async function poll(load: LoadProgram, stage: ImStage, options: readonly string[]) {
  return await load.run([
    "poll",
    `-w${WARM_UP_S}`,
    `-t${SECONDS}`,
    `-z${CODINGS}`,
    "-qas=protobuf",
    `-p${stage.pids.join(",")}`,
    ...options,
    stage.address,
    stage.pollPath,
  ]);
}

const wanted = Deno.args.length > 0 ? Deno.args : ["crowd", "rate", "fifty"];
await using load = await LoadProgram.build("im_load");

if (wanted.includes("crowd")) {
  const rows = [];
  for (const chatsPerSecond of [50, 1_000]) {
    await using stage = await startImStage({ chatsPerSecond, giftsPerSecond: 1 });
    const seen = await poll(load, stage, [`-n${CROWD}`, "-r2000"]);
    rows.push({
      "messages/s in": chatsPerSecond,
      alive: seen.alive!,
      refused: seen.refused!,
      "polls/s": seen.a_second!,
      "cores": `${seen.core} ${verdict(seen.core!, LIMITS.core)}`,
      "µs/poll": seen.us_each!,
      "p50 ms": seen.p50_ms!,
      "p99 ms": `${seen.p99_ms} ${verdict(seen.p99_ms!, LIMITS.p99Ms)}`,
      "KiB/connection": `${seen.kib_each} ${verdict(seen.kib_each!, LIMITS.kib)}`,
      "bytes/answer": seen.bytes_a_full_poll!,
    });
  }
  printTable(`${CROWD} viewers poll one room, ${SECONDS} s`, rows);
}

if (wanted.includes("rate")) {
  const rows = [];
  for (const chatsPerSecond of [50, 1_000]) {
    await using stage = await startImStage({ chatsPerSecond, giftsPerSecond: 1 });
    const seen = await poll(load, stage, [`-n${CLOSED_CONNECTIONS}`, "-l"]);
    const each = Math.round(seen.a_second! / seen.core!);
    rows.push({
      "messages/s in": chatsPerSecond,
      "polls/s": seen.a_second!,
      "cores": seen.core!,
      "polls/s of a core": `${each} ${
        each >= LIMITS.pollsPerCore ? "met" : "MISSED"
      } (≥ ${LIMITS.pollsPerCore})`,
      "µs/poll": seen.us_each!,
      "p99 ms": seen.p99_ms!,
      "bytes/answer": seen.bytes_a_full_poll!,
    });
  }
  printTable(`As fast as ${CLOSED_CONNECTIONS} connections ask, ${SECONDS} s`, rows);
}

if (wanted.includes("fifty")) {
  await using stage = await startImStage({ chatsPerSecond: 50, giftsPerSecond: 1 });
  const seen = await poll(load, stage, [
    `-n${FIFTY}`,
    `-c${FIFTY_CONNECTIONS}`,
    "-r2000",
    // What they are told in a room above 10,000.
    "-a4500",
    "-b5500",
  ]);
  const held = seen.alive === FIFTY_CONNECTIONS && seen.refused === 0 && seen.late === 0;
  printTable(`${FIFTY} viewers on ${FIFTY_CONNECTIONS} connections of one process, ${SECONDS} s`, [{
    alive: `${seen.alive} ${held ? "met (all)" : "MISSED (all)"}`,
    refused: seen.refused!,
    "polls/s": seen.a_second!,
    cores: seen.core!,
    "p50 ms": seen.p50_ms!,
    "p99 ms": seen.p99_ms!,
    "KiB/connection": seen.kib_each!,
  }]);
}
