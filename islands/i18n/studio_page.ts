/**
 * What the server says around the studio.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the server says around the studio. */
export const studioPageText = texts({
  studioTitle: "Studio",
  studioPreview: "What viewers see",
  studioWaiting: "Waiting for your stream",
  studioWaitingText: "Start streaming in OBS or ffmpeg: the picture appears here by itself.",
  showKey: "Show the stream key",
  newKey: "Make a new stream key",
  newKeyText: "The old key stops working at once, and a running stream is cut off.",
  helpTitle: "OBS in three lines",
  helpOne: "Settings → Stream: choose “Custom…”, paste the server and the stream key.",
  helpTwo: "Settings → Output: key-frame interval 2 s, B-frames 0 for the lowest delay.",
  helpThree: "Press “Start Streaming”. You are live a second later.",
  ffmpegTitle: "Or with ffmpeg",
  ffmpegText: "Publishes a file as if it were live. Put your own stream key in place of KEY.",
}, {
  studioTitle: "直播间后台",
  studioPreview: "观众看到的画面",
  studioWaiting: "等待你的推流",
  studioWaitingText: "在 OBS 或 ffmpeg 里开始推流，画面会自动出现在这里。",
  showKey: "显示串流密钥",
  newKey: "更换串流密钥",
  newKeyText: "旧密钥立即失效，正在进行的直播会被断开。",
  helpTitle: "OBS 三步开播",
  helpOne: "设置 → 直播：服务选“自定义…”，粘贴服务器和串流密钥。",
  helpTwo: "设置 → 输出：关键帧间隔 2 s，B 帧设为 0，延迟最低。",
  helpThree: "点“开始直播”，一秒后观众就能看到。",
  ffmpegTitle: "或者用 ffmpeg",
  ffmpegText: "把一个文件当作直播推出去。请把 KEY 换成你的串流密钥。",
});
