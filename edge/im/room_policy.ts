/**
 * Which kinds of a room come by which way; pure. Small rooms push everything; big ones push what is
 * important and let the rest be polled.
 *
 * @module
 */
import type { Policy } from "../../im/protocol/frames.ts";
import { KINDS } from "../../im/protocol/message.ts";
import { pollAfterMs } from "../../im/poll_policy.ts";
import type { ImSettings } from "../../im/settings.ts";

/** A big room is small again below this share of the bound. */
const HYSTERESIS = 0.8;

/** Whether a room is big now. */
export function isBigRoom(
  viewers: number,
  before: { readonly wasBig: boolean; readonly settings: Pick<ImSettings, "bigRoomViewers"> },
): boolean {
  const { wasBig, settings } = before;
  return viewers >= settings.bigRoomViewers * (wasBig ? HYSTERESIS : 1);
}

/** The policy of a room. */
export function policyOf(
  viewers: number,
  room: { readonly isBig: boolean; readonly settings: ImSettings; readonly lagMs: number },
): Policy {
  const { isBig, settings, lagMs } = room;
  const push = isBig ? KINDS.filter((kind) => settings.bigRoomPush.includes(kind)) : KINDS;
  return {
    push,
    poll: KINDS.filter((kind) => !push.includes(kind)),
    pollAfterMs: pollAfterMs({
      settings,
      viewers,
      lagMs,
      emptyShare: 0,
      hidden: false,
      more: false,
      random: 0.5,
    }),
  };
}
