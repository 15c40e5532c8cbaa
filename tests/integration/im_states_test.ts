/** States of rooms heal: what a reader missed is said again, through a running edge. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Message } from "../../im/protocol/message.ts";
import { SAY_AGAIN_MS } from "../../rooms/messages/room_notices.ts";
import { rulesDraft, StateRepeats } from "../../rooms/messages/state_repeats.ts";
import { LiveState } from "../../rooms/live_state.ts";
import { ModerationLists } from "../../rooms/moderation/lists.ts";
import { DEFAULT_ROOM_RULES } from "../../rooms/moderation/room_rules.ts";
import { Leaderboards } from "../../rooms/money/leaderboards.ts";
import { invite, transition } from "../../rooms/pk/battle.ts";
import { openMemoryMoney } from "../../store/memory/money.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { startEdge } from "../support/edge_setup.ts";
import { ImClient, ImWeb, ROOM, ticketFor } from "../support/im_web.ts";
import { waitFor } from "../support/wait.ts";

/** Two processes that say states of one store again, into the log that an edge follows. */
async function stage() {
  const web = await new ImWeb().start();
  const store = openMemoryStore();
  const money = openMemoryMoney();
  const live = new LiveState();
  const leaderboards = new Leaderboards({ log: web.log, boards: money.boards });
  const lists = new ModerationLists(store.moderation, Date.now);
  const processes = [1, 2].map(() =>
    new StateRepeats({
      ...{ log: web.log, live, lists, leaderboards },
      likes: store.likes,
      battles: money.battles,
    })
  );
  return {
    web,
    store,
    money,
    lists,
    processes,
    /** Every process looks each second, for so long. */
    async pass(fromMs: number, seconds: number) {
      for (let second = 0; second < seconds; second++) {
        const nowMs = fromMs + second * 1_000;
        live.putViewers("edge", { [ROOM]: { flv: 1, ws: 0, hls: 0 } }, nowMs);
        for (const each of processes) await each.tick(nowMs);
      }
      return fromMs + seconds * 1_000;
    },
    async [Symbol.asyncDispose]() {
      await web[Symbol.asyncDispose]();
      await money.close();
      await store.close();
    },
  };
}

const states = (messages: readonly Message[], key: string) =>
  messages.filter(({ stateKey }) => stateKey === key);

Deno.test("a reader that lost a frame has the state within a minute, said once by two web", async () => {
  await using at = await stage();
  const { edge, url } = await startEdge({ webUrl: at.web.url }, { reportIntervalMs: 3_600_000 });
  const reader = await new ImClient(url, { ticket: await ticketFor(null) }).joined();
  let nowMs = await at.pass(Date.now(), SAY_AGAIN_MS / 1_000);
  const rules = { ...DEFAULT_ROOM_RULES, slowModeS: 30 };
  await at.lists.putRules(ROOM, rules);
  await at.web.say(ROOM, rulesDraft(rules));
  await at.store.likes.add([{ roomId: ROOM, count: 7 }]);
  const invited = invite({
    ...{ id: "b1", durationS: 60, atMs: nowMs },
    challenger: { room: ROOM, name: "A" },
    opponent: { room: "100002", name: "B" },
  });
  await at.money.battles.create(invited);
  const over = transition(invited, { type: "cancel", room: ROOM, atMs: nowMs })!;
  await at.money.battles.replace(over);
  await waitFor("the rules", () => states(reader.messages, "rules").length === 1);
  // These frames are lost.
  reader.frames.length = 0;

  nowMs = await at.pass(nowMs, SAY_AGAIN_MS / 1_000);
  const rulesAgain = await waitFor("the rules", () => states(reader.messages, "rules")[0]);
  deepStrictEqual(rulesAgain.body, rulesDraft(rules).body);
  strictEqual(rulesAgain.lane, "moderation");
  const likes = await waitFor("the likes", () => states(reader.messages, "likes")[0]);
  deepStrictEqual(likes.body, { notice: "likes", data: { total: 7, added: 0 } });
  const battle = await waitFor("the battle", () => states(reader.messages, "pk")[0]);
  strictEqual(battle.kind === "pk" && battle.body.phase, "declined");

  // Who comes in later has them from the edge, at once.
  const late = await new ImClient(url, { ticket: await ticketFor(null) }).joined();
  for (const key of ["rules", "likes", "pk"]) {
    strictEqual(states(late.messages, key).length, 1, key);
  }

  const { messages } = await at.web.log.history(ROOM, {
    ...{ fromMs: 0, toMs: Date.now() + 60_000, after: null, limit: 1_000 },
  });
  // One when they were changed, one a minute after.
  strictEqual(states(messages, "rules").length, 2);
  strictEqual(states(messages, "likes").length, 1);
  strictEqual(states(messages, "pk").length, 1);
  reader.leave();
  late.leave();
  await edge.stop();
});

Deno.test("rules that change while they are said again are said as they are then", async () => {
  await using at = await stage();
  const old = { ...DEFAULT_ROOM_RULES, slowModeS: 30 };
  const fresh = { ...DEFAULT_ROOM_RULES, slowModeS: 5 };
  await at.lists.putRules(ROOM, old);
  const append = at.web.log.append.bind(at.web.log);
  let changed = false;
  at.web.log.append = async (channel, entries) => {
    if (!changed && entries[0]!.draft.stateKey === "rules") {
      changed = true;
      // Another process changes them between the look and the word.
      await at.lists.putRules(ROOM, fresh);
      await append(channel, [{ draft: rulesDraft(fresh), dedupeKey: null }]);
    }
    return await append(channel, entries);
  };
  await at.pass(Date.now(), SAY_AGAIN_MS / 1_000);
  const { messages } = await at.web.log.history(ROOM, {
    ...{ fromMs: 0, toMs: Date.now() + 60_000, after: null, limit: 1_000 },
  });
  const said = states(messages, "rules");
  deepStrictEqual(said.at(-1)?.body, rulesDraft(fresh).body);
});
