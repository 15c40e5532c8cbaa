import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ApiError } from "../../client/mod.ts";
import { privatesText } from "../i18n/privates.ts";
import { type Message, SCORES_PER_MS } from "../../im/protocol/message.ts";
import { BEGIN_MS, LIN, message, notice } from "../../tests/support/chat.ts";
import {
  LOOK_BACK_MS,
  MAX_CONVERSATIONS,
  MAX_TEXTS,
  type PrivateCalls,
  Privates,
  readPrivate,
} from "./privates.ts";
import { refusalWords } from "./privates_panel.tsx";

const ME = { id: "me", name: "Me" };
const MILO = { id: "milo", name: "Milo" };

/** The n-th text that somebody says to somebody. */
function between(n: number, from: { id: string; name: string }, to: { id: string; name: string }) {
  return message(n, {
    kind: "notice",
    body: { notice: "private", data: { text: `text ${n}`, to: { id: to.id, name: to.name } } },
  }, { from: { ...LIN, id: from.id, name: from.name } });
}

function shelfOf() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

function world(calls: Partial<PrivateCalls> = {}, shelf = shelfOf()) {
  const sent: { account: string; text: string; clientId: string }[] = [];
  let past: readonly Message[] = [];
  let ids = 0;
  const privates = new Privates({
    me: ME.id,
    shelf,
    now: () => BEGIN_MS,
    newId: () => `c${++ids}`,
    calls: {
      history: () => Promise.resolve(past),
      send(account, text) {
        sent.push({ account, ...text });
        return Promise.resolve(between(500 + sent.length, ME, { id: account, name: account }));
      },
      ...calls,
    },
  });
  const texts = (partner: string) =>
    privates.conversations.value.find((one) => one.partner.id === partner)?.texts
      .map(({ text }) => text);
  return {
    privates,
    sent,
    shelf,
    texts,
    setPast: (messages: readonly Message[]) => past = messages,
  };
}

Deno.test("readPrivate() knows the other one, whoever wrote, and nothing that is no private text", () => {
  deepStrictEqual(readPrivate(between(1, LIN, ME), ME.id)?.partner, { id: LIN.id, name: "Lin" });
  deepStrictEqual(readPrivate(between(1, ME, MILO), ME.id)?.partner, MILO);
  strictEqual(readPrivate(message(1), ME.id), null);
  strictEqual(readPrivate(notice(1, "private", { text: "x" }), ME.id), null);
  const odd = { ...between(1, ME, MILO) };
  for (const to of [null, 1, "milo", { id: 1, name: "Milo" }, {}]) {
    const body = { notice: "private", data: { text: "x", to } };
    strictEqual(readPrivate({ ...odd, body } as unknown as Message, ME.id), null);
  }
});

Deno.test("texts stand once and in order, with what was not seen counted by conversation", () => {
  const { privates, texts } = world();
  const news = privates.note([between(2, LIN, ME), between(1, LIN, ME), between(3, ME, LIN)]);
  strictEqual(news.length, 2);
  deepStrictEqual(texts(LIN.id), ["text 1", "text 2", "text 3"]);
  strictEqual(privates.note([between(2, LIN, ME)]).length, 0);
  privates.note([between(4, MILO, ME)]);
  deepStrictEqual(privates.conversations.value.map(({ partner }) => partner.name), ["Milo", "Lin"]);
  strictEqual(privates.unread.value, 3);
  privates.view(LIN.id);
  strictEqual(privates.unread.value, 1);
  strictEqual(privates.note([between(5, LIN, ME)]).length, 0);
  strictEqual(privates.unread.value, 1);
  privates.view(null);
  strictEqual(privates.note([between(6, LIN, ME)]).length, 1);
  strictEqual(privates.unread.value, 2);
});

Deno.test("the past is read once, is no news, and is read again after a failure", async () => {
  let calls = 0;
  const { privates, texts } = world({
    history(fromMs) {
      strictEqual(fromMs, BEGIN_MS - LOOK_BACK_MS);
      calls++;
      if (calls === 1) return Promise.reject(new Error("gone"));
      return Promise.resolve([between(1, LIN, ME), between(2, ME, LIN)]);
    },
  });
  await privates.load();
  strictEqual(privates.past.value, "failed");
  await Promise.all([privates.load(), privates.load()]);
  await privates.load();
  strictEqual(calls, 2);
  strictEqual(privates.past.value, "read");
  deepStrictEqual(texts(LIN.id), ["text 1", "text 2"]);
  strictEqual(privates.unread.value, 0);
});

Deno.test("what was seen on this device is not unread again, what came behind it is", async () => {
  const first = world();
  first.privates.note([between(1, LIN, ME)]);
  first.privates.view(LIN.id);
  const again = world({}, first.shelf);
  again.setPast([between(1, LIN, ME), between(2, LIN, ME)]);
  again.privates.note([between(1, LIN, ME)]);
  strictEqual(again.privates.unread.value, 0);
  await again.privates.load();
  strictEqual(again.privates.unread.value, 1);
  for (const broken of ["{", "[1]", '["me","x"]', '["other",5]']) {
    const shelf = shelfOf();
    shelf.setItem("wanren.private-seen", broken);
    const other = world({}, shelf);
    other.privates.note([between(1, LIN, ME)]);
    strictEqual(other.privates.unread.value, 1, broken);
  }
});

Deno.test("conversations and their texts are bounded, the longest ago leaves", () => {
  const { privates, texts } = world();
  const all = Array.from({ length: MAX_TEXTS + 5 }, (_, n) => between(n, LIN, ME));
  privates.note(all);
  strictEqual(texts(LIN.id)?.length, MAX_TEXTS);
  strictEqual(texts(LIN.id)?.[0], "text 5");
  privates.note(
    Array.from(
      { length: MAX_CONVERSATIONS },
      (_, n) => between(1_000 + n, { id: `p${n}`, name: `P${n}` }, ME),
    ),
  );
  strictEqual(privates.conversations.value.length, MAX_CONVERSATIONS);
  strictEqual(texts(LIN.id), undefined);
  ok(SCORES_PER_MS > 1);
});

Deno.test("send() keeps its name until the platform answered, and says why not", async () => {
  let problem: unknown = new TypeError("network");
  const { privates, sent, texts } = world({
    send(account, text) {
      sent.push({ account, ...text });
      if (problem !== null) return Promise.reject(problem);
      return Promise.resolve(text.text === "held" ? null : between(9, ME, MILO));
    },
  });
  deepStrictEqual(await privates.send(MILO, "hi"), { code: "unreachable", retryAfterS: null });
  problem = new ApiError({ status: 429, code: "slow_down", detail: "no", retryAfterS: 4 });
  deepStrictEqual(await privates.send(MILO, "hi"), { code: "slow_down", retryAfterS: 4 });
  problem = null;
  strictEqual(await privates.send(MILO, "hi"), null);
  deepStrictEqual(texts(MILO.id), ["text 9"]);
  deepStrictEqual(await privates.send(MILO, "held"), { code: "held", retryAfterS: null });
  deepStrictEqual(sent.map(({ clientId }) => clientId), ["c1", "c1", "c2", "c3"]);
  strictEqual(privates.unread.value, 0);
});

Deno.test("every refusal has a sentence of its own, in both languages", () => {
  const codes = [
    "blocked",
    "muted",
    "words",
    "held",
    "suspended",
    "not_found",
    "unauthenticated",
    "unreachable",
    "slow_down",
    "else",
  ];
  for (const locale of ["en", "zh"] as const) {
    const said = codes.map((code) => refusalWords({ code, retryAfterS: 3 }, privatesText(locale)));
    strictEqual(new Set(said).size, codes.length, said.join("\n"));
  }
});
