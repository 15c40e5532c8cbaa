import assert from "node:assert/strict";
import {
  ASK_MS,
  AWAY_MS,
  BARRED_MS,
  guestOf,
  hostStream,
  INVITE_MS,
  KEY_MS,
  MAX_SEATS,
  MAX_WAITING,
  newStage,
  opens,
  seated,
  seatOfStream,
  seatStream,
  type Stage,
  type StageEvent,
  transition,
} from "./stage.ts";

const ROOM = "100001";

/** An event without its time. */
type What<Event = StageEvent> = Event extends StageEvent ? Omit<Event, "atMs"> : never;

/** One event after the other at time 0; every one must be allowed. */
function after(...events: readonly What[]): Stage {
  return events.reduce<Stage>((stage, event) => {
    const next = transition(stage, { ...event, atMs: 0 } as StageEvent);
    if (typeof next === "string") throw new Error(`${event.type}: ${next}`);
    return next;
  }, { ...newStage(ROOM), open: true });
}

function person(account: string) {
  return { account, name: `Name of ${account}` };
}

const ASK: What = { type: "ask", ...person("a") };
const INVITE: What = { type: "invite", ...person("a") };
const LET_IN: What = { type: "accept", account: "a", by: "host" };
const COME: What = { type: "accept", account: "a", by: "guest" };

const STATES: Readonly<Record<string, Stage>> = {
  nobody: after(),
  asking: after(ASK),
  invited: after(INVITE),
  seated: after(ASK, LET_IN),
};
const EVENTS: Readonly<Record<string, What>> = {
  ask: ASK,
  invite: INVITE,
  "let in": LET_IN,
  come: COME,
  "turn away": { type: "decline", account: "a", by: "host" },
  "say no": { type: "decline", account: "a", by: "guest" },
  mute: { type: "mute", account: "a", muted: true },
  leave: { type: "leave", account: "a" },
  remove: { type: "remove", account: "a" },
  key: { type: "key", account: "a", keyHash: "k" },
};
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nobody: {
    ask: "asking",
    invite: "invited",
    "let in": "not_a_guest",
    come: "not_a_guest",
    "turn away": "not_a_guest",
    "say no": "not_a_guest",
    mute: "not_a_guest",
    leave: "not_a_guest",
    remove: "not_a_guest",
    key: "not_a_guest",
  },
  asking: {
    ask: "asking",
    invite: "seated",
    "let in": "seated",
    come: "wrong_phase",
    "turn away": "gone",
    "say no": "wrong_phase",
    mute: "wrong_phase",
    leave: "gone",
    remove: "gone",
    key: "wrong_phase",
  },
  invited: {
    ask: "seated",
    invite: "invited",
    "let in": "wrong_phase",
    come: "seated",
    "turn away": "wrong_phase",
    "say no": "gone",
    mute: "wrong_phase",
    leave: "gone",
    remove: "gone",
    key: "wrong_phase",
  },
  seated: {
    ask: "wrong_phase",
    invite: "wrong_phase",
    "let in": "wrong_phase",
    come: "wrong_phase",
    "turn away": "wrong_phase",
    "say no": "wrong_phase",
    mute: "seated",
    leave: "gone",
    remove: "gone",
    key: "seated",
  },
};

for (const [state, row] of Object.entries(TABLE)) {
  for (const [name, expected] of Object.entries(row)) {
    Deno.test(`transition(): ${state}, ${name}: ${expected}`, () => {
      const next = transition(STATES[state], { ...EVENTS[name], atMs: 1 } as StageEvent);
      const got = typeof next === "string" ? next : guestOf(next, "a")?.phase ?? "gone";
      assert.equal(got, expected);
    });
  }
}

Deno.test("transition() seats at most eight, each in the lowest free seat", () => {
  let stage: Stage = { ...newStage(ROOM), open: true };
  const step = (event: What) => {
    const next = transition(stage, { ...event, atMs: 0 } as StageEvent);
    if (typeof next !== "string") stage = next;
    return next;
  };
  for (let n = 1; n <= MAX_SEATS + 1; n++) step({ type: "ask", ...person(`p${n}`) });
  for (let n = 1; n <= MAX_SEATS; n++) step({ type: "accept", account: `p${n}`, by: "host" });
  assert.equal(step({ type: "accept", account: "p9", by: "host" }), "full");
  assert.equal(step({ type: "invite", ...person("x") }), "full");
  step({ type: "leave", account: "p3" });
  step({ type: "accept", account: "p9", by: "host" });
  assert.equal(guestOf(stage, "p9")?.seat, 3);
  assert.deepEqual(seated(stage).map(({ seat }) => seat), [1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("transition() lets only so many wait, and none where asking is closed", () => {
  const asks = Array.from({ length: MAX_WAITING }, (_, n): What => ({
    type: "ask",
    ...person(`p${n}`),
  }));
  assert.equal(
    transition(after(...asks), { type: "ask", ...person("x"), atMs: 1 }),
    "too_many_waiting",
  );
  const closed = after({ type: "arrange", open: false });
  assert.equal(transition(closed, { type: "ask", ...person("x"), atMs: 1 }), "closed");
  assert.notEqual(transition(closed, { type: "invite", ...person("x"), atMs: 1 }), "closed");
});

Deno.test("transition() keeps away who was removed, until time passes or the host invites", () => {
  const stage = after(ASK, LET_IN, { type: "remove", account: "a" });
  const ask = (atMs: number) => transition(stage, { type: "ask", ...person("a"), atMs });
  assert.equal(ask(BARRED_MS - 1), "barred");
  assert.notEqual(ask(BARRED_MS), "barred");
  const invited = transition(stage, { type: "invite", ...person("a"), atMs: 1 }) as Stage;
  assert.equal(guestOf(invited, "a")?.phase, "invited");
  assert.deepEqual(invited.barred, []);
});

Deno.test("transition() forgets wishes, invitations and guests who are not seen", () => {
  const time = (stage: Stage, atMs: number, onAir: readonly number[] = []) =>
    transition(stage, { type: "time", onAir, atMs }) as Stage;
  assert.equal(time(STATES.asking, ASK_MS - 1), STATES.asking);
  assert.deepEqual(time(STATES.asking, ASK_MS).guests, []);
  assert.deepEqual(time(STATES.invited, INVITE_MS).guests, []);
  assert.deepEqual(time(STATES.seated, AWAY_MS).guests, []);
  const seen = time(STATES.seated, AWAY_MS, [1]);
  assert.equal(guestOf(seen, "a")?.seenAtMs, AWAY_MS);
  assert.equal(time(seen, AWAY_MS + 1, [1]), seen, "not written down each time");
  const late = { type: "accept", account: "a", by: "guest", atMs: INVITE_MS } as const;
  assert.equal(transition(STATES.invited, late), "wrong_phase");
});

Deno.test("transition() keeps how the host arranged the stage when everybody goes", () => {
  const stage = after(ASK, LET_IN, { type: "trouble", trouble: "ffmpeg_missing" });
  assert.equal(stage.trouble, "ffmpeg_missing");
  const over = transition(stage, { type: "over", atMs: 1 }) as Stage;
  assert.deepEqual([over.guests, over.trouble, over.open], [[], null, true]);
  assert.equal(transition(over, { type: "over", atMs: 2 }), over);
});

Deno.test("opens() takes the newest key for two minutes, and for longer on the air", () => {
  const guest = guestOf(
    after(ASK, LET_IN, { type: "key", account: "a", keyHash: "old" }, {
      type: "key",
      account: "a",
      keyHash: "new",
    }),
    "a",
  )!;
  const given = { keyHash: "new", atMs: KEY_MS - 1, onAir: false };
  assert.equal(opens(guest, given), true);
  assert.equal(opens(guest, { ...given, keyHash: "old" }), false);
  assert.equal(opens(guest, { ...given, atMs: KEY_MS }), false);
  assert.equal(opens(guest, { ...given, atMs: KEY_MS, onAir: true }), true);
});

Deno.test("seatStream() and seatOfStream() are each other's inverse, apart from rooms", () => {
  for (let seat = 0; seat <= MAX_SEATS; seat++) {
    assert.deepEqual(seatOfStream(seatStream(ROOM, seat)), { room: ROOM, seat });
  }
  assert.match(seatStream(ROOM, 8), /^[1-9][0-9]{15}$/);
  for (
    const other of [ROOM, "0", "x", "9999999999999999", seatStream(ROOM, 8).replace(/8$/, "9")]
  ) {
    assert.equal(seatOfStream(other), null);
  }
  assert.equal(hostStream(ROOM), seatStream(ROOM, 0));
  assert.equal(hostStream("900000000000000"), null);
  assert.throws(() => seatStream("900000000000000", 1), RangeError);
  assert.throws(() => seatStream(ROOM, 9), RangeError);
});
