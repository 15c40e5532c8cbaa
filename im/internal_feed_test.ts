import { deepStrictEqual, throws } from "node:assert/strict";
import {
  decodeEdgeFeedFrame,
  decodeWebFeedFrame,
  type EdgeFeedFrame,
  encodeFeedFrame,
  MAX_FOLLOWS_PER_FRAME,
  type WebFeedFrame,
} from "./internal_feed.ts";
import type { Message } from "./protocol/message.ts";
import { MalformedFrameError } from "./protocol/wire.ts";
import { DEFAULT_IM_SETTINGS } from "./settings.ts";

const MESSAGE: Message = {
  score: 7,
  merged: 1,
  lane: "chat",
  from: { id: "ab12cd34", name: "Ann", level: 3, role: "member" },
  stateKey: null,
  kind: "chat",
  body: { text: "hello", color: null, mode: "scroll", replyTo: null },
};

Deno.test("frames of either side come back as they were written", () => {
  const edge: EdgeFeedFrame[] = [
    { type: "follow", channels: [{ channel: "100001", after: null }] },
    {
      type: "follow",
      channels: [{ channel: "@everyone", after: 0 }, { channel: "@a1", after: 9 }],
    },
    { type: "unfollow", channels: ["100001"] },
  ];
  for (const frame of edge) deepStrictEqual(decodeEdgeFeedFrame(encodeFeedFrame(frame)), frame);
  const web: WebFeedFrame[] = [
    { type: "settings", settings: DEFAULT_IM_SETTINGS },
    { type: "slice", channel: "100001", messages: [MESSAGE], head: 7, gap: false },
    { type: "slice", channel: "100001", messages: [], head: 0, gap: true },
    { type: "missing", channel: "999999" },
    { type: "alive" },
  ];
  for (const frame of web) deepStrictEqual(decodeWebFeedFrame(encodeFeedFrame(frame)), frame);
});

Deno.test("decodeEdgeFeedFrame() throws MalformedFrameError when a frame is none", () => {
  for (
    const text of [
      "",
      "{",
      "null",
      "[]",
      '{"type":"follow"}',
      '{"type":"shout","channels":[]}',
      '{"type":"follow","channels":["100001"]}',
      '{"type":"follow","channels":[{"channel":"../etc"}]}',
      '{"type":"follow","channels":[{"channel":"100001","after":-1}]}',
      '{"type":"follow","channels":[{"channel":"100001","after":"7"}]}',
      JSON.stringify({
        type: "unfollow",
        channels: Array(MAX_FOLLOWS_PER_FRAME + 1).fill("100001"),
      }),
    ]
  ) throws(() => decodeEdgeFeedFrame(text), MalformedFrameError, text);
});

Deno.test("decodeWebFeedFrame() throws MalformedFrameError when a slice is out of order", () => {
  const slice = { type: "slice", channel: "100001", head: 9, gap: false };
  for (
    const messages of [
      [MESSAGE, MESSAGE],
      [{ ...MESSAGE, score: 0.5 }],
      [{ ...MESSAGE, lane: "fast" }],
      [{ ...MESSAGE, kind: "fax" }],
      [null],
      "none",
    ]
  ) {
    throws(() => decodeWebFeedFrame(JSON.stringify({ ...slice, messages })), MalformedFrameError);
  }
  throws(() => decodeWebFeedFrame('{"type":"settings","settings":1}'), MalformedFrameError);
});
