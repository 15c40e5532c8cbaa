import { strictEqual } from "node:assert/strict";
import { clientSchema } from "./build_client.ts";

Deno.test("client/schema.ts is what the API says now; else run `deno task client`", async () => {
  const file = new URL("../client/schema.ts", import.meta.url);
  strictEqual(await Deno.readTextFile(file), await clientSchema());
});
