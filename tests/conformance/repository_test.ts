import { openMemoryStore } from "../../store/memory/mod.ts";
import { openSqliteStore } from "../../store/sqlite/mod.ts";
import { LocalPost } from "../../rooms/calls/local_post.ts";
import { testCallPost, testCalls } from "./call_conformance.ts";
import { testStages } from "./stage_conformance.ts";
import { testLeases } from "./lease_conformance.ts";
import { testModeration } from "./moderation_conformance.ts";
import { testRecords } from "./records_conformance.ts";
import { type Driver, testRepositories } from "./repository_conformance.ts";

const DRIVERS: readonly Driver[] = [
  {
    name: "memory",
    open() {
      const store = openMemoryStore();
      return Promise.resolve(
        Object.assign(store, { [Symbol.asyncDispose]: () => store.close() }),
      );
    },
  },
  {
    name: "sqlite",
    async open() {
      const folder = await Deno.makeTempDir();
      const store = await openSqliteStore(folder);
      return Object.assign(store, {
        async [Symbol.asyncDispose]() {
          await store.close();
          await Deno.remove(folder, { recursive: true });
        },
      });
    },
  },
];

for (const driver of DRIVERS) {
  testRepositories(driver);
  testRecords(driver);
  testModeration(driver);
  testLeases(driver);
  testCalls(driver);
  testStages(driver);
}

testCallPost({
  name: "local",
  open() {
    const post = new LocalPost();
    return Promise.resolve({
      here: post,
      there: post,
      [Symbol.asyncDispose]: () => post.close(),
    });
  },
});
