import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  arrange,
  away,
  type Call,
  declare,
  enter,
  type Entrant,
  hostOf,
  isOver,
  kick,
  leave,
  lock,
  mayLead,
  type NewCall,
  newCall,
  publish,
  refusalOf,
  resume,
  rosterOf,
  sweep,
  touch,
  UNHEARD_MS,
} from "./call.ts";
import { MESH_CAPACITY, SEAT_KEPT_MS, SFU_CAPACITY } from "./protocol.ts";

const NOBODY = { accountId: null, passwordMatches: null, invitationHolds: null } as const;

function callOf(change: Partial<NewCall> = {}): Call {
  return newCall({
    ...{ id: "call", name: "weekly", access: "open", passwordHash: null, guests: true },
    ...{ ownerId: null },
    ...change,
  }, 0);
}

function guest(id: string, change: Partial<Entrant> = {}): Entrant {
  return {
    ...{ id, name: id, accountId: null, avatar: null, resumeHash: `hash ${id}` },
    ...{ audio: true, video: true },
    ...change,
  };
}

function seated(call: Call, ...entrants: readonly Entrant[]): Call {
  return entrants.reduce((current, entrant) => {
    const next = enter(current, entrant, { nowMs: 0, capacity: MESH_CAPACITY });
    ok(next !== "full");
    return next;
  }, call);
}

Deno.test("refusalOf() lets everybody into an open call, and only members where guests may not", () => {
  strictEqual(refusalOf(callOf(), NOBODY), null);
  strictEqual(refusalOf(callOf({ guests: false }), NOBODY), "account_needed");
  strictEqual(refusalOf(callOf({ guests: false }), { ...NOBODY, accountId: "a" }), null);
  strictEqual(refusalOf(callOf({ guests: false }), { ...NOBODY, invitationHolds: true }), null);
});

Deno.test("refusalOf() asks for the password or the invitation, but not its owner", () => {
  const secret = callOf({ access: "password", passwordHash: "$", ownerId: "o" });
  strictEqual(refusalOf(secret, NOBODY), "password_needed");
  strictEqual(refusalOf(secret, { ...NOBODY, passwordMatches: false }), "wrong_password");
  strictEqual(refusalOf(secret, { ...NOBODY, passwordMatches: true }), null);
  strictEqual(refusalOf(secret, { ...NOBODY, invitationHolds: true }), null);
  strictEqual(refusalOf(secret, { ...NOBODY, accountId: "o" }), null);
  const invited = callOf({ access: "invited", ownerId: "o" });
  strictEqual(refusalOf(invited, { ...NOBODY, accountId: "a" }), "invitation_needed");
  strictEqual(refusalOf(invited, { ...NOBODY, invitationHolds: false }), "invitation_invalid");
});

Deno.test("refusalOf() keeps everybody but the owner out of a locked call", () => {
  const locked = lock(callOf({ ownerId: "o" }), true);
  strictEqual(refusalOf(locked, { ...NOBODY, invitationHolds: true }), "locked");
  strictEqual(refusalOf(locked, { ...NOBODY, accountId: "o" }), null);
});

Deno.test("enter() gives seats with rising orders until the call is full", () => {
  const call = seated(callOf(), guest("a"), guest("b"), guest("c"), guest("d"));
  deepStrictEqual(call.seats.map(({ order }) => order), [1, 2, 3, 4]);
  strictEqual(call.seats.length, MESH_CAPACITY);
  strictEqual(enter(call, guest("e"), { nowMs: 1, capacity: MESH_CAPACITY }), "full");
  const freed = seated(leave(call, "b"), guest("e"));
  deepStrictEqual(freed.seats.map(({ id, order }) => [id, order]), [
    ["a", 1],
    ["c", 3],
    ["d", 4],
    ["e", 5],
  ]);
});

Deno.test("enter() takes the seat of somebody who was away for too long", () => {
  const full = seated(callOf(), guest("a"), guest("b"), guest("c"), guest("d"));
  const gone = away(full, { id: "b", turn: 1, nowMs: 0 });
  strictEqual(enter(gone, guest("e"), { nowMs: SEAT_KEPT_MS, capacity: MESH_CAPACITY }), "full");
  const next = enter(gone, guest("e"), {
    nowMs: SEAT_KEPT_MS + 1,
    capacity: MESH_CAPACITY,
  });
  ok(next !== "full");
  deepStrictEqual(next.seats.map(({ id }) => id), ["a", "c", "d", "e"]);
});

Deno.test("resume() takes the same seat by its token alone, and the old connection loses it", () => {
  const call = away(seated(callOf(), guest("a")), { id: "a", turn: 1, nowMs: 5 });
  strictEqual(call.seats[0]?.present, false);
  strictEqual(resume(call, { resumeHash: "hash b", nowMs: 9 }), null);
  const resumed = resume(call, { resumeHash: "hash a", nowMs: 9 });
  strictEqual(resumed?.seat.turn, 2);
  strictEqual(resumed?.call.seats[0]?.present, true);
  // What the first connection says late changes nothing.
  strictEqual(away(resumed!.call, { id: "a", turn: 1, nowMs: 10 }), resumed!.call);
});

Deno.test("sweep() frees seats that were away, or that no process speaks for", () => {
  const call = seated(callOf(), guest("a"), guest("b"));
  strictEqual(sweep(call, { nowMs: UNHEARD_MS, unheardMs: UNHEARD_MS }), call);
  const touched = touch(call, new Set(["b"]), 10);
  const swept = sweep(touched, { nowMs: UNHEARD_MS + 1, unheardMs: UNHEARD_MS });
  deepStrictEqual(swept.seats.map(({ id }) => id), ["b"]);
  // A process that has just started waits for those who come back.
  strictEqual(sweep(touched, { nowMs: UNHEARD_MS + 1, unheardMs: Infinity }), touched);
});

Deno.test("declare() keeps the time of a raised hand and answers the same call when nothing is new", () => {
  const call = seated(callOf(), guest("a"));
  const up = declare(call, { id: "a", state: { hand: true }, nowMs: 7 });
  strictEqual(up.seats[0]?.handAtMs, 7);
  strictEqual(declare(up, { id: "a", state: { hand: true, audio: true }, nowMs: 8 }), up);
  const down = declare(up, { id: "a", state: { hand: false, video: false }, nowMs: 9 });
  deepStrictEqual([down.seats[0]?.handAtMs, down.seats[0]?.video], [null, false]);
  strictEqual(declare(up, { id: "x", state: { audio: false }, nowMs: 9 }), up);
});

Deno.test("hostOf() is the owner, or whoever is there longest in a call of nobody", () => {
  const open = seated(callOf(), guest("a"), guest("b"));
  strictEqual(hostOf(open)?.id, "a");
  strictEqual(hostOf(away(open, { id: "a", turn: 1, nowMs: 0 }))?.id, "b");
  const owned = seated(callOf({ ownerId: "o" }), guest("a"), guest("b", { accountId: "o" }));
  strictEqual(hostOf(owned)?.id, "b");
  strictEqual(mayLead(owned, "a"), false);
  strictEqual(mayLead(owned, "b"), true);
  strictEqual(hostOf(leave(owned, "b")), null);
});

Deno.test("kick() frees the seat and bars the account, never the owner's", () => {
  const call = seated(
    callOf({ ownerId: "o" }),
    guest("a", { accountId: "x" }),
    guest("b", { accountId: "o" }),
  );
  const kicked = kick(call, "a");
  deepStrictEqual(kicked.kicked, ["a"]);
  strictEqual(refusalOf(kicked, { ...NOBODY, accountId: "x" }), "kicked");
  strictEqual(resume(kicked, { resumeHash: "hash a", nowMs: 1 }), null);
  deepStrictEqual(kick(call, "b").barred, []);
});

Deno.test("isOver() keeps calls with an owner when the last one leaves", () => {
  strictEqual(isOver(leave(seated(callOf(), guest("a")), "a")), true);
  strictEqual(isOver(callOf({ ownerId: "o" })), false);
});

Deno.test("rosterOf() shows no secret of a seat", () => {
  const text = JSON.stringify(rosterOf(seated(callOf(), guest("a", { accountId: "x" })), 3));
  ok(!text.includes("hash") && !text.includes('"x"'));
});

Deno.test("arrange() moves a call to rtc with the fifth, and back when two are left", () => {
  const hasSfu = true;
  const four = seated(callOf(), guest("a"), guest("b"), guest("c"), guest("d"));
  strictEqual(arrange(four, { hasSfu }), four);
  const five = enter(four, guest("e"), { nowMs: 0, capacity: SFU_CAPACITY });
  ok(five !== "full");
  strictEqual(arrange(five, { hasSfu: false }), five);
  const grown = arrange(five, { hasSfu });
  strictEqual(rosterOf(grown, 1).topology, "sfu");
  const three = leave(leave(grown, "a"), "b");
  strictEqual(arrange(three, { hasSfu }), three);
  strictEqual(arrange(leave(three, "c"), { hasSfu }).topology, "mesh");
  // Without rtc those who fit into a mesh make one; more of them wait for it.
  strictEqual(arrange(three, { hasSfu: false }).topology, "mesh");
  strictEqual(arrange(grown, { hasSfu: false }), grown);
});

Deno.test("publish() says that somebody has something new at rtc", () => {
  const call = seated(callOf(), guest("a"));
  strictEqual(rosterOf(call, 1).peers[0]?.sfuTurn, 0);
  strictEqual(rosterOf(publish(publish(call, "a"), "a"), 1).peers[0]?.sfuTurn, 2);
  strictEqual(publish(call, "x"), call);
});
