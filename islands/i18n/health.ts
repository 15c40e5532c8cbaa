/**
 * What arrives from the encoder, in words.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** What arrives from the encoder, in words. */
export const healthText = texts({
  health: "Stream health",
  good: "Good",
  care: "Look here",
  offline: "Offline",
  reconnecting: "Reconnecting",
  bitrate: "Bitrate",
  frameRate: "Frame rate",
  viewers: "Viewers",
  byProtocol: "By protocol",
  keyFrames: "Key-frame interval",
  resolution: "Resolution",
  codecs: "Codecs",
  bFrames: "B-frame delay",
  uploadLag: "Upload lag",
  dropped: "Dropped frames",
  reconnects: "Reconnects",
  noVideo: "no picture",
  noAudio: "no sound",
  none: "none",
  recently: (total: string, recent: string) => `${total} (${recent} in 30 s)`,
  lastMinutes: (what: string, low: string, high: string) =>
    `${what} of the last minutes: ${low} to ${high}`,
  notLive: "No stream comes in. Start your encoder with your server and stream key.",
  waiting: "The encoder dropped. Viewers stay for 10 seconds while it reconnects.",
  adviceNoVideo: "No picture comes in. Check the video sources of your encoder.",
  adviceNoAudio: "No sound comes in. Check the audio sources of your encoder.",
  adviceUpload: (lag: string) =>
    `The upload is unstable: media arrives up to ${lag} late. Use a cable instead of Wi-Fi.`,
  adviceUploadTo: (lag: string, kbps: string) =>
    `The upload is unstable: media arrives up to ${lag} late. Use a cable or lower the bitrate ` +
    `to ${kbps} kbps.`,
  adviceDropped: (frames: number, formatted: string) =>
    `The encoder dropped ${formatted} ${
      plural(frames, { one: "frame", many: "frames" })
    } in the last 30 s. Close other programs, or lower the resolution or the preset.`,
  adviceOutputs: "These codecs do not play in every browser. H.264 with AAC plays everywhere.",
  adviceFrameRate: (fps: string) =>
    `Only ${fps} frames a second arrive. Lower the resolution or use a lighter preset.`,
  adviceReconnects: (count: number) =>
    `The connection broke ${count} ${
      plural(count, { one: "time", many: "times" })
    }. A cable or a lower bitrate helps.`,
  adviceKeyFrames: (seconds: string) =>
    `Set the key-frame interval to 2 s (now ${seconds} s): viewers get a picture sooner.`,
  adviceBFrames: (delay: string) =>
    `B-frames add ${delay}. For sub-second viewers the picture is encoded anew. Set them to 0.`,
  adviceBitrate: (kbps: string) =>
    `${kbps} kbps is a lot for phones. 2,500 to 6,000 kbps plays smoothly for most viewers.`,
  adviceGood: "All is well. Nothing to do.",
  statusUnknown: "The server does not answer. Trying again…",
  signedOut: "You are logged out. Log in again to go on.",
  logIn: "Log in",
}, {
  health: "推流状态",
  good: "良好",
  care: "需要留意",
  offline: "未开播",
  reconnecting: "正在重连",
  bitrate: "码率",
  frameRate: "帧率",
  viewers: "观众",
  byProtocol: "按协议",
  keyFrames: "关键帧间隔",
  resolution: "分辨率",
  codecs: "编码",
  bFrames: "B 帧延迟",
  uploadLag: "上行延迟",
  dropped: "丢帧",
  reconnects: "重连次数",
  noVideo: "没有画面",
  noAudio: "没有声音",
  none: "无",
  recently: (total, recent) => `${total}（30 秒内 ${recent}）`,
  lastMinutes: (what, low, high) => `最近几分钟的${what}：${low} 到 ${high}`,
  notLive: "还没有收到推流。请用你的服务器地址和串流密钥启动推流软件。",
  waiting: "推流断开了。观众会等 10 秒，等它重新连上。",
  adviceNoVideo: "没有收到画面，请检查推流软件的视频来源。",
  adviceNoAudio: "没有收到声音，请检查推流软件的音频来源。",
  adviceUpload: (lag) => `上行不稳定：数据最多晚到 ${lag}。请用网线代替 Wi-Fi。`,
  adviceUploadTo: (lag, kbps) =>
    `上行不稳定：数据最多晚到 ${lag}。请改用网线，或把码率降到 ${kbps} kbps。`,
  adviceDropped: (_frames, formatted) =>
    `推流软件在最近 30 秒丢了 ${formatted} 帧。请关闭其他程序，或降低分辨率、换更快的预设。`,
  adviceOutputs: "这种编码不是所有浏览器都能播放。H.264 加 AAC 处处可播。",
  adviceFrameRate: (fps) => `每秒只收到 ${fps} 帧。请降低分辨率，或者换更快的编码预设。`,
  adviceReconnects: (count) => `连接断开过 ${count} 次。换成网线或降低码率会有帮助。`,
  adviceKeyFrames: (seconds) =>
    `建议把关键帧间隔设为 2 秒（现在 ${seconds} 秒），观众打开画面会更快。`,
  adviceBFrames: (delay) =>
    `B 帧增加了 ${delay} 延迟。想让观众在一秒内看到，服务器要重新编码画面，请把 B 帧设为 0。`,
  adviceBitrate: (kbps) => `${kbps} kbps 对手机来说太高了。2,500 到 6,000 kbps 对多数观众最流畅。`,
  adviceGood: "一切正常，什么都不用做。",
  statusUnknown: "服务器没有回应，正在重试…",
  signedOut: "你已退出登录，请重新登录。",
  logIn: "去登录",
});
