import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { reportOf } from "../../tests/support/web.ts";
import { ServiceError } from "../errors.ts";
import { LiveState } from "../live_state.ts";
import type { Account, Room } from "../model.ts";
import { AWAY_MS, KEY_MS, seatStream } from "./stage.ts";
import type { StageMix } from "./stage_mixes.ts";
import { Stages } from "./stage_service.ts";

const ROOM = "100001";
const OTHER = "100002";

function account(id: string, change: Partial<Account> = {}): Account {
  return {
    ...{ id, name: id, displayName: null, avatar: null, admin: false, suspended: false },
    createdAtMs: 0,
    ...change,
  };
}

function roomOf(id: string, owner: string): Room {
  return {
    ...{ id, title: id, description: "", category: null, cover: null, nextLiveAtMs: null },
    ...{ lastLiveAtMs: null, suspended: false, followers: 0, createdAtMs: 0 },
    owner: { id: owner, name: owner, avatar: null },
  };
}

const ROOMS = new Map([[ROOM, roomOf(ROOM, "host")], [OTHER, roomOf(OTHER, "other")]]);
const host = account("host");
const ann = account("ann", { displayName: "Ann" });
const bob = account("bob");
const helper = account("helper");

/** Two processes over one store. */
function setUp(options: { readonly rateLimits?: boolean } = {}) {
  const clock = { nowMs: 1_800_000_000_000 };
  const live = new LiveState();
  const store = openMemoryStore();
  const closed: string[] = [];
  const log = openMemoryLog({ commitMs: 0, now: () => clock.nowMs });
  const mixes = new Map<string, StageMix>();
  const mixer = { refusal: null as string | null, calls: 0 };
  let on: readonly string[] = [ROOM, OTHER];
  const beat = () => {
    const streams = on.map((id) =>
      reportOf(id, {
        startedAtMs: clock.nowMs,
        readers: {},
        ...(mixes.has(id) && { protocol: "mix" }),
      })
    );
    live.putStreams("media", { streams }, clock.nowMs);
  };
  beat();
  const open = () =>
    new Stages({
      stages: store.stages,
      people: {
        room(id) {
          const room = ROOMS.get(id);
          if (room === undefined) return Promise.reject(new ServiceError("not_found", "Cannot"));
          return Promise.resolve(room);
        },
      },
      accounts: {
        byId: (id) =>
          Promise.resolve([host, ann, bob, helper].find((one) => one.id === id) ?? null),
        byNameKey: (key) =>
          Promise.resolve([host, ann, bob, helper].find(({ name }) => name === key) ?? null),
      },
      log,
      mixer: {
        put(room, mix) {
          mixer.calls++;
          if (mixer.refusal === null) mixes.set(room, mix);
          return Promise.resolve(mixer.refusal);
        },
        remove(room) {
          mixes.delete(room);
          return Promise.resolve();
        },
      },
      moderators: {
        isModerator: (room, id) => Promise.resolve(room === ROOM && id === "helper"),
      },
      live,
      closeStream(stream) {
        closed.push(stream);
        return Promise.resolve();
      },
      rateLimits: options.rateLimits ?? false,
      buckets: null,
      now: () => clock.nowMs,
    });
  const one = open();
  return {
    clock,
    closed,
    log,
    mixes,
    mixer,
    one,
    /** Lets viewers ask in both rooms. */
    async opened() {
      await one.arrange(host, ROOM, { open: true });
      await one.arrange(account("other"), OTHER, { open: true });
    },
    two: open(),
    air(streams: readonly string[]) {
      on = streams;
      beat();
    },
    pass(ms: number) {
      clock.nowMs += ms;
      beat();
    },
    async [Symbol.asyncDispose]() {
      await log.close();
      await store.close();
    },
  };
}

Deno.test("Stages: somebody asks, is let in by a moderator, and publishes with a key of their own", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  await at.two.lead(helper, ROOM, { account: "ann", action: "accept" });
  const { stage } = await at.one.read(null, ROOM);
  deepStrictEqual(stage.guests.map(({ name, seat }) => [name, seat]), [["Ann", 1]]);
  const { stream, key, untilMs } = await at.one.key(ann, ROOM);
  strictEqual(stream, seatStream(ROOM, 1));
  strictEqual(untilMs, at.clock.nowMs + KEY_MS);
  strictEqual(await at.two.admits({ stream, key }), true);
  strictEqual(await at.two.admits({ stream, key: "guess" }), false);
  strictEqual(await at.two.admits({ stream: seatStream(ROOM, 2), key }), false);
  strictEqual(await at.two.admits({ stream: ROOM, key }), null);
  at.pass(KEY_MS);
  strictEqual(await at.two.admits({ stream, key }), false, "the key is short-lived");
  at.air([ROOM, stream]);
  strictEqual(await at.two.admits({ stream, key }), true, "a reloaded page comes back");
  const newer = await at.one.key(ann, ROOM);
  strictEqual(await at.two.admits({ stream, key }), false);
  strictEqual(await at.two.admits({ stream, key: newer.key }), true);
});

Deno.test("Stages: an invitation is accepted by who was invited, and by nobody else", async () => {
  await using at = setUp();
  await at.one.invite(host, ROOM, "bob");
  await rejects(at.one.act(ann, ROOM, "accept"), { code: "not_found" });
  await rejects(at.one.lead(host, ROOM, { account: "bob", action: "accept" }), { code: "not_now" });
  strictEqual((await at.two.read(bob, ROOM)).stage.guests[0].phase, "invited");
  deepStrictEqual((await at.two.read(ann, ROOM)).stage.guests, [], "others do not see it");
  const stage = await at.two.act(bob, ROOM, "accept");
  strictEqual(stage.guests[0].seat, 1);
});

Deno.test("Stages: rights", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  const accept = { account: "ann", action: "accept" } as const;
  await rejects(at.one.lead(ann, ROOM, accept), { code: "forbidden" });
  await rejects(at.one.lead(account("other"), ROOM, accept), { code: "forbidden" });
  await rejects(at.one.invite(bob, ROOM, "ann"), { code: "forbidden" });
  await rejects(at.one.arrange(bob, ROOM, { open: false }), { code: "forbidden" });
  await rejects(at.one.ask(host, ROOM), { code: "forbidden" });
  await rejects(at.one.invite(host, ROOM, "host"), { code: "invalid" });
  await rejects(at.one.invite(host, ROOM, "nobody"), { code: "not_found" });
  await rejects(at.one.key(ann, ROOM), { code: "not_now" });
  await rejects(at.one.ask(account("x", { suspended: true }), ROOM), { code: "suspended" });
  const { leads } = await at.one.read(helper, ROOM);
  strictEqual(leads, true);
});

Deno.test("Stages: one stage for an account", async () => {
  await using at = setUp();
  await at.opened();
  for (const room of [ROOM, OTHER]) await at.one.ask(ann, room);
  await at.one.lead(host, ROOM, { account: "ann", action: "accept" });
  await rejects(
    at.two.lead(account("other"), OTHER, { account: "ann", action: "accept" }),
    { code: "not_now" },
  );
  await at.one.act(ann, ROOM, "leave");
  await at.two.lead(account("other"), OTHER, { account: "ann", action: "accept" });
});

Deno.test("Stages: who is removed is cut off, and stays away for a while", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  await at.one.lead(host, ROOM, { account: "ann", action: "accept" });
  const muted = await at.one.lead(host, ROOM, { account: "ann", action: "mute" });
  strictEqual(muted.guests[0].muted, true);
  deepStrictEqual(at.closed, []);
  await at.one.lead(host, ROOM, { account: "ann", action: "remove" });
  deepStrictEqual(at.closed, [seatStream(ROOM, 1)]);
  await rejects(at.one.ask(ann, ROOM), { code: "forbidden" });
});

Deno.test("Stages: asking needs a live room, and an open stage", async () => {
  await using at = setUp();
  await at.one.arrange(host, ROOM, { open: false });
  await rejects(at.one.ask(ann, ROOM), { code: "closed" });
  at.air([]);
  await rejects(at.one.ask(ann, ROOM), { code: "not_live" });
});

Deno.test("Stages: a guest who is not seen loses the seat, one on the air keeps it", async () => {
  await using at = setUp();
  await at.opened();
  for (const guest of [ann, bob]) {
    await at.one.ask(guest, ROOM);
    await at.one.lead(host, ROOM, { account: guest.id, action: "accept" });
  }
  at.air([ROOM, seatStream(ROOM, 1)]);
  for (let passed = 0; passed <= AWAY_MS; passed += 5_000) {
    at.pass(5_000);
    await at.two.tick();
  }
  const { stage } = await at.one.read(host, ROOM);
  deepStrictEqual(stage.guests.map(({ account }) => account), ["ann"]);
  deepStrictEqual(at.closed, [seatStream(ROOM, 2)]);
});

Deno.test("Stages: changes at once all happen", async () => {
  await using at = setUp();
  await at.opened();
  const guests = Array.from({ length: 8 }, (_, n) => account(`g${n}`));
  await Promise.all(guests.map((guest, n) => (n % 2 === 0 ? at.one : at.two).ask(guest, ROOM)));
  const { stage } = await at.one.read(host, ROOM);
  strictEqual(stage.guests.length, 8);
});

Deno.test("Stages: wishes are slowed down", async () => {
  await using at = setUp({ rateLimits: true });
  await at.opened();
  let refused: unknown = null;
  for (let n = 0; n < 10 && refused === null; n++) {
    await at.one.ask(ann, ROOM).catch((error) => refused = error);
  }
  ok(refused instanceof ServiceError && refused.code === "slow_down");
});

Deno.test("Stages.tick() has guests mixed with the host, as long as both are there", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  await at.one.lead(host, ROOM, { account: "ann", action: "accept" });
  await at.two.tick();
  strictEqual(at.mixes.size, 0, "nobody is there yet");
  const [own, seat] = [seatStream(ROOM, 0), seatStream(ROOM, 1)];
  at.air([ROOM, seat]);
  await at.two.tick();
  at.air([ROOM, own, seat]);
  deepStrictEqual(at.mixes.get(ROOM)?.inputs.map(({ stream }) => stream), [own, seat]);
  strictEqual(at.mixes.get(ROOM)?.publisher, own);
  const { calls } = at.mixer;
  await at.two.tick();
  strictEqual(at.mixer.calls, calls, "it has been said");
  at.air([ROOM, own]);
  await at.two.tick();
  ok(at.mixes.has(ROOM), "who is away for a moment keeps their place");
  await at.one.arrange(host, ROOM, { layout: "grid" });
  await at.two.tick();
  strictEqual(at.mixes.get(ROOM)?.layout, "grid");
  await at.one.act(ann, ROOM, "leave");
  await at.two.tick();
  strictEqual(at.mixes.size, 0);
});

Deno.test("Stages.tick() has a mixer that was restarted begin again", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  await at.one.lead(host, ROOM, { account: "ann", action: "accept" });
  at.air([ROOM, seatStream(ROOM, 1)]);
  await at.one.tick();
  at.mixes.clear();
  at.pass(3_000);
  await at.one.tick();
  ok(at.mixes.has(ROOM));
});

Deno.test("Stages.tick() says what the mixer refused, and that it works again", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  await at.one.lead(host, ROOM, { account: "ann", action: "accept" });
  at.air([ROOM, seatStream(ROOM, 1)]);
  at.mixer.refusal = "ffmpeg_missing";
  await at.one.tick();
  const trouble = async () => (await at.two.read(host, ROOM)).stage.trouble;
  strictEqual(await trouble(), "ffmpeg_missing");
  at.mixer.refusal = null;
  at.pass(3_000);
  await at.one.tick();
  strictEqual(await trouble(), null);
});

Deno.test("Stages: rooms hear who is on stage, once for each change", async () => {
  await using at = setUp();
  await at.opened();
  await at.one.ask(ann, ROOM);
  await at.one.lead(host, ROOM, { account: "ann", action: "accept" });
  await at.one.key(ann, ROOM);
  await at.two.tick();
  await at.two.tick();
  const { messages } = await at.log.read(ROOM, { after: null, limit: 100 });
  const said = messages.filter(({ stateKey }) => stateKey === "stage");
  deepStrictEqual(
    said.map((message) =>
      message.kind === "notice" && [message.body.data.asking, message.body.data.seats]
    ),
    [
      [0, []],
      [1, []],
      [0, [{ seat: 1, account: "ann", name: "Ann", muted: false }]],
      // The other process did not know what was said; its version is a newer one.
      [0, [{ seat: 1, account: "ann", name: "Ann", muted: false }]],
    ],
  );
});
