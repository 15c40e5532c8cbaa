import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import {
  decodeEdgeFeedFrame,
  type EdgeFeedFrame,
  encodeFeedFrame,
  type WebFeedFrame,
} from "../../im/internal_feed.ts";
import type { FeedSink } from "../../im/feed.ts";
import { chatDraft, placed } from "../../tests/support/im_messages.ts";
import { waitFor } from "../../tests/support/wait.ts";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { type FeedSocketEvents, WebFeed } from "./web_feed.ts";

/** The other end of every connection, under the hand of the test. */
function wire() {
  const connections: { events: FeedSocketEvents; sent: EdgeFeedFrame[]; closed: boolean }[] = [];
  const feed = new WebFeed({
    silentAfterMs: 200,
    random: () => 0,
    connect: (events) => {
      const connection = { events, sent: [] as EdgeFeedFrame[], closed: false };
      connections.push(connection);
      return {
        send: (text) => void connection.sent.push(decodeEdgeFeedFrame(text)),
        close: () => void (connection.closed = true),
      };
    },
  });
  const last = () => connections.at(-1)!;
  return {
    feed,
    connections,
    last,
    say: (frame: WebFeedFrame) => last().events.onText(encodeFeedFrame(frame)),
    [Symbol.asyncDispose]: () => feed.close(),
  };
}

function sink() {
  const seen: string[] = [];
  const it: FeedSink = {
    onSlice: ({ messages, gap }) => seen.push(`${messages.length}${gap ? " gap" : ""}`),
    onAway: (away) => seen.push(away ? "away" : "back"),
    onMissing: () => seen.push("missing"),
  };
  return { it, seen };
}

const slice = (channel: string, ...scores: number[]): WebFeedFrame => ({
  type: "slice",
  channel,
  messages: scores.map((score) => placed(chatDraft("a"), score)),
  head: scores.at(-1) ?? 0,
  gap: false,
});

Deno.test("WebFeed connects with the first channel and follows many in one frame", async () => {
  await using at = wire();
  strictEqual(at.connections.length, 0);
  const [one, two] = [sink(), sink()];
  at.feed.follow("100001", one.it);
  at.last().events.onOpen();
  deepStrictEqual(at.last().sent, [
    { type: "follow", channels: [{ channel: "100001", after: null }] },
  ]);
  at.feed.follow("100002", two.it);
  const unfollow = at.feed.follow("@everyone", two.it);
  unfollow();
  unfollow();
  await Promise.resolve();
  deepStrictEqual(at.last().sent.slice(1), [
    { type: "unfollow", channels: ["@everyone"] },
    { type: "follow", channels: [{ channel: "100002", after: null }] },
  ]);
  throws(() => at.feed.follow("100001", one.it), /is followed/);
});

Deno.test("WebFeed goes on after the last score when its connection is lost", async () => {
  await using at = wire();
  const { it, seen } = sink();
  at.feed.follow("100001", it);
  at.last().events.onOpen();
  at.say({ type: "settings", settings: { ...DEFAULT_IM_SETTINGS, batchMs: 7 } });
  at.say(slice("100001", 5, 9));
  at.say(slice("100777", 6));
  strictEqual(at.feed.settings.batchMs, 7);
  at.last().events.onClose("reset");
  strictEqual(at.feed.isConnected, false);
  await waitFor("the second connection", () => at.connections.length === 2);
  at.last().events.onOpen();
  deepStrictEqual(at.last().sent, [{
    type: "follow",
    channels: [{ channel: "100001", after: 9 }],
  }]);
  deepStrictEqual(seen, ["back", "2", "away", "back"]);
  at.connections[0]!.events.onText("what comes late is passed over");
  ok(at.feed.isConnected);
});

Deno.test("WebFeed leaves a connection that is silent or speaks nonsense", async () => {
  await using at = wire();
  at.feed.follow("100001", sink().it);
  at.last().events.onOpen();
  await waitFor("the end of the silent one", () => at.connections[0]!.closed);
  await waitFor("the second connection", () => at.connections.length === 2);
  at.last().events.onOpen();
  at.last().events.onText("{}");
  ok(at.last().closed);
  await waitFor("the third connection", () => at.connections.length === 3);
});

Deno.test("WebFeed tells of rooms that there are not and forgets them", async () => {
  await using at = wire();
  const { it, seen } = sink();
  at.feed.follow("100009", it);
  at.last().events.onOpen();
  at.say({ type: "missing", channel: "100009" });
  deepStrictEqual(seen, ["back", "missing"]);
  at.feed.follow("100009", it);
});
