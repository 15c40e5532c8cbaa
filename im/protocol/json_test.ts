import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { anyServerFrame, chatDraft, placed, talk } from "../../tests/support/im_messages.ts";
import {
  decodeClientFrameJson,
  decodeServerFrameJson,
  encodeClientFrameJson,
  encodeServerFrameJson,
  messageJson,
  parseMessageJson,
} from "./json.ts";
import { MalformedFrameError } from "./wire.ts";

Deno.test("server frames come back as they were written (property)", () => {
  fc.assert(fc.property(anyServerFrame, (frame) => {
    deepStrictEqual(decodeServerFrameJson(encodeServerFrameJson(frame)), frame);
  }));
});

Deno.test("messageJson() shows what the API promises and leaves out what is plain", () => {
  const [first] = talk();
  deepStrictEqual(messageJson(first!), {
    id: first!.score.toString(36),
    kind: "chat",
    priority: 6,
    from: { id: first!.from!.id, name: "小鱼干", level: 1, role: "member" },
    at: "2026-11-22T12:00:00.000Z",
    text: "主播今天这把操作真的太秀了",
  });
  deepStrictEqual(parseMessageJson(messageJson(first!)), first);
});

Deno.test("client frames come back as they were written", () => {
  for (
    const frame of [
      { type: "ping" },
      { type: "auth", ticket: "a.b", cursor: null },
      { type: "auth", ticket: "a.b", cursor: "c1.1.2.3" },
    ] as const
  ) deepStrictEqual(decodeClientFrameJson(encodeClientFrameJson(frame)), frame);
  deepStrictEqual(decodeClientFrameJson('{"type":"auth","ticket":"t"}'), {
    type: "auth",
    ticket: "t",
    cursor: null,
  });
});

Deno.test("fifteen texts of fifteen people stay small for an answer to a poll", () => {
  const body = JSON.stringify({ messages: talk().map(messageJson) });
  const size = gzipSync(body).length;
  // Ids are random: 180 bytes that no packer takes away; names and texts are 450 bytes of UTF-8.
  ok(size <= 1_200, `${size} bytes`);
});

Deno.test("a frame cut at any character is refused", () => {
  const text = encodeServerFrameJson({
    type: "batch",
    messages: [placed(chatDraft("你好"), 9)],
    cursor: "c1.a.b.0",
    dropped: 0,
    reset: false,
  });
  for (let length = 0; length < text.length; length++) {
    throws(() => decodeServerFrameJson(text.slice(0, length)), MalformedFrameError);
  }
  const auth = '{"type":"auth","ticket":"t"}';
  for (let length = 0; length < auth.length; length++) {
    throws(() => decodeClientFrameJson(auth.slice(0, length)), MalformedFrameError);
  }
});

Deno.test("decodeServerFrameJson() throws MalformedFrameError when a frame is none", () => {
  const message = messageJson(placed(chatDraft("a"), 9));
  const batch = { type: "batch", cursor: "", dropped: 0, reset: false };
  for (
    const frame of [
      null,
      [],
      7,
      {},
      { type: "shout" },
      { type: "reconnect", afterMs: "1" },
      { type: "reconnect", afterMs: -1 },
      { type: "problem", code: "toString", text: "" },
      { type: "hello", cursor: "", heartbeatMs: 1, policy: null },
      { type: "policy", push: ["fax"], poll: [], pollAfterMs: 1 },
      { type: "policy", push: Array(9).fill("chat"), poll: [], pollAfterMs: 1 },
      { ...batch, messages: {} },
      { ...batch, messages: Array(501).fill(message) },
      ...[
        { id: "" },
        { id: "ZZ" },
        { priority: 8 },
        { priority: "6" },
        { kind: "fax" },
        { text: 7 },
        { color: "red" },
        { mode: "sideways" },
        { replyTo: { id: "a" } },
        { from: { id: "a", name: "b", level: 1, role: "god" } },
        { from: 7 },
        { merged: 0.5 },
        { stateKey: 1 },
        { kind: "gift", gift: "rose" },
        { kind: "pk", battle: "b", phase: "running", sides: [], endsAtMs: 1 },
        { kind: "notice", notice: "likes", data: [] },
      ].map((change) => ({ ...batch, messages: [{ ...message, ...change }] })),
    ]
  ) {
    const text = JSON.stringify(frame);
    throws(() => decodeServerFrameJson(text), MalformedFrameError, text);
  }
  strictEqual(decodeServerFrameJson('{"type":"pong","more":1}').type, "pong");
});
