/**
 * What arrives from the encoder, in words.
 *
 * @module
 */
import { plural, texts } from "./texts.ts";

/** What arrives from the encoder, in words. */
export const healthText = texts({
  health: "Stream health",
  healthGood: "Good",
  healthCare: "Look here",
  healthOffline: "Offline",
  healthWaiting: "Reconnecting",
  bitrate: "Bitrate",
  frameRate: "Frame rate",
  keyFrames: "Key-frame interval",
  resolution: "Resolution",
  codecs: "Codecs",
  sound: "Sound",
  viewers: "Viewers",
  reconnects: "Reconnects",
  noVideo: "no picture",
  noAudio: "no sound",
  onAirFor: (duration: string) => `On air ${duration}`,
  sparkline: (low: string, high: string) => `Bitrate of the last minutes: ${low} to ${high} kbps`,
  adviceNotLive: "No stream comes in. Start your encoder with your server and stream key.",
  adviceWaiting: "The encoder dropped. Viewers stay for 10 seconds while it reconnects.",
  adviceKeyFrames: (seconds: string) =>
    `The key-frame interval is ${seconds} s. Set it to 2 s: viewers get a picture sooner.`,
  adviceBFrames: "B-frames are on and add delay. Set them to 0 for the lowest latency.",
  adviceFrameRate: (fps: string) =>
    `Only ${fps} frames a second arrive. Lower the resolution or use a lighter preset.`,
  adviceNoAudio: "No sound comes in. Check the audio sources of your encoder.",
  adviceNoVideo: "No picture comes in. Check the video sources of your encoder.",
  adviceBitrate: (kbps: string) =>
    `${kbps} kbps is a lot for phones. 2,500 to 6,000 kbps plays smoothly for most viewers.`,
  adviceReconnects: (count: number) =>
    `The connection broke ${count} ${
      plural(count, { one: "time", many: "times" })
    }. A cable or a lower ` +
    "bitrate helps.",
  adviceOutputs: "These codecs do not play in every browser. H.264 with AAC plays everywhere.",
  adviceGood: "All is well. Nothing to do.",
  statusUnknown: "The server does not answer. Trying again…",
  signedOut: "You are logged out. Log in again to go on.",
}, {
  health: "流健康",
  healthGood: "良好",
  healthCare: "需要留意",
  healthOffline: "未开播",
  healthWaiting: "正在重连",
  bitrate: "码率",
  frameRate: "帧率",
  keyFrames: "关键帧间隔",
  resolution: "分辨率",
  codecs: "编码",
  sound: "声音",
  viewers: "观众",
  reconnects: "重连次数",
  noVideo: "没有画面",
  noAudio: "没有声音",
  onAirFor: (duration) => `直播中 ${duration}`,
  sparkline: (low, high) => `最近几分钟的码率：${low} 到 ${high} kbps`,
  adviceNotLive: "还没有收到推流。请用你的服务器地址和串流密钥启动推流软件。",
  adviceWaiting: "推流断开了。观众会等 10 秒，等它重新连上。",
  adviceKeyFrames: (seconds) => `关键帧间隔为 ${seconds} s，建议设为 2 s，观众打开画面会更快。`,
  adviceBFrames: "开启了 B 帧，会增加延迟。设为 0 延迟最低。",
  adviceFrameRate: (fps) => `每秒只收到 ${fps} 帧。请降低分辨率，或者换更快的编码预设。`,
  adviceNoAudio: "没有收到声音，请检查推流软件的音频来源。",
  adviceNoVideo: "没有收到画面，请检查推流软件的视频来源。",
  adviceBitrate: (kbps) => `${kbps} kbps 对手机来说太高了。2,500 到 6,000 kbps 对多数观众最流畅。`,
  adviceReconnects: (count) => `连接断开过 ${count} 次。换成网线或降低码率会有帮助。`,
  adviceOutputs: "这种编码不是所有浏览器都能播放。H.264 加 AAC 处处可播。",
  adviceGood: "一切正常，什么都不用做。",
  statusUnknown: "服务器没有回应，正在重试…",
  signedOut: "你已退出登录，请重新登录。",
});
