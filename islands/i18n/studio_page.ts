/**
 * What the server says around the studio.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the server says around the studio. */
export const studioPageText = texts({
  studioTitle: "Studio",
  moderation: "Room rules",
  moderationText: "Who may talk, words, moderators, mutes, reports.",
  moderationLink: "Look after the room",
  studioWaiting: "Waiting for your stream",
  studioWaitingText: "Start streaming in OBS or ffmpeg: the picture appears here by itself.",
  showKey: "Show the stream key",
  newKey: "Make a new stream key",
  newKeyText: "The old key stops working at once, and a running stream is cut off.",
  keepOn: "Keep streaming",
  closedTitle: "Your room is closed",
  closedText: "An administrator closed it: viewers do not see it, and encoders are refused. Ask " +
    "who runs this server.",
  othersTitle: "Only administrators broadcast here",
  othersText: "Your encoder would be refused. Ask who runs this server.",
}, {
  studioTitle: "直播间后台",
  moderation: "房间规则",
  moderationText: "谁可以发言、屏蔽词、房管、禁言和举报。",
  moderationLink: "管理房间",
  studioWaiting: "等待你的推流",
  studioWaitingText: "在 OBS 或 ffmpeg 里开始推流，画面会自动出现在这里。",
  showKey: "显示串流密钥",
  newKey: "更换串流密钥",
  newKeyText: "旧密钥立即失效，正在进行的直播会被断开。",
  keepOn: "继续直播",
  closedTitle: "你的房间已被关闭",
  closedText: "管理员关闭了它：观众看不到，也不接受推流。请联系管理员。",
  othersTitle: "这里只有管理员可以开播",
  othersText: "你的推流会被拒绝。请联系管理员。",
});
