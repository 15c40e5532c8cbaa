/**
 * Leases as SQL.
 *
 * @module
 */
import type { Fence } from "../../rooms/leases.ts";
import type { Operations } from "../operations.ts";
import type { Connection } from "./connection.ts";

/** No lease lives longer, milliseconds. */
const MAX_LIFE_MS = 60_000;

/** The leases of a connection. */
export function leaseOperations(at: Connection): Operations["leases"] {
  return {
    take: (name, { holder, lifeMs }) =>
      at.transaction(() => {
        const nowMs = Date.now();
        const known = at.get("SELECT holder, until_ms, fence FROM leases WHERE name = ?", name);
        const isHeld = known !== undefined && Number(known.until_ms) > nowMs &&
          // A clock that was set back keeps a lease from nobody for long.
          Number(known.until_ms) <= nowMs + MAX_LIFE_MS;
        if (isHeld && known.holder !== holder) return null;
        const fence = Number(known?.fence ?? 0) + (known?.holder === holder ? 0 : 1);
        at.run(
          "INSERT OR REPLACE INTO leases (name, holder, until_ms, fence) VALUES (?, ?, ?, ?)",
          name,
          holder,
          nowMs + lifeMs,
          fence,
        );
        return fence;
      }),
    release: (name, { holder }) => {
      at.run("UPDATE leases SET until_ms = 0 WHERE name = ? AND holder = ?", name, holder);
    },
  };
}

/** Whether somebody else has taken the lease since. */
export function isPassedOn(at: Connection, fence: Fence | null): boolean {
  if (fence === null) return false;
  const known = at.get("SELECT fence FROM leases WHERE name = ?", fence.lease);
  return Number(known?.fence ?? 0) > fence.fence;
}
