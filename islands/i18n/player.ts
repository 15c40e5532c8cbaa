/**
 * What the player says, in both languages.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the player says. */
export const playerText = texts({
  player: "Live video player",
  live: "LIVE",
  lowLatency: "Low latency",
  delay: "Delay",
  seconds: (value: string) => `${value} s`,
  play: "Play",
  tapForSound: "Tap for sound",
  tapToPlay: "Tap to play",
  preview: "Preview",
  openRoom: "Open the room",

  loading: "Connecting…",
  buffering: "Waiting for the picture…",
  reconnectingTitle: "The connection was lost",
  reconnectingBody: "The player is coming back by itself. There is nothing to reload.",
  offlineTitle: "You are offline",
  offlineBody: "The picture returns by itself as soon as your network does.",
  waitingTitle: "Not live yet",
  waitingBody: "Leave this page open: the picture starts by itself.",
  endedTitle: "The stream has ended",
  endedBody: "If the broadcaster comes back, it goes on here by itself.",
  failedTitle: "This browser cannot play this stream",
  failedBody:
    "Its format is not supported here. Try a current Chrome, Edge, Firefox or Safari, or open the room's RTMP address in VLC.",
  tryNow: "Try now",
  checkNow: "Check now",
  tryAgain: "Try again",
  nowPlaying: "Playing.",
}, {
  player: "直播播放器",
  live: "直播",
  lowLatency: "低延迟",
  delay: "延迟",
  seconds: (value) => `${value} 秒`,
  play: "播放",
  tapForSound: "点按开启声音",
  tapToPlay: "点按播放",
  preview: "预览",
  openRoom: "打开直播间",

  loading: "正在连接…",
  buffering: "正在等待画面…",
  reconnectingTitle: "连接中断",
  reconnectingBody: "播放器正在自动恢复，无需刷新页面。",
  offlineTitle: "网络已断开",
  offlineBody: "网络恢复后，画面会自动回来。",
  waitingTitle: "还没有开播",
  waitingBody: "保持页面打开，开播后自动播放。",
  endedTitle: "直播已结束",
  endedBody: "主播回来后，会在这里自动继续。",
  failedTitle: "此浏览器无法播放该直播",
  failedBody:
    "这里不支持它的格式。请使用新版 Chrome、Edge、Firefox 或 Safari，或在 VLC 中打开房间的 RTMP 地址。",
  tryNow: "立即重试",
  checkNow: "立即查看",
  tryAgain: "再试一次",
  nowPlaying: "正在播放。",
});

/** Its words in one language. */
export type PlayerText = ReturnType<typeof playerText>;
