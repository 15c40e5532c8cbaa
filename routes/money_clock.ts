/**
 * What money and battles need from time to time: battles that are due, leaderboards that changed,
 * gifts that a dead process left behind.
 *
 * @module
 */
import type { Logger } from "../platform/log.ts";
import { every } from "./every.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { Business } from "../rooms/business.ts";
import type { MoneyStore } from "../rooms/money/repository.ts";

const BATTLES_EVERY_MS = 500;
const MIXES_EVERY_MS = 1_000;
const LEADERBOARDS_EVERY_MS = 1_000;
const SWEEP_EVERY_MS = 3_000;

/** Begins; what fails is logged once until it works again, and tried with the next turn. */
export function runMoney(
  { battleMixes, gifts, leaderboards, pk }: Pick<
    Business,
    "battleMixes" | "gifts" | "leaderboards" | "pk"
  >,
  { money, log, metrics, isOurs }: {
    readonly money: MoneyStore;
    /** Whether this process does what one of several does alone. */
    readonly isOurs: () => boolean;
    readonly log: Logger;
    readonly metrics: Metrics;
  },
): { stop(): Promise<void> } {
  metrics.gauge({
    name: "wanren_money_queue",
    help: "Calls that wait for the store of money",
    collect: (gauge) => gauge.set(money.queued),
  });
  metrics.gauge({
    name: "wanren_gifts_swept",
    help: "Gifts that were paid and left behind, finished since the start",
    collect: (gauge) => gauge.set(gifts.swept),
  });
  metrics.gauge({
    name: "wanren_pk_open",
    help: "Battles that are not over",
    collect: (gauge) => gauge.set(pk.inspect().open),
  });
  const clocks = [
    every(BATTLES_EVERY_MS, () => pk.tick(), (error) => log.warn("battles_late", { error })),
    every(
      MIXES_EVERY_MS,
      () => isOurs() ? battleMixes.tick() : Promise.resolve(),
      (error) => log.warn("battles_not_mixed", { error }),
    ),
    every(
      LEADERBOARDS_EVERY_MS,
      () => leaderboards.tick(Date.now()),
      (error) => log.warn("leaderboards_not_told", { error }),
    ),
    every(
      SWEEP_EVERY_MS,
      () => isOurs() ? gifts.sweep(Date.now()) : Promise.resolve(0),
      (error) => log.warn("gifts_not_swept", { error }),
    ),
  ];
  return {
    async stop() {
      await Promise.all(clocks.map((clock) => clock.stop()));
    },
  };
}
