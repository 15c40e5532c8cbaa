import { openMemoryLog } from "../../store/memory/messages.ts";
import { openMessageLog } from "../../store/messages/mod.ts";
import { type Driver, testMessageLog } from "./message_log_conformance.ts";

const DRIVERS: readonly Driver[] = [
  {
    name: "memory",
    persistent: false,
    shared: false,
    setUp: () =>
      Promise.resolve({
        open: (options) => Promise.resolve(openMemoryLog(options)),
        writer: null,
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  {
    name: "embedded",
    persistent: true,
    shared: false,
    async setUp() {
      const folder = await Deno.makeTempDir();
      return {
        open: (options) => openMessageLog(folder, options),
        writer: ["embedded", folder],
        [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
      };
    },
  },
];

for (const driver of DRIVERS) testMessageLog(driver);
