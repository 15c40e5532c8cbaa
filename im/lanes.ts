/**
 * Which lane a message takes; pure.
 *
 * @module
 */
import type { Content, Lane, NoticeName, Sender } from "./protocol/message.ts";
import type { ImSettings } from "./settings.ts";

const NOTICE_LANES: Readonly<Record<NoticeName, Lane>> = {
  text: "notice",
  enter: "low",
  likes: "low",
  viewers: "low",
  leaderboard: "notice",
  rules: "moderation",
  stage: "moderation",
  removed: "moderation",
  muted: "moderation",
  banned: "moderation",
  broadcast: "broadcast",
  private: "notice",
};

/** The lane of what somebody (null: the system) says. */
export function laneOf(
  content: Content,
  options: {
    readonly from: Sender | null;
    readonly settings: Pick<ImSettings, "bigGiftCoins" | "valuedLevel">;
  },
): Lane {
  const { from, settings } = options;
  switch (content.kind) {
    case "pk":
      return "pk";
    case "notice":
      return NOTICE_LANES[content.body.notice];
    case "gift":
      return content.body.value >= settings.bigGiftCoins ? "bigGift" : "valued";
    case "chat":
      if (from === null || from.role === "visitor") return "low";
      return from.role !== "member" || from.level >= settings.valuedLevel ? "valued" : "chat";
  }
}
