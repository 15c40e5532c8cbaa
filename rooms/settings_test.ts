import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { openMemoryStore } from "../store/memory/mod.ts";
import { ServiceError } from "./errors.ts";
import { DEFAULT_SETTINGS, Settings } from "./settings.ts";

const ROOT = {
  id: "1",
  name: "root",
  displayName: null,
  avatar: null,
  admin: true,
  suspended: false,
  createdAtMs: 0,
};

Deno.test("Settings keep what was changed and fall back where it is no longer valid", async () => {
  const store = openMemoryStore();
  const settings = await Settings.open({ repository: store.settings, now: () => 5 });
  deepStrictEqual(settings.values, DEFAULT_SETTINGS);
  const changed = await settings.change(ROOT, {
    siteName: "  Nova\tTV ",
    signUp: "closed",
    embedFrames: ["https://a.example", "http://localhost:3000"],
    demo: false,
  });
  deepStrictEqual(changed, ["siteName", "signUp", "embedFrames"]);
  strictEqual(settings.values.siteName, "Nova TV");
  await store.settings.put([
    { key: "broadcasting", value: '"nobody"', atMs: 6, actor: ROOT },
    { key: "gone", value: "1", atMs: 6, actor: ROOT },
  ]);
  const again = await Settings.open({ repository: store.settings });
  deepStrictEqual(again.values, {
    ...DEFAULT_SETTINGS,
    siteName: "Nova TV",
    signUp: "closed",
    embedFrames: ["https://a.example", "http://localhost:3000"],
  });
  const [last] = await again.history({ before: null, limit: 1 });
  strictEqual(last?.key, "gone");
  await store.close();
});

Deno.test("Settings.change() takes all of a patch or nothing", async () => {
  const store = openMemoryStore();
  const settings = await Settings.open({ repository: store.settings });
  const category = { key: "a", zh: "甲", en: "A" };
  const wrong: readonly (readonly [string, unknown])[] = [
    ["siteName", ""],
    ["siteName", "x".repeat(41)],
    ["siteName", "a\u202eb"],
    ["siteName", 7],
    ["notice", "x".repeat(201)],
    ["signUp", "maybe"],
    ["embedFrames", ["*", "https://a.example"]],
    ["embedFrames", ["https://a.example/path"]],
    ["embedFrames", ["javascript:alert(1)"]],
    ["embedFrames", ["https://a.example; script-src *"]],
    ["embedFrames", Array.from({ length: 51 }, (_, index) => `https://h${index}.example`)],
    ["categories", [category, category]],
    ["categories", [{ ...category, key: "A b" }]],
    ["categories", [{ ...category, zh: "" }]],
    ["demo", "yes"],
    ["im", 7],
    ["im", { batchMs: 99 }],
    ["im", { maxPerSecond: 1.5 }],
    ["im", { ageMs: { chat: 0 } }],
    ["im", { ageMs: { other: 1_000 } }],
    ["im", { poll: [] }],
    ["im", { poll: [{ viewers: 100, afterMs: 1_000 }] }],
    ["im", { bigRoomPush: ["gift", "gift"] }],
    ["im", { bigRoomPush: ["noise"] }],
    ["im", { unknown: 1 }],
    ["__proto__", {}],
    ["unknown", 1],
  ];
  for (const [key, value] of wrong) {
    await rejects(
      settings.change(ROOT, Object.fromEntries([["notice", "hello"], [key, value]])),
      (error) => error instanceof ServiceError && error.code === "invalid" && error.field === key,
      `${key} ${JSON.stringify(value)}`,
    );
  }
  deepStrictEqual(settings.values, DEFAULT_SETTINGS);
  deepStrictEqual(await settings.history({ before: null, limit: 9 }), []);
  await store.close();
});

Deno.test("Settings.change() of messages keeps what it does not name, and tells listeners", async () => {
  const store = openMemoryStore();
  const settings = await Settings.open({ repository: store.settings });
  const heard: (readonly string[])[] = [];
  const end = settings.onChange((keys) => heard.push(keys));
  deepStrictEqual(
    await settings.change(ROOT, { im: { batchMs: 250, ageMs: { chat: 9_000 } } }),
    ["im"],
  );
  deepStrictEqual(await settings.change(ROOT, { im: { batchMs: 250 } }), []);
  const expected = {
    ...DEFAULT_SETTINGS.im,
    batchMs: 250,
    ageMs: { ...DEFAULT_SETTINGS.im.ageMs, chat: 9_000 },
  };
  deepStrictEqual(settings.values.im, expected);
  end();
  await settings.change(ROOT, { im: { maxPerSecond: 30 } });
  deepStrictEqual(heard, [["im"]]);
  // What a version before knew is completed.
  await store.settings.put([{ key: "im", value: '{"batchMs":300}', atMs: 6, actor: ROOT }]);
  const again = await Settings.open({ repository: store.settings });
  deepStrictEqual(again.values.im, { ...DEFAULT_SETTINGS.im, batchMs: 300 });
  await store.close();
});
