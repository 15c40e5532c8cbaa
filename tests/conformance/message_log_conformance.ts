/**
 * What every driver of the message log must do (`im/log.ts`), as one suite.
 *
 * @module
 */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import type { Entry, LogLimits, MessageLog, Slice } from "../../im/log.ts";
import {
  atMsOf,
  type Channel,
  type Content,
  type Draft,
  EVERYONE,
  type Kind,
  type Lane,
  type Message,
  messageId,
  scoreOfId,
} from "../../im/protocol/message.ts";

/** A driver under test. */
export interface Driver {
  readonly name: string;
  /** What was acknowledged is there after the log was closed and opened again. */
  readonly persistent: boolean;
  /** Several logs may be open on one store, as of several processes. */
  readonly shared: boolean;
  /** An empty store. */
  setUp(): Promise<World & AsyncDisposable>;
}

/** One store. */
export interface World {
  /** A log on it; a store that is not shared has one at a time. */
  open(options?: { readonly limits?: LogLimits }): Promise<MessageLog>;
  /**
   * Arguments for `message_log_writer.ts`, which opens the same store in a process of its own; null:
   * no other process can.
   */
  readonly writer: readonly string[] | null;
  /** Restarts the store's own server, killing it; null: it has none that may be killed. */
  readonly restart?: (() => Promise<void>) | null;
}

const ROOM = "100001";
const ANN = { id: "a1b2c3d4e5f60718", name: "李雷 🎥", level: 3, role: "member" } as const;

/** A chat whose text is given. */
export function chat(text: string, change: Partial<Pick<Draft, "stateKey" | "lane">> = {}): Draft {
  return {
    kind: "chat",
    body: { text, color: "#ff8800", mode: "top", replyTo: { id: "x", name: "Bob", text: "hi" } },
    from: ANN,
    lane: "chat",
    stateKey: null,
    ...change,
  };
}

/** A draft of a kind. */
export function draftOf(kind: Kind, n: number): Draft {
  const content: Record<Kind, Content> = {
    chat: { kind: "chat", body: { text: `${n}`, color: null, mode: "scroll", replyTo: null } },
    gift: { kind: "gift", body: { gift: "rose", count: n, combo: n, value: n, side: null } },
    pk: {
      kind: "pk",
      body: {
        battle: `b${n}`,
        phase: "running",
        sides: [
          { room: ROOM, name: "Ann", score: n },
          { room: "100002", name: "Bob", score: 0 },
        ],
        endsAtMs: 1_800_000_000_000,
        winner: null,
      },
    },
    notice: { kind: "notice", body: { notice: "likes", data: { total: n, list: [1, "a", null] } } },
  };
  const lanes: Record<Kind, Lane> = { chat: "chat", gift: "valued", pk: "pk", notice: "low" };
  const system = kind === "pk" || kind === "notice";
  return {
    ...content[kind],
    lane: lanes[kind],
    from: system ? null : ANN,
    stateKey: kind === "notice" ? "likes" : null,
  };
}

const plain = (draft: Draft): Entry => ({ draft, dedupeKey: null });
const texts = (messages: readonly Message[]) =>
  messages.map((message) => message.kind === "chat" ? message.body.text : message.kind);
const all = { after: null, limit: 1_000 };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Appends texts, one call each. */
async function say(log: MessageLog, said: readonly string[], channel: Channel = ROOM) {
  const messages: Message[] = [];
  for (const text of said) {
    const [appended] = await log.append(channel, [plain(chat(text))]);
    messages.push(appended?.message as Message);
  }
  return messages;
}

const numbers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `${from + index}`);

/** Registers the suite's tests for one driver. */
export function testMessageLog(driver: Driver): void {
  const test = (name: string, body: (world: World) => Promise<void>) =>
    Deno.test(`${driver.name}: ${name}`, async () => {
      await using world = await driver.setUp();
      await body(world);
    });
  const withLog = (name: string, body: (log: MessageLog) => Promise<void>, limits?: LogLimits) =>
    test(name, async (world) => {
      const log = await world.open(limits && { limits });
      try {
        await body(log);
      } finally {
        await log.close();
      }
    });

  withLog("append() answers what read() gives, of every kind and unchanged", async (log) => {
    const drafts = (["chat", "gift", "pk", "notice"] as const).map((kind, n) =>
      draftOf(kind, n + 1)
    );
    drafts.push(chat('你好 👩‍👩‍👧 \u{10ffff} "quoted" \\ {room} \' ; --'));
    const beforeMs = Date.now();
    const appended = await log.append(ROOM, drafts.map(plain));
    const messages = appended.map(({ message }) => message);
    deepStrictEqual(appended.map(({ repeated }) => repeated), drafts.map(() => false));
    for (const [index, message] of messages.entries()) {
      const { score, merged, ...draft } = message;
      deepStrictEqual(draft, drafts[index]);
      strictEqual(merged, 1);
      strictEqual(scoreOfId(messageId(score)), score);
      ok(Math.abs(atMsOf(score) - beforeMs) < 5_000, `${atMsOf(score)} is not now`);
    }
    deepStrictEqual(await log.read(ROOM, all), {
      messages,
      head: messages.at(-1)?.score,
      gap: false,
    });
  });

  withLog("an empty channel has the head 0", async (log) => {
    const empty: Slice = { messages: [], head: 0, gap: false };
    deepStrictEqual(await log.read(ROOM, all), empty);
    deepStrictEqual(await log.read(ROOM, { after: 0, limit: 5 }), empty);
    deepStrictEqual(await log.read(ROOM, { after: 4e15, limit: 5 }), empty);
    deepStrictEqual(await log.append(ROOM, []), []);
  });

  withLog("channels know nothing of each other", async (log) => {
    const [room] = await say(log, ["room"]);
    const [everyone] = await say(log, ["everyone"], EVERYONE);
    const [own] = await say(log, ["own"], `@${ANN.id}`);
    deepStrictEqual((await log.read(ROOM, all)).messages, [room]);
    deepStrictEqual((await log.read(EVERYONE, all)).messages, [everyone]);
    deepStrictEqual((await log.read(`@${ANN.id}`, all)).messages, [own]);
    deepStrictEqual((await log.read("100002", all)).messages, []);
  });

  withLog("append() refuses what is no channel", async (log) => {
    for (const channel of ["", "1", "@", "{100001}", "100001\0", "@A b"]) {
      await rejects(log.append(channel, [plain(chat("x"))]), TypeError);
    }
  });

  withLog("a call's drafts stand next to each other, with rising scores", async (log) => {
    const calls = await Promise.all(
      numbers(20).map((call) =>
        log.append(ROOM, numbers(5).map((n) => plain(chat(`${call}-${n}`))))
      ),
    );
    const scores = calls.flatMap((call) => call.map(({ message }) => message.score));
    strictEqual(new Set(scores).size, 100);
    const { messages } = await log.read(ROOM, all);
    deepStrictEqual(messages.map(({ score }) => score), scores.toSorted((a, b) => a - b));
    for (let at = 0; at < 100; at += 5) {
      const [call] = texts(messages)[at]!.split("-");
      deepStrictEqual(texts(messages).slice(at, at + 5), numbers(5).map((n) => `${call}-${n}`));
    }
  });

  test("with four writers a reader misses nothing and sees nothing twice", async (world) => {
    const logs: MessageLog[] = [await world.open()];
    while (driver.shared && logs.length < 4) logs.push(await world.open());
    try {
      const perWriter = 300;
      let writing = 4;
      const accepted: number[] = [];
      const writers = [0, 1, 2, 3].map(async (writer) => {
        const log = logs[writer % logs.length] as MessageLog;
        for (let n = 0; n < perWriter; n += 3) {
          const appended = await log.append(
            ROOM,
            [0, 1, 2].map((more) => plain(chat(`${writer} ${n + more}`))),
          );
          accepted.push(...appended.map(({ message }) => message.score));
        }
        writing--;
      });
      const seen: Message[] = [];
      const read = async (log: MessageLog) => {
        let after = 0;
        for (;;) {
          const last = writing === 0;
          // As many as there can be: a slow reader is not to be told of a gap.
          const slice = await log.read(ROOM, { after, limit: 4 * perWriter });
          strictEqual(slice.gap, false);
          seen.push(...slice.messages);
          after = slice.messages.at(-1)?.score ?? after;
          ok(slice.head >= after);
          if (last) return;
          await pause(1);
        }
      };
      await Promise.all([...writers, read(logs.at(-1) as MessageLog)]);
      const scores = seen.map(({ score }) => score);
      deepStrictEqual(scores, accepted.toSorted((a, b) => a - b));
      deepStrictEqual(scores, [...new Set(scores)]);
      for (const writer of [0, 1, 2, 3]) {
        const own = texts(seen).filter((text) => text.startsWith(`${writer} `));
        deepStrictEqual(own, numbers(perWriter).map((n) => `${writer} ${n}`));
      }
    } finally {
      for (const log of logs) await log.close();
    }
  });

  withLog("read() goes on after a cursor, and gives the newest with a gap", async (log) => {
    const said = await say(log, numbers(10));
    const score = (index: number) => (said[index] as Message).score;
    const head = score(9);
    const slice = async (after: number | null, limit: number) => {
      const { messages, head: at, gap } = await log.read(ROOM, { after, limit });
      strictEqual(at, head);
      return [texts(messages).join(""), gap];
    };
    deepStrictEqual(await slice(score(3), 100), ["456789", false]);
    deepStrictEqual(await slice(score(3) - 1, 100), ["3456789", false]);
    deepStrictEqual(await slice(score(3), 6), ["456789", false]);
    deepStrictEqual(await slice(score(3), 5), ["56789", true]);
    deepStrictEqual(await slice(0, 100), ["0123456789", false]);
    deepStrictEqual(await slice(null, 4), ["6789", false]);
    deepStrictEqual(await slice(null, 100), ["0123456789", false]);
    deepStrictEqual(await slice(head, 100), ["", false]);
    deepStrictEqual(await slice(head + 1_000_000, 100), ["", false]);
  });

  const small: LogLimits = { maxAgeMs: 60_000, maxPerKind: 10 };
  withLog("of each kind the newest stay, and a reader is told", async (log) => {
    const [gift] = await log.append(ROOM, [plain(draftOf("gift", 7))]);
    const said = await say(log, numbers(25));
    const { messages, gap } = await log.read(ROOM, all);
    deepStrictEqual(messages[0], gift?.message);
    // A driver may trim in steps, but not below the limit.
    ok(messages.length >= 11 && messages.length <= 26, `${messages.length} are left`);
    deepStrictEqual(texts(messages).slice(-10), numbers(10, 15));
    strictEqual(gap, false);
    if (messages.length < 26) {
      strictEqual((await log.read(ROOM, { after: 0, limit: 100 })).gap, true);
      const stale = await log.read(ROOM, { after: said[2]!.score, limit: 100 });
      if (messages.length < 20) strictEqual(stale.gap, true);
    }
    const good = await log.read(ROOM, { after: said[20]!.score, limit: 100 });
    deepStrictEqual([texts(good.messages), good.gap], [numbers(4, 21), false]);
    const history = await log.history(ROOM, wholeTime({ limit: 200 }));
    strictEqual(history.messages.length, 26);
  }, small);

  const brief: LogLimits = { maxAgeMs: 300, maxPerKind: 1_000 };
  withLog("what is too old leaves the live part, not the history", async (log) => {
    const [old] = await say(log, ["old"]);
    await pause(400);
    const [fresh] = await say(log, ["fresh"]);
    const slice = await log.read(ROOM, { after: 0, limit: 10 });
    deepStrictEqual([texts(slice.messages), slice.gap], [["fresh"], true]);
    deepStrictEqual(await log.read(ROOM, { after: old!.score, limit: 10 }), {
      messages: [fresh],
      head: fresh!.score,
      gap: false,
    });
    await pause(400);
    const idle = await log.read(ROOM, { after: fresh!.score, limit: 10 });
    deepStrictEqual(idle.messages, []);
    strictEqual(idle.gap, false);
    const next = await log.history(ROOM, wholeTime({ limit: 10 }));
    deepStrictEqual(next, { messages: [old, fresh], next: null });
    const [last] = await say(log, ["last"]);
    ok(last!.score > fresh!.score);
  }, brief);

  withLog("a dedupe key is taken once, also by racing callers", async (log) => {
    const entry = (text: string, dedupeKey: string | null) => ({ draft: chat(text), dedupeKey });
    const racing = await Promise.all(
      numbers(8).map((n) => log.append(ROOM, [entry(`text ${n}`, "chat ann 1")])),
    );
    const fresh = racing.flat().filter(({ repeated }) => !repeated);
    strictEqual(fresh.length, 1);
    for (const [appended] of racing) deepStrictEqual(appended?.message, fresh[0]?.message);
    const mixed = await log.append(ROOM, [
      entry("again", "chat ann 1"),
      entry("new", "chat ann 2"),
      entry("new again", "chat ann 2"),
      entry("none", null),
      entry("none", null),
    ]);
    deepStrictEqual(mixed.map(({ repeated }) => repeated), [true, false, true, false, false]);
    deepStrictEqual(mixed[0]?.message, fresh[0]?.message);
    deepStrictEqual(mixed[2]?.message, mixed[1]?.message);
    strictEqual((await log.read(ROOM, all)).messages.length, 4);
    // Of another channel.
    const [other] = await log.append("100002", [entry("other", "chat ann 1")]);
    strictEqual(other?.repeated, false);
    // The one who asks again gets an answer even when the message was taken out.
    await log.remove(ROOM, [fresh[0]!.message.score]);
    const [gone] = await log.append(ROOM, [entry("after", "chat ann 1")]);
    deepStrictEqual([gone?.repeated, gone?.message.score], [true, fresh[0]!.message.score]);
    strictEqual((await log.read(ROOM, all)).messages.length, 3);
  });

  withLog("history() pages through a range of time and leaves nothing out", async (log) => {
    const before = await say(log, numbers(5));
    await pause(5);
    const many = await log.append(ROOM, numbers(40, 100).map((text) => plain(chat(text))));
    await pause(5);
    const after = await say(log, numbers(5, 900));
    const middle = many.map(({ message }) => message);
    const fromMs = atMsOf(middle[0]!.score);
    const toMs = atMsOf(middle.at(-1)!.score) + 1;
    const seen: Message[] = [];
    let pages = 0;
    for (let next: number | null = null, more = true; more; pages++) {
      const page: Awaited<ReturnType<MessageLog["history"]>> = await log.history(ROOM, {
        fromMs,
        toMs,
        after: next,
        limit: 7,
      });
      ok(page.messages.length <= 7);
      seen.push(...page.messages);
      next = page.next;
      more = next !== null;
    }
    deepStrictEqual(seen, middle);
    strictEqual(pages, 6);
    const whole = await log.history(ROOM, wholeTime({ limit: 200 }));
    deepStrictEqual(whole, { messages: [...before, ...middle, ...after], next: null });
    const exact = await log.history(ROOM, wholeTime({ limit: 50 }));
    strictEqual(exact.next, null);
    deepStrictEqual(
      await log.history(ROOM, { fromMs: 0, toMs: 1_000, after: null, limit: 10 }),
      { messages: [], next: null },
    );
  });

  withLog("history() of an account's channel holds its messages and no other's", async (log) => {
    const own = await log.append("@0a1b", numbers(5).map((text) => plain(chat(text))));
    await log.append("@0a1c", numbers(3, 50).map((text) => plain(chat(text))));
    await say(log, numbers(2, 90));
    const first = await log.history("@0a1b", wholeTime({ limit: 3 }));
    deepStrictEqual(texts(first.messages), ["0", "1", "2"]);
    strictEqual(first.next, own[2]!.message.score);
    const rest = await log.history("@0a1b", { ...wholeTime({ limit: 3 }), after: first.next });
    deepStrictEqual([texts(rest.messages), rest.next], [["3", "4"], null]);
  });

  withLog("remove() takes messages out of live part and history", async (log) => {
    const said = await say(log, numbers(5));
    const [gift] = await log.append(ROOM, [plain(draftOf("gift", 1))]);
    await log.remove(ROOM, [said[1]!.score, said[3]!.score, gift!.message.score, 12345]);
    deepStrictEqual(texts((await log.read(ROOM, all)).messages), ["0", "2", "4"]);
    const follower = await log.read(ROOM, { after: said[0]!.score, limit: 10 });
    deepStrictEqual([texts(follower.messages), follower.gap], [["2", "4"], false]);
    const history = await log.history(ROOM, wholeTime({ limit: 10 }));
    deepStrictEqual(texts(history.messages), ["0", "2", "4"]);
    const [next] = await say(log, ["next"]);
    ok(next!.score > gift!.message.score);
    await log.remove("100009", [1]);
  });

  test("watch() wakes for the channel until it is ended", async (world) => {
    const log = await world.open();
    const writer = driver.shared ? await world.open() : log;
    try {
      let room = 0;
      let other = 0;
      const end = log.watch(ROOM, () => room++);
      const endTwin = log.watch(ROOM, () => room++);
      const endOther = log.watch("100002", () => other++);
      await pause(driver.shared ? 100 : 0);
      await say(writer, ["a"]);
      for (let waited = 0; room < 2 && waited < 2_000; waited += 10) await pause(10);
      ok(room >= 2);
      endTwin();
      end();
      end();
      const woken = room;
      await say(writer, ["b", "c"]);
      await pause(100);
      strictEqual(room, woken);
      strictEqual(other, 0);
      endOther();
    } finally {
      if (writer !== log) await writer.close();
      await log.close();
    }
  });

  withLog("big channels are read and paged", async (log) => {
    const count = 5_000;
    const appends: Promise<unknown>[] = [];
    for (let n = 0; n < count; n += 100) {
      appends.push(log.append(ROOM, numbers(100, n).map((text) => plain(chat(text)))));
    }
    await Promise.all(appends);
    const newest = await log.read(ROOM, { after: null, limit: 15 });
    strictEqual(newest.messages.length, 15);
    strictEqual((await log.read(ROOM, { after: 0, limit: 15 })).gap, true);
    const seen = new Set<string>();
    let last = 0;
    for (let next: number | null = null, more = true; more;) {
      const page: Awaited<ReturnType<MessageLog["history"]>> = await log.history(
        ROOM,
        { ...wholeTime({ limit: 200 }), after: next },
      );
      for (const message of page.messages) {
        ok(message.score > last);
        last = message.score;
      }
      for (const text of texts(page.messages)) seen.add(text);
      next = page.next;
      more = next !== null;
    }
    strictEqual(seen.size, count);
    strictEqual(newest.head, last);
  });

  test("close() completes what was accepted, and then refuses", async (world) => {
    const log = await world.open();
    const appends = numbers(50).map((text) => log.append(ROOM, [plain(chat(text))]));
    await Promise.all([log.close(), log.close()]);
    strictEqual((await Promise.all(appends)).length, 50);
    await rejects(log.append(ROOM, [plain(chat("late"))]), /closed/);
    await rejects(log.read(ROOM, all), /closed/);
    await rejects(log.history(ROOM, wholeTime({ limit: 1 })), /closed/);
    await rejects(log.remove(ROOM, [1]), /closed/);
  });

  if (driver.persistent) {
    test("what was said is there after the log was opened again", async (world) => {
      const first = await world.open({ limits: small });
      const said = await say(first, numbers(15));
      const [gift] = await first.append(ROOM, [{ draft: draftOf("gift", 1), dedupeKey: "gift 1" }]);
      const [own] = await say(first, ["own"], `@${ANN.id}`);
      await first.close();
      const second = await world.open({ limits: small });
      try {
        const { messages, head, gap } = await second.read(ROOM, {
          after: said[8]!.score,
          limit: 50,
        });
        deepStrictEqual(messages, [...said.slice(9), gift!.message]);
        deepStrictEqual([head, gap], [gift!.message.score, false]);
        deepStrictEqual((await second.read(`@${ANN.id}`, all)).messages, [own]);
        strictEqual((await second.history(ROOM, wholeTime({ limit: 50 }))).messages.length, 16);
        const [repeated] = await second.append(ROOM, [{
          draft: draftOf("gift", 1),
          dedupeKey: "gift 1",
        }]);
        deepStrictEqual(repeated, { message: gift!.message, repeated: true });
        const [next] = await say(second, ["next"]);
        ok(next!.score > head);
      } finally {
        await second.close();
      }
    });

    test("what was acknowledged before a SIGKILL is there, and nothing twice", async (world) => {
      if (world.writer === null) return;
      const acknowledged = await killedWriter(world.writer);
      ok(acknowledged.length > 100, `only ${acknowledged.length} were acknowledged`);
      const log = await world.open();
      try {
        const found = new Map<string, number>();
        let last = 0;
        for (let next: number | null = null, more = true; more;) {
          const page: Awaited<ReturnType<MessageLog["history"]>> = await log.history(
            ROOM,
            { ...wholeTime({ limit: 200 }), after: next },
          );
          for (const message of page.messages) {
            ok(message.score > last);
            last = message.score;
            const text = message.kind === "chat" ? message.body.text : "";
            ok(!found.has(text), `${text} is there twice`);
            found.set(text, message.score);
          }
          next = page.next;
          more = next !== null;
        }
        for (const { text, score } of acknowledged) strictEqual(found.get(text), score);
        const [again] = await log.append(ROOM, [{
          draft: chat("again"),
          dedupeKey: `key ${acknowledged.at(-1)!.text}`,
        }]);
        strictEqual(again?.repeated, true);
        const [next] = await say(log, ["after the death"]);
        ok(next!.score > last);
      } finally {
        await log.close();
      }
    });
  }
}

/** Every time there is. */
function wholeTime(page: { readonly limit: number }) {
  return { fromMs: 0, toMs: 4_000_000_000_000, after: null, ...page };
}

/** Lets a process write, kills it in the middle, and answers what it was told before. */
async function killedWriter(
  args: readonly string[],
): Promise<readonly { readonly text: string; readonly score: number }[]> {
  const script = new URL("./message_log_writer.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ROOM, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk;
    if (output.length > 20_000) break;
  }
  child.kill("SIGKILL");
  await child.status;
  // The last line may be cut short.
  return output.split("\n").slice(0, -1).map((line) => {
    const [text = "", score] = line.split(" ");
    return { text, score: Number(score) };
  });
}
