/**
 * What cards, lines and pages say of any room.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** What cards, lines and pages say of any room. */
export const roomText = texts({
  live: "LIVE",
  offline: "Offline",
  watching: (count: number, formatted: string) =>
    `${formatted} ${plural(count, { one: "viewer", many: "viewers" })}`,
  watchingLong: (_count: number, formatted: string) => `${formatted} watching`,
  roomNumber: (id: string) => `Room ${id}`,
  lastLive: (when: string) => `Last live ${when}`,
}, {
  live: "直播",
  offline: "未开播",
  watching: (_count, formatted) => `${formatted} 人`,
  watchingLong: (_count, formatted) => `${formatted} 人在看`,
  roomNumber: (id) => `房间号 ${id}`,
  lastLive: (when) => `上次直播：${when}`,
});
