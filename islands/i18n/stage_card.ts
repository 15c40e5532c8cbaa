/**
 * What the studio says of guests before the rest is loaded.
 *
 * @module
 */
import { texts } from "./texts.ts";

/** What the studio says of guests before the rest is loaded. */
export const stageCardText = texts({
  title: "Guests on stage",
  whenLive: "While you are live, viewers can come on stage with camera and microphone.",
}, {
  title: "连麦嘉宾",
  whenLive: "开播后，观众可以用摄像头和麦克风与你连麦。",
});
