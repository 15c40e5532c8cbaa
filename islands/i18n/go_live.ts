/**
 * What stands in the studio before a broadcast from the browser.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What stands in the studio before a broadcast from the browser. */
export const goLiveWords = texts({
  introTitle: "Go live from this browser",
  introText:
    "Camera, microphone, screen: nothing to install. Nobody sees you before you press “Go live”.",
  setUp: "Camera and microphone",
  shareScreen: "Share a screen",
  coming: "Opening…",
  needsScript: "This needs JavaScript. Without it, stream with OBS.",
  insecureTitle: "This page is not secure",
  insecureText: "Browsers give a camera only to pages that came over HTTPS, or from this machine.",
  insecureAction: "Open it over HTTPS",
  unsupportedTitle: "This browser has no camera for pages",
  unsupportedText: "Use a current Chrome, Edge, Firefox or Safari, or stream with OBS.",
  connecting: "Connecting…",
  checkCamera: "Picture",
  cameraOpen: "Add a camera or a screen.",
  checkMicrophone: "Sound",
  microphoneOpen: "Add a microphone.",
  microphoneSilent: "Say something: nothing is heard yet.",
  checkNetwork: "Network",
  networkOpen: "Is looked at once your camera is on.",
  networkChecking: "Measuring your upload…",
  networkGood: (mbps: string) => `Your upload carries ${mbps} Mbps.`,
  networkSlow: (kbps: string) =>
    `Only ${kbps} kbps. Move closer to the router, or choose a smaller picture.`,
  networkNoRtc: "This server takes no broadcasts from browsers just now. Use OBS.",
  networkFailed: "The server did not answer.",
  checkAgain: "Check again",
  goLive: "Go live",
  goLiveText: "Viewers see you about a second later.",
  elsewhereTitle: "You are live from elsewhere",
  elsewhereText:
    "From another window, device or encoder. Going live here takes its place; viewers stay.",
  goLiveHere: "Go live here",
  setUpNext: "Turn on camera and microphone",
}, {
  introTitle: "用浏览器直接开播",
  introText: "摄像头、麦克风、屏幕，都不用安装软件。点“开始直播”之前，谁也看不到你。",
  setUp: "打开摄像头和麦克风",
  shareScreen: "共享屏幕",
  coming: "正在打开…",
  needsScript: "这里需要 JavaScript。没有它时，请用 OBS 推流。",
  insecureTitle: "当前页面不安全",
  insecureText: "浏览器只把摄像头交给 HTTPS 页面，或者本机打开的页面。",
  insecureAction: "用 HTTPS 打开",
  unsupportedTitle: "这个浏览器不支持网页摄像头",
  unsupportedText: "请使用新版 Chrome、Edge、Firefox 或 Safari，或者用 OBS 推流。",
  connecting: "正在连接…",
  checkCamera: "画面",
  cameraOpen: "请添加摄像头或屏幕。",
  checkMicrophone: "声音",
  microphoneOpen: "请添加麦克风。",
  microphoneSilent: "说句话试试：还没有听到声音。",
  checkNetwork: "网络",
  networkOpen: "打开摄像头后自动检查。",
  networkChecking: "正在测试上行带宽…",
  networkGood: (mbps) => `上行带宽约 ${mbps} Mbps。`,
  networkSlow: (kbps) => `只有 ${kbps} kbps。请靠近路由器，或选择更小的画面。`,
  networkNoRtc: "服务器现在不接受浏览器开播，请用 OBS。",
  networkFailed: "服务器没有回应。",
  checkAgain: "重新检查",
  goLive: "开始直播",
  goLiveText: "大约一秒后观众就能看到你。",
  elsewhereTitle: "你正在别处直播",
  elsewhereText: "来自另一个窗口、设备或推流软件。在这里开播会接替它，观众不会离开。",
  goLiveHere: "在这里继续直播",
  setUpNext: "打开摄像头和麦克风",
});

/** Its words in one language. */
export type GoLiveWords = ReturnType<typeof goLiveWords>;
