/**
 * How long FLV tags are gathered into one write.
 *
 * Every write costs the same few microseconds whatever its size, so with many viewers the batch
 * decides what fits on a core: 10,000 viewers fill it at 100 ms and take 0.44 of it at 350 ms.
 *
 * @module
 */

/** Longest batch that the policy chooses by itself. */
export const LONGEST_BATCH_MS = 350;
/** Up to here the floor stands. */
const FEW_VIEWERS = 3000;
/** From here on the longest batch stands. */
const MANY_VIEWERS = 8000;
/** Lateness of the event loop that is nothing to worry about. */
const CALM_LAG_MS = 20;
/** Lateness at which only the longest batch helps. */
const BUSY_LAG_MS = 100;

/** What the batch depends on. */
export interface BatchLoad {
  /** The operator's `FLV_BATCH_MS`; never undercut. */
  readonly floorMs: number;
  /** FLV and WS-FLV viewers of this process, all rooms. */
  readonly viewers: number;
  /** Smoothed lateness of the event loop. */
  readonly lagMs: number;
}

/** The batch in milliseconds: grows with the viewers or with the lag, whichever asks for more. */
export function chooseBatchMs(load: BatchLoad): number {
  const { floorMs, viewers, lagMs } = load;
  if (floorMs >= LONGEST_BATCH_MS) return floorMs;
  const need = Math.max(
    share(viewers, { from: FEW_VIEWERS, to: MANY_VIEWERS }),
    share(lagMs, { from: CALM_LAG_MS, to: BUSY_LAG_MS }),
  );
  return Math.round(floorMs + need * (LONGEST_BATCH_MS - floorMs));
}

function share(value: number, range: { readonly from: number; readonly to: number }): number {
  return Math.min(1, Math.max(0, (value - range.from) / (range.to - range.from)));
}
