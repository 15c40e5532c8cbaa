import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ChannelRing } from "../../im/channel_ring.ts";
import { KINDS, type Message, scoreAt } from "../../im/protocol/message.ts";
import { messageJson } from "../../im/protocol/json.ts";
import { decodePollAnswer } from "../../im/protocol/protobuf.ts";
import { RoomRing } from "../../im/ring.ts";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { chatDraft, placed, talk, TALK_MS } from "../../tests/support/im_messages.ts";
import { parsePollQuery, type PollAnswer, PollAnswers, type PollContext } from "./poll_answers.ts";
import { answerPoll } from "./poll_http.ts";
import { isBigRoom, policyOf } from "./room_policy.ts";

const EMPTY = { messages: [], head: 0, gap: false };
const ANY = { cursor: null, limit: 15, kinds: null, hidden: false, as: "json" } as const;
const context: PollContext = {
  settings: DEFAULT_IM_SETTINGS,
  policy: { push: ["gift", "pk", "notice"], poll: ["chat"], pollAfterMs: 3_000 },
  viewers: 5,
  lagMs: 0,
  nowMs: TALK_MS + 3_000,
};

function answersOf(messages: readonly Message[]) {
  const room = new ChannelRing();
  const everyone = new ChannelRing();
  everyone.take(EMPTY, TALK_MS);
  room.take({ messages, head: messages.at(-1)?.score ?? 0, gap: false }, TALK_MS + 3_000);
  const counters = { polls: 0, hits: 0, empty: 0, resets: 0 };
  const answers = new PollAnswers(new RoomRing({ room, everyone }), {
    counters,
    random: () => 0.5,
  });
  return { room, answers, counters };
}

const read = (answer: PollAnswer) => JSON.parse(new TextDecoder().decode(answer.body));

Deno.test("an answer is made once for all who come with cursors that mean the same", () => {
  const { room, answers, counters } = answersOf(talk());
  const first = answers.get(ANY, context);
  strictEqual(answers.get(ANY, context), first);
  const { cursor, messages } = read(first);
  strictEqual(messages.length, 15);
  const none = answers.get({ ...ANY, cursor }, context);
  ok(none.isEmpty);
  const later = `c1.${(room.head + 5_000).toString(36)}.0.0`;
  strictEqual(answers.get({ ...ANY, cursor: later }, context), none);
  strictEqual(answers.get({ ...ANY, cursor: "rubbish" }, context), first);
  deepStrictEqual(counters, { polls: 5, hits: 3, empty: 2, resets: 1 });
});

Deno.test("a new message and a second of time make answers anew", () => {
  const { room, answers } = answersOf(talk());
  const { cursor } = read(answers.get(ANY, context));
  const none = answers.get({ ...ANY, cursor }, context);
  const news = placed(chatDraft("new"), scoreAt(TALK_MS + 3_100));
  room.take({ messages: [news], head: news.score, gap: false }, TALK_MS + 3_100);
  const next = answers.get({ ...ANY, cursor }, context);
  strictEqual(read(next).messages[0].text, "new");
  ok(next.etag !== none.etag);
  const before = answers.get(ANY, context);
  ok(answers.get(ANY, { ...context, nowMs: context.nowMs + 1_000 }) !== before);
});

Deno.test("who polls other kinds than the policy says is told it, and nobody else", () => {
  const { answers } = answersOf(talk());
  const poll = (kinds: readonly ("chat" | "gift")[] | null) =>
    read(answers.get({ ...ANY, kinds }, context)).policy;
  strictEqual(poll(null), undefined);
  strictEqual(poll(["chat"]), undefined);
  deepStrictEqual(poll(["gift"]), { push: ["gift", "pk", "notice"], poll: ["chat"] });
});

Deno.test("answers are packed once, and small ones not at all", () => {
  const { answers } = answersOf(talk());
  let packed = 0;
  const gzip = (bytes: Uint8Array) => (packed++, gzipSync(bytes));
  const answer = answers.get(ANY, context);
  const headersOf = (acceptEncoding: string | null, poll = answer) =>
    answerPoll(poll, { method: "GET", ifNoneMatch: null, acceptEncoding, gzip }).headers;
  for (const accepts of ["gzip", "br, GZIP;q=0.5", "*", "deflate, gzip"]) {
    strictEqual(headersOf(accepts)["content-encoding"], "gzip", accepts);
  }
  strictEqual(packed, 1);
  for (const accepts of [null, "", "br", "gzip;q=0", "gzip;q=0.0, br", "xgzip"]) {
    strictEqual(headersOf(accepts)["content-encoding"], undefined, String(accepts));
  }
  const { cursor } = read(answer);
  const none = answers.get({ ...ANY, cursor }, context);
  strictEqual(headersOf("gzip", none)["content-encoding"], undefined);
  const same = answerPoll(none, {
    method: "GET",
    ifNoneMatch: none.etag,
    acceptEncoding: null,
    gzip,
  });
  strictEqual(same.status, 304);
  strictEqual(same.body, null);
});

Deno.test("an answer of fifteen texts by fifteen people stays near what their words take", () => {
  const { answers } = answersOf(talk());
  const bytes = gzipSync(answers.get(ANY, context).body);
  ok(bytes.length <= 1_260, `${bytes.length} bytes`);
  const compact = gzipSync(answers.get({ ...ANY, as: "protobuf" }, context).body);
  ok(compact.length <= 840, `${compact.length} bytes`);
});

Deno.test("as protobuf an answer says the same", () => {
  const { answers } = answersOf(talk());
  const request = { ...ANY, kinds: ["gift", "chat"] as const };
  const { messages, ...rest } = read(answers.get(request, context));
  const answer = answers.get({ ...request, as: "protobuf" }, context);
  const { messages: same, ...others } = decodePollAnswer(answer.body);
  deepStrictEqual(JSON.parse(JSON.stringify(same.map(messageJson))), messages);
  deepStrictEqual(others, rest);
  const { headers } = answerPoll(answer, {
    method: "GET",
    ifNoneMatch: null,
    acceptEncoding: null,
    gzip: null,
  });
  strictEqual(headers["content-type"], "application/x-protobuf");
  // Without another way for kinds there is no policy.
  strictEqual(decodePollAnswer(answers.get({ ...ANY, as: "protobuf" }, context).body).policy, null);
});

Deno.test("the number of answers that are kept is bounded, whatever cursors come", () => {
  const messages = Array.from(
    { length: 1_500 },
    (_, n) => placed(chatDraft(`${n}`), scoreAt(TALK_MS + n)),
  );
  const { answers, counters } = answersOf(messages);
  for (let n = 0; n < 1_500; n++) {
    answers.get({ ...ANY, cursor: `c1.${scoreAt(TALK_MS + n).toString(36)}.0.0` }, context);
  }
  ok(counters.hits < 1_500);
});

Deno.test("parsePollQuery() gives null when a parameter is none", () => {
  deepStrictEqual(parsePollQuery(""), ANY);
  deepStrictEqual(parsePollQuery("?cursor=c1.1.2.3&limit=99&kinds=notice,chat&hidden=1"), {
    cursor: "c1.1.2.3",
    limit: 15,
    kinds: ["chat", "notice"],
    hidden: true,
    as: "json",
  });
  deepStrictEqual(parsePollQuery("as=protobuf"), { ...ANY, as: "protobuf" });
  strictEqual(parsePollQuery("as=xml"), null);
  for (
    const query of ["limit=0", "limit=-1", "limit=1.5", "limit=x", "limit=", "limit=10000000"]
  ) strictEqual(parsePollQuery(query), null, query);
  for (const query of ["kinds=", "kinds=fax", "kinds=chat,chat", `kinds=${"chat,".repeat(99)}`]) {
    strictEqual(parsePollQuery(query), null, query);
  }
});

Deno.test("a room becomes big at the bound and small well below it", () => {
  const settings = { ...DEFAULT_IM_SETTINGS, bigRoomViewers: 100 };
  const isBig = (viewers: number, wasBig: boolean) => isBigRoom(viewers, { wasBig, settings });
  deepStrictEqual([isBig(99, false), isBig(100, false)], [false, true]);
  deepStrictEqual([isBig(80, true), isBig(79, true)], [true, false]);
  const small = policyOf(5, { isBig: false, settings, lagMs: 0 });
  deepStrictEqual([small.push, small.poll], [KINDS, []]);
  const big = policyOf(5_000, { isBig: true, settings, lagMs: 0 });
  deepStrictEqual(big, { push: ["gift", "pk", "notice"], poll: ["chat"], pollAfterMs: 3_000 });
});
