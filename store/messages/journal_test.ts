import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Draft } from "../../im/protocol/message.ts";
import { scoreAt } from "../../im/protocol/message.ts";
import { DEDUPE_LIFE_MS, entryOf, Journal, messageOf } from "./journal.ts";

const NOW_MS = 1_800_000_000_000;
const DAY_MS = 24 * 3_600_000;

const draft = (text: string): Draft => ({
  kind: "chat",
  body: { text, color: null, mode: "scroll", replyTo: null },
  lane: "chat",
  from: null,
  stateKey: null,
});

function journalOf(database = new DatabaseSync(":memory:"), nowMs = NOW_MS) {
  const journal = new Journal(database, { nowMs });
  const say = (
    text: string,
    at: { readonly channel?: string; readonly nowMs?: number; readonly key?: string } = {},
  ) => {
    const { channel = "100001", key = null } = at;
    const [call] = journal.append(
      [{ channel, entries: [entryOf(draft(text), key)] }],
      { nowMs: at.nowMs ?? NOW_MS },
    );
    return call![0]!;
  };
  return { journal, say, database };
}

const everything = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10_000 };

Deno.test("Journal.append() gives rising scores while the clock goes back", () => {
  const { say } = journalOf();
  strictEqual(say("a").score, scoreAt(NOW_MS));
  strictEqual(say("b").score, scoreAt(NOW_MS) + 1);
  strictEqual(say("c", { nowMs: NOW_MS - 60_000 }).score, scoreAt(NOW_MS) + 2);
  strictEqual(say("d", { nowMs: NOW_MS + 1 }).score, scoreAt(NOW_MS + 1));
});

Deno.test("Journal.append() goes on above every score after a restart with a clock set back", () => {
  const { say, database, journal } = journalOf();
  const { score } = say("a", { channel: "@ann" });
  journal.remove("@ann", [score]);
  const again = journalOf(database, NOW_MS - DAY_MS);
  ok(again.say("b", { channel: "@ann", nowMs: NOW_MS - DAY_MS }).score > score);
  ok(again.say("c", { channel: "100001", nowMs: NOW_MS - DAY_MS }).score > score);
});

Deno.test("Journal.append() forgets keys after a day, and not before, however generations turn", () => {
  const { say } = journalOf();
  const first = say("a", { key: "k", nowMs: NOW_MS + 1 });
  const again = (nowMs: number) => say("b", { key: "k", nowMs });
  strictEqual(again(NOW_MS + 2).repeated, entryOf(draft("a"), null).text);
  strictEqual(again(NOW_MS + DEDUPE_LIFE_MS).score, first.score);
  strictEqual(again(NOW_MS + DEDUPE_LIFE_MS + 1).repeated, null);
  const second = say("c", { key: "k", nowMs: NOW_MS + DEDUPE_LIFE_MS + 2 });
  ok(second.score > first.score);
  strictEqual(again(NOW_MS + 2 * DEDUPE_LIFE_MS).score, second.score);
  strictEqual(again(NOW_MS + 3 * DEDUPE_LIFE_MS).repeated, null);
});

Deno.test("Journal.append() does nothing when a call of it fails", () => {
  const { journal, say } = journalOf();
  const good = { channel: "100001", entries: [entryOf(draft("a"), "k")] };
  const broken = { channel: "100001", entries: [{ ...entryOf(draft("b"), null), kind: 0.5 }] };
  throws(() => journal.append([good, broken], { nowMs: NOW_MS }));
  deepStrictEqual(journal.range("100001", everything), []);
  strictEqual(say("c", { key: "k" }).repeated, null);
});

Deno.test("Journal.trim() keeps rooms, accounts and everybody for times of their own, in slices", () => {
  const { journal, say } = journalOf();
  const lines = Array.from({ length: 1_500 }, (_, n) => say(`${n}`, { channel: "@ann" }));
  say("room");
  say("every", { channel: "@everyone" });
  const later = say("later", { channel: "@ann", nowMs: NOW_MS + 2 * DAY_MS });
  const which = {
    historyScore: scoreAt(NOW_MS - DAY_MS),
    privateScore: scoreAt(NOW_MS + DAY_MS),
    otherScore: scoreAt(NOW_MS + DAY_MS),
  };
  const kept = { ...which, privateScore: scoreAt(NOW_MS - DAY_MS) };
  strictEqual(journal.trim({ from: "@ann", ...kept }).removed, 1);
  strictEqual(journal.range("@ann", everything).length, 1_501);
  say("every", { channel: "@everyone" });
  const first = journal.trim({ from: "", ...which });
  deepStrictEqual(first, { removed: 1_000, next: "@ann" });
  deepStrictEqual(journal.trim({ from: "@ann", ...which }), { removed: 501, next: null });
  deepStrictEqual(journal.range("@ann", everything).map(({ score }) => score), [later.score]);
  strictEqual(journal.range("100001", everything).length, 1);
  // A reader from before learns that something is missing.
  const live = journal.live("@ann", { since: 0, maxPerKind: 10 });
  strictEqual(live.trimmed, lines.at(-1)!.score);
  const everyone = journal.live("@everyone", { since: 0, maxPerKind: 10 });
  strictEqual(everyone.head, everyone.trimmed);
  ok(everyone.head > 0);
  strictEqual(journal.trim({ from: "", ...which, historyScore: which.otherScore }).removed, 1);
});

Deno.test("Journal.live() says what is missing of each kind, exactly", () => {
  const { journal, say } = journalOf();
  const scores = ["a", "b", "c"].map((text) => say(text).score);
  const live = (since: number, maxPerKind: number) => {
    const { messages, trimmed, head } = journal.live("100001", { since, maxPerKind });
    return [messages.map(messageOf).map(({ score }) => scores.indexOf(score)), trimmed, head];
  };
  deepStrictEqual(live(0, 3), [[0, 1, 2], 0, scores[2]]);
  deepStrictEqual(live(0, 2), [[1, 2], scores[0], scores[2]]);
  deepStrictEqual(live(scores[0]!, 3), [[1, 2], scores[0], scores[2]]);
  deepStrictEqual(live(scores[2]!, 3), [[], scores[2], scores[2]]);
});

Deno.test("Journal refuses the file of a newer version", () => {
  const { database } = journalOf();
  database.exec("UPDATE state SET version = 99");
  throws(() => new Journal(database, { nowMs: NOW_MS }), RangeError);
});
