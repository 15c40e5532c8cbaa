import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { Message, PkBody } from "../../im/protocol/message.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { openMemoryMoney } from "../../store/memory/money.ts";
import { reportOf } from "../../tests/support/web.ts";
import { ServiceError } from "../errors.ts";
import { LiveState } from "../live_state.ts";
import type { Account, Room } from "../model.ts";
import { type Battle, INVITE_MS, OFF_AIR_MS, PENALTY_MS } from "./battle.ts";
import { Battles } from "./pk_service.ts";

const START_MS = 1_800_000_000_000;
const A = "100001";
const B = "100002";

const account = (id: string): Account => ({
  ...{ id, name: id, displayName: null, avatar: null, admin: false, suspended: false },
  createdAtMs: 0,
});
const ann = account("ann");
const bob = account("bob");

function roomOf(id: string, owner: Account): Room {
  return {
    ...{ id, title: id, description: "", category: null, cover: null, nextLiveAtMs: null },
    ...{ lastLiveAtMs: null, suspended: false, followers: 0, createdAtMs: 0 },
    owner: { id: owner.id, name: owner.name, avatar: null },
  };
}

const ROOMS = new Map([[A, roomOf(A, ann)], [B, roomOf(B, bob)], [
  "100003",
  roomOf("100003", ann),
]]);

/** Two processes over one store; `air` says which rooms are live to both. */
function stage(options: { readonly rateLimits?: boolean } = {}) {
  const clock = { nowMs: START_MS };
  const now = () => clock.nowMs;
  const log = openMemoryLog({ commitMs: 0, now });
  const money = openMemoryMoney();
  const lives = [new LiveState(), new LiveState()];
  let on: readonly string[] = [A, B];
  const beat = () => {
    for (const live of lives) {
      const streams = on.map((id) => reportOf(id, { startedAtMs: START_MS, readers: {} }));
      live.putStreams("media", { streams }, clock.nowMs);
    }
  };
  beat();
  const [one, two] = lives.map((live) =>
    new Battles({
      battles: money.battles,
      log,
      live,
      people: {
        room(id) {
          const room = ROOMS.get(id);
          if (room === undefined) return Promise.reject(new ServiceError("not_found", "Cannot"));
          return Promise.resolve(room);
        },
      },
      rateLimits: options.rateLimits ?? false,
      buckets: null,
      now,
    })
  ) as [Battles, Battles];
  let gifts = 0;
  return {
    ...{ clock, log, money, one, two },
    air(rooms: readonly string[]) {
      on = rooms;
      beat();
    },
    /** Time goes by in steps, as `media` reports and tickers look. */
    async pass(ms: number, tickers: readonly Battles[] = [one]) {
      for (let gone = 0; gone < ms; gone += 500) {
        clock.nowMs += Math.min(500, ms - gone);
        beat();
        await Promise.all(tickers.map((each) => each.tick()));
      }
    },
    score: (battle: Battle, room: string, coins: number) =>
      money.battles.score({
        ...{ battleId: battle.id, room, coins, key: `g${gifts++}`, atMs: clock.nowMs },
      }),
    async told(room: string): Promise<PkBody[]> {
      const { messages } = await log.history(room, {
        ...{ fromMs: 0, toMs: START_MS * 2, after: null, limit: 10_000 },
      });
      return messages.filter((each): each is Message & { kind: "pk" } => each.kind === "pk")
        .map(({ body }) => body);
    },
    async [Symbol.asyncDispose]() {
      await log.close();
      await money.close();
    },
  };
}

const words = (bodies: readonly PkBody[]) =>
  bodies.map(({ phase, sides }) => `${phase} ${sides[0].score}:${sides[1].score}`);

Deno.test("Battles: a battle from the invitation to its end, told to both rooms", async () => {
  await using at = stage();
  const invited = await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  strictEqual(invited.endsAtMs, START_MS + INVITE_MS);
  await rejects(at.one.invite(bob, B, { opponent: A, durationS: 60 }), { code: "in_battle" });
  await rejects(at.one.act(ann, A, "accept"), { code: "not_now" });
  await rejects(at.one.act(bob, A, "decline"), { code: "forbidden" });
  const running = await at.one.act(bob, B, "accept");
  strictEqual(running.phase, "running");
  strictEqual((await at.two.of(B))?.phase, "running");
  strictEqual((await at.one.of(A))?.phase, "running");
  await at.score(running, A, 10);
  await at.pass(500);
  await at.score(running, B, 66);
  await at.pass(60_000);
  strictEqual((await at.one.read(null, A))?.winner, B);
  await at.pass(PENALTY_MS);
  strictEqual((await at.one.read(null, B))?.phase, "over");
  strictEqual(await at.one.of(A), null);
  // A process that has not looked yet asks.
  strictEqual(await at.two.of(A), null);
  const said = ["invited 0:0", "running 0:0", "running 10:0", "running 10:66", "penalty 10:66"];
  for (const room of [A, B]) {
    deepStrictEqual(words(await at.told(room)), [...said, "over 10:66"]);
  }
  // Both are free for another one.
  strictEqual((await at.one.invite(bob, B, { opponent: A, durationS: 90 })).phase, "invited");
});

Deno.test("Battles: totals are told at most twice a second by however many processes, and at last exactly", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  const running = await at.two.act(bob, B, "accept");
  const from = (await at.told(A)).length;
  for (let step = 0; step < 100; step++) {
    at.clock.nowMs += 50;
    await at.score(running, step % 3 === 0 ? A : B, 1);
    if (step % 3 !== 2) await Promise.all([at.one.tick(), at.two.tick()]);
  }
  await at.pass(1_000, [at.two, at.one]);
  const told = (await at.told(A)).slice(from);
  ok(told.length <= 13, `${told.length} in 6 s`);
  strictEqual(words(told).at(-1), "running 34:66");
  deepStrictEqual(words((await at.told(B)).slice(from)), words(told));
});

Deno.test("Battles: another process goes on when one dies in the middle", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  const running = await at.one.act(bob, B, "accept");
  await at.score(running, A, 520);
  await at.pass(30_000, [at.one]);
  // From here on the first one does nothing.
  await at.score(running, B, 1);
  await at.pass(30_000, [at.two]);
  strictEqual((await at.two.read(null, A))?.phase, "penalty");
  await at.pass(PENALTY_MS, [at.two]);
  const over = await at.two.read(null, A);
  deepStrictEqual([over?.phase, over?.winner, over?.told], ["over", A, "over"]);
  for (const room of [A, B]) {
    deepStrictEqual(words(await at.told(room)).slice(-3), [
      "running 520:1",
      "penalty 520:1",
      "over 520:1",
    ]);
  }
});

Deno.test("Battles: what a process changed and did not tell, another one tells", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  const running = await at.one.act(bob, B, "accept");
  // It dies between the change and the message.
  const now = (await at.money.battles.ofRoom(A))!;
  const over = { ...now, phase: "over", ending: "time", endsAtMs: running.endsAtMs } as const;
  ok(await at.money.battles.replace(over) !== null);
  await at.two.tick();
  strictEqual(words(await at.told(B)).at(-1), "over 0:0");
  deepStrictEqual(await at.money.battles.open({ limit: 9 }), []);
});

Deno.test("Battles: two processes that look at once change each phase once", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  const running = await at.one.act(bob, B, "accept");
  await at.score(running, A, 5);
  await at.pass(60_000 + PENALTY_MS, [at.one, at.two]);
  const phases = (await at.told(A)).map(({ phase }) => phase);
  strictEqual(phases.filter((phase) => phase === "over").length >= 1, true);
  strictEqual(phases.at(-1), "over");
  strictEqual(phases.indexOf("penalty"), phases.lastIndexOf("running") + 1);
});

Deno.test("Battles: a room that is off the air for more than 15 s has lost", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  const running = await at.one.act(bob, B, "accept");
  await at.score(running, A, 99);
  at.air([B]);
  await at.pass(10_000);
  at.air([A, B]);
  await at.pass(500);
  at.air([B]);
  await at.pass(OFF_AIR_MS);
  strictEqual((await at.one.read(null, A))?.phase, "running");
  await at.pass(1_000);
  const over = await at.one.read(null, A);
  deepStrictEqual([over?.phase, over?.winner, over?.ending], ["over", B, "off_air"]);
});

Deno.test("Battles: an invitation that nobody answers is over after 30 s", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  await at.pass(INVITE_MS);
  strictEqual((await at.one.read(null, B))?.ending, "unanswered");
  await rejects(at.one.act(bob, B, "accept"), { code: "not_now" });
  strictEqual(words(await at.told(A)).at(-1), "declined 0:0");
});

Deno.test("Battles: who may not invite is told why", async () => {
  await using at = stage({ rateLimits: true });
  const invite = (who: Account, room: string, opponent: string, durationS = 60) =>
    at.one.invite(who, room, { opponent, durationS });
  await rejects(invite(bob, A, B), { code: "forbidden" });
  await rejects(invite(ann, A, A), { code: "invalid" });
  await rejects(invite(ann, A, "100009"), { code: "not_found" });
  for (const durationS of [59, 901, 60.5, NaN]) {
    await rejects(invite(ann, A, B, durationS), { code: "invalid" });
  }
  await rejects(invite(ann, A, "100003"), { code: "not_live" });
  for (let n = 0; n < 2; n++) {
    await invite(ann, A, B);
    await at.one.act(ann, A, "cancel");
  }
  await rejects(invite(ann, A, B), { code: "slow_down" });
});

Deno.test("Battles: a change gets through while gifts come in", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  const running = await at.one.act(bob, B, "accept");
  let stop = false;
  const storm = (async () => {
    while (!stop) await Promise.all([at.score(running, A, 1), at.score(running, B, 1)]);
  })();
  const ended = await at.two.act(ann, A, "end");
  stop = true;
  await storm;
  deepStrictEqual([ended.phase, ended.winner], ["penalty", B]);
  await at.pass(500, [at.one, at.two]);
  const after = await at.one.read(null, A);
  strictEqual(
    words(await at.told(A)).at(-1),
    `penalty ${after?.sides[0].score}:${after?.sides[1].score}`,
  );
});

Deno.test("Battles: a battle that was accepted elsewhere is known at once where its invitation is", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 60 });
  await at.two.tick();
  strictEqual((await at.two.of(A))?.phase, "invited");
  await at.one.act(bob, B, "accept");
  strictEqual((await at.two.of(A))?.phase, "running");
});

Deno.test("Battles: a battle in which nothing happens is told again each minute, once", async () => {
  await using at = stage();
  await at.one.invite(ann, A, { opponent: B, durationS: 300 });
  await at.one.act(bob, B, "accept");
  await at.pass(10_000, [at.one, at.two]);
  const before = (await at.told(A)).length;
  await at.pass(120_000, [at.one, at.two]);
  const again = (await at.told(A)).slice(before);
  ok(again.length >= 2 && again.length <= 4, `told ${again.length} times`);
  ok(again.every(({ phase }) => phase === "running"));
});
