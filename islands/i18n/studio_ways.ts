/**
 * The two ways to broadcast, as the server names them.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** The two ways to broadcast. */
export const studioWaysText = texts({
  ways: "How you broadcast",
  browser: "In the browser",
  obs: "OBS",
  comingTitle: "Go live from this browser",
  comingText: "Camera, microphone and screen, without any other program.",
  needsScript: "This way needs JavaScript. Without it, stream with OBS.",
}, {
  ways: "开播方式",
  browser: "浏览器开播",
  obs: "OBS 推流",
  comingTitle: "用浏览器直接开播",
  comingText: "摄像头、麦克风、屏幕，都不用安装软件。",
  needsScript: "这种方式需要 JavaScript。没有它时，请用 OBS 推流。",
});
