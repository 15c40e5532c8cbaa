/** Messages that are taken back, through running edges: over the log of `web`, and over Redis. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Feed } from "../../im/feed.ts";
import type { MessageLog } from "../../im/log.ts";
import { type Draft, messageId } from "../../im/protocol/message.ts";
import { DEFAULT_IM_SETTINGS } from "../../im/settings.ts";
import { takeBack } from "../../rooms/moderation/take_back.ts";
import { RedisFeed } from "../../store/redis/feed.ts";
import { RedisLog } from "../../store/redis/log.ts";
import { Places } from "../../store/redis/places.ts";
import { loadScripts } from "../../store/redis/scripts.ts";
import { startEdge } from "../support/edge_setup.ts";
import { ANN, chatDraft } from "../support/im_messages.ts";
import { ImClient, ImWeb, ROOM, ticketFor } from "../support/im_web.ts";
import { openEmptyRedis, startRedis } from "../support/redis.ts";
import { waitFor } from "../support/wait.ts";

const server = await startRedis();
addEventListener("unload", () => server.killNow());
const scripts = await loadScripts();

/** A log and edges that follow it. */
interface Stage extends AsyncDisposable {
  readonly log: MessageLog;
  readonly webUrl: string;
  readonly openFeed?: () => Promise<Feed>;
}

async function embedded(): Promise<Stage> {
  const web = await new ImWeb().start();
  return {
    log: web.log,
    webUrl: web.url,
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}

async function redis(): Promise<Stage> {
  const connection = await openEmptyRedis([server.url]);
  const open = () => new RedisLog(new Places({ main: connection, scripts }));
  return {
    log: open(),
    webUrl: "http://127.0.0.1:9",
    openFeed: () =>
      RedisFeed.open({
        log: open(),
        exists: () => Promise.resolve(true),
        readSettings: () => Promise.resolve(DEFAULT_IM_SETTINGS),
      }),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

for (const [name, open] of [["embedded", embedded], ["redis", redis]] as const) {
  Deno.test(`${name}: a message that is taken back is shown to nobody who comes later`, async () => {
    await using at = await open();
    const edges: Awaited<ReturnType<typeof startEdge>>[] = [];
    const newEdge = async () => {
      const edge = await startEdge({ webUrl: at.webUrl }, {
        reportIntervalMs: 3_600_000,
        ...(at.openFeed && { openFeed: at.openFeed }),
      });
      edges.push(edge);
      return edge.url;
    };
    const poll = async (url: string, cursor = "") => {
      const response = await fetch(
        `${url}/api/rooms/${ROOM}/messages${cursor && `?cursor=${cursor}`}`,
      );
      const body = await response.json();
      const words = body.messages.map((one: { text?: string; notice?: string }) =>
        one.text ?? one.notice
      );
      return { cursor: body.cursor as string, words: words as string[] };
    };
    const say = async (...drafts: readonly Draft[]) =>
      (await at.log.append(ROOM, drafts.map((draft) => ({ draft, dedupeKey: null }))))
        .map(({ message }) => message.score);
    const join = async (url: string) =>
      await new ImClient(url, { ticket: await ticketFor(ANN) }).joined();

    const url = await newEdge();
    const empty = await poll(url);
    const here = await join(url);
    const [bad] = await say(chatDraft("bad"), chatDraft("good"));
    await waitFor("both texts", () => here.texts.length === 2);
    // Answers are made and kept, with and without a cursor.
    const heldBefore = await poll(url);
    deepStrictEqual(heldBefore.words, ["bad", "good"]);
    deepStrictEqual((await poll(url, empty.cursor)).words, ["bad", "good"]);

    await takeBack(at.log, ROOM, [bad!]);
    const notice = await waitFor(
      "the notice",
      () =>
        here.messages.find(({ kind, body }) =>
          kind === "notice" && "notice" in body && body.notice === "removed"
        ),
    );
    deepStrictEqual(notice.kind === "notice" && notice.body.data, { ids: [messageId(bad!)] });
    deepStrictEqual((await poll(url)).words, ["good", "removed"]);
    deepStrictEqual((await poll(url, empty.cursor)).words, ["good", "removed"]);
    // Whoever has it hears of it by poll as well.
    deepStrictEqual((await poll(url, heldBefore.cursor)).words, ["removed"]);
    const late = await join(url);
    deepStrictEqual(late.texts, ["good"]);
    // An edge that has never heard of it.
    const otherUrl = await newEdge();
    deepStrictEqual((await poll(otherUrl)).words, ["good", "removed"]);
    const elsewhere = await join(otherUrl);
    deepStrictEqual(elsewhere.texts, ["good"]);
    const history = await at.log.history(ROOM, {
      ...{ fromMs: 0, toMs: Date.now() + 60_000, after: null, limit: 10 },
    });
    ok(!history.messages.some(({ score }) => score === bad));

    // Said and taken back within a tick, many times: it comes to nobody at all.
    for (let n = 0; n < 5; n++) {
      const [score] = await say(chatDraft(`slip ${n}`));
      await takeBack(at.log, ROOM, [score!]);
      // Twice: somebody repeats what may have failed.
      await takeBack(at.log, ROOM, [score!]);
    }
    await say(chatDraft("end"));
    for (const client of [here, late, elsewhere]) {
      await waitFor("the end", () => client.texts.includes("end"));
      const { messages } = client;
      const named = (id: string) =>
        messages.findIndex((one) =>
          one.kind === "notice" && one.body.notice === "removed" &&
          (one.body.data.ids as readonly string[]).includes(id)
        );
      // One that left with a batch before its notice was shown for a moment; none came after it.
      const stay = messages.filter((one, index) =>
        one.kind === "chat" && one.body.text.startsWith("slip") &&
        named(messageId(one.score)) < index
      );
      deepStrictEqual(stay, []);
    }
    const fresh = await poll(otherUrl);
    ok(!fresh.words.some((word) => word.startsWith("slip")), fresh.words.join());
    strictEqual(fresh.words.at(-1), "end");
    for (const client of [here, late, elsewhere]) client.leave();
    for (const { edge } of edges) await edge.stop();
  });
}
