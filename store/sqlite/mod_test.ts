import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { StoreBusyError } from "../../rooms/repository.ts";
import { openSqliteStore } from "./mod.ts";

async function temporaryFolder() {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

const ANN = {
  id: "1",
  name: "Ann",
  nameKey: "ann",
  displayName: null,
  avatar: null,
  admin: false,
  suspended: false,
  createdAtMs: 1,
  passwordHash: "!",
};

Deno.test("openSqliteStore() keeps everything for the next opening", async () => {
  await using folder = await temporaryFolder();
  const dataDir = `${folder.path}/deep/data`;
  const first = await openSqliteStore(dataDir);
  await first.accounts.create(ANN);
  const writes = first.rooms.create({
    ownerId: "1",
    title: "x",
    titleKey: "x",
    createdAtMs: 2,
    sealedKey: new Uint8Array([1]),
  });
  // A call that was accepted is completed by the closing.
  await first.close();
  strictEqual((await writes)?.id, "100001");
  await first.close();
  const second = await openSqliteStore(dataDir);
  deepStrictEqual(await second.accounts.byId("1"), ANN);
  strictEqual((await second.rooms.byOwner("1"))?.title, "x");
  await second.close();
  deepStrictEqual([...Deno.readDirSync(dataDir)].map(({ name }) => name), ["wanren.db"]);
});

Deno.test("openSqliteStore() refuses a file of a newer version and one that is none", async () => {
  await using folder = await temporaryFolder();
  await (await openSqliteStore(folder.path)).close();
  const database = new DatabaseSync(`${folder.path}/wanren.db`);
  database.exec("INSERT INTO migrations (step, at_ms) VALUES (999, 0)");
  database.close();
  await rejects(
    openSqliteStore(folder.path),
    (error) => error instanceof RangeError && /step 999/.test(error.message),
  );
  await Deno.writeTextFile(`${folder.path}/wanren.db`, "this is no database".repeat(100));
  await rejects(openSqliteStore(folder.path), /Cannot use the store: .*not a database/);
});

Deno.test("a full queue refuses, and what was accepted is done", async () => {
  await using folder = await temporaryFolder();
  const store = await openSqliteStore(folder.path, { maxQueued: 3 });
  const calls = Array.from(
    { length: 5 },
    (_, index) => store.accounts.create({ ...ANN, id: `${index}`, nameKey: `ann ${index}` }),
  );
  strictEqual(store.queued, 3);
  const outcomes = await Promise.allSettled(calls);
  strictEqual(outcomes.filter(({ status }) => status === "fulfilled").length, 3);
  for (const outcome of outcomes.slice(3)) {
    ok(outcome.status === "rejected" && outcome.reason instanceof StoreBusyError);
  }
  strictEqual(store.queued, 0);
  ok(await store.accounts.byId("2"));
  strictEqual(await store.accounts.byId("3"), null);
  await store.close();
});
