/** Processes that are killed in a storm of gifts: nothing acknowledged is lost, nothing is doubled. */
import { ok, strictEqual } from "node:assert/strict";
import type { Message } from "../../im/protocol/message.ts";
import { counts, invite, transition } from "../../rooms/pk/battle.ts";
import { checkBooks } from "../conformance/money_conformance.ts";
import { giftsOver, type GiftStage, openGiftStage } from "../support/gift_stage.ts";
import { startRedis } from "../support/redis.ts";

const ROOM = "100001";
const COINS = 1_000_000;

/** Starts a process that gives; what it acknowledged until it is killed. */
function startWriter(prefix: string, accountId: string, of: readonly string[]) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", "--quiet"],
      new URL("../support/gift_writer.ts", import.meta.url).pathname,
      ...[prefix, ROOM, accountId, ...of],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const acknowledged: string[] = [];
  const reading = (async () => {
    let rest = "";
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      acknowledged.push(...lines);
    }
  })();
  return {
    acknowledged,
    async killAfter(count: number) {
      while (acknowledged.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill("SIGKILL");
      await reading;
      await child.status;
    },
  };
}

async function grant({ money }: GiftStage, accountId: string) {
  await money.wallets.grant({
    ...{ grantId: "storm", accountId, coins: COINS, reason: "", atMs: Date.now() },
  });
}

/** Every gift of the room's history. */
async function giftsIn({ log }: GiftStage): Promise<Message[]> {
  const found: Message[] = [];
  for (let after: number | null = null;;) {
    const page: Awaited<ReturnType<typeof log.history>> = await log.history(ROOM, {
      ...{ fromMs: 0, toMs: 4e12, after, limit: 1_000 },
    });
    found.push(...page.messages.filter(({ kind }) => kind === "gift"));
    after = page.next;
    if (after === null) return found;
  }
}

/** Sweeps until nothing is left, and checks that every payment is one message and one place of the board. */
async function checkAll(
  stage: GiftStage,
  acknowledged: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const { service } = giftsOver(stage, { accountId: "sweeper" });
  while (await service.sweep(Date.now() + 60_000) > 0);
  await checkBooks(stage.money);
  const messages = await giftsIn(stage);
  let all = 0;
  for (const [accountId, requests] of acknowledged) {
    const { spent, balance } = await stage.money.wallets.read(accountId);
    strictEqual(balance, COINS - spent);
    ok(spent >= requests.length, `${spent} of ${requests.length}`);
    const said = messages.filter(({ from }) => from?.id === accountId);
    strictEqual(said.length, spent);
    strictEqual(new Set(said.map(({ score }) => score)).size, spent);
    const { service: again, account } = giftsOver(stage, { accountId });
    for (const requestId of requests.filter((_, at) => at % 10 === 0)) {
      const { outcome } = await again.give({ account, address: "" }, ROOM, {
        ...{ gift: "rose", count: 1, requestId },
      });
      strictEqual(outcome, "repeated");
    }
    all += spent;
  }
  const board = await stage.money.boards.top(ROOM, { day: null, limit: 10 });
  strictEqual(board.reduce((sum, { coins }) => sum + coins, 0), all);
  strictEqual((await giftsIn(stage)).length, all);
}

Deno.test("embedded: web is killed in a storm of gifts, twice", async () => {
  const folder = await Deno.makeTempDir();
  const acknowledged: string[] = [];
  for (const round of ["a", "b"]) {
    const before = await openGiftStage("embedded", [folder]);
    await grant(before, "ann");
    await before.close();
    const writer = startWriter(round, "ann", ["embedded", folder]);
    await writer.killAfter(300);
    acknowledged.push(...writer.acknowledged);
  }
  const stage = await openGiftStage("embedded", [folder]);
  await checkAll(stage, new Map([["ann", acknowledged]]));
  await stage.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("redis: one of two web is killed in a storm of gifts in a battle, the other goes on", async () => {
  await using server = await startRedis();
  const of = ["storm:", server.url];
  const stage = await openGiftStage("redis", of);
  const atMs = Date.now();
  const invited = invite({
    id: "b1",
    challenger: { room: ROOM, name: "Ann" },
    opponent: { room: "100002", name: "Bob" },
    durationS: 900,
    atMs,
  });
  await stage.money.battles.create(invited);
  const running = transition(invited, { type: "accept", room: "100002", atMs })!;
  ok(counts((await stage.money.battles.replace(running))!, atMs));
  for (const accountId of ["ann", "bob"]) await grant(stage, accountId);
  const { service, battles, account } = giftsOver(stage, { accountId: "bob" });
  await battles.tick();
  const writer = startWriter("a", "ann", ["redis", ...of]);
  const acknowledged: string[] = [];
  let stop = false;
  const other = (async () => {
    while (!stop) {
      const requestId = `b${acknowledged.length}`;
      const given = await service.give({ account, address: "" }, ROOM, {
        ...{ gift: "rose", count: 1, requestId },
      });
      strictEqual(given.message.kind === "gift" && given.message.body.side, ROOM);
      acknowledged.push(requestId);
    }
  })();
  await writer.killAfter(300);
  stop = true;
  await other;
  await checkAll(stage, new Map([["ann", writer.acknowledged], ["bob", acknowledged]]));
  const battle = await stage.money.battles.ofRoom(ROOM);
  const board = await stage.money.boards.top(ROOM, { day: null, limit: 10 });
  strictEqual(battle?.sides[0].score, board.reduce((sum, { coins }) => sum + coins, 0));
  await stage.close();
});
