import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { isHighLane, type Lane, LANES, type Message, scoreAt } from "./protocol/message.ts";
import { DEFAULT_IM_SETTINGS } from "./settings.ts";
import { mergeAlike, thin } from "./thinning.ts";

const NOW_MS = 1_800_000_000_000;
const AGE_MS = DEFAULT_IM_SETTINGS.ageMs;
const ANN = { id: "a", name: "Ann", level: 1, role: "member" } as const;

let n = 0;
function chat(lane: Lane, change: Partial<{ atMs: number; stateKey: string }> = {}): Message {
  return {
    score: scoreAt(change.atMs ?? NOW_MS) + n++ % 2048,
    lane,
    from: ANN,
    stateKey: change.stateKey ?? null,
    merged: 1,
    kind: "chat",
    body: { text: `${lane} ${n}`, color: null, mode: "scroll", replyTo: null },
  };
}

function gift(lane: Lane, name: string, sender: string, count = 1): Message {
  return {
    ...chat(lane),
    kind: "gift",
    from: { ...ANN, id: sender },
    body: { gift: name, count, combo: count, value: count * 5, side: null },
  };
}

function enter(name: string): Message {
  return {
    ...chat("low"),
    kind: "notice",
    from: null,
    body: { notice: "enter", data: { names: [name], count: 1 } },
  };
}

const rules = (budget: number) => ({ budget, ageMs: AGE_MS, nowMs: NOW_MS });
const lanes = (messages: readonly Message[]) => messages.map(({ lane }) => lane).join(" ");

Deno.test("thin() sends everything in order while it fits", () => {
  const waiting = [chat("low"), chat("moderation"), chat("chat")];
  deepStrictEqual(thin(waiting, rules(3)), { send: waiting, carry: [], dropped: 0 });
});

Deno.test("thin() lets PK beat broadcasts and big gifts beat small ones, and drops the oldest", () => {
  const waiting = ["chat", "broadcast", "valued", "pk", "bigGift", "low", "chat"] as const;
  const messages = waiting.map((lane) => chat(lane));
  const { send, carry, dropped } = thin(messages, rules(4));
  strictEqual(lanes(send), "broadcast valued pk bigGift");
  deepStrictEqual(carry, []);
  strictEqual(dropped, 3);
  const [older, newer] = [chat("chat"), chat("chat")];
  deepStrictEqual(thin([older, newer], rules(1)).send, [newer]);
});

Deno.test("thin() carries what is too much of high lanes to the next batch", () => {
  const messages = [...Array(5)].map(() => chat("bigGift"));
  const first = thin([...messages, chat("chat")], rules(2));
  deepStrictEqual(first.send, messages.slice(3));
  deepStrictEqual(first.carry, messages.slice(0, 3));
  strictEqual(first.dropped, 1);
  const second = thin(first.carry, rules(3));
  deepStrictEqual(second, { send: messages.slice(0, 3), carry: [], dropped: 0 });
});

Deno.test("thin() leaves out what is too old for its lane", () => {
  const old = chat("chat", { atMs: NOW_MS - AGE_MS.chat - 1 });
  const pk = chat("pk", { atMs: NOW_MS - AGE_MS.chat - 1 });
  deepStrictEqual(thin([old, pk], rules(9)), { send: [pk], carry: [], dropped: 1 });
});

Deno.test("mergeAlike() adds up one sender's gifts and keeps others apart", () => {
  const merged = mergeAlike([
    gift("valued", "rose", "a", 1),
    gift("valued", "rose", "b", 1),
    gift("valued", "rose", "a", 3),
    gift("valued", "rocket", "a", 1),
  ]);
  deepStrictEqual(
    merged.map(({ kind, body, from, merged }) =>
      kind === "gift" && [from?.id, body.gift, body.count, body.value, merged]
    ),
    [["b", "rose", 1, 5, 1], ["a", "rose", 4, 20, 2], ["a", "rocket", 1, 5, 1]],
  );
});

Deno.test("mergeAlike() keeps the newest of a state and counts who comes in", () => {
  const [old, other, newest] = [
    chat("low", { stateKey: "likes" }),
    chat("low", { stateKey: "viewers" }),
    chat("low", { stateKey: "likes" }),
  ];
  deepStrictEqual(mergeAlike([old, other, newest]), [other, newest]);
  const [entered] = mergeAlike(["a", "b", "c", "d"].map(enter));
  deepStrictEqual(entered?.body, {
    notice: "enter",
    data: { names: ["b", "c", "d"], count: 4 },
  });
  strictEqual(entered?.merged, 4);
});

Deno.test("thin() counts every message once, whatever comes (property)", () => {
  const message = fc.record({
    lane: fc.constantFrom(...LANES),
    ageMs: fc.integer({ min: 0, max: 130_000 }),
    what: fc.constantFrom("chat", "gift", "enter"),
    sender: fc.constantFrom("a", "b"),
  });
  fc.assert(fc.property(
    fc.array(message, { maxLength: 60 }),
    fc.integer({ min: 0, max: 12 }),
    (drafts, budget) => {
      const waiting = drafts.map(({ lane, ageMs, what, sender }): Message => {
        const score = scoreAt(NOW_MS - ageMs) + n++ % 2048;
        if (what === "gift") return { ...gift(lane, "rose", sender), score };
        if (what === "enter") return { ...enter(sender), score, lane };
        return { ...chat(lane), score };
      }).sort((a, b) => a.score - b.score);
      const { send, carry, dropped } = thin(waiting, rules(budget));
      const total = [...send, ...carry].reduce((sum, { merged }) => sum + merged, 0) + dropped;
      strictEqual(total, waiting.length);
      ok(send.length <= budget);
      ok(carry.every(({ lane }) => isHighLane(lane)));
      for (const list of [send, carry]) {
        ok(list.every(({ score }, index) => index === 0 || list[index - 1]!.score <= score));
      }
      // Nothing of a lower lane is sent while a higher one waits.
      const worstSent = Math.max(-1, ...send.map(({ lane }) => LANES.indexOf(lane)));
      const bestCarried = Math.min(99, ...carry.map(({ lane }) => LANES.indexOf(lane)));
      ok(worstSent <= bestCarried || send.length < budget || carry.length === 0);
    },
  ));
});
