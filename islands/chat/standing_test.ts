import assert from "node:assert/strict";
import { LIN, message, notice, turn } from "../../tests/support/chat.ts";
import { Blocks } from "./blocks.ts";
import { OwnStanding, type StandingCalls } from "./standing.ts";

const ME = { id: "0f0f0f0f", name: "Me", admin: false };
const NONE = {
  moderates: false,
  muted: false,
  mutedUntil: null,
  banned: false,
  bannedUntil: null,
  reason: "",
};

function begin(
  { account = ME, owner = LIN.id }: {
    readonly account?: typeof ME | null;
    readonly owner?: string;
  } = {},
) {
  const answers: Awaited<ReturnType<StandingCalls["rules"]>>[] = [];
  const standing = new OwnStanding({ account, owner }, {
    rules: () => {
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(new Error("away")) : Promise.resolve(answer);
    },
    level: () => Promise.resolve(4),
  });
  return { standing, answers };
}

Deno.test("OwnStanding knows roles that need no question", () => {
  assert.equal(begin({ account: null }).standing.now.value.role, "visitor");
  assert.equal(begin({ owner: ME.id }).standing.now.value.role, "owner");
  const root = { ...ME, admin: true };
  assert.equal(begin({ account: root, owner: ME.id }).standing.now.value.role, "admin");
  assert.equal(begin().standing.now.value.role, "member");
});

Deno.test("OwnStanding reads what the platform says, and keeps it while that cannot be had", async () => {
  const { standing, answers } = begin();
  const mutedUntil = "2026-11-22T12:00:00.000Z";
  answers.push({ ...NONE, moderates: true }, { ...NONE, muted: true, mutedUntil, reason: "spam" });
  await standing.refresh();
  assert.equal(standing.now.value.role, "moderator");
  await standing.refresh();
  const muted = { untilMs: Date.parse(mutedUntil), reason: "spam" };
  assert.deepEqual([standing.now.value.role, standing.now.value.mute], ["member", muted]);
  await standing.refresh();
  assert.deepEqual(standing.now.value.mute, muted);
  await standing.refreshLevel();
  assert.equal(standing.now.value.level, 4);
});

Deno.test("OwnStanding hears of mutes and bans of the reader alone, and asks for the reason", async () => {
  const { standing, answers } = begin();
  standing.note([notice(1, "muted", { account: LIN.id, untilMs: 5 })]);
  assert.equal(standing.now.value.mute, null);
  answers.push({ ...NONE, muted: true, mutedUntil: new Date(5).toISOString(), reason: "spam" });
  standing.note([notice(2, "muted", { account: ME.id, untilMs: 5 })]);
  assert.deepEqual(standing.now.value.mute, { untilMs: 5, reason: "" });
  await turn();
  assert.deepEqual(standing.now.value.mute, { untilMs: 5, reason: "spam" });
  standing.note([notice(3, "muted", { account: ME.id, lifted: true })]);
  assert.equal(standing.now.value.mute, null);
  standing.note([notice(4, "banned", { account: ME.id, untilMs: null })]);
  assert.deepEqual(standing.now.value.ban, { untilMs: null, reason: "" });
});

Deno.test("OwnStanding learns from the reader's own messages", () => {
  const { standing } = begin();
  standing.note([message(1, undefined, { from: { ...LIN, level: 40 } })]);
  assert.equal(standing.now.value.level, null);
  const from = { ...LIN, id: ME.id, role: "moderator", level: 7 } as const;
  standing.note([message(2, undefined, { from })]);
  assert.deepEqual([standing.now.value.role, standing.now.value.level], ["moderator", 7]);
});

Deno.test("Blocks keeps what was blocked while the list was read", async () => {
  const { promise, resolve } = Promise.withResolvers<{ id: string; name: string }[]>();
  const done: string[] = [];
  const blocks = new Blocks({
    list: () => promise,
    block: (id) => Promise.resolve(void done.push(`block ${id}`)),
    unblock: (id) => Promise.resolve(void done.push(`unblock ${id}`)),
  });
  const loading = blocks.load();
  await blocks.block({ id: "b", name: "Ben" });
  resolve([{ id: "a", name: "Ann" }]);
  await loading;
  assert.deepEqual([...blocks.names.value], [["a", "Ann"], ["b", "Ben"]]);
  await blocks.unblock("a");
  assert.deepEqual([...blocks.names.value.keys()], ["b"]);
  assert.deepEqual(done, ["block b", "unblock a"]);
});
