/**
 * A room's stage as everybody in the room hears of it. Pure.
 *
 * @module
 */
import type { Json } from "../../im/protocol/message.ts";

/** What everybody knows of a stage. */
export interface ToldStage {
  /** Rises with each change. */
  readonly version: number;
  /** Viewers may ask. */
  readonly open: boolean;
  readonly seats: readonly {
    readonly seat: number;
    readonly account: string;
    readonly name: string;
  }[];
  /** Accounts whom the host waits for. */
  readonly invited: readonly string[];
  /** How many ask. */
  readonly asking: number;
}

const MAX_SEATS = 16;
const MAX_INVITED = 100;

/** Reads the data of the notice; null when it is none. */
export function readStage(data: { readonly [key: string]: Json }): ToldStage | null {
  const { version, open, seats, invited, asking } = data;
  if (typeof version !== "number" || !Array.isArray(seats)) return null;
  return {
    version,
    open: open === true,
    seats: (seats as readonly Json[]).slice(0, MAX_SEATS).flatMap((one) => {
      if (typeof one !== "object" || one === null || Array.isArray(one)) return [];
      const { seat, account, name } = one as { readonly [key: string]: Json };
      return typeof seat === "number" && typeof account === "string" && typeof name === "string"
        ? [{ seat, account, name }]
        : [];
    }),
    invited: (Array.isArray(invited) ? invited as readonly Json[] : []).slice(0, MAX_INVITED)
      .filter((one) => typeof one === "string"),
    asking: typeof asking === "number" ? asking : 0,
  };
}

/** Whether a page has something to show of a stage to this account. */
export function isWorthShowing(stage: ToldStage, account: string | null): boolean {
  return stage.open || stage.seats.length > 0 ||
    (account !== null && stage.invited.includes(account));
}

/** Whether this account has a part in it; asking is told to nobody else. */
export function concerns(stage: ToldStage, account: string): boolean {
  return stage.invited.includes(account) || stage.seats.some((seat) => seat.account === account);
}
