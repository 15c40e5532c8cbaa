/**
 * What was: the broadcast that just ended, and those before.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What was: the broadcast that just ended, and those before. */
export const broadcastsText = texts({
  endedHeading: "Your broadcast is over",
  endedAfter: (duration: string) => `It ran for ${duration}.`,
  counting: "Adding up…",
  missing: "Its figures are not there yet. They will stand in the list of your broadcasts.",
  close: "Get ready for the next one",
  heading: "Last broadcasts",
  caption: "Figures of the last broadcasts",
  started: "Began",
  duration: "Duration",
  peakViewers: "Most viewers",
  averageViewers: "Average viewers",
  averageKbps: "Average bitrate",
  droppedFrames: "Dropped frames",
  reconnects: "Reconnects",
  running: "On air",
  emptyTitle: "No broadcast yet",
  emptyText: "Each of your broadcasts will stand here: how long it was, how many watched, how " +
    "well it arrived.",
}, {
  endedHeading: "直播结束了",
  endedAfter: (duration) => `这场播了 ${duration}。`,
  counting: "正在统计…",
  missing: "数据还没有出来，稍后会出现在直播记录里。",
  close: "准备下一场",
  heading: "直播记录",
  caption: "历次直播的数据",
  started: "开始时间",
  duration: "时长",
  peakViewers: "最高在线",
  averageViewers: "平均在线",
  averageKbps: "平均码率",
  droppedFrames: "丢帧",
  reconnects: "重连",
  running: "直播中",
  emptyTitle: "还没有直播过",
  emptyText: "每场直播都会记在这里：播了多久、多少人看、推流是否稳定。",
});
