/**
 * The line above the picture in the studio, and the end of a stream.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** The line above the picture in the studio, and the end of a stream. */
export const studioText = texts({
  live: "LIVE",
  offline: "Not live",
  reconnecting: "Reconnecting",
  liveTitle: (duration: string, title: string) => `● LIVE ${duration} · ${title}`,
  runsFor: (duration: string) => `On air for ${duration}`,
  watching: (count: number, formatted: string) =>
    `${formatted} ${plural(count, { one: "viewer", many: "viewers" })}`,
  editTitle: "Edit title",
  copyLink: "Copy link",
  linkCopied: "Link copied. Send it to your viewers.",
  linkRefused: (link: string) => `Copying is not allowed here. The link: ${link}`,
  whatViewersSee: "What viewers see",
  end: "End stream",
  endQuestion: "End the stream?",
  endText: "Viewers see at once that the broadcast is over. Your encoder is held off for 30 " +
    "seconds, so that it does not start again by itself: stop it, too.",
  endOwnText: "Viewers see at once that the broadcast is over. Camera and microphone stay on here.",
  endConfirm: "End stream",
  endUnconfirmed:
    "The media server has not confirmed yet; it is told again. Look here once more in a moment.",
  ended: "The stream is ended.",
  heldTitle: (left: string) => `Your encoder is held off for another ${left}`,
  heldText:
    "You ended the stream, so it may not come back by itself. While it keeps trying, this " +
    "is prolonged: stop it there, or let it in.",
  release: "Let my encoder in again",
  released: "Your encoder may come in again.",
  signedOut: "You are logged out. Log in again to go on.",
  failed: "That did not work. Try again in a moment.",
}, {
  live: "直播中",
  offline: "未开播",
  reconnecting: "正在重连",
  liveTitle: (duration, title) => `● 直播中 ${duration} · ${title}`,
  runsFor: (duration) => `已直播 ${duration}`,
  watching: (_count, formatted) => `${formatted} 人在看`,
  editTitle: "修改标题",
  copyLink: "复制链接",
  linkCopied: "链接已复制，发给观众吧。",
  linkRefused: (link) => `这里不允许自动复制。链接：${link}`,
  whatViewersSee: "观众看到的",
  end: "结束直播",
  endQuestion: "结束这场直播？",
  endText: "观众会立即看到直播已结束。接下来 30 秒内不接受你的推流，以免软件自动重连又开播：" +
    "请在推流软件里也点停止。",
  endOwnText: "观众会立即看到直播已结束。这里的摄像头和麦克风仍然开着。",
  endConfirm: "结束直播",
  endUnconfirmed: "媒体服务器还没有确认，正在继续通知它。请稍后再看一眼。",
  ended: "直播已结束。",
  heldTitle: (left) => `接下来 ${left} 内不接受你的推流`,
  heldText: "你结束了直播，所以不让它自动重连开播。推流软件一直重试，时间会顺延：请在软件里停止，" +
    "或者现在就放行。",
  release: "重新接受推流",
  released: "可以重新推流了。",
  signedOut: "你已退出登录，请重新登录。",
  failed: "没有成功，请稍后再试。",
});
