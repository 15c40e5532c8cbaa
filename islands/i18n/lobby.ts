/**
 * The list of live rooms.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** The list of live rooms. */
export const lobbyText = texts({
  liveNow: "Live now",
  roomsLive: (count: number, formatted: string) =>
    `${formatted} ${plural(count, { one: "room", many: "rooms" })}`,
  mostWatched: "Most watched now",
  watch: "Watch",
  categories: "Categories",
  all: "All",
  feed: (site: string) => `Live now on ${site}`,
  following: "Following",
  seeAll: "See all",
  notLive: "Not live now",
  nobodyLive: "Nobody is live yet",
  nobodyLiveText: "Be the first: open the studio, paste two lines into OBS, and you are on air.",
  nobodyLiveIn: (category: string) => `Nobody is live in ${category} right now`,
  nobodyLiveInText: "Others are, and the list here refreshes by itself.",
  goLive: "Go live",
  demoTitle: "Just looking around?",
  demoText: "The demo channel is a generated live picture with sound.",
  demoStart: "Start the demo channel",
  demoCommand: "Whoever runs this server starts it so:",
  demoStarting: "The demo channel is starting: its picture appears here in a few seconds.",
  listOffline: "The list could not be refreshed. Trying again…",
  noStills:
    "Cards show no live pictures: ffmpeg is missing on the machine that takes the streams. (Only administrators see this.)",
}, {
  liveNow: "正在直播",
  roomsLive: (_count, formatted) => `${formatted} 个房间`,
  mostWatched: "此刻最热",
  watch: "去看看",
  categories: "分区",
  all: "全部",
  feed: (site) => `${site} 正在直播`,
  following: "我的关注",
  seeAll: "看全部",
  notLive: "未开播",
  nobodyLive: "还没有人开播",
  nobodyLiveText: "来当第一个：打开直播间后台，把两行地址粘贴到 OBS，就开播了。",
  nobodyLiveIn: (category) => `“${category}”分区现在没有人开播`,
  nobodyLiveInText: "看看别的分区吧，这里的列表会自动刷新。",
  goLive: "开播",
  demoTitle: "只是随便看看？",
  demoText: "演示频道会播放自动生成的画面和声音。",
  demoStart: "启动演示频道",
  demoCommand: "服务器的管理者可以这样启动：",
  demoStarting: "演示频道正在启动，几秒后画面就会出现在这里。",
  listOffline: "列表没能刷新，正在重试…",
  noStills: "接收推流的机器上没有 ffmpeg，所以卡片上没有实时画面。（只有管理员能看到这条提示）",
});
