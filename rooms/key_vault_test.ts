import { notDeepStrictEqual, notStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { KeyVault } from "./key_vault.ts";

Deno.test("KeyVault opens what it sealed, for the same owner alone", async () => {
  const vault = await KeyVault.fromBytes(new Uint8Array(32).fill(7));
  const sealed = await vault.seal("geheim 🔑", "ann");
  strictEqual(await vault.unseal(sealed, "ann"), "geheim 🔑");
  strictEqual(await vault.unseal(sealed, "bob"), null);
  const other = await KeyVault.fromBytes(new Uint8Array(32).fill(8));
  strictEqual(await other.unseal(sealed, "ann"), null);
  notDeepStrictEqual(await vault.seal("geheim 🔑", "ann"), sealed);
});

Deno.test("KeyVault.unseal() is null for every changed or missing byte", async () => {
  const vault = await KeyVault.fromBytes(new Uint8Array(32));
  const sealed = await vault.seal("key", "ann");
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    strictEqual(await vault.unseal(changed, "ann"), null);
    strictEqual(await vault.unseal(sealed.subarray(0, at), "ann"), null);
  }
});

Deno.test("KeyVault.open() makes the key once, for its owner's eyes", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const sealed = await (await KeyVault.open(folder)).seal("key", "ann");
    const again = await KeyVault.open(folder);
    strictEqual(await again.unseal(sealed, "ann"), "key");
    strictEqual(await again.secretFor("a"), await (await KeyVault.open(folder)).secretFor("a"));
    notStrictEqual(await again.secretFor("a"), await again.secretFor("b"));
    strictEqual((await again.secretFor("a")).length, 32);
    strictEqual(((await Deno.stat(`${folder}/instance.key`)).mode ?? 0) & 0o777, 0o600);
    strictEqual([...Deno.readDirSync(folder)].length, 1);
    await Deno.writeTextFile(`${folder}/instance.key`, "half");
    await rejects(KeyVault.open(folder), /Cannot use .*instance\.key/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
