import type { MoneyStore } from "../../rooms/money/repository.ts";
import { openMemoryMoney } from "../../store/memory/money.ts";
import { openEmbeddedMoney } from "../../store/money/mod.ts";
import { type MoneyDriver, testMoney } from "./money_conformance.ts";

const DRIVERS: readonly MoneyDriver[] = [
  {
    name: "memory",
    setUp() {
      const store = openMemoryMoney();
      return Promise.resolve({
        store,
        reopen: () => Promise.resolve(store),
        writer: null,
        [Symbol.asyncDispose]: () => store.close(),
      });
    },
  },
  {
    name: "embedded",
    async setUp() {
      const folder = await Deno.makeTempDir();
      let store: MoneyStore = await openEmbeddedMoney(folder);
      return {
        get store() {
          return store;
        },
        async reopen() {
          await store.close();
          return store = await openEmbeddedMoney(folder);
        },
        writer: ["embedded", folder],
        async [Symbol.asyncDispose]() {
          await store.close();
          await Deno.remove(folder, { recursive: true });
        },
      };
    },
  },
];

for (const driver of DRIVERS) testMoney(driver);
