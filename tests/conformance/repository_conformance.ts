/**
 * What every driver of the repository contracts must do (`rooms/repository.ts`), as one suite.
 *
 * @module
 */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { withoutSecrets } from "../../rooms/account_service.ts";
import type { Repositories, StoredAccount } from "../../rooms/repository.ts";

/** A driver under test; `open` gives an empty store each time. */
export interface Driver {
  readonly name: string;
  open(): Promise<Repositories & AsyncDisposable>;
}

/** An account whose every field follows from its name. */
export function accountNamed(name: string, change: Partial<StoredAccount> = {}): StoredAccount {
  return {
    id: `id-${name}`,
    name,
    nameKey: name.toLowerCase(),
    displayName: null,
    avatar: null,
    admin: false,
    suspended: false,
    createdAtMs: 1_000,
    passwordHash: `hash of ${name}`,
    ...change,
  };
}

const KEY = new Uint8Array([1, 2, 3]);

/** Registers the suite's tests for one driver. */
export function testRepositories(driver: Driver): void {
  const test = (name: string, body: (store: Repositories) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using store = await driver.open();
      await body(store);
    });

  test("accounts are found by id and folded name", async ({ accounts }) => {
    const account = accountNamed("李雷 🎥");
    strictEqual(await accounts.create(account), "created");
    deepStrictEqual(await accounts.byId(account.id), account);
    deepStrictEqual(await accounts.byNameKey(account.nameKey), account);
    strictEqual(await accounts.byId("nobody"), null);
    strictEqual(await accounts.byNameKey("nobody"), null);
  });

  test("of racing accounts with one name, one wins", async ({ accounts }) => {
    const outcomes = await Promise.all(
      Array.from(
        { length: 10 },
        (_, index) => accounts.create(accountNamed("Ann", { id: `id-${index}` })),
      ),
    );
    strictEqual(outcomes.filter((outcome) => outcome === "created").length, 1);
    strictEqual((await accounts.byNameKey("ann"))?.name, "Ann");
  });

  test("an id is taken like a name", async ({ accounts }) => {
    await accounts.create(accountNamed("ann"));
    strictEqual(await accounts.create(accountNamed("bob", { id: "id-ann" })), "name_taken");
    strictEqual(await accounts.byNameKey("bob"), null);
  });

  test("of racing first administrators, one wins", async ({ accounts }) => {
    strictEqual(await accounts.hasAdmin(), false);
    const outcomes = await Promise.all(
      ["a", "b", "c", "d"].map((name) =>
        accounts.createFirstAdmin(accountNamed(name, { admin: true }))
      ),
    );
    deepStrictEqual(outcomes.toSorted(), [
      "admin_exists",
      "admin_exists",
      "admin_exists",
      "created",
    ]);
    strictEqual(await accounts.hasAdmin(), true);
  });

  test("the first administrator cannot take a name", async ({ accounts }) => {
    await accounts.create(accountNamed("ann"));
    const outcome = await accounts.createFirstAdmin(
      accountNamed("ANN", { id: "other", admin: true }),
    );
    strictEqual(outcome, "name_taken");
    strictEqual(await accounts.hasAdmin(), false);
  });

  test("putAdmin() makes, then changes the account and ends its sessions", async (store) => {
    const { accounts, sessions } = store;
    const made = await accounts.putAdmin(accountNamed("root", { admin: true }));
    deepStrictEqual(made, accountNamed("root", { admin: true }));
    await accounts.create(accountNamed("ann"));
    await sessions.create(session("s1", "id-ann"), { maxPerAccount: 5 });
    const changed = await accounts.putAdmin(
      accountNamed("ANN", { id: "unused", admin: true, passwordHash: "new" }),
    );
    deepStrictEqual(changed, accountNamed("ann", { admin: true, passwordHash: "new" }));
    strictEqual(await sessions.count(), 0);
    strictEqual(await accounts.byId("unused"), null);
  });

  test("a session leads to its account until its end", async ({ accounts, sessions }) => {
    await accounts.create(accountNamed("ann", { admin: true }));
    await sessions.create(session("s1", "id-ann"), { maxPerAccount: 5 });
    deepStrictEqual(await sessions.find("s1", { nowMs: 99 }), {
      session: session("s1", "id-ann"),
      account: withoutSecrets(accountNamed("ann", { admin: true })),
    });
    strictEqual(await sessions.find("s1", { nowMs: 100 }), null);
    strictEqual(await sessions.find("s2", { nowMs: 0 }), null);
    await sessions.extend("s1", { expiresAtMs: 200, seenAtMs: 150 });
    deepStrictEqual((await sessions.find("s1", { nowMs: 100 }))?.session, {
      ...session("s1", "id-ann"),
      expiresAtMs: 200,
      seenAtMs: 150,
    });
    await sessions.extend("unknown", { expiresAtMs: 200, seenAtMs: 1 });
    await sessions.delete("s1");
    await sessions.delete("s1");
    strictEqual(await sessions.find("s1", { nowMs: 0 }), null);
  });

  test("an account's oldest sessions end above the limit", async ({ accounts, sessions }) => {
    await accounts.create(accountNamed("ann"));
    await accounts.create(accountNamed("bob"));
    await sessions.create(session("bob", "id-bob", 0), { maxPerAccount: 3 });
    // Two of the same instant: the one inserted first is the older one.
    for (const [token, atMs] of [["c", 3], ["a", 1], ["b", 1], ["d", 4]] as const) {
      await sessions.create(session(token, "id-ann", atMs), { maxPerAccount: 3 });
    }
    strictEqual(await sessions.find("a", { nowMs: 0 }), null);
    for (const token of ["b", "c", "d", "bob"]) {
      strictEqual((await sessions.find(token, { nowMs: 0 }))?.session.tokenHash, token);
    }
  });

  test("a session needs its account", async ({ sessions }) => {
    await rejects(
      sessions.create(session("s1", "nobody"), { maxPerAccount: 3 }),
      (error) => error instanceof TypeError,
    );
    strictEqual(await sessions.count(), 0);
  });

  test("expired sessions go in bounded steps", async ({ accounts, sessions }) => {
    await accounts.create(accountNamed("ann"));
    for (let index = 0; index < 5; index++) {
      await sessions.create(session(`s${index}`, "id-ann"), { maxPerAccount: 50 });
    }
    await sessions.extend("s4", { expiresAtMs: 101, seenAtMs: 1 });
    strictEqual(await sessions.deleteExpired({ nowMs: 100, limit: 3 }), 3);
    strictEqual(await sessions.deleteExpired({ nowMs: 100, limit: 3 }), 1);
    strictEqual(await sessions.deleteExpired({ nowMs: 100, limit: 3 }), 0);
    strictEqual(await sessions.count(), 1);
  });

  test("rooms get rising ids from 100001, one for each account", async (store) => {
    const { accounts, rooms } = store;
    await accounts.create(accountNamed("ann"));
    await accounts.create(accountNamed("bob"));
    const made = await Promise.all(
      [1, 2, 3].map(() => rooms.create(room("id-ann", "Ann's"))),
    );
    strictEqual(made.filter((one) => one !== null).length, 1);
    const expected = {
      id: "100001",
      title: "Ann's",
      description: "",
      category: null,
      cover: null,
      nextLiveAtMs: null,
      lastLiveAtMs: null,
      suspended: false,
      followers: 0,
      owner: { id: "id-ann", name: "ann", avatar: null },
      createdAtMs: 5,
    };
    deepStrictEqual(made.find((one) => one !== null), expected);
    deepStrictEqual(await rooms.byId("100001"), expected);
    deepStrictEqual(await rooms.byOwner("id-ann"), expected);
    const second = await rooms.create(room("id-bob", "Bob's"));
    strictEqual(Number(second?.id) > 100_001, true);
    strictEqual(await rooms.byId("1"), null);
    strictEqual(await rooms.byId("abc"), null);
    strictEqual(await rooms.byOwner("nobody"), null);
  });

  test("a room needs its owner", async ({ rooms }) => {
    await rejects(rooms.create(room("nobody", "x")), (error) => error instanceof TypeError);
  });

  test("rooms are listed by ids and newest first", async ({ accounts, rooms }) => {
    const ids: string[] = [];
    for (const name of ["a", "b", "c", "d"]) {
      await accounts.create(accountNamed(name));
      ids.push((await rooms.create(room(`id-${name}`, name)))?.id as string);
    }
    const [a, b, c, d] = ids as [string, string, string, string];
    const titles = (list: readonly { title: string }[]) => list.map(({ title }) => title);
    deepStrictEqual(titles(await rooms.byIds([c, "999999", a, a])).toSorted(), ["a", "c"]);
    deepStrictEqual(await rooms.byIds([]), []);
    deepStrictEqual(titles(await rooms.newest({ limit: 10, except: [], category: null })), [
      "d",
      "c",
      "b",
      "a",
    ]);
    deepStrictEqual(titles(await rooms.newest({ limit: 2, except: [d, b, "7"], category: null })), [
      "c",
      "a",
    ]);
  });

  test("titles and keys change", async ({ accounts, rooms }) => {
    await accounts.create(accountNamed("ann"));
    const id = (await rooms.create(room("id-ann", "old")))?.id as string;
    const before = await rooms.byId(id);
    const title = "نور 🌙 <b>";
    strictEqual((await rooms.update(id, { title, titleKey: "نور" }))?.title, title);
    const change = {
      description: "one\ntwo",
      category: "music",
      cover: "abc",
      nextLiveAtMs: 9_000,
      lastLiveAtMs: 8_000,
      suspended: true,
    };
    await rooms.update(id, change);
    deepStrictEqual(await rooms.byId(id), { ...before, title, ...change });
    await rooms.update(id, { category: null, cover: null, nextLiveAtMs: null, suspended: false });
    deepStrictEqual(await rooms.update(id, {}), {
      ...before,
      title,
      description: "one\ntwo",
      lastLiveAtMs: 8_000,
    });
    strictEqual(await rooms.update("999999", { title: "x", titleKey: "x" }), null);
    deepStrictEqual(await rooms.sealedKey(id), { ownerId: "id-ann", sealedKey: KEY });
    strictEqual(await rooms.replaceKey(id, { sealedKey: new Uint8Array([9]) }), true);
    deepStrictEqual((await rooms.sealedKey(id))?.sealedKey, new Uint8Array([9]));
    strictEqual(await rooms.replaceKey("999999", { sealedKey: KEY }), false);
    strictEqual(await rooms.sealedKey("999999"), null);
  });

  test("a closed store refuses", async (store) => {
    await store.close();
    await rejects(store.accounts.hasAdmin(), /closed/);
  });
}

/** A session whose every field follows from its token. */
export function session(tokenHash: string, accountId: string, createdAtMs = 7) {
  return {
    tokenHash,
    id: `name of ${tokenHash}`,
    accountId,
    createdAtMs,
    expiresAtMs: 100,
    seenAtMs: createdAtMs,
    userAgent: "Browser/1.0 万",
    address: "2001:db8::1",
  };
}

/** A new room. */
export function room(ownerId: string, title: string) {
  return { ownerId, title, titleKey: title.toLowerCase(), createdAtMs: 5, sealedKey: KEY };
}
