/**
 * What rooms hear by themselves and what is written down of them. Of several `web` one does it, by a
 * lease; another one takes over within seconds. What each of them gathers (likes, who came in) is
 * added or said by each.
 *
 * @module
 */
import type { Logger } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { Business } from "../rooms/business.ts";
import {
  type Fence,
  LEASE_EVERY_MS,
  LeaseKeeper,
  type LeaseRepository,
  LEASES,
} from "../rooms/leases.ts";
import { every } from "./every.ts";

const RECORD_EVERY_MS = 2_000;
const NOTICE_EVERY_MS = 1_000;

/** The running duties of this process. */
export interface Duties {
  /** Set while this process does what one of several does alone. */
  readonly fence: Fence | null;
  stop(): Promise<void>;
}

/** Begins; what fails is logged once until it works again, and tried with the next turn. */
export function runDuties(
  { broadcasts, likes, notices, states }: Pick<
    Business,
    "broadcasts" | "likes" | "notices" | "states"
  >,
  { leases, holder, log, metrics }: {
    readonly leases: LeaseRepository;
    /** Unique among the processes of the platform. */
    readonly holder: string;
    readonly log: Logger;
    readonly metrics: Metrics;
  },
): Duties {
  const keeper = new LeaseKeeper({ leases, name: LEASES.duties, holder });
  metrics.gauge({
    name: "wanren_web_on_duty",
    help: "Whether this process does what one of several does alone",
    collect: (gauge) => gauge.set(Number(keeper.fence !== null)),
  });
  let wasOurs = false;
  const renew = async () => {
    await keeper.renew();
    const isOurs = keeper.fence !== null;
    if (isOurs !== wasOurs) log.info(isOurs ? "duties_taken" : "duties_passed_on");
    wasOurs = isOurs;
  };
  /** The fence that the broadcasts were taken up with. */
  let recordedBy: number | null = null;
  const record = async () => {
    const { fence } = keeper;
    if (fence === null) {
      recordedBy = null;
      broadcasts.rest();
      return;
    }
    if (recordedBy !== fence.fence) {
      await broadcasts.takeUp(Date.now());
      recordedBy = fence.fence;
    }
    await broadcasts.tick(Date.now(), fence);
  };
  const notice = async () => {
    const isOurs = keeper.fence !== null;
    const work = [
      () => likes.tick(),
      () => isOurs ? likes.tell() : null,
      () => notices.tick(Date.now(), { viewers: isOurs }),
      () => isOurs ? states.tick(Date.now()) : null,
    ];
    let failure: unknown = null;
    for (const each of work) {
      try {
        await each();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== null) throw failure;
  };
  // The first turn is not waited for.
  const begun = renew().catch((error) => log.warn("duties_unknown", { error }));
  const renewing = every(
    LEASE_EVERY_MS,
    renew,
    (error) => log.warn("duties_unknown", { error }),
  );
  const recording = every(
    RECORD_EVERY_MS,
    record,
    (error) => log.warn("broadcasts_not_kept", { error }),
  );
  const noticing = every(
    NOTICE_EVERY_MS,
    notice,
    (error) => log.warn("notices_not_said", { error }),
  );
  return {
    get fence() {
      return keeper.fence;
    },
    async stop() {
      await begun;
      await Promise.all([renewing.stop(), recording.stop(), noticing.stop()]);
      const { fence } = keeper;
      // What was liked counts, and little of a broadcast is lost.
      await notice().catch((error) => log.warn("notices_not_said", { error }));
      if (fence !== null && recordedBy === fence.fence) {
        await broadcasts.close(Date.now(), fence).catch((error) =>
          log.warn("broadcasts_not_kept", { error })
        );
      }
      await keeper.release().catch((error) => log.warn("duties_unknown", { error }));
    },
  };
}
