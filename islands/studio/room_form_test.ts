import assert from "node:assert/strict";
import { roomDetailsText } from "../i18n/room_details.ts";
import { ApiError } from "../ui/api.ts";
import { changedFields, changeOf, problemsOf, type RoomValues, valuesOf } from "./room_form.ts";

const NOW_MS = Date.UTC(2026, 6, 3, 12);
const text = roomDetailsText("en");
const room = {
  title: "Tea",
  description: "One\nTwo",
  category: "talk",
  cover: null,
  nextLiveAtMs: NOW_MS + 3_600_000,
};
const kept = valuesOf(room, { clock: "utc", nowMs: NOW_MS });
const change = (draft: Partial<RoomValues>) =>
  changeOf(draft, { fields: changedFields(draft, kept), clock: "utc", nowMs: NOW_MS, text });

Deno.test("valuesOf() fills the controls", () => {
  assert.deepEqual(kept, {
    title: "Tea",
    category: "talk",
    description: "One\nTwo",
    nextLiveAt: "2026-07-03T13:00",
  });
  const bare = valuesOf({ ...room, category: null, nextLiveAtMs: null }, {
    clock: "utc",
    nowMs: NOW_MS,
  });
  assert.deepEqual([bare.category, bare.nextLiveAt], ["", ""]);
});

Deno.test("valuesOf() shows no announcement that has passed", () => {
  const { nextLiveAt } = valuesOf(room, { clock: "utc", nowMs: room.nextLiveAtMs });
  assert.equal(nextLiveAt, "");
});

Deno.test("changeOf() sends what was changed and nothing else", () => {
  assert.deepEqual(change({ title: "Tea", description: "Three" }), {
    change: { description: "Three" },
  });
  assert.deepEqual(change({ title: "", category: "" }), { change: { title: "", category: null } });
  assert.deepEqual(change({ nextLiveAt: "" }), { change: { nextLiveAtMs: null } });
  assert.deepEqual(change({ nextLiveAt: "2026-07-04T08:15" }), {
    change: { nextLiveAtMs: Date.UTC(2026, 6, 4, 8, 15) },
  });
});

Deno.test("changeOf() refuses a time that has passed before anybody is asked", () => {
  for (const nextLiveAt of ["2026-07-03T11:59", "2026-07-03T12:00", "nonsense"]) {
    assert.deepEqual(change({ nextLiveAt }), { problems: { nextLiveAt: text.nextLiveInvalid } });
  }
});

Deno.test("problemsOf() puts a refusal beside its field", () => {
  const refused = (field: string | null, status = 400) =>
    problemsOf(new ApiError({ status, code: "invalid", field }), text);
  assert.deepEqual(refused("title"), { title: text.titleInvalid });
  assert.deepEqual(refused("description"), { description: text.descriptionInvalid });
  assert.deepEqual(refused("category"), { category: text.categoryInvalid });
  assert.deepEqual(refused("nextLiveAt"), { nextLiveAt: text.nextLiveInvalid });
  assert.deepEqual(refused(null, 401), { form: text.signedOut });
  assert.deepEqual(refused(null, 503), { form: text.failed });
  assert.deepEqual(problemsOf(new Error("x"), text), { form: text.failed });
});
