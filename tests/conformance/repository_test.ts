import { openMemoryStore } from "../../store/memory/mod.ts";
import { openSqliteStore } from "../../store/sqlite/mod.ts";
import { testRepositories } from "./repository_conformance.ts";

testRepositories({
  name: "memory",
  open() {
    const store = openMemoryStore();
    return Promise.resolve(
      Object.assign(store, { [Symbol.asyncDispose]: () => store.close() }),
    );
  },
});

testRepositories({
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
});
