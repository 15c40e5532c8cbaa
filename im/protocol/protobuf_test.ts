import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import protobuf from "protobufjs";
import {
  anyServerFrame,
  chatDraft,
  giftDraft,
  noticeDraft,
  pkDraft,
  placed,
  talk,
} from "../../tests/support/im_messages.ts";
import type { ClientFrame, PolledBatch, ServerFrame } from "./frames.ts";
import type { Message } from "./message.ts";
import {
  decodeClientFrame,
  decodePollAnswer,
  decodeServerFrame,
  encodeClientFrame,
  encodePollAnswer,
  encodeServerFrame,
} from "./protobuf.ts";
import { MalformedFrameError } from "./wire.ts";

const schema = protobuf.parse(
  Deno.readTextFileSync(new URL("wanren_im_v1.proto", import.meta.url)),
).root;
const ServerFrameType = schema.lookupType("wanren.im.v1.ServerFrame");
const ClientFrameType = schema.lookupType("wanren.im.v1.ClientFrame");
const PollAnswerType = schema.lookupType("wanren.im.v1.PollAnswer");

const batch = (messages: readonly Message[]): ServerFrame => ({
  type: "batch",
  messages,
  cursor: "c1.abc.def.0",
  dropped: 0,
  reset: false,
});

Deno.test("server frames come back as they were written (property)", () => {
  fc.assert(fc.property(anyServerFrame, (frame) => {
    deepStrictEqual(decodeServerFrame(encodeServerFrame(frame)), frame);
  }));
});

Deno.test("client frames come back as they were written", () => {
  const frames: ClientFrame[] = [
    { type: "ping" },
    { type: "auth", ticket: "a.b", cursor: null },
    { type: "auth", ticket: "票".repeat(300), cursor: "c1.1.2.3" },
  ];
  for (const frame of frames) deepStrictEqual(decodeClientFrame(encodeClientFrame(frame)), frame);
});

Deno.test("bytes mean the same to protobufjs and the schema, in both directions (property)", () => {
  fc.assert(fc.property(anyServerFrame, (frame) => {
    const bytes = encodeServerFrame(frame);
    const theirs = ServerFrameType.decode(bytes);
    // Written anew by them, whatever order and defaults they choose, it reads the same.
    deepStrictEqual(decodeServerFrame(ServerFrameType.encode(theirs).finish()), frame);
  }));
  const auth = { auth: { ticket: "a.b", cursor: "c1.1.2.3" } };
  deepStrictEqual(
    decodeClientFrame(ClientFrameType.encode(ClientFrameType.create(auth)).finish()),
    { type: "auth", ...auth.auth },
  );
  const ping = ClientFrameType.decode(encodeClientFrame({ type: "ping" }));
  deepStrictEqual(ClientFrameType.toObject(ping), { ping: {} });
});

Deno.test("protobufjs sees every field where the schema has it", () => {
  const from = { id: "0a1b2c3d", name: "阿泽", level: 9, role: "moderator" } as const;
  const frame = batch([
    placed({
      kind: "chat",
      lane: "valued",
      from,
      stateKey: null,
      body: {
        text: "你好",
        color: "#ff8000",
        mode: "top",
        replyTo: { id: "k1", name: "Bo", text: "hi" },
      },
    }, 5_000),
    { ...placed(giftDraft("rose", { value: 500 }), 5_003), merged: 4, stateKey: "combo:a:rose" },
    placed(pkDraft([1, 2]), 5_003),
    placed(noticeDraft("likes", { count: 7 }), 5_010),
  ]);
  const seen = ServerFrameType.toObject(ServerFrameType.decode(encodeServerFrame(frame)), {
    longs: Number,
    bytes: Array,
  });
  const [chat, gift, pk, notice] = seen.batch.messages;
  deepStrictEqual(chat, {
    score: 5_000,
    priority: 5,
    from: { id: [0x0a, 0x1b, 0x2c, 0x3d], name: "阿泽", level: 9, role: 2 },
    chat: {
      text: "你好",
      color: 0xff8001,
      mode: 1,
      replyTo: { id: "k1", name: "Bo", text: "hi" },
    },
  });
  strictEqual(gift.score, 3);
  strictEqual(gift.merged, 4);
  strictEqual(gift.stateKey, "combo:a:rose");
  deepStrictEqual(gift.gift, { gift: "rose", count: 1, combo: 1, value: 500 });
  strictEqual(JSON.parse(pk.pk).battle, "b1");
  deepStrictEqual(JSON.parse(notice.notice), { notice: "likes", data: { count: 7 } });
  strictEqual(seen.batch.cursor, "c1.abc.def.0");
});

Deno.test("protobufjs sees plain texts in columns, and the others in their order between them", () => {
  const [a, b, c] = talk();
  const gift = placed(giftDraft("rose"), b!.score + 1);
  const coloured = { ...c!, body: { ...c!.body, color: "#ff8000" } } as Message;
  const frame = batch([a!, b!, gift, coloured]);
  const bytes = encodeServerFrame(frame);
  deepStrictEqual(decodeServerFrame(bytes), frame);
  const seen = ServerFrameType.toObject(ServerFrameType.decode(bytes), { longs: Number });
  strictEqual(seen.batch.messages.length, 2);
  const { scores, ids, levels, marks, names, texts } = seen.batch.talk;
  deepStrictEqual(scores, [a!.score, b!.score - a!.score]);
  strictEqual(Buffer.from(ids).toString("hex"), a!.from!.id + b!.from!.id);
  deepStrictEqual(levels, [a!.from!.level, b!.from!.level]);
  // A member in the lane of texts.
  deepStrictEqual(marks, [1 + 8 * 6, 1 + 8 * 6]);
  strictEqual(names, `${a!.from!.name}\n${b!.from!.name}`);
  strictEqual(texts.split("\n").length, 2);
});

Deno.test("texts that columns cannot hold stand outside of them and come back", () => {
  const [a, b, c] = talk() as (Message & { kind: "chat" })[];
  const one = (change: Partial<Message>) => ({ ...b!, ...change }) as Message;
  const odd = [
    one({ body: { ...b!.body, text: "two\nlines" } } as Partial<Message>),
    one({ from: { ...b!.from!, name: "a\nb" } }),
    one({ from: { ...b!.from!, id: "v-8fj2k" } }),
    one({ from: null }),
    one({ stateKey: "x" }),
    one({ merged: 2 }),
    one({ score: c!.score }),
  ];
  for (const message of odd) {
    const frame = batch([a!, message, c!]);
    deepStrictEqual(decodeServerFrame(encodeServerFrame(frame)), frame);
  }
  const empty = batch([a!, one({ body: { ...b!.body, text: "" } } as Partial<Message>)]);
  deepStrictEqual(decodeServerFrame(encodeServerFrame(empty)), empty);
});

Deno.test("answers to polls come back as they were written, from protobufjs as well (property)", () => {
  fc.assert(fc.property(anyServerFrame, fc.boolean(), (frame, told) => {
    if (frame.type !== "batch") return;
    const { type: _type, ...rest } = frame;
    const policy = told ? { push: ["pk"] as const, poll: ["chat", "gift"] as const } : null;
    const answer: PolledBatch = { ...rest, cursor: "c1.a.b.0", pollAfterMs: 900, policy };
    const bytes = encodePollAnswer(answer);
    deepStrictEqual(decodePollAnswer(bytes), answer);
    const theirs = PollAnswerType.encode(PollAnswerType.decode(bytes)).finish();
    deepStrictEqual(decodePollAnswer(theirs), answer);
  }));
  throws(() => decodePollAnswer(new Uint8Array()), MalformedFrameError);
  throws(() => decodePollAnswer(Uint8Array.fromHex("0a00")), MalformedFrameError);
});

Deno.test("fifteen texts of fifteen people take at most 0.9 KB", () => {
  const bytes = encodeServerFrame(batch(talk()));
  ok(bytes.length <= 900, `${bytes.length} bytes`);
});

Deno.test("a frame cut at any byte is refused or means less, and throws nothing else", () => {
  const frames: ServerFrame[] = [
    batch([...talk().slice(0, 3), placed(pkDraft([1, 2]), talk()[3]!.score)]),
    {
      type: "hello",
      cursor: "c1.a.b.0",
      heartbeatMs: 25_000,
      policy: { push: ["pk", "gift"], poll: ["chat"], pollAfterMs: 3_000 },
    },
    { type: "problem", code: "banned", text: "再见" },
  ];
  for (const frame of frames) {
    const bytes = encodeServerFrame(frame);
    for (let length = 0; length < bytes.length; length++) {
      // The whole frame is one embedded message, so that no cut of it is complete.
      throws(() => decodeServerFrame(bytes.subarray(0, length)), MalformedFrameError);
    }
  }
});

Deno.test("decodeServerFrame() throws MalformedFrameError when a frame is none", () => {
  for (
    const hex of [
      // A field that is unknown and nothing else.
      "7801",
      // A batch that is a number, a message without content, one without a place.
      "1001",
      "12040a020805",
      "12060a042a020a00",
      // Columns of different lengths, of a message without a place, of no scores but a name.
      "12062a040a020101",
      "12132a110a01001a01002201002a0012" + "0c" + "00".repeat(12),
      "12052a032a0161",
      // Field number 0, wire types 3 and 6, a varint without end.
      "0001",
      "0b",
      "0e",
      "ffffffffffffffffffffff",
      // A text that is no UTF-8, an unknown problem, an unknown kind.
      "32040a02c328",
      "32030a0161",
      "1a020804",
    ]
  ) throws(() => decodeServerFrame(Uint8Array.fromHex(hex)), MalformedFrameError, hex);
});

Deno.test("fields that are not known are passed over", () => {
  const bytes = encodeServerFrame({ type: "reconnect", afterMs: 500 });
  const unknown = Uint8Array.fromHex(
    "ba0603616263" + "c106" + "0011223344556677" + "c506" + "00112233",
  );
  const with_ = new Uint8Array([...unknown, ...bytes]);
  deepStrictEqual(decodeServerFrame(with_), { type: "reconnect", afterMs: 500 });
});

Deno.test("encodeServerFrame() throws RangeError when messages are out of order", () => {
  const [a, b] = [placed(chatDraft("a"), 9), placed(chatDraft("b"), 8)];
  throws(() => encodeServerFrame(batch([a, b])), RangeError);
});
