/**
 * Room messages for tests: one of each kind by hand, a screen of real talk, and arbitrary ones.
 *
 * @module
 */
import fc from "fast-check";
import type { ServerFrame } from "../../im/protocol/frames.ts";
import {
  type Content,
  type Draft,
  KINDS,
  type Lane,
  LANES,
  type Message,
  MODES,
  NOTICES,
  ROLES,
  scoreAt,
  type Sender,
} from "../../im/protocol/message.ts";
import { PROBLEM_CODES } from "../../im/protocol/frames.ts";

/** When the messages of tests were written. */
export const TALK_MS = Date.UTC(2026, 10, 22, 12);

/** Somebody with an account. */
export const ANN: Sender = {
  id: "0a1b2c3d4e5f60718293a4b5",
  name: "Ann",
  level: 7,
  role: "member",
};

/** A text on its way into the log. */
export function chatDraft(
  text: string,
  change: { readonly lane?: Lane; readonly from?: Sender; readonly stateKey?: string } = {},
): Draft {
  const { lane = "chat", from = ANN, stateKey = null } = change;
  const body = { text, color: null, mode: "scroll", replyTo: null } as const;
  return { kind: "chat", body, lane, from, stateKey };
}

/** A notice on its way into the log. */
export function noticeDraft(
  notice: (typeof NOTICES)[number],
  data: { readonly [key: string]: string | number | boolean | null },
  change: { readonly lane?: Lane; readonly stateKey?: string } = {},
): Draft {
  const { lane = "notice", stateKey = null } = change;
  return { kind: "notice", body: { notice, data }, lane, from: null, stateKey };
}

/** A gift on its way into the log. */
export function giftDraft(
  gift: string,
  change: { readonly value?: number; readonly lane?: Lane; readonly from?: Sender } = {},
): Draft {
  const { value = 1, lane = "valued", from = ANN } = change;
  const body = { gift, count: 1, combo: 1, value, side: null };
  return { kind: "gift", body, lane, from, stateKey: null };
}

/** A battle as it stands, on its way into the log. */
export function pkDraft(scores: readonly [number, number]): Draft {
  return {
    kind: "pk",
    lane: "pk",
    from: null,
    stateKey: "pk",
    body: {
      battle: "b1",
      phase: "running",
      sides: [
        { room: "100001", name: "小鱼干", score: scores[0] },
        { room: "100002", name: "夜雨听风", score: scores[1] },
      ],
      endsAtMs: TALK_MS + 60_000,
      winner: null,
    },
  };
}

/** A draft with its place. */
export function placed(draft: Draft, score: number): Message {
  return { ...draft, score, merged: 1 };
}

const TALK: readonly (readonly [name: string, text: string])[] = [
  ["小鱼干", "主播今天这把操作真的太秀了"],
  ["夜雨听风", "666666"],
  ["阿泽", "哈哈哈哈哈笑死我了"],
  ["星星不睡觉", "新来的，关注了"],
  ["北巷南笙", "这波可以，对面直接懵了"],
  ["Leo_1998", "声音有点小，能调大一点吗"],
  ["奶茶三分糖", "来了来了，刚下班"],
  ["路人甲", "主播用的什么键盘啊"],
  ["云淡风轻", "加油加油，这把必赢"],
  ["一只柯基", "前面的别剧透"],
  ["南城旧梦", "画质好清晰，比昨天好多了"],
  ["糖醋排骨", "晚上好呀大家"],
  ["追光者", "这首歌叫什么名字"],
  ["木子李", "老板大气，谢谢玫瑰"],
  ["Momo酱", "明天几点开播？"],
];

/** Fifteen texts of fifteen accounts within three seconds, with ids as accounts have them. */
export function talk(): Message[] {
  // A linear congruential generator: ids that no packer can guess, the same in every run.
  let state = 42;
  const hex = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8 & 0xff).toString(16).padStart(2, "0");
  };
  return TALK.map(([name, text], index) =>
    placed(
      chatDraft(text, {
        from: {
          id: Array.from({ length: 12 }, hex).join(""),
          name,
          level: 1 + index * 7 % 24,
          role: "member",
        },
      }),
      scoreAt(TALK_MS + index * 187 + index * index % 97),
    )
  );
}

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const count = fc.oneof(fc.nat(200), fc.maxSafeNat());
/** Ordinary objects, as parsers make them. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true });

const json = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)));

const sender: fc.Arbitrary<Sender> = record({
  id: fc.oneof(
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => bytes.toHex()),
    fc.constantFrom("v-8fj2k", "ABCDEF12", "abc", "0a1"),
  ),
  name: text,
  level: fc.nat(300),
  role: fc.constantFrom(...ROLES),
});

const side = record({ room: fc.constantFrom("100001", "100002"), name: text, score: count });

const content: fc.Arbitrary<Content> = fc.oneof(
  record({
    kind: fc.constant("chat" as const),
    body: record({
      text,
      color: fc.option(
        fc.integer({ min: 0, max: 0xffffff }).map((color) =>
          `#${color.toString(16).padStart(6, "0")}`
        ),
      ),
      mode: fc.constantFrom(...MODES),
      replyTo: fc.option(record({ id: fc.constantFrom("k3j9", "zz"), name: text, text })),
    }),
  }),
  record({
    kind: fc.constant("gift" as const),
    body: record({
      gift: fc.constantFrom("rose", "rocket"),
      count,
      combo: count,
      value: count,
      side: fc.option(fc.constantFrom("100001", "100002")),
    }),
  }),
  record({
    kind: fc.constant("pk" as const),
    body: record({
      battle: fc.constantFrom("b1", "b2"),
      phase: fc.constantFrom("invited", "running", "penalty", "over", "declined"),
      sides: fc.tuple(side, side),
      endsAtMs: count,
      winner: fc.option(fc.constantFrom("100001", "100002")),
    }),
  }),
  record({
    kind: fc.constant("notice" as const),
    body: record({
      notice: fc.constantFrom(...NOTICES),
      data: fc.dictionary(fc.constantFrom("count", "names", "text", "account"), json, {
        noNullPrototype: true,
      }),
    }),
  }),
);

/** Any message; its place comes from its neighbours. */
const unplaced = fc.tuple(
  content,
  record({
    lane: fc.constantFrom(...LANES),
    from: fc.option(sender),
    stateKey: fc.option(fc.constantFrom("likes", "combo:a:rose")),
    merged: fc.integer({ min: 1, max: 5_000 }),
  }),
).map(([content, rest]) => ({ ...rest, ...content }));

/** Any messages in order; two channels may have the same score. */
export const anyMessages: fc.Arbitrary<Message[]> = fc.array(
  fc.tuple(unplaced, fc.oneof(fc.nat(3), fc.nat(2 ** 24))),
  { maxLength: 12 },
).map((list) => {
  let score = scoreAt(TALK_MS);
  return list.map(([message, step]) => ({ ...message, score: score += step }));
});

const policy = record({
  push: fc.subarray([...KINDS]),
  poll: fc.subarray([...KINDS]),
  pollAfterMs: fc.nat(60_000),
});

/** Any frame of a gateway. */
export const anyServerFrame: fc.Arbitrary<ServerFrame> = fc.oneof(
  record({
    type: fc.constant("batch" as const),
    messages: anyMessages,
    cursor: fc.constantFrom("", "c1.a.b.0"),
    dropped: count,
    reset: fc.boolean(),
  }),
  record({
    type: fc.constant("hello" as const),
    cursor: fc.constantFrom("c1.a.b.0"),
    heartbeatMs: fc.nat(60_000),
    policy,
  }),
  policy.map((policy) => ({ type: "policy" as const, ...policy })),
  record({ type: fc.constant("reconnect" as const), afterMs: fc.nat(60_000) }),
  fc.constant({ type: "pong" as const }),
  record({
    type: fc.constant("problem" as const),
    code: fc.constantFrom(...Object.keys(PROBLEM_CODES) as (keyof typeof PROBLEM_CODES)[]),
    text,
  }),
);
