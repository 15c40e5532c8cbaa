import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { LiveState } from "../live_state.ts";
import { DEFAULT_SETTINGS } from "../settings.ts";
import { reportOf } from "../../tests/support/web.ts";
import { type Battle, invite, transition } from "./battle.ts";
import { type BattleMix, BattleMixes } from "./battle_mixes.ts";

const START_MS = 1_800_000_000_000;
const A = "100001";
const B = "100002";
const STREAM = "900000000100001";

const invited = invite({
  id: "b1",
  challenger: { room: A, name: "Ann" },
  opponent: { room: B, name: "B".repeat(100) },
  durationS: 60,
  atMs: START_MS,
});
const running = transition(invited, { type: "accept", room: B, atMs: START_MS })!;

function setUp() {
  const live = new LiveState();
  const calls: string[] = [];
  const mixes: BattleMix[] = [];
  const at = {
    calls,
    mixes,
    nowMs: START_MS,
    open: [running] as Battle[],
    air: [A, B] as string[],
    mixed: false,
    settings: { ...DEFAULT_SETTINGS, pkMix: true },
    answers: null as string | null,
    fails: false,
    async tick(ms = 0) {
      at.nowMs += ms;
      const streams = at.air.map((id) => reportOf(id, { startedAtMs: START_MS, readers: {} }));
      if (at.mixed) {
        streams.push({
          ...reportOf(STREAM, { startedAtMs: START_MS, readers: {} }),
          protocol: "mix",
        });
      }
      live.putStreams("media", { streams }, at.nowMs);
      await service.tick();
      return calls.splice(0);
    },
  };
  const service = new BattleMixes({
    battles: { open: () => Promise.resolve(at.open) },
    live,
    settings: {
      get values() {
        return at.settings;
      },
    },
    mixer: {
      put(stream, mix) {
        calls.push(`put ${stream}`);
        mixes.push(mix);
        if (at.fails) return Promise.reject(new Error("nobody answers"));
        at.mixed = at.answers === null;
        return Promise.resolve(at.answers);
      },
      remove(stream) {
        calls.push(`remove ${stream}`);
        at.mixed = false;
        return Promise.resolve();
      },
    },
    now: () => at.nowMs,
  });
  return at;
}

Deno.test("BattleMixes: a battle that runs is mixed until its end was seen", async () => {
  const at = setUp();
  at.open = [invited];
  deepStrictEqual(await at.tick(), []);
  at.open = [running];
  deepStrictEqual(await at.tick(2000), [`put ${STREAM}`]);
  const [mix] = at.mixes;
  deepStrictEqual(mix!.inputs.map(({ stream }) => stream), [A, B]);
  strictEqual(mix!.inputs[1]!.name.length, 64);
  deepStrictEqual(await at.tick(10_000), []);
  at.open = [];
  deepStrictEqual(await at.tick(2000), []);
  deepStrictEqual(await at.tick(10_000), [`remove ${STREAM}`]);
  deepStrictEqual(await at.tick(2000), []);
});

Deno.test("BattleMixes: what was refused, failed or got lost is asked for again, not at once", async () => {
  const at = setUp();
  at.answers = "too_many_mixes";
  deepStrictEqual(await at.tick(), [`put ${STREAM}`]);
  deepStrictEqual(await at.tick(2000), []);
  at.fails = true;
  await rejects(at.tick(4000), /nobody answers/);
  at.calls.length = 0;
  at.fails = false;
  at.answers = null;
  deepStrictEqual(await at.tick(6000), [`put ${STREAM}`]);
  at.mixed = false;
  deepStrictEqual(await at.tick(6000), [`put ${STREAM}`]);
});

Deno.test("BattleMixes: both rooms must be live for the beginning, not afterwards", async () => {
  const at = setUp();
  at.air = [A];
  deepStrictEqual(await at.tick(), []);
  at.air = [A, B];
  deepStrictEqual(await at.tick(2000), [`put ${STREAM}`]);
  at.air = [A];
  deepStrictEqual(await at.tick(10_000), []);
});

Deno.test("BattleMixes: a mix that nobody wants is ended, whoever began it", async () => {
  const at = setUp();
  at.mixed = true;
  at.open = [];
  deepStrictEqual(await at.tick(), [`remove ${STREAM}`]);
  at.open = [running];
  deepStrictEqual(await at.tick(2000), [`put ${STREAM}`]);
  at.settings = { ...at.settings, pkMix: false };
  deepStrictEqual(await at.tick(2000), [`remove ${STREAM}`]);
});
