/**
 * "Everybody says 1": posts of 10,000 accounts that are due within 2 s, through an edge and a `web` with
 * the embedded store and the default rates, while gifts are given in the same room. How long answers
 * take is measured from when each post was due.
 *
 * @module
 */
import { Cluster } from "../tests/support/cluster.ts";
import {
  addressOf,
  residentBytes,
  rush,
  seedAccounts,
  type SeededAccount,
  storeOf,
} from "../tests/support/im_rush.ts";
import { ImClient } from "../tests/support/im_web.ts";
import { pause, waitFor } from "../tests/support/wait.ts";
import { cpuSeconds, percentile, printTable } from "./report.ts";

const CROWD = 10_000;
const WITHIN_MS = 2_000;
/** Enough for everybody whose answer is not there yet. */
const CONNECTIONS = 4_000;
const GIVERS = 10;

const MEBIBYTE = 2 ** 20;

let accounts: SeededAccount[] = [];
await using cluster = await Cluster.prepare({
  webs: 1,
  edges: 1,
  env: { RATE_LIMITS: "on", TRUSTED_PROXIES: "127.0.0.1" },
}, async (config) => {
  const count = CROWD + GIVERS;
  accounts = await seedAccounts(await storeOf(config), { prefix: "crowd", count });
});
await cluster.begin();
const web = cluster.webs[0]!;
const edge = cluster.edges[0]!;
const givers = accounts.splice(0, GIVERS);
const room = await cluster.room(givers[0]!);
const admin = await cluster.adminToken();
for (const { id } of givers) {
  await cluster.call(web, ["POST", `/api/admin/accounts/${id}/coins`], {
    token: admin,
    body: { coins: 100_000, reason: "" },
  });
}
const offer = await cluster.call(edge, ["GET", `/api/im/gateways?room=${room}`]);
const viewer = await new ImClient(edge.url, { ticket: offer.body.ticket }).joined();
const pids = [web.pid, edge.pid];
const cpuBefore = await Promise.all(pids.map(cpuSeconds));
const bytesBefore = await Promise.all(pids.map(residentBytes));

let isOver = false;
const giving = givers.map(async (giver, of) => {
  const seenMs: number[] = [];
  const seen = () =>
    viewer.messages.some((one) => one.kind === "gift" && one.from?.id === giver.id) &&
    viewer.messages.reduce(
        (sum, one) => one.kind === "gift" && one.from?.id === giver.id ? sum + one.body.count : sum,
        0,
      ) > seenMs.length;
  while (!isOver) {
    const atMs = performance.now();
    await cluster.call(edge, ["POST", `/api/rooms/${room}/gifts`], {
      token: giver.token,
      body: { gift: "heart", count: 1, requestId: `${of}-${seenMs.length}` },
    });
    await waitFor("the gift", seen, { everyMs: 2 });
    seenMs.push(performance.now() - atMs);
    await pause(500);
  }
  return seenMs;
});
const crowd = await rush(edge.url, {
  connections: CONNECTIONS,
  withinMs: WITHIN_MS,
  requests: accounts.map(({ token }, n) => ({
    path: `/api/rooms/${room}/messages`,
    ...{ token, address: addressOf(n), body: { kind: "chat", text: "1", clientId: "1" } },
  })),
});
isOver = true;
const gifts = (await Promise.all(giving)).flat();
const cpu = await Promise.all(pids.map(cpuSeconds));
const bytes = await Promise.all(pids.map(residentBytes));
viewer.leave();
const { 201: said = 0, 429: refused = 0 } = crowd.statuses;
const ms = (value: number) => Math.round(value);
printTable(`${CROWD} posts due within ${WITHIN_MS / 1_000} s, one room, default rates`, [{
  "said": said,
  "refused (429)": refused,
  "other answers": CROWD - said - refused,
  "all answered after ms": ms(crowd.tookMs),
  "answer p50 ms": ms(percentile(crowd.waitsMs, 0.5)),
  "p99 ms": ms(percentile(crowd.waitsMs, 0.99)),
  "big gift seen p50 ms": ms(percentile(gifts, 0.5)),
  "slowest ms": ms(Math.max(...gifts)),
  "web CPU s": (cpu[0]! - cpuBefore[0]!).toFixed(1),
  "edge CPU s": (cpu[1]! - cpuBefore[1]!).toFixed(1),
  "web grown MB": ms((bytes[0]! - bytesBefore[0]!) / MEBIBYTE),
  "edge grown MB": ms((bytes[1]! - bytesBefore[1]!) / MEBIBYTE),
  "verdict": said + refused === CROWD ? "met (201 or 429)" : "MISSED (201 or 429)",
}]);
