import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  type Battle,
  type BattleEvent,
  battleStream,
  counts,
  invite,
  INVITE_MS,
  isBattleStream,
  isFinal,
  leader,
  otherRoom,
  PENALTY_MS,
  type Phase,
  pkBodyOf,
  transition,
} from "./battle.ts";

const NOW_MS = 1_800_000_000_000;
const A = "100001";
const B = "100002";

const invited = invite({
  id: "b1",
  challenger: { room: A, name: "Ann" },
  opponent: { room: B, name: "Bob" },
  durationS: 60,
  atMs: NOW_MS,
});

function scored(battle: Battle, a: number, b: number): Battle {
  const [one, two] = battle.sides;
  return { ...battle, sides: [{ ...one, score: a }, { ...two, score: b }] };
}

function after(battle: Battle, event: BattleEvent): Battle {
  const next = transition(battle, event);
  ok(next !== null, `${event.type} is refused in ${battle.phase}`);
  return next;
}

const running = after(invited, { type: "accept", room: B, atMs: NOW_MS + 1_000 });
const penalty = after(scored(running, 3, 8), { type: "time", atMs: running.endsAtMs });
const over = after(penalty, { type: "time", atMs: penalty.endsAtMs });
const declined = after(invited, { type: "decline", room: B, atMs: NOW_MS });
const PHASES: Readonly<Record<Phase, Battle>> = { invited, running, penalty, over, declined };

Deno.test("transition() allows exactly what the table says", () => {
  const allowed: Readonly<Record<string, Phase>> = {
    [`invited accept ${B}`]: "running",
    [`invited decline ${B}`]: "declined",
    [`invited cancel ${A}`]: "declined",
    "invited time": "declined",
    [`invited off_air ${A}`]: "declined",
    [`invited off_air ${B}`]: "declined",
    [`invited off_air ${A} ${B}`]: "declined",
    [`running end ${A}`]: "penalty",
    [`running end ${B}`]: "penalty",
    // A draw, since nobody scored.
    "running time": "over",
    [`running off_air ${A}`]: "over",
    [`running off_air ${B}`]: "over",
    [`running off_air ${A} ${B}`]: "over",
    [`penalty end ${B}`]: "over",
    "penalty time": "over",
    [`penalty off_air ${A}`]: "over",
    [`penalty off_air ${B}`]: "over",
    [`penalty off_air ${A} ${B}`]: "over",
  };
  const found: Record<string, Phase> = {};
  for (const battle of Object.values(PHASES)) {
    const events: (readonly [string, BattleEvent])[] = [
      ["time", { type: "time", atMs: battle.endsAtMs }],
    ];
    for (const room of [A, B, "100003"]) {
      for (const type of ["accept", "decline", "cancel", "end"] as const) {
        events.push([`${type} ${room}`, { type, room, atMs: battle.endsAtMs - 1 }]);
      }
    }
    for (const rooms of [[], [A], [B], [A, B], ["100003"]]) {
      events.push([
        ["off_air", ...rooms].join(" "),
        { type: "off_air", rooms, atMs: battle.endsAtMs - 1 },
      ]);
    }
    for (const [name, event] of events) {
      const next = transition(battle, event);
      if (next !== null) found[`${battle.phase} ${name}`] = next.phase;
    }
  }
  deepStrictEqual(found, allowed);
});

Deno.test("transition() ends nothing before its time", () => {
  for (const battle of [invited, running, penalty]) {
    strictEqual(transition(battle, { type: "time", atMs: battle.endsAtMs - 1 }), null);
  }
});

Deno.test("transition() refuses an answer that comes too late", () => {
  strictEqual(
    transition(invited, { type: "accept", room: B, atMs: NOW_MS + INVITE_MS }),
    null,
  );
});

Deno.test("transition() counts a phase from the end of the one before, however late it is", () => {
  strictEqual(running.endsAtMs, NOW_MS + 61_000);
  const late = after(scored(running, 1, 0), { type: "time", atMs: running.endsAtMs + 500_000 });
  strictEqual(late.endsAtMs, running.endsAtMs + PENALTY_MS);
  const end = after(late, { type: "time", atMs: running.endsAtMs + 500_000 });
  strictEqual(end.endsAtMs, running.endsAtMs + PENALTY_MS);
  strictEqual(end.winner, A);
});

Deno.test("transition() tells who won and why", () => {
  const results = (battle: Battle) => [battle.phase, battle.winner, battle.ending];
  deepStrictEqual(results(penalty), ["penalty", B, "time"]);
  deepStrictEqual(results(over), ["over", B, "time"]);
  const draw = after(scored(running, 5, 5), { type: "time", atMs: running.endsAtMs });
  deepStrictEqual(results(draw), ["over", null, "time"]);
  const ahead = scored(running, 9, 1);
  const atMs = NOW_MS + 2_000;
  deepStrictEqual(results(after(ahead, { type: "end", room: A, atMs })), [
    "penalty",
    B,
    "given_up",
  ]);
  const gone = (rooms: string[]) => results(after(ahead, { type: "off_air", rooms, atMs }));
  deepStrictEqual(gone([A]), ["over", B, "off_air"]);
  deepStrictEqual(gone([B]), ["over", A, "off_air"]);
  deepStrictEqual(gone([A, B]), ["over", null, "off_air"]);
  const released = after(penalty, { type: "end", room: B, atMs });
  deepStrictEqual(results(released), ["over", B, "released"]);
  const left = after(penalty, { type: "off_air", rooms: [B], atMs });
  deepStrictEqual(results(left), ["over", B, "off_air"]);
  deepStrictEqual(results(declined), ["declined", null, "declined"]);
  const cancelled = after(invited, { type: "cancel", room: A, atMs });
  deepStrictEqual(results(cancelled), ["declined", null, "cancelled"]);
  const unanswered = after(invited, { type: "time", atMs: invited.endsAtMs });
  deepStrictEqual(results(unanswered), ["declined", null, "unanswered"]);
});

Deno.test("counts() counts gifts from the beginning (inclusive) to the end (exclusive)", () => {
  ok(counts(running, NOW_MS + 1_000));
  ok(counts(running, running.endsAtMs - 1));
  ok(!counts(running, running.endsAtMs));
  for (const battle of [invited, penalty, over, declined]) ok(!counts(battle, NOW_MS));
});

Deno.test("leader(), otherRoom(), isFinal() and pkBodyOf() tell of a battle", () => {
  strictEqual(leader(invited), null);
  strictEqual(leader(scored(running, 2, 1)), A);
  strictEqual(leader(scored(running, 1, 2)), B);
  strictEqual(otherRoom(running, A), B);
  strictEqual(otherRoom(running, B), A);
  strictEqual(otherRoom(running, "100003"), null);
  deepStrictEqual(
    Object.values(PHASES).filter(({ phase }) => isFinal(phase)).map(({ phase }) => phase),
    ["over", "declined"],
  );
  deepStrictEqual(pkBodyOf(penalty), {
    battle: "b1",
    phase: "penalty",
    sides: [{ room: A, name: "Ann", score: 3 }, { room: B, name: "Bob", score: 8 }],
    endsAtMs: penalty.endsAtMs,
    winner: B,
  });
  strictEqual(pkBodyOf(penalty, "900000000100001").mix, "900000000100001");
});

Deno.test("battleStream() names a stream that is no room and no seat", () => {
  strictEqual(battleStream(running), "900000000100001");
  ok(isBattleStream("900000000100001"));
  for (const other of ["100001", "9000000001000010", "800000000000000"]) ok(!isBattleStream(other));
  const [a, b] = running.sides;
  strictEqual(battleStream({ sides: [{ ...a, room: "900000000100001" }, b] }), null);
});
