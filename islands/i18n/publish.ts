/**
 * Where and with what to publish.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** Where and with what to publish. */
export const publishText = texts({
  title: "Stream with OBS",
  profile: "Download OBS profile",
  profileOne: "Unpack the file, then in OBS: Profile → Import, and choose the folder “Wanren”.",
  profileTwo: "Press “Start Streaming”. You are live a second later.",
  byHand: "Or by hand: Settings → Stream → Custom…",
  server: "Server",
  streamKey: "Stream key",
  streamKeyHint: "Whoever has it can broadcast in your room; the profile holds it, too.",
  reveal: "Show",
  hide: "Hide",
  rotate: "New stream key",
  rotateQuestion: "Make a new stream key?",
  rotateText: "The old key stops working at once. Put the new one into every encoder you use, or " +
    "download the profile again.",
  rotateLive: "You are live: the running stream is cut off, and viewers see it end.",
  rotateConfirm: "Make a new key",
  rotated: "New stream key: put it into your encoder.",
  others: "Other encoders",
  whipHint: "OBS 30 or newer also sends WebRTC: Settings → Stream → Service: WHIP.",
  whip: "WHIP server",
  whipToken: "Bearer token",
  ffmpeg: "ffmpeg: a file in a loop",
  gstreamer: "GStreamer: camera and microphone",
  commandHint: "Shown with KEY in place of your stream key; the copy has the real one.",
  serviceFile: "service.json for an OBS profile of your own",
  signedOut: "You are logged out. Log in again to go on.",
  failed: "That did not work. Try again in a moment.",
}, {
  title: "用 OBS 推流",
  profile: "下载 OBS 配置文件",
  profileOne: "解压后，在 OBS 里选“配置文件 → 导入”，选中“Wanren”文件夹。",
  profileTwo: "点“开始直播”，一秒后观众就能看到。",
  byHand: "或者手动填写：设置 → 直播 → 自定义…",
  server: "服务器",
  streamKey: "串流密钥",
  streamKeyHint: "拿到它的人就能在你的房间里开播，配置文件里也有它。",
  reveal: "显示",
  hide: "隐藏",
  rotate: "更换串流密钥",
  rotateQuestion: "更换串流密钥？",
  rotateText: "旧密钥立即失效。请把新密钥填到所有推流软件里，或者重新下载配置文件。",
  rotateLive: "你正在直播：直播会被断开，观众会看到直播结束。",
  rotateConfirm: "更换密钥",
  rotated: "密钥已更换，请填到你的推流软件里。",
  others: "其他推流软件",
  whipHint: "OBS 30 及以上也能用 WebRTC 推流：设置 → 直播 → 服务选“WHIP”。",
  whip: "WHIP 服务器",
  whipToken: "Bearer 令牌",
  ffmpeg: "用 ffmpeg 循环播放文件",
  gstreamer: "用 GStreamer 推摄像头和麦克风",
  commandHint: "这里用 KEY 代替你的密钥，复制出来的是真实密钥。",
  serviceFile: "用于你自己的 OBS 配置的 service.json",
  signedOut: "你已退出登录，请重新登录。",
  failed: "没有成功，请稍后再试。",
});
