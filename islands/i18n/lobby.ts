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
  nobodyLive: "Nobody is live yet",
  nobodyLiveText: "Be the first: open the studio, paste two lines into OBS, and you are on air.",
  goLive: "Go live",
  demoTitle: "Just looking around?",
  demoText: "Start the demo channel, a generated live picture with sound:",
  listOffline: "The list could not be refreshed. Trying again…",
  moreLive: "Also live",
  seeAll: "See all",
  inviteTitle: "Your own room is a minute away",
  nobodyElse: "Sign up, paste two lines into OBS, and people watch you right here.",
}, {
  liveNow: "正在直播",
  roomsLive: (_count, formatted) => `${formatted} 个房间`,
  mostWatched: "此刻最热",
  watch: "去看看",
  nobodyLive: "还没有人开播",
  nobodyLiveText: "来当第一个：打开直播间后台，把两行地址粘贴到 OBS，就开播了。",
  goLive: "开播",
  demoTitle: "只是随便看看？",
  demoText: "启动演示频道，看自动生成的画面和声音：",
  listOffline: "列表没能刷新，正在重试…",
  moreLive: "还在直播",
  seeAll: "看全部",
  inviteTitle: "一分钟，开一个自己的直播间",
  nobodyElse: "注册账号，把两行地址粘贴到 OBS，大家就能在这里看到你。",
});
