/**
 * Shapes of coins, gifts, leaderboards and battles in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import { EFFECTS, GIFT_COUNT } from "../../rooms/money/catalogue.ts";
import { MAX_PLACES } from "../../rooms/money/leaderboards.ts";
import type { WalletEntry } from "../../rooms/money/repository.ts";
import { MAX_GRANT, TOP_UP_COINS } from "../../rooms/money/wallet_service.ts";
import { type Battle, DURATION_S } from "../../rooms/pk/battle.ts";
import { MessageSchema } from "./message_schemas.ts";
import { described, iso, text, time, whole } from "./schema_parts.ts";

const requestId = text("1–64 letters, digits, `_` or `-`: a repeated one is paid once");

/** Body of a gift. */
export const GiftBodySchema = v.pipe(
  v.object({
    gift: text("Key of the catalogue"),
    count: whole(`${GIFT_COUNT.min} to ${GIFT_COUNT.max}`),
    requestId,
    side: v.optional(
      described(v.nullable(v.string()), "In a battle: the room it counts for; else this one"),
    ),
  }),
  v.title("GiftInput"),
);

/** A gift that was given. */
export const GivenAnswer = v.object({
  message: MessageSchema,
  balance: whole("Coins left behind it"),
});

/** The catalogue. */
export const GiftsAnswer = v.object({
  gifts: described(
    v.array(
      v.pipe(
        v.object({
          key: text("Stands in messages"),
          zh: text("Its name in Chinese"),
          en: text("Its name in English"),
          coins: whole("What one costs"),
          icon: text("Name of a lucide icon"),
          effect: v.picklist(EFFECTS),
        }),
        v.title("Gift"),
      ),
    ),
    "The cheapest first",
  ),
});

/** A wallet. */
export const WalletAnswer = v.pipe(
  v.object({
    balance: whole("Coins"),
    spent: whole("Coins spent in all"),
    level: whole("By coins spent"),
    nextLevelAt: described(
      v.nullable(v.number()),
      "Coins spent from which on the next level is reached; null: there is none",
    ),
    topUp: described(v.boolean(), "Whether `POST /api/wallet/top-up` gives coins"),
  }),
  v.title("Wallet"),
);

/** Body of a top-up. */
export const TopUpBody = v.pipe(
  v.object({ requestId: text(`A repeated one gives its ${TOP_UP_COINS} coins once`) }),
  v.title("TopUpInput"),
);

/** What came and went. */
export const WalletHistoryAnswer = v.object({
  entries: described(
    v.array(
      v.pipe(
        v.object({
          id: whole("Rising"),
          at: time,
          kind: v.picklist(["gift", "grant"]),
          coins: whole("What came, or went (negative)"),
          balance: whole("Behind it"),
          room: described(v.nullable(v.string()), "Of a gift"),
          gift: described(v.nullable(v.string()), "Key of the catalogue"),
          count: whole("Of a gift; else 0"),
          reason: described(v.nullable(v.string()), "Of a grant"),
        }),
        v.title("WalletEntry"),
      ),
    ),
    "The newest first",
  ),
  next: described(v.nullable(v.number()), "`before` of the next page; null: there is none"),
});

/** Body of coins from an administrator. */
export const GrantBody = v.pipe(
  v.object({
    coins: whole(`1 to ${MAX_GRANT}`),
    reason: text("At most 200 characters; may be empty"),
    requestId: v.optional(text("A repeated one counts once")),
  }),
  v.title("GrantInput"),
);

/** The balance behind a grant. */
export const GrantAnswer = v.object({ balance: whole("Coins") });

/** Who gave most. */
export const LeaderboardAnswer = v.object({
  period: v.picklist(["day", "all"]),
  places: described(
    v.array(
      v.pipe(
        v.object({
          account: v.object({ id: v.string(), name: v.string() }),
          coins: whole("Given in this room"),
        }),
        v.title("Place"),
      ),
    ),
    `At most ${MAX_PLACES}; the day is that of UTC`,
  ),
});

/** Body of an invitation. */
export const InviteBody = v.pipe(
  v.object({
    opponent: text("Id of the other room"),
    durationS: whole(`${DURATION_S.min} to ${DURATION_S.max} seconds`),
  }),
  v.title("PkInput"),
);

/** Body of what a broadcaster does with a battle. */
export const BattleActionBody = v.pipe(
  v.object({
    action: described(
      v.picklist(["accept", "decline", "cancel", "end"]),
      "accept, decline: the opponent; cancel: the challenger; end: give up, or release the loser",
    ),
  }),
  v.title("PkAction"),
);

/** A battle. */
export const BattleSchema = v.pipe(
  v.object({
    battle: text("Its id"),
    phase: v.picklist(["invited", "running", "penalty", "over", "declined"]),
    sides: described(
      v.array(v.object({ room: v.string(), name: v.string(), score: whole("Coins") })),
      "The challenger, the opponent",
    ),
    durationS: v.number(),
    endsAtMs: whole("When the phase ends, milliseconds since the epoch"),
    winner: described(v.nullable(v.string()), "A room; null: nobody yet, or a draw"),
    ending: described(
      v.nullable(v.string()),
      "Why it ended: declined, cancelled, unanswered, off_air, given_up, released, time",
    ),
    mix: described(
      v.nullable(v.string()),
      "The live stream with both pictures, the challenger's on the left; null: there is none",
    ),
  }),
  v.title("Pk"),
);

/** A room's battle. */
export const BattleAnswer = v.object({ pk: BattleSchema });
/** A room's battle, or null. */
export const RoomBattleAnswer = v.object({
  pk: described(v.nullable(BattleSchema), "The running one, or the last of a day; null: none"),
});

/** A battle as the API shows it. */
export function battleJson(
  battle: Battle,
  mix: string | null,
): v.InferInput<typeof BattleSchema> {
  const { id, phase, sides, durationS, endsAtMs, winner, ending } = battle;
  return { battle: id, phase, sides: [...sides], durationS, endsAtMs, winner, ending, mix };
}

/** A line of a wallet's history as the API shows it. */
export function walletEntryJson(
  entry: WalletEntry,
): v.InferInput<typeof WalletHistoryAnswer>["entries"][number] {
  const { atMs, roomId, ...rest } = entry;
  return { ...rest, at: iso(atMs), room: roomId };
}
