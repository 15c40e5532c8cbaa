/**
 * The second part of the repository suite: profiles, lists for administrators, follows, broadcasts,
 * settings and the audit log.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Broadcast } from "../../rooms/model.ts";
import type { Repositories } from "../../rooms/repository.ts";
import { accountNamed, type Driver, room, session } from "./repository_conformance.ts";

const ACTOR = { id: "id-root", name: "root" };

const BOUND = { maxPerRoom: 2, fence: null } as const;

/** Registers the suite's tests for one driver. */
export function testRecords(driver: Driver): void {
  const test = (name: string, body: (store: Repositories) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store = await driver.open();
      await body(store);
    });

  /** Accounts with a room each. */
  const people = async ({ accounts, rooms }: Repositories, names: readonly string[]) => {
    const ids: string[] = [];
    for (const name of names) {
      await accounts.create(accountNamed(name));
      ids.push((await rooms.create(room(`id-${name}`, `Room of ${name}`)))?.id as string);
    }
    return ids;
  };

  test("an account changes what is given and keeps the rest", async ({ accounts }) => {
    await accounts.create(accountNamed("ann"));
    const display = { name: "Ann 安", key: "ann 安" };
    const changed = await accounts.update("id-ann", { display, avatar: "a1" });
    deepStrictEqual(changed, accountNamed("ann", { displayName: "Ann 安", avatar: "a1" }));
    await accounts.update("id-ann", { passwordHash: "new", admin: true });
    deepStrictEqual(
      await accounts.byId("id-ann"),
      accountNamed("ann", {
        displayName: "Ann 安",
        avatar: "a1",
        passwordHash: "new",
        admin: true,
      }),
    );
    const bare = await accounts.update("id-ann", { display: null, avatar: null, admin: true });
    deepStrictEqual(bare, accountNamed("ann", { passwordHash: "new", admin: true }));
    strictEqual(await accounts.update("nobody", { avatar: "x" }), "unknown");
  });

  test("nobody shows a name that is somebody else's", async ({ accounts }) => {
    await accounts.create(accountNamed("ann"));
    await accounts.create(accountNamed("bob"));
    const show = (id: string, name: string) =>
      accounts.update(id, { display: { name, key: name.toLowerCase() } });
    strictEqual(await show("id-bob", "ANN"), "name_taken");
    strictEqual(typeof await show("id-bob", "Bobby"), "object");
    strictEqual(typeof await show("id-bob", "Bobby"), "object");
    strictEqual(await show("id-ann", "BOBBY"), "name_taken");
    strictEqual(await accounts.create(accountNamed("bobby")), "name_taken");
    await accounts.update("id-bob", { display: null });
    strictEqual(await accounts.create(accountNamed("bobby")), "created");
  });

  test("the last administrator who can log in stays one", async ({ accounts }) => {
    await accounts.createFirstAdmin(accountNamed("root", { admin: true }));
    strictEqual(await accounts.update("id-root", { admin: false }), "last_admin");
    strictEqual(await accounts.update("id-root", { suspended: true }), "last_admin");
    strictEqual(await accounts.delete("id-root"), "last_admin");
    await accounts.create(accountNamed("ann"));
    await accounts.update("id-ann", { admin: true });
    await accounts.update("id-ann", { suspended: true });
    strictEqual(await accounts.update("id-root", { admin: false }), "last_admin");
    await accounts.update("id-ann", { suspended: false });
    strictEqual(typeof await accounts.update("id-root", { admin: false }), "object");
    strictEqual(await accounts.hasAdmin(), true);
  });

  test("a suspended account has no session and closes its room", async (store) => {
    const { accounts, sessions, rooms } = store;
    const [id = ""] = await people(store, ["ann"]);
    await sessions.create(session("s1", "id-ann"), { maxPerAccount: 5 });
    await accounts.update("id-ann", { suspended: true });
    strictEqual(await sessions.find("s1", { nowMs: 0 }), null);
    strictEqual((await rooms.byId(id))?.suspended, true);
    deepStrictEqual(await rooms.newest({ limit: 5, except: [], category: null }), []);
    await accounts.update("id-ann", { suspended: false });
    strictEqual((await sessions.find("s1", { nowMs: 0 }))?.account.id, "id-ann");
    strictEqual((await rooms.byId(id))?.suspended, false);
  });

  test("delete() takes everything of an account and nothing else", async (store) => {
    const { accounts, sessions, rooms, follows, broadcasts } = store;
    const [ann = "", bob = ""] = await people(store, ["ann", "bob"]);
    await accounts.update("id-ann", { avatar: "face" });
    await rooms.update(ann, { cover: "cover" });
    await sessions.create(session("s1", "id-ann"), { maxPerAccount: 5 });
    await sessions.create(session("s2", "id-bob"), { maxPerAccount: 5 });
    await follows.add({ accountId: "id-ann", roomId: bob, atMs: 1 }, { max: 9 });
    await follows.add({ accountId: "id-bob", roomId: ann, atMs: 1 }, { max: 9 });
    await broadcasts.put([broadcast(ann, 1)], { maxPerRoom: 9, fence: null });
    const deleted = await accounts.delete("id-ann");
    deepStrictEqual(deleted, { roomId: ann, images: ["face", "cover"] });
    strictEqual(await accounts.delete("id-ann"), "unknown");
    strictEqual(await accounts.byId("id-ann"), null);
    strictEqual(await rooms.byId(ann), null);
    strictEqual(await sessions.find("s1", { nowMs: 0 }), null);
    strictEqual((await sessions.find("s2", { nowMs: 0 }))?.account.id, "id-bob");
    strictEqual((await rooms.byId(bob))?.followers, 0);
    deepStrictEqual(await follows.rooms("id-bob", { limit: 9 }), []);
    deepStrictEqual(await broadcasts.list(ann, { limit: 9 }), []);
    // The name is free again, the room's number is not.
    strictEqual(await accounts.create(accountNamed("ann")), "created");
    const next = await rooms.create(room("id-ann", "again"));
    strictEqual(Number(next?.id) > Number(bob), true);
  });

  test("accounts are searched by both names, newest first", async ({ accounts, sessions, rooms }) => {
    for (const [index, name] of ["ann", "bob", "annika", "100%"].entries()) {
      await accounts.create(accountNamed(name, { createdAtMs: index }));
    }
    await accounts.update("id-bob", { display: { name: "Joanna", key: "joanna" } });
    await sessions.create(session("s1", "id-ann"), { maxPerAccount: 5 });
    const own = await rooms.create(room("id-ann", "x"));
    const find = async (key: string, limit = 10, offset = 0) => {
      const { accounts: found, total } = await accounts.search({ key, limit, offset });
      return [found.map(({ name }) => name).join(" "), total] as const;
    };
    deepStrictEqual(await find("ann"), ["annika bob ann", 3]);
    deepStrictEqual(await find("ann", 1, 1), ["bob", 3]);
    deepStrictEqual(await find("%"), ["100%", 1]);
    deepStrictEqual(await find("", 2), ["100% annika", 4]);
    const { accounts: [ann] } = await accounts.search({ key: "ann", limit: 1, offset: 2 });
    deepStrictEqual([ann?.roomId, ann?.sessions], [own?.id, 1]);
    strictEqual("passwordHash" in (ann as object), false);
  });

  test("a picture is shown while an account or a room has it", async (store) => {
    const { accounts, rooms } = store;
    const [id = ""] = await people(store, ["ann"]);
    await accounts.update("id-ann", { avatar: "face" });
    await rooms.update(id, { cover: "wide" });
    strictEqual(await accounts.showsImage("face"), true);
    strictEqual(await accounts.showsImage("wide"), true);
    strictEqual(await accounts.showsImage("other"), false);
  });

  test("sessions are listed and ended one by one or together", async ({ accounts, sessions }) => {
    await accounts.create(accountNamed("ann"));
    await accounts.create(accountNamed("bob"));
    for (const [token, atMs] of [["a", 1], ["b", 2], ["c", 3]] as const) {
      await sessions.create(session(token, "id-ann", atMs), { maxPerAccount: 9 });
    }
    await sessions.create(session("d", "id-bob"), { maxPerAccount: 9 });
    await sessions.extend("a", { expiresAtMs: 300, seenAtMs: 50 });
    const names = async (nowMs = 0) =>
      (await sessions.list("id-ann", { nowMs })).map(({ tokenHash }) => tokenHash).join("");
    strictEqual(await names(), "acb");
    strictEqual(await names(150), "a");
    deepStrictEqual((await sessions.list("id-ann", { nowMs: 0 }))[1], session("c", "id-ann", 3));
    strictEqual(await sessions.deleteById("id-bob", "name of a"), false);
    strictEqual(await sessions.deleteById("id-ann", "name of a"), true);
    strictEqual(await names(), "cb");
    strictEqual(await sessions.deleteOthers("id-ann", { exceptTokenHash: "b" }), 1);
    strictEqual(await names(), "b");
    strictEqual(await sessions.deleteOthers("id-ann", { exceptTokenHash: null }), 1);
    strictEqual(await sessions.count(), 1);
  });

  test("rooms are searched by title, owner and number", async (store) => {
    const { accounts, rooms } = store;
    const [ann = "", bob = ""] = await people(store, ["ann", "bob"]);
    await rooms.update(bob, { title: "Wald & Wiese", titleKey: "wald & wiese" });
    await accounts.update("id-ann", { display: { name: "Lin", key: "lin" } });
    const find = async (key: string, all = false) => {
      const { rooms: found, total } = await rooms.search({
        key,
        limit: 10,
        offset: 0,
        all,
        category: null,
      });
      strictEqual(total, found.length);
      return found.map(({ id }) => id);
    };
    deepStrictEqual(await find("wiese"), [bob]);
    deepStrictEqual(await find("lin"), [ann]);
    deepStrictEqual(await find(ann), [ann]);
    deepStrictEqual(await find(""), [bob, ann]);
    deepStrictEqual(await find("_"), []);
    await rooms.update(bob, { suspended: true });
    deepStrictEqual(await find("wiese"), []);
    deepStrictEqual(await find("wiese", true), [bob]);
  });

  test("rooms are listed and searched by category", async (store) => {
    const { rooms } = store;
    const [ann = "", bob = "", eve = ""] = await people(store, ["ann", "bob", "eve"]);
    await rooms.update(ann, { category: "music" });
    await rooms.update(eve, { category: "music" });
    const newest = async (category: string | null) =>
      (await rooms.newest({ limit: 10, except: [], category })).map(({ id }) => id);
    deepStrictEqual(await newest("music"), [eve, ann]);
    deepStrictEqual(await newest("Music"), []);
    deepStrictEqual(await newest(null), [eve, bob, ann]);
    const { rooms: found, total } = await rooms.search({
      key: "ann",
      limit: 10,
      offset: 0,
      all: false,
      category: "music",
    });
    deepStrictEqual([found.map(({ id }) => id), total], [[ann], 1]);
  });

  test("follows count once and are listed last first", async (store) => {
    const { follows, rooms, accounts } = store;
    const [ann = "", bob = "", eve = ""] = await people(store, ["ann", "bob", "eve"]);
    const follow = (roomId: string, atMs: number) =>
      follows.add({ accountId: "id-ann", roomId, atMs }, { max: 2 });
    deepStrictEqual(await Promise.all([1, 2, 3].map((atMs) => follow(bob, atMs))), [
      "done",
      "done",
      "done",
    ]);
    strictEqual((await rooms.byId(bob))?.followers, 1);
    strictEqual(await follow(eve, 9), "done");
    strictEqual(await follow(ann, 10), "too_many");
    strictEqual(await follow(bob, 11), "done");
    strictEqual(await follow("999999", 12), "unknown");
    strictEqual(await follows.has({ accountId: "id-ann", roomId: bob }), true);
    const listed = async () => (await follows.rooms("id-ann", { limit: 9 })).map(({ id }) => id);
    deepStrictEqual(await listed(), [eve, bob]);
    await accounts.update("id-eve", { suspended: true });
    deepStrictEqual(await listed(), [bob]);
    await follows.remove({ accountId: "id-ann", roomId: bob });
    await follows.remove({ accountId: "id-ann", roomId: bob });
    strictEqual(await follows.has({ accountId: "id-ann", roomId: bob }), false);
    strictEqual((await rooms.byId(bob))?.followers, 0);
  });

  test("a broadcast is one by room and start, and the oldest go", async (store) => {
    const { broadcasts } = store;
    const [ann = "", bob = ""] = await people(store, ["ann", "bob"]);
    await broadcasts.put([broadcast(ann, 1), broadcast(ann, 2), broadcast("999999", 1)], {
      ...BOUND,
    });
    await broadcasts.put([broadcast(ann, 2, { endedAtMs: 8, peakViewers: 5 })], BOUND);
    await broadcasts.put([broadcast(bob, 1)], BOUND);
    deepStrictEqual(await broadcasts.list(ann, { limit: 9 }), [
      broadcast(ann, 2, { endedAtMs: 8, peakViewers: 5 }),
      broadcast(ann, 1),
    ]);
    deepStrictEqual(await broadcasts.running({ limit: 9 }), [broadcast(ann, 1), broadcast(bob, 1)]);
    await broadcasts.put([broadcast(ann, 3)], BOUND);
    const starts = (await broadcasts.list(ann, { limit: 9 })).map(({ startedAtMs }) => startedAtMs);
    deepStrictEqual(starts, [3, 2]);
    strictEqual((await broadcasts.list(bob, { limit: 9 })).length, 1);
  });

  test("settings keep their history", async ({ settings }) => {
    const change = (key: string, value: string, atMs: number) => ({
      key,
      value,
      atMs,
      actor: ACTOR,
    });
    await settings.put([change("a", "1", 1), change("b", '"x"', 1)]);
    await settings.put([change("a", "2", 2)]);
    const current = await settings.current();
    deepStrictEqual(current.map(({ key, value }) => [key, value]), [["a", "2"], ["b", '"x"']]);
    const history = await settings.history({ before: null, limit: 2 });
    deepStrictEqual(history.map(({ key, value }) => [key, value]), [["a", "2"], ["b", '"x"']]);
    deepStrictEqual(history[0]?.actor, ACTOR);
    const older = await settings.history({ before: history[1]?.id ?? null, limit: 9 });
    deepStrictEqual(older.map(({ value }) => value), ["1"]);
  });

  test("likes add up by room, also when they race", async ({ likes }) => {
    deepStrictEqual(await likes.totals(["100001", "100002"]), [0, 0]);
    await likes.add([{ roomId: "100001", count: 3 }, { roomId: "100002", count: 1 }]);
    await Promise.all(
      Array.from({ length: 10 }, () => likes.add([{ roomId: "100001", count: 2 }])),
    );
    deepStrictEqual(await likes.totals(["100002", "100003", "100001"]), [1, 0, 23]);
    deepStrictEqual(await likes.totals([]), []);
    await likes.add([]);
  });

  test("each rise of a total is given once, whoever asks", async ({ likes }) => {
    deepStrictEqual(await likes.changed({ limit: 9 }), []);
    await likes.add([{ roomId: "100001", count: 3 }, { roomId: "100002", count: 1 }]);
    await likes.add([{ roomId: "100001", count: 2 }]);
    const given = (await Promise.all([1, 2, 3].map(() => likes.changed({ limit: 9 })))).flat();
    deepStrictEqual(given.sort((a, b) => a.roomId < b.roomId ? -1 : 1), [
      { roomId: "100001", total: 5, added: 5 },
      { roomId: "100002", total: 1, added: 1 },
    ]);
    await likes.add([{ roomId: "100001", count: 4 }, { roomId: "100002", count: 1 }]);
    const [one, ...none] = await likes.changed({ limit: 1 });
    const [two] = await likes.changed({ limit: 1 });
    deepStrictEqual(none, []);
    deepStrictEqual([one!.total, two!.total].sort(), [2, 9]);
    deepStrictEqual(await likes.changed({ limit: 1 }), []);
  });

  test("the audit log is read from the newest back", async ({ audit }) => {
    for (let atMs = 1; atMs <= 5; atMs++) {
      await audit.append({
        atMs,
        actor: ACTOR,
        action: atMs % 2 === 0 ? "room_suspended" : "setting_changed",
        target: `room:${atMs}`,
        detail: "why “this” 🎉",
      }, { maxEntries: 4 });
    }
    const list = async (before: number | null, action: "room_suspended" | null = null) =>
      await audit.list({ before, limit: 3, action });
    const first = await list(null);
    deepStrictEqual(first.map(({ atMs }) => atMs), [5, 4, 3]);
    strictEqual(first[0]?.detail, "why “this” 🎉");
    deepStrictEqual((await list(first[2]?.id ?? null)).map(({ atMs }) => atMs), [2]);
    deepStrictEqual((await list(null, "room_suspended")).map(({ atMs }) => atMs), [4, 2]);
  });
}

function broadcast(
  roomId: string,
  startedAtMs: number,
  change: Partial<Broadcast> = {},
): Broadcast {
  return {
    roomId,
    startedAtMs,
    endedAtMs: null,
    seenAtMs: startedAtMs + 4,
    peakViewers: 3,
    averageViewers: 1.5,
    averageKbps: 2_400.25,
    droppedFrames: 7,
    reconnects: 1,
    giftCoins: 1_314,
    encoder: "obs 万",
    protocol: "rtmp",
    width: 1280,
    height: 720,
    ...change,
  };
}
