/**
 * What the server says around the picture of a room.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the server says around the picture of a room. */
export const watchPageText = texts({
  watchTitle: (title: string, name: string) => `${title} · ${name}`,
  watchDescription: (title: string, name: string) => `${name} live on Wanren: ${title}`,
  aboutRoom: "About this room",
  broadcaster: "Broadcaster",
  roomNumber: "Room number",
  roomOpened: "Opened",
  pictureFact: "Picture",
  soundFact: "Sound",
  playElsewhere: "Play elsewhere",
  playElsewhereText: "For VLC, ffplay and other players:",
  keyboard: "Keyboard",
  keyPlay: "Play or pause",
  keyMute: "Sound on or off",
  keyFullscreen: "Full screen",
  keyTheatre: "Theatre",
  keyStatistics: "Statistics",
  needsScript: "The player needs JavaScript. These addresses play in other players:",
  ownRoomNotLive: "This is your room. Start your encoder and the picture appears here.",
  openStudio: "Open the studio",
  notLiveTitle: "Not live yet",
  notLiveText: (name: string) =>
    `${name} is not broadcasting right now. Leave this page open: it starts by itself.`,
}, {
  watchTitle: (title, name) => `${title} · ${name}`,
  watchDescription: (title, name) => `${name} 正在万人直播：${title}`,
  aboutRoom: "关于这个房间",
  broadcaster: "主播",
  roomNumber: "房间号",
  roomOpened: "开通于",
  pictureFact: "画面",
  soundFact: "声音",
  playElsewhere: "用其他播放器观看",
  playElsewhereText: "适用于 VLC、ffplay 等播放器：",
  keyboard: "键盘",
  keyPlay: "播放或暂停",
  keyMute: "开关声音",
  keyFullscreen: "全屏",
  keyTheatre: "剧场模式",
  keyStatistics: "统计信息",
  needsScript: "播放器需要 JavaScript。这些地址可以用其他播放器打开：",
  ownRoomNotLive: "这是你的房间。启动推流软件，画面就会出现在这里。",
  openStudio: "打开直播间后台",
  notLiveTitle: "还没有开播",
  notLiveText: (name) => `${name} 现在没有直播。页面开着就好，开播后会自动开始播放。`,
});
