import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { openMemoryStore } from "../store/memory/mod.ts";
import { accountNamed } from "../tests/conformance/repository_conformance.ts";
import { withoutSecrets } from "./account_service.ts";
import { ServiceError } from "./errors.ts";
import { KeyVault } from "./key_vault.ts";
import { LiveState } from "./live_state.ts";
import { HOLD_MS, MAX_HOLD_MS, Rooms } from "./room_service.ts";
import { Settings } from "./settings.ts";

async function stage() {
  const repositories = openMemoryStore();
  const clock = { nowMs: 1_000_000 };
  const closed: string[] = [];
  const removed: string[] = [];
  const settings = await Settings.open({ repository: repositories.settings });
  const rooms = new Rooms({
    repositories,
    vault: await KeyVault.fromBytes(new Uint8Array(32)),
    live: new LiveState(),
    settings,
    closer: {
      close(room, reason) {
        closed.push(`${room} ${reason}`);
        return Promise.resolve();
      },
    },
    pictures: {
      remove(image) {
        removed.push(image);
        return Promise.resolve();
      },
    },
    now: () => clock.nowMs,
  });
  const member = async (name: string) => {
    await repositories.accounts.create(accountNamed(name));
    return withoutSecrets(accountNamed(name));
  };
  return { rooms, clock, closed, removed, member, settings, repositories };
}

const refused = (code: string, field: string | null = null) => (error: unknown) =>
  error instanceof ServiceError && error.code === code && error.field === field;

Deno.test("Rooms keeps an encoder out that comes back by itself after an end", async () => {
  const { rooms, clock, closed, member } = await stage();
  const ann = await member("ann");
  const { id } = await rooms.create(ann, { title: "x" });
  const key = await rooms.publishKey(ann, id);
  await rooms.end(ann, id);
  deepStrictEqual(closed, [`${id} ended`]);
  strictEqual(await rooms.heldUntilMs(id), clock.nowMs + HOLD_MS);
  for (let retry = 0; retry < 4; retry++) {
    clock.nowMs += HOLD_MS - 1;
    strictEqual(await rooms.admit({ room: id, key }), "ended");
  }
  // Somebody with a wrong key does not keep the owner out for longer.
  clock.nowMs += HOLD_MS / 2;
  strictEqual(await rooms.admit({ room: id, key: "guess" }), "wrong_key");
  clock.nowMs += HOLD_MS / 2;
  strictEqual(await rooms.heldUntilMs(id), null);
  strictEqual(await rooms.admit({ room: id, key }), "admitted");
});

Deno.test("Rooms keeps no encoder out for ever, nor when the owner wants it back", async () => {
  const { rooms, clock, member } = await stage();
  const ann = await member("ann");
  const { id } = await rooms.create(ann, { title: "x" });
  const key = await rooms.publishKey(ann, id);
  await rooms.end(ann, id);
  for (let ms = 0; ms < MAX_HOLD_MS - 10_000; ms += 10_000) {
    clock.nowMs += 10_000;
    strictEqual(await rooms.admit({ room: id, key }), "ended");
  }
  clock.nowMs += 10_000;
  strictEqual(await rooms.admit({ room: id, key }), "admitted");
  await rooms.end(ann, id);
  await rejects(rooms.release(await member("bob"), id), refused("forbidden"));
  await rooms.release(ann, id);
  strictEqual(await rooms.admit({ room: id, key }), "admitted");
});

Deno.test("Rooms admits nobody into a suspended room, and only administrators if so set", async () => {
  const { rooms, member, settings, repositories } = await stage();
  const ann = await member("ann");
  const root = await member("root");
  const { id } = await rooms.create(ann, { title: "x" });
  const key = await rooms.publishKey(ann, id);
  await repositories.rooms.update(id, { suspended: true });
  strictEqual(await rooms.admit({ room: id, key }), "suspended");
  await repositories.rooms.update(id, { suspended: false });
  strictEqual(await rooms.admit({ room: id, key }), "admitted");
  await settings.change(root, { broadcasting: "administrators" });
  strictEqual(await rooms.admit({ room: id, key }), "suspended");
  await rejects(rooms.create(root, { title: "y" }), refused("closed"));
  await repositories.accounts.update(ann.id, { admin: true });
  strictEqual(await rooms.admit({ room: id, key }), "admitted");
});

Deno.test("Rooms.update() checks each field and keeps what is left out", async () => {
  const { rooms, clock, member } = await stage();
  const ann = await member("ann");
  const { id } = await rooms.create(ann, { title: "Title" });
  const room = await rooms.update(ann, id, {
    description: " one  two \r\n\r\n\r\n\r\nthree ",
    category: "music",
    nextLiveAtMs: clock.nowMs + 5_000,
  });
  strictEqual(room.title, "Title");
  strictEqual(room.description, "one two\n\nthree");
  strictEqual(room.category, "music");
  strictEqual(room.nextLiveAtMs, clock.nowMs + 5_000);
  const wrong = [
    ["title", { title: "" }],
    ["description", { description: "x".repeat(2_001) }],
    ["description", { description: "a\u202eb" }],
    ["description", { description: "\ud800" }],
    ["description", { description: Array.from({ length: 61 }, () => "x").join("\n") }],
    ["category", { category: "no-such" }],
    ["nextLiveAt", { nextLiveAtMs: clock.nowMs }],
    ["nextLiveAt", { nextLiveAtMs: NaN }],
    ["nextLiveAt", { nextLiveAtMs: clock.nowMs + 400 * 24 * 3_600_000 }],
  ] as const;
  for (const [field, input] of wrong) {
    await rejects(rooms.update(ann, id, input), refused("invalid", field), JSON.stringify(input));
  }
  const cleared = await rooms.update(ann, id, { category: null, nextLiveAtMs: null });
  deepStrictEqual([cleared.category, cleared.nextLiveAtMs], [null, null]);
  await rejects(rooms.update(await member("bob"), id, { title: "y" }), refused("forbidden"));
});

Deno.test("Rooms.setCover() removes the old picture unless somebody else shows it", async () => {
  const { rooms, removed, member, repositories } = await stage();
  const [ann, bob] = [await member("ann"), await member("bob")];
  const { id } = await rooms.create(ann, { title: "x" });
  await rooms.setCover(ann, id, "one");
  await repositories.accounts.update(bob.id, { avatar: "one" });
  await rooms.setCover(ann, id, "two");
  deepStrictEqual(removed, []);
  await rooms.setCover(ann, id, "two");
  deepStrictEqual(removed, []);
  strictEqual((await rooms.setCover(ann, id, null)).cover, null);
  deepStrictEqual(removed, ["two"]);
});
