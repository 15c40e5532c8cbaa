/**
 * What long connections of a room cost and how late messages come: ten thousand sockets of one room on
 * one process, and the layout meant for production, 2,500 sockets of a process.
 *
 *     deno run -A bench/im_socket_bench.ts [crowd] [process] [busy] [flat]
 *
 * Environment: `SECONDS` measured for each row (default 20), `SCALE` share of the sockets (default 1; the
 * limits are those of the whole), `FLAT_SECONDS` of `flat` (default 600; it is run only when it is named).
 *
 * Ten texts come together twice a second, so that there are two frames a second, and big gifts one by
 * one at any time between them. A message's time counts from its score: when the store took it. Texts
 * that come evenly (`busy`) wait for their batch, up to half a second by design. CPU and memory are the
 * edge's; the messages come from another process, and every kind is pushed.
 *
 * @module
 */
import { KINDS } from "../im/protocol/message.ts";
import type { ImSource } from "./load/im_source_process.ts";
import { startImStage } from "./load/im_stage.ts";
import { LoadProgram } from "./load/program.ts";
import { printTable, verdict } from "./report.ts";

const SECONDS = Number(Deno.env.get("SECONDS") ?? 20);
const SCALE = Number(Deno.env.get("SCALE") ?? 1);
const FLAT_SECONDS = Number(Deno.env.get("FLAT_SECONDS") ?? 600);
const WARM_UP_S = 6;
const LIMITS = { chatMs: 250, giftMs: 200, giftOfProcessMs: 100, kib: 16, driftMib: 10 };
const TWO_FRAMES: ImSource = {
  chatsPerSecond: 20,
  burstMs: 500,
  giftsPerSecond: 1,
  settings: { bigRoomPush: KINDS },
};
const EVENLY: ImSource = { ...TWO_FRAMES, burstMs: 20 };

interface Row {
  readonly sockets: number;
  readonly source: ImSource;
  readonly seconds: number;
  readonly giftMs: number;
  /** Null: texts wait for their batch, and there is no limit. */
  readonly chatMs: number | null;
}

async function measure(load: LoadProgram, row: Row) {
  await using stage = await startImStage(row.source);
  const seen = await load.run([
    "socket",
    `-n${row.sockets}`,
    "-r1000",
    `-w${WARM_UP_S}`,
    `-t${row.seconds}`,
    `-p${stage.pids.join(",")}`,
    stage.address,
    await stage.socketPath(),
  ]);
  const judged = (value: number, limit: number | null) =>
    limit === null ? `${value}` : `${value} ${verdict(value, limit)}`;
  const drift = Math.round(seen.kib_a_minute! * row.seconds / 60 / 1024 * 10) / 10;
  return {
    alive: `${seen.alive} ${seen.alive === row.sockets ? "met (all)" : "MISSED (all)"}`,
    "frames/s each": Math.round(seen.a_second! / row.sockets * 100) / 100,
    "bytes/frame": seen.bytes_a_frame!,
    cores: seen.core!,
    "µs/frame": seen.us_each!,
    "chat p50 ms": seen.chat_p50_ms!,
    "chat p99 ms": judged(seen.chat_p99_ms!, row.chatMs),
    "gift p50 ms": seen.gift_p50_ms!,
    "gift p99 ms": judged(seen.gift_p99_ms!, row.giftMs),
    "KiB/socket": judged(seen.kib_each!, LIMITS.kib),
    "MiB": seen.mib!,
    [`MiB more in ${row.seconds} s`]: row.seconds < 60 ? drift : judged(drift, LIMITS.driftMib),
  };
}

const wanted = Deno.args.length > 0 ? Deno.args : ["crowd", "process", "busy"];
await using load = await LoadProgram.build("im_load");
const crowd = Math.round(10_000 * SCALE);
const ofProcess = Math.round(2_500 * SCALE);

if (wanted.includes("crowd")) {
  const { giftMs, chatMs } = LIMITS;
  printTable(`${crowd} sockets of one room on one process, two frames a second, ${SECONDS} s`, [
    await measure(load, { sockets: crowd, source: TWO_FRAMES, seconds: SECONDS, giftMs, chatMs }),
  ]);
}
if (wanted.includes("process")) {
  const { giftOfProcessMs: giftMs, chatMs } = LIMITS;
  const source = TWO_FRAMES;
  printTable(`${ofProcess} sockets of one process, two frames a second, ${SECONDS} s`, [
    await measure(load, { sockets: ofProcess, source, seconds: SECONDS, giftMs, chatMs }),
  ]);
}
if (wanted.includes("busy")) {
  const { giftMs } = LIMITS;
  printTable(`${crowd} sockets, texts come evenly and wait for their batch, ${SECONDS} s`, [
    await measure(load, { sockets: crowd, source: EVENLY, seconds: SECONDS, giftMs, chatMs: null }),
  ]);
}
if (wanted.includes("flat")) {
  const { giftMs, chatMs } = LIMITS;
  const seconds = FLAT_SECONDS;
  printTable(`${crowd} sockets for a long time`, [
    await measure(load, { sockets: crowd, source: TWO_FRAMES, seconds, giftMs, chatMs }),
  ]);
}
