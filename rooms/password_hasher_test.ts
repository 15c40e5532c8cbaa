import { match, notStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { ServiceError } from "./errors.ts";
import { PasswordHasher, UNUSABLE_PASSWORD } from "./password_hasher.ts";

Deno.test("PasswordHasher hashes with salt, verifies, refuses above its bound, closes", async () => {
  const hasher = new PasswordHasher({ maxQueued: 2 });
  const hash = await hasher.hash("пароль 🔒");
  match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  notStrictEqual(await hasher.hash("пароль 🔒"), hash);
  strictEqual(await hasher.verify("пароль 🔒", hash), true);
  strictEqual(await hasher.verify("пароль", hash), false);
  strictEqual(await hasher.verify("пароль", null), false);
  strictEqual(await hasher.verify("!", UNUSABLE_PASSWORD), false);
  await rejects(hasher.verify("x", "not a hash"), /Cannot verify the password/);

  const waiting = [1, 2, 3].map(() => hasher.verify("x", hash));
  strictEqual(hasher.queued, 3);
  await rejects(
    hasher.hash("x"),
    (error) => error instanceof ServiceError && error.code === "busy" && error.retryAfterS === 3,
  );
  strictEqual(hasher.refused, 1);
  // What was accepted is done before the Worker ends.
  const closed = hasher.close();
  strictEqual((await Promise.all(waiting)).includes(true), false);
  await closed;
  await hasher.close();
  await rejects(hasher.hash("x"), (error) => error instanceof ServiceError);
});
