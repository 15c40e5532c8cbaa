/**
 * Registers the controls' custom elements.
 *
 * @module
 */
import { addTranslation, setLanguage } from "media-chrome/dist/utils/i18n.js";
import "media-chrome/dist/media-controller.js";
import "media-chrome/dist/media-control-bar.js";
import "media-chrome/dist/media-play-button.js";
import "media-chrome/dist/media-mute-button.js";
import "media-chrome/dist/media-volume-range.js";
import "media-chrome/dist/media-pip-button.js";
import "media-chrome/dist/media-fullscreen-button.js";
import { playerText } from "../i18n/player.ts";

/** Sets the language of names and tooltips that the elements give themselves. */
export function speak(locale: "en" | "zh"): void {
  if (locale === "zh") {
    const text = playerText("zh");
    addTranslation("zh-CN", {
      Play: text.play,
      Pause: text.pause,
      play: text.play,
      pause: text.pause,
      Mute: text.mute,
      Unmute: text.unmute,
      mute: text.mute,
      unmute: text.unmute,
      volume: text.volume,
      "video player": text.player,
      "Enter picture in picture mode": text.pictureInPicture,
      "Exit picture in picture mode": text.pictureInPicture,
      "enter picture in picture mode": text.pictureInPicture,
      "exit picture in picture mode": text.pictureInPicture,
      "Enter fullscreen mode": text.fullscreen,
      "Exit fullscreen mode": text.fullscreen,
      "enter fullscreen mode": text.fullscreen,
      "exit fullscreen mode": text.fullscreen,
    });
  }
  setLanguage(locale === "zh" ? "zh-CN" : "en");
}
