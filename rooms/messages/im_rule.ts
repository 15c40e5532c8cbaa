/**
 * What administrators may set the rates, ages and intervals of messages to.
 *
 * @module
 */
import * as v from "valibot";
import { KINDS, type Lane, LANES } from "../../im/protocol/message.ts";
import type { ImSettings } from "../../im/settings.ts";

const whole = (min: number, max: number) =>
  v.pipe(
    v.number(`a whole number from ${min} to ${max}`),
    v.integer(`a whole number from ${min} to ${max}`),
    v.minValue(min, `a whole number from ${min} to ${max}`),
    v.maxValue(max, `a whole number from ${min} to ${max}`),
  );

const ages = Object.fromEntries(
  LANES.map((lane) => [lane, whole(500, 120_000)]),
) as Readonly<Record<Lane, ReturnType<typeof whole>>>;

/** The rule of the setting `im`; what it does not know is refused. */
export const ImRule: v.GenericSchema<unknown, ImSettings> = v.strictObject({
  maxPerSecond: whole(1, 200),
  ageMs: v.strictObject(ages),
  batchMs: whole(100, 5_000),
  poll: v.pipe(
    v.array(v.strictObject({
      viewers: whole(1, Number.MAX_SAFE_INTEGER),
      afterMs: whole(250, 60_000),
    })),
    v.minLength(1, "1 to 10 steps"),
    v.maxLength(10, "1 to 10 steps"),
    v.check(
      (steps) => steps.every(({ viewers }, at) => viewers > (steps[at - 1]?.viewers ?? 0)),
      "steps with rising viewers",
    ),
    v.check(
      (steps) => steps.at(-1)?.viewers === Number.MAX_SAFE_INTEGER,
      `a last step for ${Number.MAX_SAFE_INTEGER} viewers`,
    ),
  ),
  bigRoomViewers: whole(1, 10_000_000),
  bigRoomPush: v.pipe(
    v.array(v.picklist(KINDS)),
    v.check((kinds) => new Set(kinds).size === kinds.length, "different kinds"),
  ),
  bigGiftCoins: whole(1, 1_000_000_000),
  chatPerTenSeconds: whole(1, 1_000),
  roomChatPerSecond: whole(1, 100_000),
  valuedLevel: whole(0, 1_000),
  hotRoomPerSecond: whole(10, 1_000_000),
});
