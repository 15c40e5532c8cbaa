/**
 * What every driver of the money must do (`rooms/money/repository.ts`, `rooms/pk/repository.ts`), as
 * one suite.
 *
 * @module
 */
import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  ANNOUNCE_EVERY_MS,
  COMBO_MS,
  MAX_BALANCE,
  type MoneyStore,
  type Order,
  type PayOutcome,
  roomShare,
} from "../../rooms/money/repository.ts";
import { invite, transition } from "../../rooms/pk/battle.ts";

/** A driver under test. */
export interface MoneyDriver {
  readonly name: string;
  /** An empty store. */
  setUp(): Promise<MoneyWorld & AsyncDisposable>;
}

/** One store. */
export interface MoneyWorld {
  readonly store: MoneyStore;
  /** The same, closed and opened again. */
  reopen(): Promise<MoneyStore>;
  /**
   * Arguments for `money_writer.ts`, which opens the same store in a process of its own; null: no
   * other process can. The own one is closed meanwhile.
   */
  readonly writer: readonly string[] | null;
}

const NOW_MS = 1_800_000_000_000;
const DAY = "2027-01-15";

let orders = 0;

/** An order of one rose. */
export function order(change: Partial<Order> = {}): Order {
  const { count = 1 } = change;
  return {
    requestId: `r${orders++}`,
    accountId: "ann",
    roomId: "100001",
    gift: "rose",
    count,
    value: count,
    battle: null,
    sender: { name: "李雷", role: "member" },
    announce: false,
    atMs: NOW_MS,
    ...change,
  };
}

/** Gives coins. */
export function grant(store: MoneyStore, coins: number, accountId = "ann") {
  return store.wallets.grant({
    grantId: `g${orders++}`,
    accountId,
    coins,
    reason: "because",
    atMs: NOW_MS,
  });
}

/** @throws when the books of a store do not add up; answers them. */
export async function checkBooks({ wallets }: MoneyStore) {
  const books = await wallets.books();
  strictEqual(books.mint + books.wallets + books.rooms + books.house, 0, JSON.stringify(books));
  strictEqual(books.balances, books.wallets);
  return books;
}

function paid(outcome: PayOutcome) {
  if (outcome.outcome === "poor") throw new Error("it was not paid");
  return outcome.payment;
}

/** Registers the tests of a driver. */
export function testMoney(driver: MoneyDriver): void {
  const test = (name: string, body: (world: MoneyWorld) => Promise<void>) =>
    Deno.test(`money, ${driver.name}: ${name}`, async () => {
      await using world = await driver.setUp();
      await body(world);
      await checkBooks(world.store);
    });

  test("coins are granted, spent, and told", async ({ store }) => {
    const { wallets } = store;
    deepStrictEqual(await wallets.read("ann"), { balance: 0, spent: 0, granted: 0 });
    deepStrictEqual(await grant(store, 100), { outcome: "granted", balance: 100 });
    const one = order({ count: 3, value: 15 });
    const outcome = await wallets.pay(one);
    strictEqual(outcome.outcome, "paid");
    deepStrictEqual(paid(outcome), { ...one, combo: 3, balance: 85, spent: 15, score: null });
    deepStrictEqual(await wallets.read("ann"), { balance: 85, spent: 15, granted: 100 });
    deepStrictEqual(await checkBooks(store), {
      mint: -100,
      wallets: 85,
      rooms: roomShare(15),
      house: 15 - roomShare(15),
      balances: 85,
    });
  });

  test("a repeated payment answers the first one, whatever else it says", async ({ store }) => {
    const { wallets } = store;
    await grant(store, 10);
    const one = order({ value: 4 });
    const first = paid(await wallets.pay(one));
    const again = await wallets.pay({ ...one, gift: "cake", value: 9, roomId: "100002" });
    deepStrictEqual(again, { outcome: "repeated", payment: first });
    await wallets.settle({ ...one, score: 77 });
    await wallets.settle({ ...one, score: 78 });
    const settled = await wallets.pay(one);
    deepStrictEqual(settled, { outcome: "repeated", payment: { ...first, score: 77 } });
    strictEqual((await wallets.read("ann")).balance, 6);
    // Another account may call its own the same.
    await grant(store, 10, "bob");
    strictEqual((await wallets.pay({ ...one, accountId: "bob" })).outcome, "paid");
  });

  test("who is too poor keeps what they have, and may try again", async ({ store }) => {
    const { wallets } = store;
    const one = order({ value: 11 });
    deepStrictEqual(await wallets.pay(one), { outcome: "poor", balance: 0 });
    await grant(store, 10);
    deepStrictEqual(await wallets.pay(one), { outcome: "poor", balance: 10 });
    await grant(store, 1);
    strictEqual(paid(await wallets.pay(one)).balance, 0);
    deepStrictEqual(await wallets.pay(order()), { outcome: "poor", balance: 0 });
  });

  test("racing payments never spend more than there is", async ({ store }) => {
    const { wallets } = store;
    await grant(store, 50);
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => wallets.pay(order({ value: 3 }))),
    );
    const balances = outcomes.filter(({ outcome }) => outcome === "paid")
      .map((outcome) => paid(outcome).balance);
    strictEqual(balances.length, 16);
    strictEqual(new Set(balances).size, 16);
    strictEqual((await wallets.read("ann")).balance, 2);
  });

  test("racing payments of one id are paid once", async ({ store }) => {
    await grant(store, 50);
    const one = order({ value: 3 });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => store.wallets.pay(one)),
    );
    strictEqual(outcomes.filter(({ outcome }) => outcome === "paid").length, 1);
    strictEqual(outcomes.filter(({ outcome }) => outcome === "repeated").length, 19);
    strictEqual((await store.wallets.read("ann")).balance, 47);
  });

  test("a grant counts once, and never beyond what an account may have", async ({ store }) => {
    const { wallets } = store;
    const one = { grantId: "g", accountId: "ann", coins: 7, reason: "gift", atMs: NOW_MS };
    deepStrictEqual(await wallets.grant(one), { outcome: "granted", balance: 7 });
    deepStrictEqual(await wallets.grant(one), { outcome: "repeated", balance: 7 });
    strictEqual((await grant(store, MAX_BALANCE)).outcome, "too_many");
    strictEqual((await grant(store, MAX_BALANCE - 7)).outcome, "granted");
    strictEqual((await wallets.read("ann")).balance, MAX_BALANCE);
    // Ids of grants and of payments have nothing to do with each other.
    strictEqual((await wallets.pay(order({ requestId: "g" }))).outcome, "paid");
  });

  test("the same gift within ten seconds grows a combo", async ({ store }) => {
    const { wallets } = store;
    await grant(store, 1_000);
    const combo = async (change: Partial<Order>) => paid(await wallets.pay(order(change))).combo;
    strictEqual(await combo({ count: 2 }), 2);
    strictEqual(await combo({ count: 3, atMs: NOW_MS + COMBO_MS }), 5);
    strictEqual(await combo({ gift: "cake" }), 1);
    strictEqual(await combo({ atMs: NOW_MS + 2 * COMBO_MS }), 6);
    strictEqual(await combo({ atMs: NOW_MS + 3 * COMBO_MS + 1 }), 1);
    strictEqual(await combo({ roomId: "100002", atMs: NOW_MS + 3 * COMBO_MS + 2 }), 1);
  });

  test("one big gift of a sender in ten seconds is announced", async ({ store }) => {
    const { wallets } = store;
    await grant(store, 1_000);
    await grant(store, 1_000, "bob");
    const announced = async (change: Partial<Order>) =>
      paid(await wallets.pay(order({ announce: true, ...change }))).announce;
    strictEqual(await announced({ announce: false }), false);
    strictEqual(await announced({}), true);
    strictEqual(await announced({ atMs: NOW_MS + ANNOUNCE_EVERY_MS - 1 }), false);
    strictEqual(await announced({ accountId: "bob" }), true);
    strictEqual(await announced({ atMs: NOW_MS + ANNOUNCE_EVERY_MS }), true);
  });

  test("payments are unsettled until they are settled, oldest first", async ({ store }) => {
    const { wallets } = store;
    for (const accountId of ["ann", "bob", "cyd"]) await grant(store, 10, accountId);
    const late = order({ accountId: "ann", atMs: NOW_MS + 3 });
    const early = order({
      accountId: "bob",
      atMs: NOW_MS + 1,
      battle: { id: "b1", side: "100002" },
    });
    const middle = order({ accountId: "cyd", atMs: NOW_MS + 2 });
    for (const each of [late, early, middle]) await wallets.pay(each);
    const ids = async (beforeMs: number, limit = 10) =>
      (await wallets.unsettled({ beforeMs, limit })).map(({ requestId }) => requestId);
    deepStrictEqual(
      await ids(NOW_MS + 9),
      [early, middle, late].map(({ requestId }) => requestId),
    );
    deepStrictEqual(await ids(NOW_MS + 9, 1), [early.requestId]);
    deepStrictEqual(await ids(NOW_MS + 2), [early.requestId]);
    const [first] = await wallets.unsettled({ beforeMs: NOW_MS + 2, limit: 1 });
    deepStrictEqual(first, { ...early, combo: 1, balance: 9, spent: 1, score: null });
    await wallets.settle({ ...early, score: 5 });
    await wallets.settle({ accountId: "nobody", requestId: "nothing", score: 5 });
    deepStrictEqual(await ids(NOW_MS + 9), [middle.requestId, late.requestId]);
  });

  test("the history of an account is read from the newest back", async ({ store }) => {
    const { wallets } = store;
    await grant(store, 100);
    for (let n = 1; n <= 4; n++) await wallets.pay(order({ count: n, atMs: NOW_MS + n }));
    await grant(store, 5, "bob");
    const all = await wallets.history("ann", { before: null, limit: 10 });
    deepStrictEqual(all.map(({ coins }) => coins), [-4, -3, -2, -1, 100]);
    deepStrictEqual(all.map(({ balance }) => balance), [90, 94, 97, 99, 100]);
    const { id: _first, ...newest } = all[0]!;
    deepStrictEqual(newest, {
      atMs: NOW_MS + 4,
      kind: "gift",
      coins: -4,
      balance: 90,
      roomId: "100001",
      gift: "rose",
      count: 4,
      reason: null,
    });
    const { id: _last, ...oldest } = all[4]!;
    deepStrictEqual(oldest, {
      atMs: NOW_MS,
      kind: "grant",
      coins: 100,
      balance: 100,
      roomId: null,
      gift: null,
      count: 0,
      reason: "because",
    });
    const page = await wallets.history("ann", { before: all[1]!.id, limit: 2 });
    deepStrictEqual(page.map(({ coins }) => coins), [-2, -1]);
    deepStrictEqual(await wallets.history("nobody", { before: null, limit: 2 }), []);
  });

  test("boards add up by day and for ever, each payment once", async ({ store }) => {
    const { wallets, boards } = store;
    for (const accountId of ["ann", "bob", "cyd", "dan"]) await grant(store, 1_000, accountId);
    const give = async (accountId: string, coins: number, change: Partial<Order> = {}) => {
      const one = order({ accountId, value: coins, ...change });
      await wallets.pay(one);
      const entry = { ...one, name: one.sender.name, coins };
      await Promise.all([boards.add(entry), boards.add(entry)]);
      await wallets.settle({ ...one, score: 1 });
      await boards.add(entry);
    };
    await give("ann", 5);
    await give("bob", 9);
    await give("cyd", 5);
    await give("dan", 1);
    await give("ann", 20, { atMs: NOW_MS + 86_400_000, sender: { name: "Ann", role: "owner" } });
    await give("ann", 7, { roomId: "100002" });
    const top = async (day: string | null, limit = 10) =>
      (await boards.top("100001", { day, limit }))
        .map(({ accountId, coins }) => `${accountId} ${coins}`);
    deepStrictEqual(await top(DAY), ["bob 9", "ann 5", "cyd 5", "dan 1"]);
    deepStrictEqual(await top(DAY, 2), ["bob 9", "ann 5"]);
    deepStrictEqual(await top(null, 3), ["ann 25", "bob 9", "cyd 5"]);
    const [first] = await boards.top("100001", { day: null, limit: 1 });
    deepStrictEqual(first, { accountId: "ann", name: "Ann", coins: 25 });
    deepStrictEqual(await boards.top("100003", { day: null, limit: 3 }), []);
    await boards.trim({ beforeDay: "2026-01-01" });
    strictEqual((await top(DAY)).length, 4);
  });

  test("a room's coins are told since a mark", async ({ store }) => {
    const { wallets, boards } = store;
    await grant(store, 1_000);
    const give = async (coins: number) => {
      const one = order({ value: coins });
      await wallets.pay(one);
      await boards.add({ ...one, name: "Ann", coins });
      await wallets.settle({ ...one, score: 1 });
    };
    await give(4);
    strictEqual(await boards.since("100001", 10), 0);
    await give(5);
    await give(6);
    strictEqual(await boards.since("100001", 10), 11);
    strictEqual(await boards.since("100001", 20), 0);
    await give(1);
    strictEqual(await boards.since("100001", 20), 1);
    strictEqual(await boards.since("100001", 10), 0);
    strictEqual(await boards.since("100002", 10), 0);
  });

  test("the books balance over any order of four writers", async ({ store }) => {
    const { wallets } = store;
    const random = seeded(20_261_125);
    const accounts = ["ann", "bob", "cyd"];
    const granted = new Map<string, number>();
    const spent = new Map<string, number>();
    const payments: Order[] = [];
    const writer = async () => {
      for (let step = 0; step < 60; step++) {
        const accountId = accounts[Math.floor(random() * accounts.length)]!;
        const dice = random();
        if (dice < 0.15) {
          const coins = 1 + Math.floor(random() * 200);
          await grant(store, coins, accountId);
          granted.set(accountId, (granted.get(accountId) ?? 0) + coins);
        } else if (dice < 0.35 && payments.length > 0) {
          const again = payments[Math.floor(random() * payments.length)]!;
          strictEqual((await wallets.pay(again)).outcome, "repeated");
        } else {
          const one = order({ accountId, value: 1 + Math.floor(random() * 90) });
          const { outcome } = await wallets.pay(one);
          notStrictEqual(outcome, "repeated");
          if (outcome === "paid") {
            payments.push(one);
            spent.set(accountId, (spent.get(accountId) ?? 0) + one.value);
          }
        }
      }
    };
    await Promise.all([writer(), writer(), writer(), writer()]);
    const books = await checkBooks(store);
    let given = 0;
    for (const accountId of accounts) {
      const wallet = await wallets.read(accountId);
      strictEqual(wallet.granted, granted.get(accountId) ?? 0);
      strictEqual(wallet.spent, spent.get(accountId) ?? 0);
      strictEqual(wallet.balance, wallet.granted - wallet.spent);
      given += wallet.granted;
    }
    strictEqual(books.mint, -given);
    strictEqual(books.rooms, payments.reduce((sum, { value }) => sum + roomShare(value), 0));
    strictEqual(
      (await wallets.unsettled({ beforeMs: NOW_MS + 1, limit: 1_000 })).length,
      payments.length,
    );
  });

  test("a battle is changed once for each version, and scores count once", async ({ store }) => {
    const { battles } = store;
    const battle = invite({
      id: "b1",
      challenger: { room: "100001", name: "Ann" },
      opponent: { room: "100002", name: "韩梅梅" },
      durationS: 60,
      atMs: NOW_MS,
    });
    strictEqual(await battles.ofRoom("100001"), null);
    strictEqual(await battles.create(battle), "created");
    for (const rooms of [["100001", "100003"], ["100003", "100002"]] as const) {
      const other = invite({
        id: "b2",
        challenger: { room: rooms[0], name: "" },
        opponent: { room: rooms[1], name: "" },
        durationS: 60,
        atMs: NOW_MS,
      });
      strictEqual(await battles.create(other), "busy");
    }
    deepStrictEqual(await battles.ofRoom("100002"), battle);
    const score = (key: string, change: { readonly atMs?: number; readonly room?: string } = {}) =>
      battles.score({ battleId: "b1", room: "100002", coins: 5, key, atMs: NOW_MS + 9, ...change });
    strictEqual(await score("early"), null);
    const running = transition(battle, { type: "accept", room: "100002", atMs: NOW_MS + 5 })!;
    const taken = await Promise.all([1, 2, 3].map(() => battles.replace(running)));
    deepStrictEqual(taken.filter((each) => each !== null), [{ ...running, version: 2 }]);
    strictEqual(await battles.replace(running), null);
    const racing = await Promise.all(["a", "b", "a", "c", "b"].map((key) => score(key)));
    strictEqual(Math.max(...racing.map((each) => each!.sides[1].score)), 15);
    strictEqual((await score("a"))!.sides[1].score, 15);
    strictEqual((await score("d", { room: "100001" }))!.sides[0].score, 5);
    strictEqual(await score("e", { room: "100003" }), null);
    strictEqual(await score("f", { atMs: running.endsAtMs }), null);
    strictEqual(
      await battles.score({ battleId: "b9", room: "100001", coins: 1, key: "g", atMs: NOW_MS }),
      null,
    );
    // A change that knew of fewer scores is refused.
    strictEqual(await battles.replace({ ...running, version: 2 }), null);
    const now = (await battles.ofRoom("100001"))!;
    const penalty = await battles.replace(transition(now, { type: "time", atMs: now.endsAtMs })!);
    strictEqual(penalty?.winner, "100002");
    strictEqual(await score("h"), null);
    strictEqual((await score("a"))!.sides[1].score, 15);
    const over = await battles.replace(
      transition(penalty!, { type: "time", atMs: penalty!.endsAtMs })!,
    );
    deepStrictEqual((await battles.open({ limit: 9 })).map(({ id }) => id), ["b1"]);
    const told = await battles.replace({ ...over!, told: "over" });
    deepStrictEqual(await battles.open({ limit: 9 }), []);
    deepStrictEqual(await battles.ofRoom("100001"), told);
    // Both rooms are free again.
    const next = invite({
      id: "b3",
      challenger: { room: "100002", name: "" },
      opponent: { room: "100003", name: "" },
      durationS: 90,
      atMs: NOW_MS,
    });
    strictEqual(await battles.create(next), "created");
    strictEqual((await battles.ofRoom("100002"))?.id, "b3");
    strictEqual((await battles.ofRoom("100001"))?.id, "b1");
  });

  test("everything is there after the store was closed and opened again", async (world) => {
    const { wallets, boards, battles } = world.store;
    await grant(world.store, 100);
    const one = order({ value: 30 });
    const first = paid(await wallets.pay(one));
    await boards.add({ ...one, name: "Ann", coins: 30 });
    const battle = invite({
      id: "b1",
      challenger: { room: "100001", name: "Ann" },
      opponent: { room: "100002", name: "Bob" },
      durationS: 60,
      atMs: NOW_MS,
    });
    await battles.create(battle);
    const again = await world.reopen();
    strictEqual((await again.wallets.read("ann")).balance, 70);
    deepStrictEqual(await again.wallets.unsettled({ beforeMs: NOW_MS + 1, limit: 5 }), [first]);
    await again.boards.add({ ...one, name: "Ann", coins: 30 });
    deepStrictEqual(await again.boards.top("100001", { day: DAY, limit: 5 }), [
      { accountId: "ann", name: "Ann", coins: 30 },
    ]);
    deepStrictEqual(await again.battles.open({ limit: 5 }), [battle]);
  });

  test("a process killed in a storm of gifts loses and doubles nothing", async (world) => {
    if (world.writer === null) return;
    const { writer } = world;
    for (let round = 0; round < 2; round++) {
      await world.store.close();
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "-A", "--no-check", "--quiet"],
          new URL("./money_writer.ts", import.meta.url).pathname,
          String(round),
          ...writer,
        ],
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      const lines: string[] = [];
      let killed = false;
      let rest = "";
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + chunk).split("\n");
        rest = parts.pop()!;
        lines.push(...parts);
        if (lines.length > 400 && !killed) {
          killed = true;
          child.kill("SIGKILL");
        }
      }
      await child.status;
      ok(killed, `it ended by itself after ${lines.length} lines`);
      const store = await world.reopen();
      await checkBooks(store);
      // Each line: the payment, and whether it was settled.
      const acknowledged = new Map(lines.map((line) => line.split(" ") as [string, string]));
      ok(acknowledged.size > 100);
      const { spent } = await store.wallets.read(`storm${round}`);
      let all = 0;
      for (let before: number | null = null;;) {
        const page = await store.wallets.history(`storm${round}`, { before, limit: 500 });
        all += page.filter(({ kind }) => kind === "gift").length;
        before = page.at(-1)?.id ?? null;
        if (page.length < 500) break;
      }
      // Every gift costs one coin.
      if (all < 900) strictEqual(all, spent);
      ok(spent >= acknowledged.size);
      for (const requestId of acknowledged.keys()) {
        const again = await store.wallets.pay(
          order({ accountId: `storm${round}`, requestId, roomId: "100009" }),
        );
        strictEqual(again.outcome, "repeated", requestId);
      }
      // What the sweep finds is done once, whether or not the dead process had come to it.
      for (;;) {
        const found = await store.wallets.unsettled({ beforeMs: NOW_MS + 1, limit: 500 });
        if (found.length === 0) break;
        for (const payment of found) {
          await store.boards.add({ ...payment, name: "Storm", coins: payment.value });
          await store.wallets.settle({ ...payment, score: 1 });
        }
      }
      const [rank] = await store.boards.top(`10001${round}`, { day: null, limit: 1 });
      strictEqual(rank?.coins, spent);
      strictEqual((await store.wallets.read(`storm${round}`)).spent, spent);
      await checkBooks(store);
    }
  });
}

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
