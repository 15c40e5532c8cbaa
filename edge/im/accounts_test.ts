import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Feed, FeedSink } from "../../im/feed.ts";
import { accountChannel, type Message, scoreAt } from "../../im/protocol/message.ts";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { ANN, noticeDraft, placed, TALK_MS } from "../../tests/support/im_messages.ts";
import { Accounts } from "./accounts.ts";
import type { EncodedFrame } from "./encoded_frame.ts";
import type { PushViewer } from "./viewer.ts";

/** A connection that takes as much as it is told to. */
class Viewer implements PushViewer {
  readonly accountId = ANN.id;
  bufferedBytes = 0;
  behind = null;
  stalledSinceMs = null;
  isTerminated = false;
  readonly texts: string[] = [];

  send({ frame }: EncodedFrame): void {
    if (frame.type !== "batch") return;
    for (const one of frame.messages) {
      if (one.kind === "notice") this.texts.push(String(one.body.data.text));
    }
  }

  close(): void {}

  terminate(): void {
    this.isTerminated = true;
  }
}

function accounts() {
  let nowMs = TALK_MS;
  let sink: FeedSink | undefined;
  const feed: Feed = {
    settings: DEFAULT_IM_SETTINGS,
    onSettings: () => () => {},
    follow(channel, given) {
      strictEqual(channel, accountChannel(ANN.id));
      sink = given;
      return () => {};
    },
    close: () => Promise.resolve(),
  };
  const all = new Accounts(feed, { now: () => nowMs });
  const room = { cursorWith: (own: number) => `c1.0.0.${own.toString(36)}` };
  return {
    all,
    join(): Viewer {
      const viewer = new Viewer();
      all.join(viewer, { room, own: null });
      return viewer;
    },
    tell(text: string): void {
      nowMs += 10;
      const message: Message = placed(noticeDraft("private", { text }), scoreAt(nowMs));
      sink!.onSlice({ messages: [message], head: message.score, gap: false });
    },
    pass: (ms: number) => nowMs += ms,
  };
}

Deno.test("Accounts skips a connection that takes nothing, and makes good when it does", () => {
  const { all, join, tell, pass } = accounts();
  const [quick, slow] = [join(), join()];
  tell("one");
  slow.bufferedBytes = 100_000;
  tell("two");
  tell("three");
  all.tend();
  deepStrictEqual([quick.texts, slow.texts], [["one", "two", "three"], ["one"]]);
  pass(5_000);
  slow.bufferedBytes = 0;
  all.tend();
  deepStrictEqual(slow.texts, ["one", "two", "three"]);
  pass(20_000);
  all.tend();
  strictEqual(slow.isTerminated, false);
  all.stop();
});

Deno.test("Accounts ends a connection that takes nothing for 10 s", () => {
  const { all, join, tell, pass } = accounts();
  const [quick, slow] = [join(), join()];
  slow.bufferedBytes = 100_000;
  tell("one");
  pass(9_000);
  all.tend();
  strictEqual(slow.isTerminated, false);
  pass(2_000);
  all.tend();
  deepStrictEqual([slow.isTerminated, quick.isTerminated], [true, false]);
  all.stop();
});
